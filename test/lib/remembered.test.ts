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
