import { setImmediate as nextTurn } from "node:timers/promises";

const heldMaxMs = 4;

/**
 * Keeps a long piece of work from holding up requests: the function it gives, awaited between two steps, lets the event loop turn once
 * the work has held it for 4 milliseconds.
 * @example const pause = createPause(); for (const one of many) { work(one); await pause(); }
 */
export function createPause(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < heldMaxMs) return;
    await nextTurn();
    since = performance.now();
  };
}
