import { describe, expect, test } from "vitest";
import { mergeWith } from "../../../src/pipeline/resolve/claims.ts";
import { cluster, type Node } from "../../../src/pipeline/resolve/cluster.ts";
import type { ClaimRule } from "../../../src/pipeline/resolve/rules.ts";

const rules: Record<string, ClaimRule & { priority: number }> = {
  id: { type: "id", of: ["id"], limit: 2, cutoff: 4, priority: 0 },
  email: { type: "email", of: ["email"], limit: 3, cutoff: 3, agree: "name", priority: 1 },
};

/** A record: its claims, its name as "First Last", in the order the records landed. */
const node = (record_key: string, first_seq: number, claims: readonly string[], name = ""): Node => {
  const [first = "", last = ""] = name.toLowerCase().split(" ");
  return {
    record_key,
    first_seq,
    name: { first, last },
    claims: claims.flatMap((text) => {
      const rule = rules[text.slice(0, text.indexOf(":"))];
      return rule ? [{ rule, priority: rule.priority, text }] : [];
    }),
  };
};

/** Each customer as its founder, then its other records. */
function clusters(nodes: readonly Node[]): string[] {
  const found = cluster(nodes, "v1");
  const shown = (list: typeof found) => list.map(({ members }) => members.map((m) => m.record_key).join(" ")).sort();
  expect(shown(cluster([...nodes].reverse(), "v1"))).toEqual(shown(found)); // whatever order they are given in
  return shown(found);
}

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
    expect(clusters(nodes)).toEqual(["ann nameless", "bob"]);
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
    const found = cluster(nodes, "v1", new Set(["email:1"]));
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

  test("by the stronger claim first, when both cannot be", () => {
    const nodes = [
      node("a", 1, ["id:1", "email:1"], "Ann Lee"),
      node("b", 2, ["id:1"], "Bob Marsh"),
      node("c", 3, ["email:1"], "Ann Lee"),
    ];
    expect(clusters(nodes)).toEqual(["a b", "c"]);
  });
});

test("evidence leads from each record to the founder by the claims that joined them", () => {
  const nodes = [node("b", 1, ["email:1"]), node("a", 2, ["email:1", "email:2"]), node("c", 3, ["email:2"])];
  const [found] = cluster(nodes, "v1");
  expect(Object.fromEntries(found?.evidence ?? [])).toEqual({
    b: { claim: null, with: null, rules: "v1" },
    a: { claim: "email:1", with: "b", rules: "v1" },
    c: { claim: "email:2", with: "a", rules: "v1" },
  });
});
