import { setTimeout as delay } from "node:timers/promises";

/** Time as an argument: what waits or stamps takes a clock, so that tests run hours in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (delayMs, signal) => {
    await delay(delayMs, undefined, signal ? { signal } : {});
  },
};

/**
 * A clock that stands still until it is told to move; sleeping moves it.
 * @example const clock = virtualClock("2026-01-01T00:00:00.000Z"); await clock.sleep(60_000); clock.now();
 */
export function virtualClock(startAt: string): Clock & { advance(ms: number): void } {
  let now = Date.parse(startAt);
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (delayMs, signal) => {
      signal?.throwIfAborted();
      now += Math.ceil(delayMs); // a clock has whole milliseconds
    },
  };
}

let last = { ms: Number.NaN, text: "" };

/** The clock's time as an ISO instant of 24 characters; written once a millisecond, since a burst of deliveries asks often. */
export function instantNow(clock: Clock): string {
  const ms = clock.now();
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
