import type { Random } from "./random.ts";

export const dayMs = 86_400_000;
const minuteMs = 60_000;

/** The sample's newest order is on this day, counted from its first (30 June 2017 after 1 January 2015). */
const newestOrderDay = 911;

/** Shifts the sample's days so that its newest order is yesterday, and keeps every instant before the epoch. */
export interface Calendar {
  readonly epochMs: number;
  /** An instant in the seller's opening hours (15:00 to 23:00 UTC, so that the day is the same in California) of a sample day. */
  duringDay(day: number, random: Random): number;
  /** `instantMs` moved by whole and broken days, never past the epoch. */
  after(instantMs: number, days: number): number;
  /** True when that instant has not come yet. */
  isAhead(instantMs: number): boolean;
}

/**
 * The calendar of a world whose present is `epoch`.
 * @example createCalendar("2026-11-20T09:00:00Z").duringDay(911, random) // an instant on 2026-11-19
 */
export function createCalendar(epoch: string): Calendar {
  const epochMs = Date.parse(epoch);
  if (Number.isNaN(epochMs))
    throw new Error(`The epoch must be an ISO instant such as 2026-11-20T09:00:00Z, not "${epoch}".`);
  const firstDayMs = Math.floor(epochMs / dayMs) * dayMs - dayMs - newestOrderDay * dayMs;
  // What would lie ahead is drawn back to the last hours before the epoch, spread by its own digits to avoid one great tie.
  const notAhead = (instantMs: number): number =>
    instantMs < epochMs ? instantMs : epochMs - 2 * minuteMs - (Math.floor(instantMs / 1000) % (90 * minuteMs));
  return {
    epochMs,
    duringDay: (day, random) =>
      firstDayMs + day * dayMs + (15 * 60 + random.int(0, 8 * 60 - 1)) * minuteMs + random.int(0, 59_999),
    after: (instantMs, days) => notAhead(Math.round(instantMs + days * dayMs)),
    isAhead: (instantMs) => instantMs >= epochMs,
  };
}

/** The UTC day of an instant, `YYYY-MM-DD`. */
export function dayOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10);
}
