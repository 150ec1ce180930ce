/** An allowance of `requests` in any `windowMs`. */
export interface Allowance {
  requests: number;
  windowMs: number;
}

export interface SlidingWindow {
  /** How long until one more call is within the allowance; 0 when it is now. `kept`: so many requests are left to more urgent calls. */
  waitMs(now: number, kept?: number): number;
  /** Counts a call that starts now. */
  take(now: number): void;
}

/**
 * Counts calls against an allowance so that no window of its length, wherever it begins, holds more. Keeps one stamp for each allowed
 * request at most. Throws RangeError for an allowance that lets nothing through.
 */
export function slidingWindow({ requests, windowMs }: Allowance): SlidingWindow {
  if (!(requests >= 1 && windowMs > 0)) {
    throw new RangeError(`an allowance of ${requests} requests in ${windowMs} ms lets nothing through`);
  }
  let taken: number[] = [];
  return {
    waitMs(now, kept = 0) {
      // A clock set back would keep stamps in the future for as long as it was set back: they count as now.
      if ((taken.at(-1) ?? now) > now) taken = taken.map((at) => Math.min(at, now));
      while (taken.length > 0 && (taken[0] ?? now) < now - windowMs) taken.shift();
      const oldest = taken[taken.length - Math.max(1, Math.floor(requests) - kept)];
      return oldest === undefined ? 0 : oldest + windowMs - now + 1;
    },
    take(now) {
      taken.push(now);
    },
  };
}
