const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const offsets = new Map<string, Map<number, number>>();
const hourMs = 3_600_000;
const hoursKept = 50_000;

/** True for an IANA zone name this Node knows. */
export function isZone(zone: string): boolean {
  return zone === "UTC" || zoneFormat(zone) !== undefined;
}

/**
 * How far the zone's clocks are ahead of UTC at an instant, in milliseconds; 0 for an unknown zone.
 * Asking Intl costs microseconds, and a zone's offset changes on a full hour of UTC or its half, so the answer is kept by half hour.
 */
export function zoneOffsetMs(zone: string, ms: number): number {
  if (zone === "UTC") return 0;
  const known = offsets.get(zone) ?? new Map<number, number>();
  if (known.size === 0) offsets.set(zone, known);
  const halfHour = Math.floor((2 * ms) / hourMs);
  const kept = known.get(halfHour);
  if (kept !== undefined) return kept;
  if (known.size >= hoursKept) known.clear();
  const offset = askedOffset(zone, (halfHour * hourMs) / 2);
  known.set(halfHour, offset);
  return offset;
}

function askedOffset(zone: string, ms: number): number {
  const format = zoneFormat(zone);
  if (!format || Math.abs(ms) > 8.64e15) return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  // Years before 100 and of another era come back as other years; no zone is more than a day away.
  return Math.abs(offset) > 24 * hourMs ? 0 : offset;
}

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  const format = newFormat(zone);
  if (formats.size < 1000) formats.set(zone, format);
  return format;
}

function newFormat(zone: string): Intl.DateTimeFormat | undefined {
  const numeric = "numeric";
  try {
    const parts = {
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    } as const;
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...parts });
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}
