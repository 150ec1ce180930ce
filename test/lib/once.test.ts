import { expect, test } from "vitest";
import { once } from "../../src/lib/once.ts";

test("a value is made when it is first asked for, and once; undefined is a value too", () => {
  let made = 0;
  const value = once(() => {
    made += 1;
    return undefined;
  });
  expect(made).toBe(0);
  expect([value(), value(), made]).toEqual([undefined, undefined, 1]);
});

test("where making it fails, the next who asks tries again", () => {
  const answers = [new Error("not yet"), "ready"];
  const value = once(() => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  expect(value).toThrow("not yet");
  expect([value(), value()]).toEqual(["ready", "ready"]);
});
