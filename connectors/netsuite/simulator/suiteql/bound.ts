import type { AccountCalendar } from "../calendar.ts";
import type { ColumnKind } from "../columns.ts";
import type { Cell, Row } from "../partition.ts";
import type { Column } from "../schema.ts";
import type { Comparison } from "./syntax.ts";

/** One row of each source, null where a left join found none. */
export type Tuple = readonly (Row | null)[];

/** Computes a value for a tuple; `group` holds the tuples of a group where the statement groups. */
export type Evaluate<Result> = (tuple: Tuple, group: readonly Tuple[]) => Result;

export interface ColumnReference {
  source: number;
  column: Column;
}

/** A value expression with its names resolved. */
export interface BoundValue {
  kind: ColumnKind | "null";
  evaluate: Evaluate<Cell>;
  /** The sources read, one bit each; 0 for a constant and for aggregates over nothing. */
  sources: number;
  /** The value, where it is the same for every row. */
  constant?: { value: Cell };
  /** Set when the expression is just a column. */
  column?: ColumnReference;
}

/** A condition with its names resolved; null is SQL's UNKNOWN. */
export interface BoundCondition {
  test: Evaluate<boolean | null>;
  sources: number;
  /** What an index could use, null when nothing. */
  shape: Shape | null;
}

export type Shape =
  | { type: "compare"; source: number; column: string; operator: Comparison; value: string | number }
  | { type: "in"; source: number; column: string; values: readonly (string | number)[] }
  | { type: "match"; left: { source: number; column: string }; right: { source: number; column: string } }
  | { type: "and" | "or"; left: Shape | null; right: Shape | null };

/** A value that is the same for every row. */
export function constant(kind: BoundValue["kind"], value: Cell): BoundValue {
  // Oracle has no empty text: it is null.
  const stored = value === "" ? null : value;
  return { kind: stored === null ? "null" : kind, evaluate: () => stored, sources: 0, constant: { value: stored } };
}

/** A value as text in the account's format; '' for null, as `||` has it. */
export function textOf(value: Cell, kind: BoundValue["kind"], calendar: AccountCalendar): string {
  if (value === null) return "";
  return kind === "date" || kind === "datetime" ? calendar.display(String(value)) : String(value);
}

export function isNumeric(kind: BoundValue["kind"]): boolean {
  return kind === "integer" || kind === "number";
}

export function isTemporal(kind: BoundValue["kind"]): boolean {
  return kind === "date" || kind === "datetime";
}
