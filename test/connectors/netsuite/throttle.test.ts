import { describe, expect, test } from "vitest";
import { openThrottle, type Throttle } from "../../../connectors/netsuite/throttle.ts";

/** How many of ten requests may run at once. */
async function width(throttle: Throttle): Promise<number> {
  const entered: (() => void)[] = [];
  const all = Array.from({ length: 10 }, () => throttle.enter().then((leave) => void entered.push(leave)));
  await new Promise((resolve) => setImmediate(resolve));
  const count = entered.length;
  for (let n = 0; n < 10; n++) {
    entered.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  return count;
}

function accept(throttle: Throttle, times: number): void {
  for (let n = 0; n < times; n++) throttle.accepted();
}

describe("a throttle", () => {
  test("lets as many through as configured", async () => {
    expect(await width(openThrottle(4))).toBe(4);
  });

  test("halves at each refusal, but lets one through always", async () => {
    const throttle = openThrottle(4);
    const widths: number[] = [];
    for (let n = 0; n < 4; n++) {
      throttle.refused();
      widths.push(await width(throttle));
    }
    expect(widths).toEqual([2, 1, 1, 1]);
  });

  test("halves once for requests that were refused together", async () => {
    const throttle = openThrottle(4);
    const leaves = await Promise.all([throttle.enter(), throttle.enter(), throttle.enter(), throttle.enter()]);
    for (let n = 0; n < 2; n++) throttle.refused();
    for (const leave of leaves) leave();
    expect(await width(throttle)).toBe(2);
  });

  test("grows back one by one, twenty accepted in a row for each, and no further", async () => {
    const throttle = openThrottle(4);
    throttle.refused();
    accept(throttle, 19);
    expect(await width(throttle)).toBe(2);
    accept(throttle, 1);
    expect(await width(throttle)).toBe(3);
    accept(throttle, 100);
    expect(await width(throttle)).toBe(4);
  });
});
