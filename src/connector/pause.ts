import type { Clock } from "../lib/clock.ts";

/** How long nothing may start; a clock that is set back does not prolong it. */
export function createPause(clock: Clock) {
  let seenAt = clock.now();
  let untilMs = 0;
  function leftMs(): number {
    const now = clock.now();
    if (now < seenAt) untilMs -= seenAt - now;
    seenAt = now;
    return Math.max(0, untilMs - now);
  }
  return {
    leftMs,
    until(ms: number): void {
      leftMs();
      if (ms > untilMs) untilMs = ms;
    },
  };
}

/** Longer waits are slept in parts: timers cannot hold more than 24 days. */
const sleepMaxMs = 86_400_000;

/** Calls `ring` at the earliest of the times asked for; an earlier one asked for later comes on top. */
export function createAlarm(clock: Clock, ring: () => void) {
  let ringsAt = Number.POSITIVE_INFINITY;
  return {
    in(waitMs: number): void {
      const sleepMs = Math.min(waitMs, sleepMaxMs);
      const at = clock.now() + sleepMs;
      if (at >= ringsAt) return;
      ringsAt = at;
      void clock.sleep(sleepMs).then(() => {
        if (ringsAt === at) ringsAt = Number.POSITIVE_INFINITY;
        ring();
      });
    },
  };
}
