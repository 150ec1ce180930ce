import { expect, test } from "vitest";
import type { Bonds, Node } from "../../../src/identity/group/bonds.ts";
import { clustering } from "../../../src/identity/group/cluster.ts";
import type { ClaimRule } from "../../../src/identity/rules.ts";

const rules: Record<string, ClaimRule & { priority: number }> = {
  id: { type: "id", of: ["id"], limit: 2, cutoff: 4, priority: 0 },
  email: { type: "email", of: ["email"], limit: 3, cutoff: 4, agree: "name", priority: 1 },
  phone_name: { type: "phone_name", of: ["phone", "last_name"], limit: 50, cutoff: 3, priority: 2 },
};

/** A record as "a Ann Lee: email:1 id:2". */
const node = (text: string, first_seq: number): Node => {
  const [head = "", claims = ""] = text.split(": ");
  const [record_key = "", first = "", last = ""] = head.toLowerCase().split(" ");
  const made = claims.split(" ").flatMap((claim) => {
    const rule = rules[claim.slice(0, claim.indexOf(":"))];
    return rule ? [{ rule, priority: rule.priority, text: claim }] : [];
  });
  return { record_key, first_seq, name: { first, last }, claims: made };
};

const apart = (texts: readonly string[], bonds: Bonds = {}) =>
  clustering(texts.map(node), "v1", bonds)
    .refusals()
    .map(({ left_key, right_key, claim, because }) => `${left_key} ${right_key} ${claim} ${because}`);

const conflict: Bonds["conflict"] = (one, other) => [one, other].every(({ record_key }) => "ac".includes(record_key));
const parted: Bonds["overrides"] = [
  { id: 1, kind: "cannot_link", left_key: "a", right_key: "c", by: "Olga", at: "2026-01-01", reason: "she knows" },
];

test.each([
  ["of a limit, which is named", ["a: id:1 id:2", "b: id:2 id:3"], ["a b id:2 limit:id"]],
  ["names disagree", ["a Ann Lee: email:1", "b Bob Marsh: email:1"], ["a b email:1 names"]],
  ["two records contradict each other", ["a: email:1", "c: email:1"], ["a c email:1 conflict"]],
  [
    "of the strongest thing they share, once",
    ["a: phone_name:1 email:1", "c: email:1 phone_name:1"],
    ["a c email:1 conflict"],
  ],
  ["of one of each customer", ["a: email:1 id:1", "b: id:1", "c: email:1"], ["a c email:1 conflict"]],
])("what two customers share is kept where it did not join them because %s", (_, texts, expected) => {
  expect(apart(texts, { conflict })).toEqual(expected);
  expect(apart([...texts].reverse(), { conflict })).toEqual(expected);
});

test.each([
  ["a person has said so", ["a: email:1", "c: email:1"], { conflict, overrides: parted }],
  ["nothing speaks against it", ["a: email:1", "b: email:1"], {}],
  ["many people of other names use it", ["a Ann Lee: email:1", "b Bob Marsh: email:1", "d Eve Day: email:1"], {}],
  ["it is on too many records", ["a: id:1 id:2 id:3", "b: id:1", "c: id:1", "d: id:1 id:4", "e: id:1"], {}],
])("nothing is kept where %s", (_, texts, bonds) => {
  expect(apart(texts, bonds)).toEqual([]);
});

test("a nameless record that could be either of two is asked about with both", () => {
  const found = apart(["a Ann Lee: email:1", "b Bob Marsh: email:1", "n: email:1"]);
  expect(found).toEqual(["a n email:1 rivals", "b n email:1 rivals"]);
});
