import { formatDate, parseDate, type Wall } from "./dateMask.ts";
import type { AccountDateFormat } from "./seed.ts";

/** One account's clock: between instants (ISO UTC, whole seconds) and the wall clock its users read. */
export interface AccountCalendar {
  readonly dateFormat: AccountDateFormat;
  wallOf(instant: string): Wall;
  /** The earlier of two instants where the clock is set back; the shifted one where it is set forward. */
  instantOf(wall: Wall): string;
  /** Midnight of an ISO date. */
  midnight(date: string): string;
  /** An instant or an ISO date as the account's users see it: the day alone. */
  display(value: string): string;
  /** Reads a date in the account's format, or null. */
  read(text: string): Wall | null;
}

/**
 * A calendar for one IANA time zone and date format.
 * @example createCalendar("America/New_York", "MM/DD/YYYY").display("2026-01-05T03:00:00Z") // "01/04/2026"
 */
export function createCalendar(timeZone: string, dateFormat: AccountDateFormat): AccountCalendar {
  const offsetAt = zoneOffset(timeZone);
  const midnights = new Map<string, string>();

  const wallOf = (instant: string): Wall => {
    const at = Date.parse(instant);
    return wallAt(at + offsetAt(at));
  };
  const instantOf = (wall: Wall): string => {
    const utc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
    const before = offsetAt(utc - dayMs);
    const after = offsetAt(utc + dayMs);
    const at = offsetAt(utc - before) === before || offsetAt(utc - after) !== after ? utc - before : utc - after;
    return instantText(at);
  };
  const midnight = (date: string): string => {
    const known = midnights.get(date);
    if (known !== undefined) return known;
    const instant = instantOf(wallAt(Date.parse(`${date}T00:00:00Z`)));
    midnights.set(date, instant);
    return instant;
  };
  return {
    dateFormat,
    wallOf,
    instantOf,
    midnight,
    display: (value) =>
      formatDate(value.length === 10 ? wallAt(Date.parse(`${value}T00:00:00Z`)) : wallOf(value), dateFormat),
    read: (text) => parseDate(text.trim(), dateFormat),
  };
}

const dayMs = 86_400_000;

/** ISO UTC with whole seconds: NetSuite's dates hold no fractions. */
export function instantText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

function wallAt(localMs: number): Wall {
  const local = new Date(localMs);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  };
}

/** Intl is slow, so offsets are kept: a zone is the same for all accounts. */
const zones = new Map<string, (epochMs: number) => number>();

function zoneOffset(timeZone: string): (epochMs: number) => number {
  const known = zones.get(timeZone) ?? steadyOffset(timeZone);
  zones.set(timeZone, known);
  return known;
}

/** An offset is kept for each UTC day on which it does not change. */
function steadyOffset(timeZone: string): (epochMs: number) => number {
  const zone = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const exact = (epochMs: number): number => {
    const parts = Object.fromEntries(zone.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1000) * 1000;
  };
  const steady = new Map<number, number | null>();
  return (epochMs) => {
    const day = Math.floor(epochMs / dayMs);
    let offset = steady.get(day);
    if (offset === undefined) {
      const start = exact(day * dayMs);
      offset = start === exact((day + 1) * dayMs) ? start : null;
      steady.set(day, offset);
    }
    return offset ?? exact(epochMs);
  };
}
