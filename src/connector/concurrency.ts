/** Requests at the same time: a fixed number, or one that finds its way between 1 and `max`, from `start`. */
export type Concurrency = number | { start: number; max: number };

/** What a call came to, as far as the number of calls beside it matters. */
export type CallOutcome = "accepted" | "crowded" | "failed";

export interface ConcurrencyLimit {
  /** Requests that may run at the same time now. */
  allowed(): number;
  /** A call starts; to be told what it came to: `crowded` when the vendor refused it for running beside too many. */
  begin(): (outcome: CallOutcome) => void;
}

/** Requests accepted in a row before one more at a time is tried. */
const acceptedMin = 20;

/** So many requests at the same time there are at most. */
export const concurrencyMax = (concurrency: Concurrency): number =>
  Math.floor(typeof concurrency === "number" ? concurrency : concurrency.max);

/**
 * Halves at a refusal, never below one, and grows back one by one: others use the same account, and their number is not told. `most`:
 * how many of them are this process's. Throws RangeError for a limit that lets nothing through.
 */
export function concurrencyLimit(
  concurrency: Concurrency,
  most: () => number = () => Number.POSITIVE_INFINITY,
): ConcurrencyLimit {
  const { start, max } = typeof concurrency === "number" ? { start: concurrency, max: concurrency } : concurrency;
  if (!(start >= 1 && max >= start)) {
    throw new RangeError(`limits.concurrency is ${JSON.stringify(concurrency)}, not at least 1`);
  }
  if (typeof concurrency === "number") {
    return { allowed: () => Math.min(concurrency, most()), begin: () => () => undefined };
  }
  let allowed = Math.floor(start);
  let halvings = 0;
  let acceptedInRow = 0;

  function crowded(halvingsBefore: number): void {
    acceptedInRow = 0;
    // Those refused together were sent at the same number: they halve it once.
    if (halvingsBefore !== halvings) return;
    allowed = Math.max(1, Math.floor(Math.min(allowed, most()) / 2));
    halvings += 1;
  }
  function accepted(): void {
    acceptedInRow += 1;
    if (acceptedInRow < acceptedMin) return;
    acceptedInRow = 0;
    allowed = Math.min(Math.floor(max), allowed + 1);
  }
  return {
    allowed: () => Math.min(allowed, most()),
    begin() {
      const halvingsBefore = halvings;
      return (outcome) => {
        if (outcome === "crowded") crowded(halvingsBefore);
        if (outcome === "accepted") accepted();
      };
    },
  };
}
