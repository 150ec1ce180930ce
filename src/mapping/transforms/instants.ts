import { zoneOffsetMs } from "./zones.ts";

/** What most vendors send is the very text we keep; days 29 to 31 go the long way, where months are known. */
const canonicalPattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const dayPattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;
const digitsOnly = /^-?\d{11,14}$/;
const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;
const earliestMs = Date.UTC(0, 0, 1) - 1900 * 366 * 86_400_000;
const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * An instant as 24 characters of ISO 8601 in UTC, or undefined when the value is not one.
 * Reads ISO with any offset (`+0000` too), milliseconds since the epoch as number or digits, and `YYYY-MM-DD[ HH:MM:SS]` in `zone`.
 * @example readInstant("2024-09-24T03:26:07.000+0000", "UTC") // "2024-09-24T03:26:07.000Z"
 * @example readInstant("2024-07-01 09:00:00", "Europe/Berlin") // "2024-07-01T07:00:00.000Z"
 */
export function readInstant(value: unknown, zone: string): string | undefined {
  if (typeof value === "string" && value.length === 24 && canonicalPattern.test(value)) return value;
  const ms = epochMs(value, zone);
  return ms === undefined ? undefined : toIso(ms);
}

/**
 * A calendar date `YYYY-MM-DD`, or undefined. A date or a date-time without an offset keeps its day; an instant gives the day it has in `zone`.
 * @example readDate("2024-05-31T23:30:00Z", "UTC") // "2024-05-31"
 */
export function readDate(value: unknown, zone: string): string | undefined {
  if (typeof value === "string") {
    if (value.length === 10 && dayPattern.test(value)) return value;
    const parts = value.length > 40 ? null : isoPattern.exec(value.trim());
    if (parts && parts[8] === undefined)
      return wallClockMs(parts) === undefined ? undefined : value.trim().slice(0, 10);
  }
  const ms = epochMs(value, zone);
  return ms === undefined ? undefined : toIso(ms + zoneOffsetMs(zone, ms))?.slice(0, 10);
}

function epochMs(value: unknown, zone: string): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? Math.round(value) : undefined;
  if (typeof value !== "string" || value.length > 40) return undefined;
  const parts = isoPattern.exec(value) ?? isoPattern.exec(value.trim());
  if (!parts) return digitsOnly.test(value) ? Number(value) : undefined;
  const wallClock = wallClockMs(parts);
  if (wallClock === undefined) return undefined;
  return wallClock - (parts[8] === undefined ? offsetOfWallClock(zone, wallClock) : writtenOffsetMs(parts[8]));
}

/** The date-time as if it were UTC; undefined for days and times that do not exist (`2024-02-30`, `25:00`). */
function wallClockMs(parts: RegExpExecArray): number | undefined {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const [hour, minute, second] = [Number(parts[4] ?? 0), Number(parts[5] ?? 0), Number(parts[6] ?? 0)];
  const fraction = parts[7] === undefined ? 0 : Math.trunc(Number(`0.${parts[7]}`) * 1000 + 1e-6);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return year < 100 ? new Date(ms).setUTCFullYear(year) : ms;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function writtenOffsetMs(text: string): number {
  if (text === "Z" || text === "z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.length > 3 ? text.slice(-2) : 0);
  return (text.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** Looked up twice, because the offset belongs to the instant and the instant is what we look for. */
function offsetOfWallClock(zone: string, wallClock: number): number {
  if (zone === "UTC") return 0;
  return zoneOffsetMs(zone, wallClock - zoneOffsetMs(zone, wallClock));
}

/** Years outside 0000–9999 have no 24-character form. */
function toIso(ms: number): string | undefined {
  return ms >= earliestMs && ms <= latestMs ? withinFourDigits(new Date(ms).toISOString()) : undefined;
}

function withinFourDigits(iso: string): string | undefined {
  return iso.length === 24 ? iso : undefined;
}
