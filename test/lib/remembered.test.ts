import { expect, test } from "vitest";
import { remembered } from "../../src/lib/remembered.ts";

test("what was asked before is not worked out again until too much is kept in mind", () => {
  const asked: string[] = [];
  const doubled = remembered((text) => {
    asked.push(text);
    return text + text;
  }, 2);
  expect(["a", "b", "a", "c", "a"].map(doubled)).toEqual(["aa", "bb", "aa", "cc", "aa"]);
  expect(asked).toEqual(["a", "b", "c", "a"]);
});

test("a long text is worked out anew, so that nobody fills the memory with them", () => {
  let asked = 0;
  const counted = remembered(() => ++asked, 2);
  expect(["a", "a", "x".repeat(201), "x".repeat(201), "a"].map(counted)).toEqual([1, 1, 2, 3, 1]);
});
