/** Lets fewer requests through at a time while NetSuite refuses some for their number: other tools use the same account. */
export interface Throttle {
  /** Resolves when the request may go; the returned function must be called when it has ended. */
  enter(): Promise<() => void>;
  /** NetSuite found the requests too many. */
  refused(): void;
  accepted(): void;
}

/** Requests accepted in a row before one more at a time is tried. */
const acceptedMin = 20;

/** Starts with `max` at a time, halves at a refusal, never below one, and grows back one by one. */
export function openThrottle(max: number): Throttle {
  let allowed = max;
  let running = 0;
  let acceptedInRow = 0;
  const waiting: (() => void)[] = [];

  function pump(): void {
    for (let next = running < allowed ? waiting.shift() : undefined; next; ) {
      running += 1;
      next();
      next = running < allowed ? waiting.shift() : undefined;
    }
  }

  function leave(): void {
    running -= 1;
    pump();
  }

  return {
    enter: () =>
      new Promise((resolve) => {
        waiting.push(() => resolve(leave));
        pump();
      }),
    refused() {
      // Those refused together were sent at the same number: they halve it once.
      if (running <= allowed) allowed = Math.max(1, Math.floor(allowed / 2));
      acceptedInRow = 0;
    },
    accepted() {
      acceptedInRow += 1;
      if (acceptedInRow < acceptedMin || allowed >= max) return;
      allowed += 1;
      acceptedInRow = 0;
      pump();
    },
  };
}
