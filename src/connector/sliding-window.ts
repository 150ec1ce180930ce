/** An allowance of `requests` in any `windowMs`. */
export interface Allowance {
  requests: number;
  windowMs: number;
}

export interface SlidingWindow {
  /** How long until one more call is within the allowance, or within the first `most` of it; 0 when it is now. */
  waitMs(now: number, most?: number): number;
  /** How many calls count at this moment. */
  count(now: number): number;
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
  const whole = Math.floor(requests);
  let taken: number[] = [];

  function forget(now: number): void {
    // A clock set back would keep stamps in the future for as long as it was set back: they count as now.
    if ((taken.at(-1) ?? now) > now) taken = taken.map((at) => Math.min(at, now));
    while (taken.length > 0 && (taken[0] ?? now) < now - windowMs) taken.shift();
  }
  return {
    waitMs(now, most = whole) {
      forget(now);
      const oldest = taken[taken.length - Math.max(1, Math.min(most, whole))];
      return oldest === undefined ? 0 : oldest + windowMs - now + 1;
    },
    count(now) {
      forget(now);
      return taken.length;
    },
    take(now) {
      taken.push(now);
    },
  };
}
