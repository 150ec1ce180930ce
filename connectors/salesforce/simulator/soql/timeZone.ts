const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "medium" });
  formats.set(timeZone, format);
  return format;
}

/** What the clock on the wall says in the zone at this instant, as the epoch milliseconds at which it would say so in UTC. */
export function wallClock(epochMs: number, timeZone: string): number {
  const text = formatOf(timeZone).format(epochMs);
  const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}), (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${time}Z`);
}

/** The instant at which the clock on the wall says this in the zone; the later one of two in the night when clocks go back. */
export function instantOf(wallMs: number, timeZone: string): number {
  const offsetMs = (at: number) => wallClock(at, timeZone) - Math.floor(at / 1000) * 1000;
  // The offset of the guess may be that of the other side of a change of clocks: the second look is right.
  return wallMs - offsetMs(wallMs - offsetMs(wallMs));
}
