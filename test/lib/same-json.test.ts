import fc from "fast-check";
import { expect, test } from "vitest";
import { isSameJson } from "../../src/lib/same-json.ts";

const seed = 20_261_122;

test("lists and objects are the same when what they hold is, in the same order", () => {
  expect(isSameJson({ a: [1, { b: "x" }], c: null }, { a: [1, { b: "x" }], c: null })).toBe(true);
  expect(isSameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false);
  expect(isSameJson([1, 2], [2, 1])).toBe(false);
  expect(isSameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(isSameJson({ 0: "a", length: 1 }, ["a"])).toBe(false);
  expect(isSameJson([], {})).toBe(false);
  expect(isSameJson(null, {})).toBe(false);
  expect(isSameJson("1", 1)).toBe(false);
});

test(`it says what comparing the texts says (seed ${seed})`, () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, json, (one, other) => {
      expect(isSameJson(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(isSameJson(one, JSON.parse(JSON.stringify(one)))).toBe(true);
    }),
    { seed, numRuns: 2_000 },
  );
});
