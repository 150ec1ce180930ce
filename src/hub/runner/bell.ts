import type { Clock } from "../../lib/clock.ts";

/** Wakes one waiting loop, now or after a time. */
export interface Bell {
  ring(): void;
  /** Resolves when rung, also if it was rung before, or after `limitMs`; Infinity waits for the ring alone. */
  wait(limitMs: number): Promise<void>;
}

/** Timers count in 32 bits: a longer wait is looked at again after a day. */
const waitMaxMs = 86_400_000;

export function createBell(clock: Clock): Bell {
  let isRung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async wait(limitMs) {
      if (!isRung && limitMs > 0) {
        const timer = new AbortController();
        const rung = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const asleep = limitMs === Number.POSITIVE_INFINITY ? rung : sleep(clock, limitMs, timer.signal);
        await Promise.race([rung, asleep]);
        timer.abort();
      }
      isRung = false;
      wake = null;
    },
  };
}

/** A sleep rejects only because the bell was rung first. */
function sleep(clock: Clock, limitMs: number, signal: AbortSignal): Promise<void> {
  return clock.sleep(Math.min(limitMs, waitMaxMs), signal).catch(() => undefined);
}
