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
      const utc = asIfUtc(wall);
      if (Number.isNaN(utc)) throw unreadable(wall);
      const before = utc - offsetAt(utc - dayMs);
      const after = utc - offsetAt(utc + dayMs);
      if (before === after) return before;
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

/** The instant at which UTC's clock shows a wall-clock time; NaN for another text. By its digits: every row has such texts, and Date.parse is slow. */
function asIfUtc(wall: string): number {
  const isDateTime = wall.length === 19 && wall[4] === "-" && wall[7] === "-" && wall[10] === " ";
  if (!isDateTime || wall[13] !== ":" || wall[16] !== ":") return Number.NaN;
  const [month, day] = [twoDigits(wall, 5), twoDigits(wall, 8)];
  const [hour, minute, second] = [twoDigits(wall, 11), twoDigits(wall, 14), twoDigits(wall, 17)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const year = twoDigits(wall, 0) * 100 + twoDigits(wall, 2);
  // Date.UTC takes years of two digits for those of the last century.
  return year < 100 ? Date.parse(`${wall.replace(" ", "T")}Z`) : Date.UTC(year, month - 1, day, hour, minute, second);
}

/** NaN where there are others than digits. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** An instant as the 24 characters of ISO 8601 in UTC. Put together from parts, because every row has some and Date's own way is slow. */
export function isoInstant(instantMs: number): string {
  const day = Math.floor(instantMs / dayMs);
  const within = instantMs - day * dayMs;
  const time = timesOfDay[Math.floor(within / 60_000)];
  const second = seconds[(within % 60_000) / 1_000]; // none for parts of one
  if (time === undefined || second === undefined) return new Date(instantMs).toISOString();
  return `${dayText(day)}${time}${second}`;
}

const two = (number: number) => String(number).padStart(2, "0");
const timesOfDay = Array.from({ length: 1_440 }, (_, n) => `${two(Math.floor(n / 60))}:${two(n % 60)}:`);
const seconds = Array.from({ length: 60 }, (_, n) => `${two(n)}.000Z`);
const dayTexts = new Map<number, string>();

/** `2026-03-05T`; days are few, so they are kept. */
function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * dayMs).toISOString().slice(0, -"00:00:00.000Z".length);
    dayTexts.set(day, text);
  }
  return text;
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
    const wall = new Date(0).setUTCFullYear(year, month, day) + 1_000 * secondsOf(part);
    return wall - Math.floor(instantMs / 1_000) * 1_000;
  };
  return steadyOver(dayMs, steadyOver(quarterHourMs, exact));
}

const secondsOf = (part: (type: "hour" | "minute" | "second") => number) =>
  part("hour") * 3_600 + part("minute") * 60 + part("second");

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
