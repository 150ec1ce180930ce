/** Oracle date masks (`YYYY-MM-DD HH24:MI:SS`) over wall-clock fields. */
export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/**
 * Writes a wall-clock time by a mask.
 * @throws MaskError for a mask Oracle does not know.
 * @example formatDate(wall, 'YYYY-MM-DD"T"HH24:MI:SS') // "2026-03-05T14:07:09"
 */
export function formatDate(wall: Wall, mask: string): string {
  return partsOf(mask)
    .map((part) => (part.element ? part.element.write(wall) : part.text))
    .join("");
}

/** Reads a text by a mask, leniently as Oracle does (missing leading zeros, missing time at the end); null when it does not fit. */
export function parseDate(text: string, mask: string): Wall | null {
  const found = new Map<keyof Wall | "afternoon", number>();
  let rest = text;
  for (const part of partsOf(mask)) {
    if (rest === "" && found.has("day")) break;
    const match = part.element ? part.element.read.exec(rest) : null;
    if (part.element && match) {
      const value = part.element.value(match[0]);
      if (!Number.isNaN(value)) found.set(part.element.field, value);
      rest = rest.slice(match[0].length);
    } else if (!part.element && rest.startsWith(part.text)) {
      rest = rest.slice(part.text.length);
    } else {
      return null;
    }
  }
  return rest === "" ? checkedWall(found) : null;
}

/** The mask is not Oracle's (ORA-01821). */
export class MaskError extends Error {}

interface MaskElement {
  field: keyof Wall | "afternoon";
  read: RegExp;
  value(text: string): number;
  write(wall: Wall): string;
}

interface MaskPart {
  text: string;
  element: MaskElement | null;
}

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const shortMonths = months.map((month) => month.slice(0, 3));
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function digits(field: keyof Wall, width: number, leastWidth = 1): MaskElement {
  return {
    field,
    read: new RegExp(`^\\d{${leastWidth},${width}}`),
    value: Number,
    write: (wall) => String(wall[field]).padStart(width, "0"),
  };
}

function named(names: readonly string[], casing: (name: string) => string = (name) => name): MaskElement {
  return {
    field: "month",
    read: new RegExp(`^(?:${names.join("|")})`, "i"),
    value: (text) => names.findIndex((name) => name.toLowerCase() === text.toLowerCase()) + 1,
    write: (wall) => casing(names[wall.month - 1] ?? ""),
  };
}

const upper = (text: string) => text.toUpperCase();
const weekdayOf = (wall: Wall) => weekdays[new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay()] ?? "";
const halfDay: MaskElement = {
  field: "afternoon",
  read: /^[AP]\.?M\.?/i,
  value: (text) => (/^p/i.test(text) ? 1 : 0),
  write: (wall) => (wall.hour < 12 ? "AM" : "PM"),
};
const twelveHours: MaskElement = {
  ...digits("hour", 2),
  write: (wall) => String(wall.hour % 12 || 12).padStart(2, "0"),
};
const fraction: MaskElement = { field: "second", read: /^\d{1,9}/, value: () => Number.NaN, write: () => "000" };

// Longest names first; the single letters M and D are the account's own formats (M/D/YYYY), not Oracle's.
const elements: readonly [string, MaskElement][] = [
  ["MONTH", named(months, upper)],
  ["Month", named(months)],
  ["HH24", digits("hour", 2)],
  ["HH12", twelveHours],
  ["YYYY", digits("year", 4, 4)],
  ["RRRR", digits("year", 4, 4)],
  ["DAY", { ...digits("day", 2), read: /^[a-z]+/i, value: () => Number.NaN, write: (wall) => upper(weekdayOf(wall)) }],
  ["MON", named(shortMonths, upper)],
  ["Mon", named(shortMonths)],
  ["FF3", fraction],
  [
    "YY",
    {
      ...digits("year", 2, 2),
      value: (text) => 2000 + Number(text),
      write: (wall) => String(wall.year % 100).padStart(2, "0"),
    },
  ],
  ["MM", digits("month", 2)],
  ["DD", digits("day", 2)],
  [
    "DY",
    {
      ...digits("day", 2),
      read: /^[a-z]{3}/i,
      value: () => Number.NaN,
      write: (wall) => upper(weekdayOf(wall).slice(0, 3)),
    },
  ],
  ["HH", twelveHours],
  ["MI", digits("minute", 2)],
  ["SS", digits("second", 2)],
  ["FF", fraction],
  ["AM", halfDay],
  ["PM", halfDay],
  ["M", digits("month", 2)],
  ["D", digits("day", 2)],
];

const known = new Map<string, readonly MaskPart[]>();
const knownMax = 500;

function partsOf(mask: string): readonly MaskPart[] {
  let parts = known.get(mask);
  if (!parts) {
    parts = split(mask);
    if (known.size >= knownMax) known.clear();
    known.set(mask, parts);
  }
  return parts;
}

function split(mask: string): MaskPart[] {
  const parts: MaskPart[] = [];
  let rest = mask;
  while (rest !== "") {
    const quoted = /^"([^"]*)"|^[^A-Za-z0-9"]/.exec(rest);
    const element =
      elements.find(([name]) => rest.startsWith(name)) ?? elements.find(([name]) => upper(rest).startsWith(name));
    if (quoted) {
      parts.push({ text: quoted[1] ?? quoted[0], element: null });
      rest = rest.slice(quoted[0].length);
    } else if (element) {
      parts.push({ text: "", element: unpadded(element, mask) });
      rest = rest.slice(element[0].length);
    } else {
      throw new MaskError("ORA-01821: date format not recognized");
    }
  }
  return parts;
}

function unpadded([name, element]: readonly [string, MaskElement], mask: string): MaskElement {
  if (name.length > 1 || !/^(M\/D|D\/M)\/YYYY$/.test(mask)) return element;
  return { ...element, write: (wall) => String(name === "M" ? wall.month : wall.day) };
}

function checkedWall(found: ReadonlyMap<keyof Wall | "afternoon", number>): Wall | null {
  const number = (field: keyof Wall, otherwise: number) => found.get(field) ?? otherwise;
  const clock = number("hour", 0);
  const afternoon = found.get("afternoon");
  const wall = {
    year: number("year", 1970),
    month: number("month", 1),
    day: number("day", 1),
    hour: afternoon === undefined ? clock : (clock % 12) + 12 * afternoon,
    minute: number("minute", 0),
    second: number("second", 0),
  };
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second));
  const real =
    date.getUTCMonth() + 1 === wall.month && date.getUTCDate() === wall.day && date.getUTCHours() === wall.hour;
  return real && wall.minute < 60 && wall.second < 60 ? wall : null;
}
