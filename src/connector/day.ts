/** A stretch of time from `start` up to, not including, `end`; epoch ms. */
export interface Day {
  start: number;
  end: number;
}

/** A local day has at most 25 hours where clocks are changed; zones that skipped or repeated a day are given two. */
const dayMaxMs = 49 * 3_600_000;

/** The day of a time zone that holds an instant, from midnight to midnight by its clocks. Throws RangeError for an unknown zone. */
export function dayAround(now: number, timeZone: string): Day {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  const dayOf = (ms: number) => format.format(ms);
  const today = dayOf(now);
  return {
    start: firstWith(now - dayMaxMs, now, (ms) => dayOf(ms) >= today),
    end: firstWith(now, now + dayMaxMs, (ms) => dayOf(ms) > today),
  };
}

/** The first whole second between two instants from which on `holds` is true. */
function firstWith(from: number, to: number, holds: (ms: number) => boolean): number {
  let low = Math.floor(from / 1_000);
  let high = Math.ceil(to / 1_000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * 1_000)) high = middle;
    else low = middle;
  }
  return high * 1_000;
}
