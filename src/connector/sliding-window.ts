/** An allowance of `requests` in any `windowMs`. */
export interface Allowance {
  requests: number;
  windowMs: number;
  /**
   * The vendor counts requests as they arrive, which is some time after they start: so a call counts until `windowMs` after its answer, by
   * when it had arrived. Absent: until `windowMs` after its start.
   */
  untilAnswered?: boolean;
}

export interface SlidingWindow {
  /** How long until one more call is within the allowance, or within the first `most` of it; 0 when it is now. */
  waitMs(now: number, most?: number): number;
  /** Whether calls that wait for their answers fill it, or the first `most` of it: then no time helps, an answer does. */
  awaitsAnswer(most?: number): boolean;
  /** How many calls count at this moment. */
  count(now: number): number;
  /** Counts a call that starts now; to be told when it has been answered. */
  take(now: number): (answeredAt: number) => void;
}

/**
 * Counts calls against an allowance so that no window of its length, wherever it begins, holds more. Keeps one stamp for each allowed
 * request at most. Throws RangeError for an allowance that lets nothing through.
 */
export function slidingWindow({ requests, windowMs, untilAnswered = false }: Allowance): SlidingWindow {
  if (!(requests >= 1 && windowMs > 0)) {
    throw new RangeError(`an allowance of ${requests} requests in ${windowMs} ms lets nothing through`);
  }
  const whole = Math.floor(requests);
  let taken: number[] = [];
  let unanswered = 0;

  function forget(now: number): void {
    // A clock set back would keep stamps in the future for as long as it was set back: they count as now.
    if ((taken.at(-1) ?? now) > now) taken = taken.map((at) => Math.min(at, now));
    while (taken.length > 0 && (taken[0] ?? now) < now - windowMs) taken.shift();
  }
  const freeOf = (most: number): number => Math.max(1, Math.min(most, whole)) - unanswered;
  return {
    awaitsAnswer: (most = whole) => freeOf(most) <= 0,
    waitMs(now, most = whole) {
      forget(now);
      const free = freeOf(most);
      if (free <= 0) return windowMs; // each of them counts for so long after its answer
      const oldest = taken[taken.length - free];
      return oldest === undefined ? 0 : oldest + windowMs - now + 1;
    },
    count(now) {
      forget(now);
      return taken.length + unanswered;
    },
    take(now) {
      if (!untilAnswered) {
        taken.push(now);
        return () => undefined;
      }
      unanswered += 1;
      return (answeredAt) => {
        unanswered -= 1;
        forget(answeredAt);
        taken.push(answeredAt);
      };
    },
  };
}
