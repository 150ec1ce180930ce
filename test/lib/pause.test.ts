import { expect, test } from "vitest";
import { pause } from "../../src/lib/pause.ts";

/** Longer than works may hold the event loop in a row. */
const longStepMs = 6;

function step(): void {
  const endMs = performance.now() + longStepMs;
  while (performance.now() < endMs);
}

async function work(name: string, done: string[]): Promise<void> {
  for (let n = 1; n <= 3; n++) {
    step();
    done.push(`${name}${n}`);
    await pause();
  }
}

test("works of long steps take turns, one a turn of the event loop", async () => {
  const done: string[] = [];
  await Promise.all([work("a", done), work("b", done), work("c", done)]);
  expect(done).toEqual(["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"]);
});

test("what else waits for the event loop comes between two long steps", async () => {
  const done: string[] = [];
  setImmediate(() => done.push("request"));
  await work("a", done);
  expect(done.indexOf("request")).toBeLessThan(done.indexOf("a3"));
});

test("short works go on without a turn, so that a pause may stand anywhere", async () => {
  step();
  await pause(); // from here on nothing has been held
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  for (let n = 0; n < 10; n++) await pause();
  expect(turned).toBe(false);
});
