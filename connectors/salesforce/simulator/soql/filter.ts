import { isText } from "../schema/field.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";
import type { ComparisonOperator, Condition, Path } from "./ast.ts";
import type { Column, Columns } from "./columns.ts";
import { type FilterContext, type Operand, operandFor, requireFilterable } from "./operands.ts";
import { refuseAt } from "./refuse.ts";
import { likePattern } from "./strings.ts";

/** A condition ready to run: a test of a row, and enough of its shape for the planner to find an index range. */
export type Filter =
  | { kind: "and" | "or"; parts: Filter[]; test: Test }
  /** `column` is set for comparisons of the object's own field with one operand or a list (`operator` IN). */
  | {
      kind: "leaf";
      column: string | null;
      operator: ComparisonOperator | "IN" | null;
      operands: Operand[];
      test: Test;
    };

export type Test = (row: SalesforceRow) => boolean;

/**
 * Turns a parsed WHERE into a filter. Refuses unknown fields (INVALID_FIELD), literals of the wrong type, operators a
 * field's type does not have (INVALID_QUERY_FILTER_OPERATOR).
 *
 * Null is a value: `!=` and NOT IN are true of it, `<` and its like never are.
 */
export function compileFilter(condition: Condition, columns: Columns, context: FilterContext): Filter {
  switch (condition.kind) {
    case "and":
    case "or":
      return junction(
        condition.kind,
        condition.parts.map((part) => compileFilter(part, columns, context)),
      );
    case "not": {
      const { test } = compileFilter(condition.part, columns, context);
      return opaque((row) => !test(row));
    }
    case "like":
      return compileLike(condition, columns, context);
    case "compare": {
      const column = filterable(columns, condition.path, context);
      const operand = operandFor(column, condition.value, condition.path, context);
      requireOperator(column, condition.operator, condition.path, context);
      return leaf(column, condition.operator, [operand], comparison(column, condition.operator, operand));
    }
    case "in": {
      const column = filterable(columns, condition.path, context);
      const operands = condition.values.map((value) => operandFor(column, value, condition.path, context));
      const test = membership(column, operands);
      return condition.negated ? opaque((row) => !test(row)) : leaf(column, "IN", operands, test);
    }
  }
}

function junction(kind: "and" | "or", parts: Filter[]): Filter {
  const test: Test =
    kind === "and" ? (row) => parts.every((part) => part.test(row)) : (row) => parts.some((part) => part.test(row));
  return { kind, parts, test };
}

function opaque(test: Test): Filter {
  return { kind: "leaf", column: null, operator: null, operands: [], test };
}

function leaf(column: Column, operator: ComparisonOperator | "IN", operands: Operand[], test: Test): Filter {
  return { kind: "leaf", column: column.hops.length === 0 ? column.field.name : null, operator, operands, test };
}

function filterable(columns: Columns, path: Path, context: FilterContext): Column {
  const column = columns.resolve(path);
  requireFilterable(column, path, context);
  return column;
}

function compileLike(condition: Condition & { kind: "like" }, columns: Columns, context: FilterContext): Filter {
  const column = filterable(columns, condition.path, context);
  if (!isText(column.field.type)) throw badOperator(column, condition.path, context);
  operandFor(column, condition.value, condition.path, context);
  if (condition.value.kind === "null") return opaque((row) => column.read(row) === null);
  const pattern = likePattern(context.statement, condition.value);
  return opaque((row) => pattern.test(String(column.read(row) ?? "")) && column.read(row) !== null);
}

function requireOperator(column: Column, operator: ComparisonOperator, path: Path, context: FilterContext): void {
  if (column.field.type === "boolean" && operator !== "=" && operator !== "!=") {
    throw badOperator(column, path, context);
  }
}

function badOperator(column: Column, path: Path, context: FilterContext) {
  const type = column.field.type === "reference" ? "id" : column.field.type;
  return refuseAt(context.statement, path.at, "INVALID_QUERY_FILTER_OPERATOR", `invalid operator on ${type} field`);
}

function comparison(column: Column, operator: ComparisonOperator, { value, end }: Operand): Test {
  const read = comparable(column);
  // Up to where a date literal reaches: one instant's own end is the instant itself, included.
  const within = (x: FieldValue) => (end === undefined ? x === value : x !== null && !below(x, value) && below(x, end));
  switch (operator) {
    case "=":
      return (row) => within(read(row));
    case "!=":
      return (row) => !within(read(row));
    case "<":
      return (row) => below(read(row), value);
    case ">=":
      return (row) => notBelow(read(row), value);
    case "<=":
      return end === undefined ? (row) => notBelow(value, read(row)) : (row) => below(read(row), end);
    case ">":
      return end === undefined ? (row) => below(value, read(row)) : (row) => notBelow(read(row), end);
  }
}

function membership(column: Column, operands: Operand[]): Test {
  const read = comparable(column);
  const values = new Set(operands.filter(({ end }) => end === undefined).map(({ value }) => value));
  const spans = operands.filter(({ end }) => end !== undefined).map((operand) => comparison(column, "=", operand));
  return (row) => values.has(read(row)) || spans.some((test) => test(row));
}

/** A column's value in the notation of operands: text and instants in lower case, ids as they are. */
function comparable(column: Column): (row: SalesforceRow) => FieldValue {
  if (!isText(column.field.type) && column.field.type !== "datetime") return column.read;
  return (row) => {
    const value = column.read(row);
    return typeof value === "string" ? value.toLowerCase() : value;
  };
}

function below(a: FieldValue, b: FieldValue): boolean {
  return a !== null && b !== null && a < b;
}

function notBelow(a: FieldValue, b: FieldValue): boolean {
  return a !== null && b !== null && a >= b;
}
