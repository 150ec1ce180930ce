import { z } from "zod";
import { scalarText } from "../body.ts";
import type { PropertyDefinition } from "../catalog.ts";
import { invalid, unreadable } from "../errors.ts";
import { instantOf } from "../property-values.ts";
import type { StoredRecord } from "../record-table.ts";
import { hasTokens, type TokenPattern, tokenPattern } from "./tokens.ts";

const operators = [
  "IN",
  "NOT_HAS_PROPERTY",
  "LT",
  "EQ",
  "GT",
  "NOT_IN",
  "GTE",
  "CONTAINS_TOKEN",
  "HAS_PROPERTY",
  "LTE",
  "NOT_CONTAINS_TOKEN",
  "BETWEEN",
  "NEQ",
] as const;

/** One filter as it comes in a search body. */
export const filterShape = z.object({
  propertyName: z.string(),
  operator: z.enum(operators),
  value: scalarText.nullish(),
  highValue: scalarText.nullish(),
  values: z.array(scalarText).nullish(),
});
type FilterBody = z.output<typeof filterShape>;

/** A value as the index compares it: numbers and instants by size, text in lower case. */
export type Comparable = number | string;

type Comparison = "EQ" | "NEQ" | "LT" | "LTE" | "GT" | "GTE";

export type Filter = { property: PropertyDefinition } & (
  | { test: "present"; negated: boolean }
  | { test: "compare"; operator: Comparison; operand: Comparable }
  | { test: "between"; low: Comparable; high: Comparable }
  | { test: "among"; operands: Set<Comparable>; negated: boolean }
  | { test: "tokens"; pattern: TokenPattern; negated: boolean }
);

export type Predicate = (record: StoredRecord) => boolean;

/** Checks one filter and gives its tree; throws 400 for a value that is missing or does not fit the property. */
export function parseFilter(property: PropertyDefinition, body: FilterBody): Filter {
  const { operator } = body;
  switch (operator) {
    case "HAS_PROPERTY":
    case "NOT_HAS_PROPERTY":
      return { property, test: "present", negated: operator === "NOT_HAS_PROPERTY" };
    case "BETWEEN": {
      const low = operand(property, body.value, "value");
      const high = operand(property, body.highValue, "highValue");
      if (low > high) throw invalid(`value must not be greater than highValue {propertyName: '${property.name}'}`);
      return { property, test: "between", low, high };
    }
    case "IN":
    case "NOT_IN":
      return { property, test: "among", operands: operandSet(property, body), negated: operator === "NOT_IN" };
    case "CONTAINS_TOKEN":
    case "NOT_CONTAINS_TOKEN": {
      const pattern = tokenPattern(requiredText(property, body.value, "value"));
      if (pattern.length === 0) throw invalid(`value holds no token {propertyName: '${property.name}'}`);
      return { property, test: "tokens", pattern, negated: operator === "NOT_CONTAINS_TOKEN" };
    }
    default:
      return { property, test: "compare", operator, operand: operand(property, body.value, "value") };
  }
}

/**
 * Compiles a filter. A record without a value matches none but NOT_HAS_PROPERTY: the negated operators do not find it
 * either, which surprises callers of the real API as well.
 */
export function predicateOf(filter: Filter): Predicate {
  const read = readerOf(filter.property);
  if (filter.test === "present") {
    const { negated } = filter;
    return (record) => (read(record) === undefined) === negated;
  }
  const holds = testOf(filter);
  return (record) => {
    const value = read(record);
    return value !== undefined && holds(value);
  };
}

/** How a property's value is read for comparing and sorting; undefined when the record has none. */
export function readerOf({ name, type }: PropertyDefinition): (record: StoredRecord) => Comparable | undefined {
  if (name === "hs_object_id") return (record) => record.key;
  if (name === "lastmodifieddate" || name === "hs_lastmodifieddate") return (record) => record.modifiedMs;
  return (record) => {
    const value = Object.hasOwn(record.properties, name) ? record.properties[name] : undefined;
    return value === undefined ? undefined : comparable(type, value);
  };
}

function testOf(filter: Exclude<Filter, { test: "present" }>): (value: Comparable) => boolean {
  switch (filter.test) {
    case "between":
      return (value) => value >= filter.low && value <= filter.high;
    case "among":
      return (value) => filter.operands.has(value) !== filter.negated;
    case "tokens":
      return (value) => hasTokens(String(value), filter.pattern) !== filter.negated;
    case "compare":
      return comparison(filter.operator, filter.operand);
  }
}

function comparison(operator: Comparison, operand: Comparable): (value: Comparable) => boolean {
  switch (operator) {
    case "EQ":
      return (value) => value === operand;
    case "NEQ":
      return (value) => value !== operand;
    case "LT":
      return (value) => value < operand;
    case "LTE":
      return (value) => value <= operand;
    case "GT":
      return (value) => value > operand;
    case "GTE":
      return (value) => value >= operand;
  }
}

function comparable(type: PropertyDefinition["type"], value: string): Comparable | undefined {
  if (type === "number") return Number(value);
  if (type === "date" || type === "datetime") return instantOf(value);
  return type === "string" ? value.toLowerCase() : value;
}

function operand(property: PropertyDefinition, raw: string | null | undefined, field: string): Comparable {
  const text = requiredText(property, raw, field);
  const value = comparable(property.type, text);
  if (value !== undefined && !Number.isNaN(value)) return value;
  throw invalid(`${field} is no ${property.type}: ${text} {propertyName: '${property.name}'}`);
}

/** IN and NOT_IN take the values of a text property as they are: HubSpot wants them in lower case. */
function operandSet(property: PropertyDefinition, { values }: FilterBody): Set<Comparable> {
  if (!values || values.length === 0) {
    throw unreadable(`values must be non-empty {propertyName: '${property.name}'}`);
  }
  return new Set(values.map((value) => (property.type === "string" ? value : operand(property, value, "values"))));
}

function requiredText(property: PropertyDefinition, raw: string | null | undefined, field: string): string {
  if (raw !== null && raw !== undefined && raw.trim() !== "") return raw;
  throw unreadable(`${field} must be non-empty and non-blank, if specified {propertyName: '${property.name}'}`);
}
