import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, jaroWinkler, soundOf } from "../../../src/identity/compare/similarity.ts";

test.each([
  ["anna", "anna", 0],
  ["anna", "anan", 1],
  ["anna", "ana", 1],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
])("%s and %s are %d errors apart", (a, b, errors) => {
  expect(editDistance(a, b)).toBe(errors);
});

test.each([
  ["martha", "marhta", 0.961],
  ["dwayne", "duane", 0.84],
  ["dixon", "dicksonx", 0.813],
  ["abc", "xyz", 0],
  ["", "abc", 0],
])("the likeness of %s and %s", (a, b, likeness) => {
  expect(jaroWinkler(a, b)).toBeCloseTo(likeness, 3);
});

test("texts longer than any name are the same or not alike, so that nobody waits for them", () => {
  const long = "a".repeat(100_000);
  expect(jaroWinkler(long, long)).toBe(1);
  expect(jaroWinkler(long, `${long}b`)).toBe(0);
});

test("both measures are the same both ways, also of long texts", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 90 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(jaroWinkler(a, b)).toBe(jaroWinkler(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test.each([
  ["smith", "schmidt", true],
  ["catherine", "katherine", true],
  ["garski", "garsky", true],
  ["smith", "jones", false],
])("%s and %s sound alike: %s", (a, b, alike) => {
  expect(soundOf(a) === soundOf(b)).toBe(alike);
});
