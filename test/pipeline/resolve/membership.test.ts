import { describe, expect, test } from "vitest";
import { groupBy } from "../../../src/lib/group.ts";
import { forEver } from "../../../src/model/during.ts";
import { dependents, membershipsOf, type Neighbourhood } from "../../../src/pipeline/resolve/membership.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

/**
 * A neighbourhood out of `from role to` lines, with the hours from and till where it was for a time; p… are persons, c… companies
 * (customers P…, C…), a … ? has not landed.
 */
function around(...lines: string[]): Neighbourhood {
  const edges = lines.map((line) => {
    const [from_key = "", role = "", to_key = "", since = "", till = ""] = line.split(" ");
    const times = { valid_from: hour(since, ""), valid_to: hour(till, forEver) };
    return { from_key, to_key, role, source_key: from_key, ...times };
  });
  const isParty = (key: string) => /^[pc]\d/.test(key);
  const keys = new Set(edges.flatMap(({ from_key, to_key }) => [from_key, to_key]).filter((key) => !key.endsWith("?")));
  const links = [...keys].filter(isParty).map((key) => {
    const kind = key.startsWith("p") ? ("person" as const) : ("company" as const);
    return [key, { customer_id: key.toUpperCase(), kind }] as const;
  });
  return {
    from: groupBy(edges, ({ from_key }) => from_key),
    to: groupBy(edges, ({ to_key }) => to_key),
    links: new Map(links),
    isParty,
  };
}

function hour(text: string, otherwise: string): string {
  return /\d/.test(text) ? at(Number(text)) : otherwise;
}

const world = around(
  "p1 employer c1",
  "p2 employer c1",
  "c1 parent c0",
  "deal buyer p1",
  "deal seller c2",
  "call about deal",
  "call with p2",
  "quote for deal",
  "p3 works_at c9?",
  "order for c9?",
);

describe("a record belongs to", () => {
  test.each([
    ["p1", { P1: "self", C1: "member" }],
    ["c1", { C1: "self" }], // a parent is a customer of its own
    ["deal", { P1: "buyer", C1: "member", C2: "seller" }],
    ["call", { P2: "with", C1: "member", P1: "about", C2: "about" }],
    ["quote", { P1: "for", C1: "member", C2: "for" }],
    ["p3", { P3: "self" }],
    ["order", {}], // not, by a company that has not landed, to all its people
    ["c9?", {}],
  ])("%s: %j", (record, expected) => {
    const found = [...membershipsOf(record, world)];
    expect(Object.fromEntries(found.map(([customer, { role }]) => [customer, role]))).toEqual(expected);
    expect(found.every(([, { during }]) => during === "")).toBe(true);
  });
});

describe("a record belongs to a person's companies for the person's time there:", () => {
  const moves = around(
    "p1 employer c1 - 5",
    "p1 employer c2 5 8",
    "p1 employer c1 8 -",
    "p2 employer c1 - 3",
    "call with p1",
    "mail with p1",
    "mail with p2",
    "deal buyer p2",
    "deal company c1",
  );
  const [three, five, eight] = [at(3), at(5), at(8)];
  test.each([
    ["p1", { P1: "self ", C1: `member /${five} ${eight}/`, C2: `former_member ${five}/${eight}` }],
    ["p2", { P2: "self ", C1: `former_member /${three}` }],
    ["call", { P1: "with ", C1: `member /${five} ${eight}/`, C2: `former_member ${five}/${eight}` }],
    [
      "mail",
      { P1: "with ", P2: "with ", C1: `member /${three} /${five} ${eight}/`, C2: `former_member ${five}/${eight}` },
    ],
    ["deal", { P2: "buyer ", C1: "company " }], // it names the company itself
  ])("%s: %j", (record, expected) => {
    const found = [...membershipsOf(record, moves)].map(([id, { role, during }]) => [id, `${role} ${during}`]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test("a company's former people are looked at again with it", () => {
    expect([...dependents("c2", moves)].sort()).toEqual(["c2", "call", "mail", "p1"]);
  });
});

describe("what must be looked at again when memberships change of", () => {
  test.each([
    ["p1", ["p1", "deal", "call", "quote"]],
    ["c1", ["c1", "p1", "p2", "deal", "call", "quote"]],
    ["c2", ["c2", "deal", "call", "quote"]],
    ["deal", ["deal", "call", "quote"]],
    ["call", ["call"]],
    ["c9?", ["c9?"]],
  ])("%s: %j", (record, expected) => {
    expect([...dependents(record, world)].sort()).toEqual([...expected].sort());
  });
});
