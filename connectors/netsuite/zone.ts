import { SourceError } from "journey-hub/connector";

/** Between instants (milliseconds since the epoch) and the wall clock of an account: `2026-03-05 14:07:09`. */
export interface Zone {
  readonly name: string;
  /** The earlier of two instants in the hour a clock repeats. Throws SourceError where the text is no date-time. */
  instantOf(wall: string): number;
  wallOf(instantMs: number): string;
  /**
   * The stretch around the end of summer time in which wall-clock times come twice, when the instant lies in it: `from` included, `to` not.
   * The seconds just before `from` and at `to` come once.
   */
  repeatedAround(instantMs: number): { from: number; to: number } | null;
}

const wallPattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;
const dayMs = 86_400_000;
const quarterHourMs = 900_000;
/** Clocks go back by an hour at most nearly everywhere; three cover what was ever done. */
const shiftMaxMs = 3 * 3_600_000;

/** A zone of the time zone database. */
export function openZone(name: string): Zone {
  const offsetAt = offsets(name);
  return {
    name,
    instantOf(wall) {
      const [, day, time] = wallPattern.exec(wall) ?? [];
      const utc = Date.parse(`${day}T${time}Z`);
      if (Number.isNaN(utc)) throw unreadable(wall);
      const before = utc - offsetAt(utc - dayMs);
      const after = utc - offsetAt(utc + dayMs);
      const fitting = [before, after].filter((instant) => instant + offsetAt(instant) === utc);
      // A time that the clock skips going forward is read as if it had not.
      return fitting.length === 0 ? before : Math.min(...fitting);
    },
    wallOf: (instantMs) => new Date(instantMs + offsetAt(instantMs)).toISOString().slice(0, 19).replace("T", " "),
    repeatedAround(instantMs) {
      const start = instantMs - shiftMaxMs;
      const shift = offsetAt(start) - offsetAt(instantMs + shiftMaxMs);
      if (shift <= 0) return null;
      const change = firstInstant(start, instantMs + shiftMaxMs, (at) => offsetAt(at) !== offsetAt(start));
      const [from, to] = [change - shift, change + shift];
      return from <= instantMs && instantMs < to ? { from, to } : null;
    },
  };
}

/** An instant as the 24 characters of ISO 8601 in UTC. */
export function isoInstant(instantMs: number): string {
  return new Date(instantMs).toISOString();
}

/** Intl is slow, so offsets are kept, for all connections to accounts in a zone. */
const known = new Map<string, (instantMs: number) => number>();

/** What the zone is ahead of UTC. */
function offsets(timeZone: string): (instantMs: number) => number {
  const kept = known.get(timeZone) ?? measured(timeZone);
  known.set(timeZone, kept);
  return kept;
}

function measured(timeZone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const exact = (instantMs: number): number => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const [year, month, day] = [part("year"), part("month") - 1, part("day")];
    const wall = Date.UTC(year, month, day, part("hour"), part("minute"), part("second"));
    return wall - Math.floor(instantMs / 1_000) * 1_000;
  };
  return steadyOver(dayMs, steadyOver(quarterHourMs, exact));
}

/** Keeps the offset of each stretch of time on which it is the same at both ends; asks `exact` in the others. */
function steadyOver(unitMs: number, exact: (instantMs: number) => number): (instantMs: number) => number {
  const steady = new Map<number, number | null>();
  return (instantMs) => {
    const unit = Math.floor(instantMs / unitMs);
    let offset = steady.get(unit);
    if (offset === undefined) {
      const atStart = exact(unit * unitMs);
      offset = atStart === exact((unit + 1) * unitMs - 1_000) ? atStart : null;
      steady.set(unit, offset);
    }
    return offset ?? exact(instantMs);
  };
}

/** The first whole second between `low` and `high` at which `holds`, which it does from some instant on. */
function firstInstant(low: number, high: number, holds: (instantMs: number) => boolean): number {
  let [from, to] = [Math.floor(low / 1_000), Math.ceil(high / 1_000)];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle * 1_000)) to = middle;
    else from = middle;
  }
  return to * 1_000;
}

function unreadable(wall: string): SourceError {
  return new SourceError("stop", `NetSuite gave "${wall.slice(0, 40)}" where YYYY-MM-DD HH:MM:SS was asked for`, {
    code: "UNREADABLE_DATE",
    remedy: "Report this with the name of the object: nothing was lost, the cursor stands.",
  });
}
