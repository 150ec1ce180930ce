import type { Clock } from "../lib/clock.ts";
import { SourceError } from "./errors.ts";
import { type Allowance, type SlidingWindow, slidingWindow } from "./sliding-window.ts";

export type { Allowance } from "./sliding-window.ts";

/** Who may go first when a vendor's allowance is short. */
export const lanes = ["webhook", "writeback", "poll", "backfill"] as const;
export type Lane = (typeof lanes)[number];

/** What a vendor account grants the hub; a pool is counted apart from, and besides, the burst (HubSpot's search). */
export interface Limits {
  concurrency: number;
  burst?: Allowance;
  pools?: Readonly<Record<string, Allowance>>;
}

/** Lets calls to one vendor account through, as its limits allow. */
export interface Governor {
  /**
   * Resolves when the call may start; the returned function must be called when it has ended. Rejects with SourceError `retry` when the
   * call would have to wait longer than the governor's patience, and with a plain Error for a pool the limits do not name.
   */
  enter(lane: Lane, pool?: string): Promise<() => void>;
  /** No call starts before `untilMs`: the vendor named a Retry-After. */
  pauseUntil(untilMs: number): void;
}

interface Waiting {
  lane: number;
  windows: SlidingWindow[];
  start(leave: () => void): void;
  refuse(error: SourceError): void;
}

/** Longer waits are slept in parts: timers cannot hold more than 24 days. */
const sleepMaxMs = 86_400_000;

/**
 * One governor per vendor account, shared by reads and writes. A call that would wait longer than `patienceMs` is refused instead.
 * Throws RangeError for limits that let nothing through.
 */
export function createGovernor(
  limits: Limits,
  clock: Clock,
  { patienceMs = Number.POSITIVE_INFINITY }: { patienceMs?: number } = {},
): Governor {
  if (!(limits.concurrency >= 1)) throw new RangeError(`limits.concurrency is ${limits.concurrency}, not at least 1`);
  const burst = limits.burst ? slidingWindow(limits.burst) : null;
  const pools = new Map(Object.entries(limits.pools ?? {}).map(([name, pool]) => [name, slidingWindow(pool)]));
  const pause = createPause(clock);
  const wake = createAlarm(clock, () => pump());
  const queue: Waiting[] = [];
  let running = 0;

  function pump(): void {
    for (let n = 0; n < queue.length; ) {
      const entry = queue[n];
      if (!entry) return;
      const waitMs = Math.max(pause.leftMs(), ...entry.windows.map((window) => window.waitMs(clock.now())));
      if (waitMs > patienceMs) {
        queue.splice(n, 1);
        entry.refuse(impatience(waitMs));
      } else if (waitMs > 0) {
        wake.in(waitMs);
        n += 1; // one that waits for its own pool must not hold up the others
      } else if (running < limits.concurrency) {
        queue.splice(n, 1);
        for (const window of entry.windows) window.take(clock.now());
        running += 1;
        entry.start(leave);
      } else return;
    }
  }

  function leave(): void {
    running -= 1;
    pump();
  }

  return {
    async enter(lane, pool) {
      const own = pool === undefined ? null : pools.get(pool);
      if (own === undefined) throw new Error(`The connector's limits name no pool "${pool}"`);
      const windows = [burst, own].filter((window) => window !== null);
      return new Promise((resolve, refuse) => {
        const entry: Waiting = { lane: lanes.indexOf(lane), windows, start: (done) => resolve(once(done)), refuse };
        const behind = queue.findIndex((other) => other.lane > entry.lane);
        queue.splice(behind === -1 ? queue.length : behind, 0, entry);
        pump();
      });
    },
    pauseUntil(untilMs) {
      pause.until(untilMs);
      pump(); // those whom the pause would keep too long need not wait to hear it
    },
  };
}

function impatience(waitMs: number): SourceError {
  return new SourceError("retry", `The vendor lets no call through for another ${Math.ceil(waitMs / 1_000)} s`, {
    afterMs: waitMs,
    remedy: "Nothing to do: what was read is kept, and the next run goes on from there.",
  });
}

/** How long nothing may start; a clock that is set back does not prolong it. */
function createPause(clock: Clock) {
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

/** Calls `ring` at the earliest of the times asked for; an earlier one asked for later comes on top. */
function createAlarm(clock: Clock, ring: () => void) {
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

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
