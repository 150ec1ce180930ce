import type { Clock } from "../../src/lib/clock.ts";

/** A clock on which many may sleep at once: time goes from one waking to the next, and only when told. */
export interface SteppedClock extends Clock {
  /** Sets the clock, forward or back, without waking anyone. */
  set(now: number): void;
  /** Goes to the next waking, at most to `untilMs`; false when nobody sleeps until then. */
  step(untilMs?: number): Promise<boolean>;
  /** Wakes one after the other until nobody sleeps, or until `untilMs`. */
  run(untilMs?: number): Promise<void>;
}

export function steppedClock(startAt = 0): SteppedClock {
  let now = startAt;
  const sleepers: { at: number; wake: () => void }[] = [];

  async function step(untilMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    await settle();
    sleepers.sort((left, right) => left.at - right.at);
    const [first] = sleepers;
    if (!first || first.at > untilMs) return false;
    sleepers.shift();
    now = Math.max(now, first.at);
    first.wake();
    await settle();
    return true;
  }

  return {
    now: () => now,
    sleep: (delayMs) => new Promise((resolve) => sleepers.push({ at: now + delayMs, wake: resolve })),
    set: (ms) => {
      now = ms;
    },
    step,
    async run(untilMs = Number.POSITIVE_INFINITY) {
      while (await step(untilMs));
      if (Number.isFinite(untilMs)) now = Math.max(now, untilMs);
      await settle();
    },
  };
}

/** Lets all that is ready to go on go on. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
