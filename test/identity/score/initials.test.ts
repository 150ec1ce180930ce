import { expect, test } from "vitest";
import type { Comparable } from "../../../src/identity/comparable.ts";
import { personOf, scorers, verdict } from "../../fixtures/identity/scored.ts";

const atFirm = (text: string): Comparable => ({
  kind: "person",
  fields: { ...personOf(text).fields, employer: ["acme tooling"] },
});

test.each([
  ["review", "J Smith · · · +15123538633", "John Smith · · · +15123538633"], // or Jane, by the switchboard
  ["merge", "J Smith · 1971-05-24 · · +15123538633", "John Smith · 1971-05-24 · · +15123538633"],
  ["merge", "J Smith · · john.s@acme.example · +15123538633", "John Smith · · john.s@acme.example · +15123538633"],
  ["merge", "J Smith · · · +491701234567", "John Smith · · · +491701234567"], // a mobile
  ["merge", "Jon Smith · · · +15123538633", "John Smith · · · +15123538633"],
])("%s: an initial at one firm: %s and %s", (expected, a, b) => {
  const [one, other] = [atFirm(a), atFirm(b)];
  expect(verdict(one, scorers.person.score(one, other).probability)).toBe(expected);
});
