import { describe, expect, test } from "vitest";
import { groupBy } from "../../../src/lib/group.ts";
import { dependents, membershipsOf, type Neighbourhood } from "../../../src/pipeline/resolve/membership.ts";

/** A neighbourhood out of `from role to` lines; p… are persons, c… companies (customers P…, C…), a … ? has not landed. */
function around(...lines: string[]): Neighbourhood {
  const edges = lines.map((line) => {
    const [from_key = "", role = "", to_key = ""] = line.split(" ");
    return { from_key, to_key, role, source_key: from_key };
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
    expect(Object.fromEntries(membershipsOf(record, world))).toEqual(expected);
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
