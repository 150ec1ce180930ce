import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bonds, Node, OverrideBond } from "../../../src/identity/group/bonds.ts";
import { mergeWith } from "../../../src/identity/group/claims.ts";
import { clustering } from "../../../src/identity/group/cluster.ts";
import { cluster, clusters, match, node } from "../../fixtures/identity/clusters.ts";

describe("records are one customer", () => {
  test("when they share a claim, directly or over another; the first to land is the founder", () => {
    const nodes = [
      node("c", 3, ["email:2"]),
      node("a", 2, ["email:1", "email:2"]),
      node("b", 1, ["email:1"]),
      node("d", 4, []),
    ];
    expect(clusters(nodes)).toEqual(["b a c", "d"]);
  });

  test("not when their names disagree, though they share an address", () => {
    expect(clusters([node("a", 1, ["email:1"], "Ann Lee"), node("b", 2, ["email:1"], "Bob Lee")])).toEqual(["a", "b"]);
  });

  test("when their names are short forms or typing errors of each other", () => {
    expect(clusters([node("a", 1, ["email:1"], "Bob Marsh"), node("b", 2, ["email:1"], "Robert Marhs")])).toEqual([
      "a b",
    ]);
  });

  test("by a claim that does not ask for names, whatever these are", () => {
    expect(clusters([node("a", 1, ["id:1"], "Ann Lee"), node("b", 2, ["id:1"], "Bob Marsh")])).toEqual(["a b"]);
  });

  test("not over a nameless record that would bring two persons together", () => {
    const nodes = [
      node("ann", 1, ["email:1"], "Ann Lee"),
      node("nameless", 2, ["email:1", "email:2"]),
      node("bob", 3, ["email:2"], "Bob Marsh"),
    ];
    expect(clusters(nodes)).toEqual(["ann", "bob", "nameless"]);
    const third = node("ann2", 4, ["email:2"], "Ann Lee");
    expect(clusters([...nodes.slice(0, 2), third])).toEqual(["ann nameless ann2"]);
  });

  describe("without a name, on a mailbox that two people share,", () => {
    const family = [node("ann", 1, ["email:1", "email:2"], "Ann Lee"), node("bob", 2, ["email:1"], "Bob Lee")];
    const cases: [string, Node[], string[]][] = [
      ["with neither of them", [node("x", 3, ["email:1"])], ["ann", "bob", "x"]],
      ["with the one who shares more with it", [node("x", 3, ["email:1", "email:2"])], ["ann x", "bob"]],
      [
        "with none by two mailboxes, of one each",
        [node("x", 3, ["email:2", "email:3"]), third()],
        ["ann", "bob", "carl", "x"],
      ],
      [
        "but with each other by a mailbox of their own",
        [node("x", 3, ["email:1", "email:4"]), node("y", 4, ["email:4"])],
        ["ann", "bob", "x y"],
      ],
      ["as sent by anybody, with neither", [{ ...node("x", 3, ["email:1"]), isPublic: true }], ["ann", "bob", "x"]],
    ];
    test.each(cases)("%s", (_, others, expected) => {
      expect(clusters([...family, ...others])).toEqual(expected);
    });

    test("with the one of the two whose score joins it, and with neither by the scores of both", () => {
      const nodes = [...family, node("x", 3, ["email:1"])];
      expect(clusters(nodes, { matches: [match("ann x")] })).toEqual(["ann x", "bob"]);
      expect(clusters(nodes, { matches: [match("ann x"), match("bob x", 0.995)] })).toEqual(["ann", "bob", "x"]);
    });

    test("with the one, though somebody whom anybody may have made up is on it as well", () => {
      const made = { ...node("bob", 1, ["email:1"], "Bob Lee"), isPublic: true };
      expect(clusters([made, node("ann", 2, ["email:1"], "Ann Lee"), node("x", 3, ["email:1"])])).toEqual([
        "ann x",
        "bob",
      ]);
    });
  });

  test("not beyond the limit of different values of one claim", () => {
    const chain = [1, 2, 3, 4].map((n) => node(`r${n}`, n, [`email:${n}`, `email:${n + 1}`]));
    expect(clusters(chain)).toEqual(["r1 r2", "r3 r4"]);
  });

  test("not by a value seen on more records than the cut-off", () => {
    const sharing = (count: number) => Array.from({ length: count }, (_, n) => node(`r${n}`, n, ["email:1"]));
    expect(clusters(sharing(3))).toEqual(["r0 r1 r2"]);
    expect(clusters(sharing(4))).toEqual(["r0", "r1", "r2", "r3"]);
  });

  test("with a claim on too many records still counted for its limit", () => {
    const nodes = [node("a", 1, ["email:1", "email:2"]), node("b", 2, ["email:2", "email:3", "email:4"])];
    const found = cluster(nodes, { overfull: new Set(["email:1"]) });
    expect(found.map(({ members }) => members.map(({ record_key }) => record_key))).toEqual([["a"], ["b"]]);
  });

  test("by what their vendor has merged, whatever limits and names say; what adds no value joins them as before", () => {
    const merged = node("b", 2, ["id:2"], "Bob Marsh");
    const nodes = [
      node("a", 1, ["id:1", "id:3"], "Ann Lee"),
      { ...merged, claims: [mergeWith("a"), ...merged.claims] },
      node("c", 3, ["id:3"]),
      node("d", 4, ["id:3", "id:4"]),
    ].map((each) => ({ ...each, claims: [mergeWith(each.record_key), ...each.claims] }));
    expect(clusters(nodes)).toEqual(["a b c", "d"]);
  });

  test("by a merge of many in as many tries", () => {
    let reads = 0;
    const many = Array.from({ length: 400 }, (_, n) => {
      const { record_key, ...rest } = node(`r${n + 100}`, n, []);
      return {
        ...rest,
        claims: [mergeWith("r100")],
        get record_key() {
          reads += 1;
          return record_key;
        },
      };
    });
    expect(cluster(many).map(({ members }) => members.length)).toEqual([400]);
    expect(reads).toBeLessThan(400 * 60); // of all pairs it would be four times as many
  });

  test("by the stronger claim first, when both cannot be", () => {
    const nodes = [
      node("a", 1, ["id:1", "email:1"], "Ann Lee"),
      node("b", 2, ["id:1"], "Bob Marsh"),
      node("c", 3, ["email:1"], "Ann Lee"),
    ];
    expect(clusters(nodes)).toEqual(["a b", "c"]);
  });
});

const third = () => node("carl", 5, ["email:3"], "Carl Yu");

describe("records that share no claim are one customer by their score", () => {
  const people = [node("a", 1, [], "Ann Lee"), node("b", 2, [], "Anne Leigh"), node("c", 3, [], "Bob Marsh")];

  test("the highest score first", () => {
    const limited = [node("a", 1, ["id:1", "id:2"]), node("b", 2, ["id:2", "id:3"]), node("c", 3, ["id:1"])];
    expect(clusters(people, { matches: [match("a b"), match("b c", 0.995)] })).toEqual(["a b c"]);
    const [x, y, z] = [node("x", 1, ["id:1"]), node("y", 2, ["id:2"]), node("z", 3, ["id:3"])];
    expect(clusters([x, y, z], { matches: [match("x y", 0.99), match("y z", 0.999)] })).toEqual(["x", "y z"]);
    expect(clusters(limited, { matches: [match("a b")] })).toEqual(["a c", "b"]);
  });

  test("not where two of them cannot be one party, however they come together", () => {
    const conflict: Bonds["conflict"] = (one, other) =>
      [one, other].every(({ record_key }) => "ac".includes(record_key));
    const matches = [match("a b", 0.9999), match("b c", 0.999)];
    expect(clusters(people, { matches, conflict })).toEqual(["a b", "c"]);
    const sharing = [node("a", 1, ["email:1"]), node("c", 2, ["email:1"])];
    expect(clusters(sharing, { conflict })).toEqual(["a", "c"]); // by a claim that asks for names
    expect(clusters([node("a", 1, ["id:1"]), node("c", 2, ["id:1"])], { conflict })).toEqual(["a c"]);
    const namesakes = [node("a", 1, ["phone_name:1:lee"]), node("c", 2, ["phone_name:1:lee"])];
    expect(clusters(namesakes)).toEqual(["a c"]);
    expect(clusters(namesakes, { conflict })).toEqual(["a", "c"]); // by a claim of several parts, which is nobody's own
  });

  test("without any two of them being asked about more than once, however many scores lead from one group to another", () => {
    const size = 60;
    const many = Array.from({ length: size }, (_, n) => node(`p${10 + n}`, n, []));
    const steps = [2, 4, 6, 8, 1, 3, 5, 7]; // even ones join two groups, odd ones lead from one to the other
    const matches = many.flatMap((_, n) =>
      steps.flatMap((step) =>
        n + step < size ? [match(`p${10 + n} p${10 + n + step}`, step % 2 ? 0.995 : 0.999)] : [],
      ),
    );
    let asked = 0;
    const conflict: Bonds["conflict"] = (one, other) => {
      asked += 1;
      return [one, other].every(({ record_key }) => ["p68", "p69"].includes(record_key));
    };
    const { clusters: found } = clustering(many, "v1", { matches, conflict });
    expect(found.map(({ members }) => members.length)).toEqual([30, 30]);
    expect(asked).toBeLessThanOrEqual((size * (size - 1)) / 2);
  });

  test("not where a single score would join two groups whose names disagree, unless it is beyond doubt", () => {
    const families = [
      node("a1", 1, ["id:1"], "Ann Lee"),
      node("a2", 2, ["id:1"], "Ann Lee"),
      node("b1", 3, ["id:2"], "Bob Lee"),
      node("b2", 4, ["id:2"], "Bob Lee"),
    ];
    expect(clusters(families, { matches: [match("a2 b1", 0.995)] })).toEqual(["a1 a2", "b1 b2"]);
    expect(clusters(families, { matches: [match("a2 b1", 0.9995)] })).toEqual(["a1 a2 b1 b2"]);
    expect(clusters(families.slice(0, 3), { matches: [match("a2 b1", 0.995)] })).toEqual(["a1 a2 b1"]);
    const firms = families.map((each, n) => ({ ...each, name: { first: "", last: n < 2 ? "acme works" : "acme" } }));
    expect(clusters(firms, { matches: [match("a2 b1", 0.995)] })).toEqual(["a1 a2 b1 b2"]); // how they are written is in the score
  });
});

/** Decisions as "a = b" and "a | b", the first the earliest. */
const decided = (...texts: string[]): OverrideBond[] =>
  texts.map((text, n) => {
    const [left_key = "", sign, right_key = ""] = text.split(" ");
    const kind = sign === "=" ? "must_link" : "cannot_link";
    return { id: n + 1, kind, left_key, right_key, by: "Olga", at: "2026-01-01T00:00:00.000Z", reason: "she knows" };
  });

describe("what a person has decided", () => {
  const two = [
    node("a", 1, ["email:1"], "Ann Lee"),
    node("b", 2, ["email:1"], "Ann Lee"),
    node("c", 3, [], "Bob Marsh"),
  ];
  const cases: [string, string[], string[]][] = [
    ["joins whatever names say", ["b = c"], ["a b c"]],
    ["parts what shares a claim", ["a | b"], ["a", "b", "c"]],
    ["holds also where another record lies between", ["a | c", "b = c"], ["a", "b c"]],
    ["gives way to a later decision about the same two", ["a | b", "a = b"], ["a b", "c"]],
    ["stands against an earlier one", ["a = b", "a | b"], ["a", "b", "c"]],
  ];
  test.each(cases)("%s", (_, texts, expected) => {
    expect(clusters(two, { overrides: decided(...texts) })).toEqual(expected);
  });

  test("stands against what a vendor has merged", () => {
    const merged = [node("a", 1, []), { ...node("b", 2, []), claims: [mergeWith("a")] }];
    const nodes = merged.map((each) => ({ ...each, claims: [mergeWith(each.record_key), ...each.claims] }));
    expect(clusters(nodes)).toEqual(["a b"]);
    expect(clusters(nodes, { overrides: decided("a | b") })).toEqual(["a", "b"]);
  });
});

describe("records that anybody may have sent", () => {
  const anybody = (each: Node): Node => ({ ...each, isPublic: true });

  test("join one customer of others, and each other", () => {
    const nodes = [node("a", 1, ["email:1"]), anybody(node("p", 2, ["email:1"])), anybody(node("q", 3, ["email:2"]))];
    expect(clusters([...nodes, anybody(node("r", 4, ["email:2"]))])).toEqual(["a p", "q r"]);
  });

  test("do not count for a claim's cut-off, nor join by one that they bring over it", () => {
    const strangers = [1, 2, 3].map((n) => anybody(node(`p${n}`, n, ["email:1"])));
    const own = [node("a", 8, ["email:1"]), node("b", 9, ["email:1"])];
    expect(clusters([...strangers, ...own])).toEqual(["a b", "p1", "p2", "p3"]);
  });

  test("do not part others by a name or by a value that uses up a limit, and do not join them", () => {
    const own = [
      node("a", 5, ["id:1"], "Ann Lee"),
      node("b", 6, ["id:1", "email:1"], "Ann Lee"),
      node("c", 7, ["email:2"]),
    ];
    const stranger = anybody(node("p", 1, ["id:1", "id:2", "id:3", "email:1", "email:2"], "Bob Marsh"));
    const withStranger = clusters([...own, stranger], { overrides: decided("c = p") });
    expect(withStranger).toEqual(["a b", "c p"]);
    expect(clusters(own)).toEqual(["a b", "c"]);
  });

  test("never change which of the others are one customer, nor its founder", () => {
    const claim = fc.constantFrom("id:1", "id:2", "id:3", "email:1", "email:2", "email:3", "email:4");
    const record = fc.record({
      claims: fc.uniqueArray(claim, { maxLength: 3 }),
      name: fc.constantFrom("", "Ann Lee", "Anne Lee", "Bob Lee"),
      isPublic: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 2, maxLength: 12 }), (records) => {
        const nodes = records.map(({ claims, name, isPublic }, n) => ({ ...node(`r${n}`, n, claims, name), isPublic }));
        const own = nodes.filter(({ isPublic }) => !isPublic);
        const isOwn = new Set(own.map(({ record_key }) => record_key));
        const ofOwn = (list: string[]) =>
          list
            .map((keys) =>
              keys
                .split(" ")
                .filter((key) => isOwn.has(key))
                .join(" "),
            )
            .filter((keys) => keys !== "");
        const found = clusters(nodes);
        expect(ofOwn(found).sort()).toEqual(clusters(own));
        // Nor after which of them the customer is called, who founds it where there is one of them.
        const founders = found.map((keys) => keys.split(" "));
        for (const [first = "", ...rest] of founders)
          if (rest.some((key) => isOwn.has(key))) expect(isOwn).toContain(first);
      }),
      { seed: 20_261, numRuns: 150 },
    );
  });
});

describe("evidence", () => {
  test("leads from each record to the founder by the claims that joined them", () => {
    const nodes = [node("b", 1, ["email:1"]), node("a", 2, ["email:1", "email:2"]), node("c", 3, ["email:2"])];
    const [found] = cluster(nodes);
    expect(Object.fromEntries(found?.evidence ?? [])).toEqual({
      b: { claim: null, with: null, rules: "v1" },
      a: { claim: "email:1", with: "b", rules: "v1" },
      c: { claim: "email:2", with: "a", rules: "v1" },
    });
  });

  test("says the score where that joined, and who decided where a person did", () => {
    const nodes = [node("a", 1, []), node("b", 2, []), node("c", 3, [])];
    const [found] = cluster(nodes, { matches: [match("a b", 0.99)], overrides: decided("b = c") });
    const { kind: _, left_key, right_key, ...override } = decided("b = c")[0] ?? {};
    expect([left_key, right_key]).toEqual(["b", "c"]);
    expect(Object.fromEntries(found?.evidence ?? [])).toEqual({
      a: { claim: null, with: null, rules: "v1" },
      b: { claim: null, with: "a", rules: "v1", match: { weight: match("a b").weight, probability: 0.99 } },
      c: { claim: null, with: "b", rules: "v1", override },
    });
  });
});
