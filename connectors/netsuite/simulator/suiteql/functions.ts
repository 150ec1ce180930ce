import type { AccountCalendar } from "../calendar.ts";
import { formatDate, MaskError, parseDate, type Wall } from "../dateMask.ts";
import type { Cell } from "../partition.ts";
import { type BoundValue, constant, isNumeric, isTemporal, textOf } from "./bound.ts";
import { asInstant, asNumber } from "./comparison.ts";
import { SuiteqlRefusal, unsupported } from "./refusal.ts";

interface SqlFunction {
  args: [least: number, most: number];
  bind(
    args: readonly BoundValue[],
    calendar: AccountCalendar,
  ): { kind: BoundValue["kind"]; apply(cells: readonly Cell[]): Cell };
}

/**
 * Binds a call of a plain function; a call over constants is computed here and now.
 * @throws SuiteqlRefusal for an unknown function, a wrong number of arguments or a value it cannot take.
 */
export function bindCall(name: string, args: readonly BoundValue[], calendar: AccountCalendar): BoundValue {
  const found = functions[name];
  if (!found) throw new SuiteqlRefusal(`Search error occurred: Unknown function '${name}'.`);
  if (args.length < found.args[0] || args.length > found.args[1]) {
    throw unsupported(`ORA-00909: invalid number of arguments for ${name}`);
  }
  const { kind, apply } = found.bind(args, calendar);
  const evaluate: BoundValue["evaluate"] = (tuple, group) =>
    withMaskRefusal(() => apply(args.map((arg) => arg.evaluate(tuple, group))));
  if (args.every((arg) => arg.constant)) return constant(kind, evaluate([], []));
  return { kind, evaluate, sources: args.reduce((sources, arg) => sources | arg.sources, 0) };
}

function withMaskRefusal(compute: () => Cell): Cell {
  try {
    const cell = compute();
    return cell === "" ? null : cell;
  } catch (error) {
    if (error instanceof MaskError) throw unsupported(error.message);
    throw error;
  }
}

const functions: Record<string, SqlFunction> = {
  TO_CHAR: { args: [1, 2], bind: ([value, mask], calendar) => toChar(value, mask, calendar) },
  TO_DATE: {
    args: [1, 2],
    bind: (_, calendar) => ({ kind: "datetime", apply: (cells) => toInstant(cells, calendar) }),
  },
  TO_TIMESTAMP: {
    args: [1, 2],
    bind: (_, calendar) => ({ kind: "datetime", apply: (cells) => toInstant(cells, calendar) }),
  },
  TO_NUMBER: { args: [1, 1], bind: ([value]) => numeric(value, (number) => number) },
  NVL: { args: [2, 2], bind: firstPresent },
  COALESCE: { args: [1, 50], bind: firstPresent },
  NVL2: {
    args: [3, 3],
    bind: ([, present, absent]) => ({
      kind: commonKind([present, absent]),
      apply: ([test, yes, no]) => (test === null ? no : yes) ?? null,
    }),
  },
  NULLIF: {
    args: [2, 2],
    bind: ([value]) => ({ kind: value?.kind ?? "null", apply: ([a, b]) => (a === b ? null : a) ?? null }),
  },
  DECODE: { args: [3, 50], bind: (args) => ({ kind: commonKind(args.slice(2)), apply: decode }) },
  UPPER: textual((text) => text.toUpperCase()),
  LOWER: textual((text) => text.toLowerCase()),
  TRIM: textual((text) => text.trim()),
  SUBSTR: { args: [2, 3], bind: () => ({ kind: "text", apply: substring }) },
  REPLACE: {
    args: [2, 3],
    bind: () => ({
      kind: "text",
      apply: ([text, old, by]) => nullable(text, (present) => present.replaceAll(String(old), String(by ?? ""))),
    }),
  },
  INSTR: {
    args: [2, 2],
    bind: () => ({
      kind: "integer",
      apply: ([text, part]) => (text == null ? null : String(text).indexOf(String(part)) + 1),
    }),
  },
  LENGTH: {
    args: [1, 1],
    bind: () => ({ kind: "integer", apply: ([text]) => (text == null ? null : String(text).length) }),
  },
  CONCAT: {
    args: [2, 2],
    bind: (args, calendar) => ({
      kind: "text",
      apply: (cells) => cells.map((cell, index) => textOf(cell, args[index]?.kind ?? "text", calendar)).join(""),
    }),
  },
  ABS: { args: [1, 1], bind: ([value]) => numeric(value, Math.abs) },
  FLOOR: { args: [1, 1], bind: ([value]) => numeric(value, Math.floor) },
  CEIL: { args: [1, 1], bind: ([value]) => numeric(value, Math.ceil) },
  MOD: { args: [2, 2], bind: ([value]) => numeric(value, (number, by = 1) => number % by) },
  ROUND: { args: [1, 2], bind: ([value]) => numeric(value, rounded) },
  TRUNC: {
    args: [1, 1],
    bind: ([value], calendar) => (value && isTemporal(value.kind) ? dayOf(calendar) : numeric(value, Math.trunc)),
  },
};

function toChar(value: BoundValue | undefined, mask: BoundValue | undefined, calendar: AccountCalendar) {
  const kind = value?.kind ?? "null";
  // A mask on what is neither date nor number asks for a date, so the text must be one.
  const wallOf = (cell: Cell): Wall =>
    calendar.wallOf(kind === "date" ? calendar.midnight(String(cell)) : String(cell));
  if (mask && kind === "text") throw unsupported("ORA-01722: invalid number");
  return {
    kind: "text" as const,
    apply: ([cell = null, format]: readonly Cell[]): Cell => {
      if (cell === null) return null;
      return isTemporal(kind) ? formatDate(wallOf(cell), String(format ?? calendar.dateFormat)) : String(cell);
    },
  };
}

function toInstant([text = null, mask]: readonly Cell[], calendar: AccountCalendar): Cell {
  if (text === null) return null;
  const wall = parseDate(String(text), String(mask ?? calendar.dateFormat));
  if (!wall) throw unsupported("ORA-01861: literal does not match format string");
  return calendar.instantOf(wall);
}

function firstPresent(args: readonly BoundValue[]) {
  return { kind: commonKind(args), apply: (cells: readonly Cell[]) => cells.find((cell) => cell !== null) ?? null };
}

function commonKind(args: readonly (BoundValue | undefined)[]): BoundValue["kind"] {
  const kinds = new Set(args.flatMap((arg) => (arg && arg.kind !== "null" ? [arg.kind] : [])));
  const [only] = kinds;
  if (kinds.size <= 1) return only ?? "null";
  if ([...kinds].every(isNumeric)) return "number";
  if ([...kinds].some(isTemporal)) throw unsupported("ORA-00932: inconsistent datatypes");
  return "text";
}

function decode(cells: readonly Cell[]): Cell {
  const [value = null, ...rest] = cells;
  for (let index = 0; index + 1 < rest.length; index += 2) {
    if (String(rest[index]) === String(value)) return rest[index + 1] ?? null;
  }
  return rest.length % 2 === 1 ? (rest.at(-1) ?? null) : null;
}

function textual(change: (text: string) => string): SqlFunction {
  return { args: [1, 1], bind: () => ({ kind: "text", apply: ([text]) => nullable(text, change) }) };
}

function nullable(text: Cell | undefined, change: (text: string) => string): Cell {
  return text === null || text === undefined ? null : change(String(text));
}

function substring([text = null, start, length]: readonly Cell[]): Cell {
  if (text === null) return null;
  const from = Number(start) > 0 ? Number(start) - 1 : Math.max(0, String(text).length + Number(start));
  return String(text).slice(from, length == null ? undefined : from + Number(length));
}

function numeric(value: BoundValue | undefined, change: (number: number, second?: number) => number) {
  if (value && isTemporal(value.kind)) throw unsupported("ORA-00932: inconsistent datatypes: expected NUMBER got DATE");
  return {
    kind: "number" as const,
    apply: ([cell = null, second]: readonly Cell[]): Cell => {
      if (cell === null) return null;
      if (Number.isNaN(Number(cell))) throw unsupported("ORA-01722: invalid number");
      return second == null ? change(Number(cell)) : change(Number(cell), Number(second));
    },
  };
}

function rounded(number: number, digits = 0): number {
  return Number(`${Math.round(Number(`${number}e${digits}`))}e${-digits}`);
}

function dayOf(calendar: AccountCalendar) {
  return {
    kind: "datetime" as const,
    apply: ([cell = null]: readonly Cell[]): Cell => {
      if (cell === null) return null;
      const text = String(cell);
      if (text.length === 10) return calendar.midnight(text);
      return calendar.instantOf({ ...calendar.wallOf(text), hour: 0, minute: 0, second: 0 });
    },
  };
}

/** `date + 7`, `date - date`, and plain arithmetic; a day is 24 hours. */
export function bindArithmetic(
  operator: "+" | "-" | "*" | "/",
  left: BoundValue,
  right: BoundValue,
  calendar: AccountCalendar,
): BoundValue {
  const temporal = isTemporal(left.kind) || isTemporal(right.kind);
  const [one, other] = temporal
    ? [temporalSide(left, calendar), temporalSide(right, calendar)]
    : [asNumber(left), asNumber(right)];
  const bothDates = one.kind === "datetime" && other.kind === "datetime";
  if (
    temporal &&
    (operator === "*" ||
      operator === "/" ||
      (bothDates && operator === "+") ||
      (other.kind === "datetime" && !bothDates && operator === "-"))
  ) {
    throw unsupported("ORA-00932: inconsistent datatypes");
  }
  const compute = temporal ? temporalArithmetic(operator === "+" ? 1 : -1) : plainArithmetic[operator];
  const evaluate: BoundValue["evaluate"] = (tuple, group) => {
    const a = one.evaluate(tuple, group);
    const b = other.evaluate(tuple, group);
    return a === null || b === null ? null : compute(a, b);
  };
  const kind = temporal && !bothDates ? "datetime" : "number";
  if (left.constant && right.constant) return constant(kind, evaluate([], []));
  return { kind, evaluate, sources: left.sources | right.sources };
}

function temporalSide(value: BoundValue, calendar: AccountCalendar): BoundValue {
  return isTemporal(value.kind) ? asInstant(value, calendar) : asNumber(value);
}

const dayMs = 86_400_000;

function temporalArithmetic(sign: 1 | -1): (a: string | number, b: string | number) => Cell {
  return (a, b) => {
    if (typeof a === "string" && typeof b === "string") return (Date.parse(a) - Date.parse(b)) / dayMs;
    const [instant, days] = typeof a === "string" ? [a, Number(b)] : [String(b), Number(a)];
    return `${new Date(Date.parse(instant) + sign * days * dayMs).toISOString().slice(0, 19)}Z`;
  };
}

const plainArithmetic: Record<"+" | "-" | "*" | "/", (a: string | number, b: string | number) => Cell> = {
  "+": (a, b) => exact(Number(a) + Number(b)),
  "-": (a, b) => exact(Number(a) - Number(b)),
  "*": (a, b) => exact(Number(a) * Number(b)),
  "/": (a, b) => {
    if (Number(b) === 0) throw unsupported("ORA-01476: divisor is equal to zero");
    return exact(Number(a) / Number(b));
  },
};

/** Oracle counts in decimals: binary dust beyond 12 digits is cut. */
export function exact(number: number): number {
  return Number(number.toPrecision(12));
}
