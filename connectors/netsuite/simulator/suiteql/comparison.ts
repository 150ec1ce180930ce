import type { AccountCalendar } from "../calendar.ts";
import type { Cell } from "../partition.ts";
import { type BoundCondition, type BoundValue, constant, isNumeric, isTemporal, type Shape } from "./bound.ts";
import { unsupported } from "./refusal.ts";
import type { Comparison } from "./syntax.ts";

const verdicts: Record<Comparison, (left: string | number, right: string | number) => boolean> = {
  "=": (left, right) => left === right,
  "<>": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

const flipped: Record<Comparison, Comparison> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/**
 * Compares as Oracle does: numbers with numbers, texts case-sensitively, dates as instants of the account's time zone.
 * @throws SuiteqlRefusal when the two cannot be brought together (ORA-01722, ORA-01861).
 */
export function bindComparison(
  operator: Comparison,
  left: BoundValue,
  right: BoundValue,
  calendar: AccountCalendar,
): BoundCondition {
  const [one, other] = comparable(left, right, calendar);
  const verdict = verdicts[operator];
  return {
    sources: left.sources | right.sources,
    shape: shapeOf(operator, one, other),
    test(tuple, group) {
      const a = one.evaluate(tuple, group);
      const b = other.evaluate(tuple, group);
      return a === null || b === null ? null : verdict(a, b);
    },
  };
}

/** Brings two values to one kind, so that `<` and `===` mean what SQL means. */
export function comparable(left: BoundValue, right: BoundValue, calendar: AccountCalendar): [BoundValue, BoundValue] {
  if (left.kind === "null" || right.kind === "null") return [left, right];
  if (isTemporal(left.kind) || isTemporal(right.kind)) {
    return left.kind === "date" && right.kind === "date"
      ? [left, right]
      : [asInstant(left, calendar), asInstant(right, calendar)];
  }
  if (isNumeric(left.kind) === isNumeric(right.kind)) return [left, right];
  return [asNumber(left), asNumber(right)];
}

/** The shape of `column op constant` or `column = column`; null for anything else. */
function shapeOf(operator: Comparison, left: BoundValue, right: BoundValue): Shape | null {
  if (left.column && right.column) {
    if (operator !== "=" || left.column.source === right.column.source) return null;
    const side = ({ source, column }: NonNullable<BoundValue["column"]>) => ({ source, column: column.column });
    return { type: "match", left: side(left.column), right: side(right.column) };
  }
  if (right.column) return shapeOf(flipped[operator], right, left);
  const value = right.constant?.value ?? null;
  if (!left.column || value === null) return null;
  return { type: "compare", source: left.column.source, column: left.column.column.column, operator, value };
}

/** A date, an instant or a text in the account's date format, as an instant. */
export function asInstant(value: BoundValue, calendar: AccountCalendar): BoundValue {
  if (value.kind === "datetime" || value.kind === "null") return value;
  if (isNumeric(value.kind)) throw unsupported("ORA-00932: inconsistent datatypes: expected DATE got NUMBER");
  const convert =
    value.kind === "date" ? (date: string) => calendar.midnight(date) : (text: string) => readDate(text, calendar);
  return converted(value, "datetime", (cell) => convert(String(cell)));
}

/** @throws SuiteqlRefusal when the text is no date in the account's format. */
function readDate(text: string, calendar: AccountCalendar): string {
  const wall = calendar.read(text);
  if (!wall) throw unsupported("ORA-01861: literal does not match format string");
  return calendar.instantOf(wall);
}

/** A value as a number, as Oracle converts texts (ORA-01722 where it cannot). */
export function asNumber(value: BoundValue): BoundValue {
  if (isNumeric(value.kind) || value.kind === "null") return value;
  return converted(value, "number", (cell) => {
    const number = Number(cell);
    if (Number.isNaN(number)) throw unsupported("ORA-01722: invalid number");
    return number;
  });
}

function converted(value: BoundValue, kind: BoundValue["kind"], convert: (cell: string | number) => Cell): BoundValue {
  const known = value.constant?.value;
  if (known !== undefined && known !== null) return constant(kind, convert(known));
  return {
    kind,
    sources: value.sources,
    evaluate(tuple, group) {
      const cell = value.evaluate(tuple, group);
      return cell === null ? null : convert(cell);
    },
  };
}
