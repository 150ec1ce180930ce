import { z } from "zod";
import { closed } from "./closed.ts";
import type { Read, Run } from "./run.ts";
import { readDomain, readEmail, readPhone } from "./transforms/contact-points.ts";
import { readCountry } from "./transforms/countries.ts";
import { readDate, readInstant } from "./transforms/instants.ts";
import { readBoolean, readNumber } from "./transforms/numbers.ts";
import { digits, htmlText, readText, truncate } from "./transforms/texts.ts";
import { isZone } from "./transforms/zones.ts";

/** What a transform makes of a value; undefined when the value is not of the kind it reads. Never throws, never takes 1 ms. */
export type Apply = (value: unknown, scope: unknown, run: Run) => unknown;

/** What the compiler lends a transform: readers for the paths among its arguments. */
export interface Lender {
  reader(paths: string | readonly string[]): Read;
  /** A reader that several places share, by what it reads: it runs once a record. */
  shared(key: string, make: () => Read): Read;
}

export interface Transform {
  /** Schema of its arguments; null for one that takes none. */
  args: z.ZodType | null;
  /** True if it may stand without arguments. */
  bare: boolean;
  /** The type of value it gives: linted against the field's. */
  gives: "text" | "contact point" | "number" | "boolean" | "instant" | "date" | "country" | "list" | "same";
  /** True if it wants a whole list rather than each of its values. */
  wholeList: boolean;
  make(args: unknown, lender: Lender): Apply;
}

const itemsMax = 1000;
const oneOrMorePaths = z.union([z.string(), z.array(z.string()).min(1)]);
const zone = z.string().refine(isZone, "not a time zone: give an IANA name such as Europe/Berlin");
const instantArgs = closed("argument of instant", { zone: zone.optional(), unit: z.enum(["ms", "s"]).optional() });
const phoneArgs = closed("argument of phone", {
  country: z.string().length(2).optional(),
  country_from: oneOrMorePaths.optional(),
});

/** Every transform there is. Each is total and bounded: bad input gives undefined, long text is cut before it is worked on. */
export const transforms = {
  trim: text((value) => value),
  lower: text((value) => value.toLowerCase()),
  upper: text((value) => value.toUpperCase()),
  digits: text(digits),
  html_text: text(htmlText),
  email: plain("contact point", readEmail),
  domain: plain("contact point", readDomain),
  country: plain("country", readCountry),
  number: plain("number", readNumber),
  integer: plain("number", (value) => rounded(readNumber(value))),
  boolean: plain("boolean", readBoolean),
  phone: withOptionalArgs("contact point", phoneArgs, ({ country, country_from }, lender) => {
    const from = country_from === undefined ? undefined : countryFrom(country_from, lender);
    return (value, scope, run) => {
      const found = from?.(scope, run);
      return readPhone(value, typeof found === "string" ? found : (country ?? run.context.country));
    };
  }),
  instant: withOptionalArgs("instant", instantArgs, ({ zone: fixed, unit }) => {
    const scale = unit === "s" ? inMs : (value: unknown) => value;
    return (value, _scope, run) => readInstant(scale(value), fixed ?? run.context.timeZone ?? "UTC");
  }),
  date: withOptionalArgs("date", closed("argument of date", { zone: zone.optional() }), ({ zone: fixed }) => {
    return (value, _scope, run) => readDate(value, fixed ?? run.context.timeZone ?? "UTC");
  }),
  multiply: withArgs("number", z.number(), (by) => (value) => finite(product(readNumber(value), by))),
  divide: withArgs(
    "number",
    z.number().refine((by) => by !== 0, "must not be 0"),
    (by) => (value) => {
      const number = readNumber(value);
      return number === undefined ? undefined : finite(number / by);
    },
  ),
  truncate: withArgs("text", z.number().int().min(1).max(20_000), (length) => (value) => {
    const whole = readText(value);
    return whole === undefined ? undefined : truncate(whole, length);
  }),
  replace_table: withArgs("text", z.record(z.string(), z.string()), (table) => {
    const values = new Map(Object.entries(table));
    return (value) => {
      const whole = readText(value);
      return whole === undefined ? undefined : (values.get(whole) ?? whole);
    };
  }),
  split: withArgs("list", z.string().min(1).max(10), (separator) => (value) => {
    const pieces = readText(value)?.split(separator, itemsMax);
    return pieces?.map((piece) => piece.trim()).filter((piece) => piece !== "");
  }),
  join: ofList(withArgs("text", z.string().max(10), (separator) => (value) => joined(value, separator))),
  first: ofList(plain("same", (value) => (Array.isArray(value) ? value[0] : value))),
  last: ofList(plain("same", (value) => (Array.isArray(value) ? value[value.length - 1] : value))),
} as const satisfies Record<string, Transform>;

export type TransformName = keyof typeof transforms;

/** True for the name of a transform. */
export function isTransformName(name: string): name is TransformName {
  return Object.hasOwn(transforms, name);
}

/** All phones of a record ask for the same country. */
function countryFrom(paths: string | readonly string[], lender: Lender): Read {
  const read = lender.reader(paths);
  return lender.shared(`country ${JSON.stringify(paths)}`, () => (scope, run) => readCountry(read(scope, run)));
}

function plain(gives: Transform["gives"], read: (value: unknown) => unknown): Transform {
  return { args: null, bare: true, gives, wholeList: false, make: () => read };
}

function text(change: (value: string) => string): Transform {
  return plain("text", (value) => {
    const whole = readText(value);
    return whole === undefined ? undefined : change(whole);
  });
}

function withArgs<Args>(
  gives: Transform["gives"],
  args: z.ZodType<Args>,
  make: (args: Args, lender: Lender) => Apply,
): Transform {
  return { args, bare: false, gives, wholeList: false, make: (given, lender) => make(args.parse(given), lender) };
}

function withOptionalArgs<Args extends object>(
  gives: Transform["gives"],
  args: z.ZodType<Args>,
  make: (args: Args, lender: Lender) => Apply,
): Transform {
  return { ...withArgs(gives, args, make), bare: true, make: (given, lender) => make(args.parse(given ?? {}), lender) };
}

function ofList(transform: Transform): Transform {
  return { ...transform, wholeList: true };
}

function joined(value: unknown, separator: string): string | undefined {
  const items = Array.isArray(value) ? elementsWithin(value) : [value];
  let text: string | undefined;
  for (const item of items) {
    const word = readText(item);
    if (word !== undefined) text = text === undefined ? word : text + separator + word;
  }
  return readText(text);
}

function elementsWithin(list: readonly unknown[]): readonly unknown[] {
  return list.length > itemsMax ? list.slice(0, itemsMax) : list;
}

function inMs(value: unknown): unknown {
  return typeof value === "number" || (typeof value === "string" && /^-?\d{1,11}(\.\d{1,9})?$/.test(value))
    ? Number(value) * 1000
    : value;
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

function product(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
