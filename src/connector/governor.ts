import type { Clock } from "../lib/clock.ts";

/** Who may go first when a vendor's allowance is short. */
export const lanes = ["webhook", "writeback", "poll", "backfill"] as const;
export type Lane = (typeof lanes)[number];

/** An allowance of `requests` in any `windowMs`. */
export interface Allowance {
  requests: number;
  windowMs: number;
}

/** What a vendor account grants the hub; a pool is counted apart from, and besides, the burst (HubSpot's search). */
export interface Limits {
  concurrency: number;
  burst?: Allowance;
  pools?: Readonly<Record<string, Allowance>>;
}

/** Lets calls to one vendor account through, as its limits allow. */
export interface Governor {
  /** Resolves when the call may start; the returned function must be called when it has ended. */
  enter(lane: Lane, pool?: string): Promise<() => void>;
  /** No call starts before `untilMs`: the vendor named a Retry-After. */
  pauseUntil(untilMs: number): void;
}

interface Waiting {
  lane: number;
  windows: Window[];
  start(leave: () => void): void;
}

/** One governor per vendor account, shared by reads and writes. */
export function createGovernor(limits: Limits, clock: Clock): Governor {
  const burst = limits.burst ? slidingWindow(limits.burst) : null;
  const pools = new Map(Object.entries(limits.pools ?? {}).map(([name, pool]) => [name, slidingWindow(pool)]));
  const queue: Waiting[] = [];
  let running = 0;
  let pausedUntil = 0;
  let wakeAt = Number.POSITIVE_INFINITY;

  function pump(): void {
    for (let n = 0; n < queue.length && running < limits.concurrency; ) {
      const entry = queue[n];
      if (!entry) return;
      const now = clock.now();
      const waitMs = Math.max(pausedUntil - now, ...entry.windows.map((window) => window.waitMs(now)), 0);
      if (waitMs > 0) {
        wakeIn(waitMs);
        n += 1; // one that waits for its own pool must not hold up the others
        continue;
      }
      queue.splice(n, 1);
      for (const window of entry.windows) window.take(now);
      running += 1;
      entry.start(leave);
    }
  }

  function leave(): void {
    running -= 1;
    pump();
  }

  function wakeIn(waitMs: number): void {
    const at = clock.now() + waitMs;
    if (at >= wakeAt) return;
    wakeAt = at;
    void clock.sleep(waitMs).then(() => {
      if (wakeAt === at) wakeAt = Number.POSITIVE_INFINITY;
      pump();
    });
  }

  return {
    enter(lane, pool) {
      const own = pool ? pools.get(pool) : undefined;
      const windows = [burst, own].filter((window) => window != null);
      return new Promise((resolve) => {
        const entry: Waiting = { lane: lanes.indexOf(lane), windows, start: (done) => resolve(once(done)) };
        const behind = queue.findIndex((other) => other.lane > entry.lane);
        queue.splice(behind === -1 ? queue.length : behind, 0, entry);
        pump();
      });
    },
    pauseUntil(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs);
    },
  };
}

type Window = ReturnType<typeof slidingWindow>;

function slidingWindow({ requests, windowMs }: Allowance) {
  const taken: number[] = [];
  return {
    waitMs(now: number): number {
      while (taken.length > 0 && (taken[0] ?? now) <= now - windowMs) taken.shift();
      const oldest = taken[taken.length - requests];
      return oldest === undefined ? 0 : oldest + windowMs - now + 1;
    },
    take(now: number): void {
      taken.push(now);
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
