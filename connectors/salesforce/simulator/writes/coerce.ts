import { Refusal } from "../refusal.ts";
import type { Field } from "../schema/field.ts";
import { isText } from "../schema/field.ts";
import { type FieldValue, isDate, parseDateTime, stampText } from "../values.ts";

/**
 * A JSON value as the column stores it: blank text becomes null, date-times lose their fraction of a second, numbers
 * and flags are read from text too. What cannot be read is the parser's own refusal, JSON_PARSER_ERROR.
 */
export function coerce(field: Field, value: unknown): FieldValue {
  if (value === null || value === "") return field.type === "boolean" ? false : null;
  if (isText(field.type) || field.type === "id" || field.type === "reference") {
    if (typeof value === "string") return value;
    throw cannotDeserialize("string", value);
  }
  switch (field.type) {
    case "boolean":
      return coerceBoolean(value);
    case "date":
      return coerceDate(value);
    case "datetime":
      return coerceDateTime(value);
    default:
      return coerceNumber(field, value);
  }
}

function coerceBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  throw cannotDeserialize("boolean", value);
}

function coerceNumber(field: Field, value: unknown): number {
  const number = typeof value === "string" ? Number(value) : value;
  const type = field.type === "int" ? "int" : "double";
  if (typeof number !== "number" || !Number.isFinite(number)) throw cannotDeserialize(type, value);
  if (type === "int" && !Number.isInteger(number)) throw cannotDeserialize(type, value);
  const factor = 10 ** field.scale;
  return Math.round(number * factor) / factor;
}

function coerceDate(value: unknown): string {
  const date = typeof value === "string" ? value.slice(0, 10) : "";
  const rest = typeof value === "string" ? value.slice(10) : "";
  if (!isDate(date) || (rest !== "" && parseDateTime(`${date}${rest}`) === null))
    throw cannotDeserialize("date", value);
  return date;
}

function coerceDateTime(value: unknown): string {
  const text = typeof value === "string" && isDate(value) ? `${value}T00:00:00Z` : value;
  const epochMs = typeof text === "string" ? parseDateTime(text) : null;
  if (epochMs === null) throw cannotDeserialize("datetime", value);
  return stampText(epochMs);
}

const jsonTokens: Record<string, string> = {
  string: "VALUE_STRING",
  number: "VALUE_NUMBER",
  boolean: "VALUE_BOOLEAN",
  object: "START_OBJECT",
};

function cannotDeserialize(type: string, value: unknown): Refusal {
  const token = Array.isArray(value) ? "START_ARRAY" : (jsonTokens[typeof value] ?? "VALUE_NULL");
  const shown = typeof value === "object" ? "" : ` value ${String(value)}`;
  const reason = `Cannot deserialize instance of ${type} from ${token}${shown} or request may be missing a required field`;
  return new Refusal(400, "JSON_PARSER_ERROR", reason);
}
