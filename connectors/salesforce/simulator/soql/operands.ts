import { normaliseId } from "../ids.ts";
import type { FieldType } from "../schema/field.ts";
import { isFilterable, isText } from "../schema/field.ts";
import { dateTimeText, isDate, parseDateTime } from "../values.ts";
import type { Literal, Path } from "./ast.ts";
import type { Column } from "./columns.ts";
import { dateRange } from "./dateRanges.ts";
import { refuseAt } from "./refuse.ts";
import { decodeString } from "./strings.ts";
import { instantOf, wallClock } from "./timeZone.ts";

/**
 * What a field is compared with, in the notation rows are stored in (text in lower case). A date literal spans
 * `value` ≤ x < `end`; everything else has no end.
 */
export interface Operand {
  value: string | number | boolean | null;
  end?: string;
}

export interface FilterContext {
  statement: string;
  now: number;
  /** The zone of the user who asks: TODAY is theirs. */
  timeZone: string;
}

/** Checks that the literal suits the field, as the vendor does before it runs a query, and brings both to one notation. */
export function operandFor(column: Column, literal: Literal, path: Path, context: FilterContext): Operand {
  if (literal.kind === "null") return { value: null };
  const type = column.field.type;
  if (type === "id" || type === "reference") return idOperand(literal, path, context);
  if (isText(type)) {
    if (literal.kind !== "string") throw wrongType(path, "string", context);
    return { value: decodeString(context.statement, literal).toLowerCase() || null };
  }
  if (type === "boolean") {
    if (literal.kind !== "boolean") throw wrongType(path, "boolean", context);
    return { value: literal.text === "TRUE" };
  }
  if (type === "date" || type === "datetime") return timeOperand(type, literal, path, context);
  if (literal.kind !== "number") throw wrongType(path, type === "int" ? "int" : "double", context);
  return { value: Number(literal.text) };
}

/** Refuses fields that cannot stand in a condition: long text and compound addresses. */
export function requireFilterable(column: Column, path: Path, context: FilterContext): void {
  if (isFilterable(column.field)) return;
  const reason =
    column.field.type === "address"
      ? "Address fields can only be filtered using Distance expressions"
      : `field '${column.field.name}' can not be filtered in a query call`;
  throw refuseAt(context.statement, path.at, "INVALID_FIELD", reason);
}

function idOperand(literal: Literal, path: Path, context: FilterContext): Operand {
  if (literal.kind !== "string") throw wrongType(path, "string", context);
  const written = decodeString(context.statement, literal);
  if (written === "") return { value: null };
  const id = normaliseId(written);
  if (id) return { value: id };
  throw refuseAt(context.statement, path.at, "INVALID_QUERY_FILTER_OPERATOR", `invalid ID field: ${written}`);
}

function timeOperand(type: "date" | "datetime", literal: Literal, path: Path, context: FilterContext): Operand {
  const cut = (epochMs: number) => {
    const text = dateTimeText(epochMs);
    return type === "date" ? text.slice(0, 10) : text.toLowerCase();
  };
  if (literal.kind === "dateRange") {
    const { timeZone } = context;
    const { start, end } = dateRange(literal.text, literal.n ?? 0, wallClock(context.now, timeZone));
    if (type === "date") return { value: cut(start), end: cut(end) };
    return { value: cut(instantOf(start, timeZone)), end: cut(instantOf(end, timeZone)) };
  }
  if (type === "date") {
    if (literal.kind !== "date") throw wrongType(path, "date", context);
    if (!isDate(literal.text)) throw invalidTime(literal, context);
    return { value: literal.text };
  }
  if (literal.kind !== "dateTime") throw wrongType(path, "dateTime", context);
  const epochMs = parseDateTime(literal.text);
  if (epochMs === null) throw invalidTime(literal, context);
  return { value: cut(epochMs) };
}

function invalidTime(literal: Literal, context: FilterContext) {
  const what = literal.kind === "date" ? "date" : "dateTime";
  return refuseAt(context.statement, literal.at, "MALFORMED_QUERY", `Invalid ${what}: ${literal.text}`);
}

function wrongType(path: Path, expected: FieldType | "dateTime", context: FilterContext) {
  const quotes = expected === "string" ? "should be enclosed in quotes" : "should not be enclosed in quotes";
  const reason = `value of filter criterion for field '${path.text}' must be of type ${expected} and ${quotes}`;
  return refuseAt(context.statement, path.at, "INVALID_FIELD", reason);
}
