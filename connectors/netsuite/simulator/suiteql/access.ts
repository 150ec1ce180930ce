import { countBefore, countPresent, type Partition, type Position, type Row } from "../partition.ts";
import type { Shape } from "./bound.ts";
import type { BoundSource } from "./scope.ts";

/** The rows of the first source a statement must look at, in the order of (column, id). */
export interface Access {
  /** The column the rows are ordered by. */
  by: string;
  rows: readonly Row[];
  start: number;
  end: number;
  /** True when every row between start and end fulfils all of the conditions: nothing is left to test. */
  exact: boolean;
}

/**
 * Chooses how to read the first source: ids, an equal value or a range, so that keyset statements touch only their own rows.
 * @param shapes what an index could use of each condition that must hold; null for a condition it cannot.
 * @param wanted the column the statement orders by, if it is one of this source.
 */
export function chooseAccess(source: BoundSource, shapes: readonly (Shape | null)[], wanted: string | null): Access {
  const listed = shapes.flatMap((shape) => idsOf(shape) ?? [])[0];
  if (listed) return readIds(source, listed, shapes.length === 1);
  const { partition, used } = choosePartition(source, shapes);
  const rest = shapes.filter((_, index) => index !== used);
  const by = [wanted, "id", ...instantColumns(source)].find(
    (column) => column !== null && rest.some((shape) => rangeOf(shape, column) !== null),
  );
  return readRange(partition, by ?? wanted ?? "id", rest);
}

function instantColumns({ schema }: BoundSource): string[] {
  return [...schema.columns.values()].flatMap(({ column, kind }) => (kind === "datetime" ? [column] : []));
}

function idsOf(shape: Shape | null): { values: readonly (string | number)[] } | null {
  if (shape?.type === "in" && shape.source === 0 && shape.column === "id") return { values: shape.values };
  if (shape?.type === "compare" && shape.source === 0 && shape.column === "id" && shape.operator === "=")
    return { values: [shape.value] };
  return null;
}

function readIds(source: BoundSource, { values }: { values: readonly (string | number)[] }, only: boolean): Access {
  const ids = [...new Set(values.map(Number))].sort((left, right) => left - right);
  const rows = ids
    .flatMap((id) => source.table.all.rows.get(id) ?? [])
    .filter((row) => source.only === null || row.type === source.only);
  return { by: "id", rows, start: 0, end: rows.length, exact: only };
}

/** A view's own type comes first, else the first `column = constant`; `used` is the condition it stands for, -1 for none. */
function choosePartition(
  source: BoundSource,
  shapes: readonly (Shape | null)[],
): { partition: Partition; used: number } {
  if (source.only !== null) return { partition: source.table.where("type", source.only), used: -1 };
  const used = shapes.findIndex((shape) => shape?.type === "compare" && shape.source === 0 && shape.operator === "=");
  const shape = shapes[used];
  if (shape?.type !== "compare" || shape.column === source.schema.modified)
    return { partition: source.table.all, used: -1 };
  return { partition: source.table.where(shape.column, shape.value), used };
}

function readRange(partition: Partition, by: string, shapes: readonly (Shape | null)[]): Access {
  const rows = partition.sortedBy(by);
  const ranges = shapes.map((shape) => rangeOf(shape, by));
  const limits = ranges.filter((range) => range !== null);
  if (limits.length === 0) return { by, rows, start: 0, end: rows.length, exact: shapes.length === 0 };
  const { lower, upper, exact } = limits.reduce(intersection);
  const start = lower ? countBefore(rows, by, lower) : 0;
  const end = upper ? countBefore(rows, by, upper) : countPresent(rows, by);
  return { by, rows, start, end: Math.max(start, end), exact: exact && limits.length === shapes.length };
}

/** Rows after `lower` and before `upper`; `exact` when the condition holds for all of them. */
interface Range {
  lower: Position | null;
  upper: Position | null;
  exact: boolean;
}

/** The range of (column, id) a condition allows, null when it says nothing about the column. */
function rangeOf(shape: Shape | null, by: string): Range | null {
  if (shape?.type === "compare") return shape.source === 0 && shape.column === by ? comparedRange(shape) : null;
  if (shape?.type === "and") return bothRange(shape.left, shape.right, by);
  if (shape?.type !== "or") return null;
  const left = rangeOf(shape.left, by);
  const right = rangeOf(shape.right, by);
  return left && right ? union(left, right) : null;
}

function comparedRange({ operator, value }: Extract<Shape, { type: "compare" }>): Range | null {
  const before: Position = { value, id: Number.NEGATIVE_INFINITY };
  const after: Position = { value, id: Number.POSITIVE_INFINITY };
  switch (operator) {
    case "=":
      return { lower: before, upper: after, exact: true };
    case "<":
      return { lower: null, upper: before, exact: true };
    case "<=":
      return { lower: null, upper: after, exact: true };
    case ">":
      return { lower: after, upper: null, exact: true };
    case ">=":
      return { lower: before, upper: null, exact: true };
    default:
      return null;
  }
}

function bothRange(left: Shape | null, right: Shape | null, by: string): Range | null {
  const tie = tieRange(left, right, by) ?? tieRange(right, left, by);
  if (tie) return tie;
  const one = rangeOf(left, by);
  const other = rangeOf(right, by);
  if (one && other) return intersection(one, other);
  const range = one ?? other;
  return range && { ...range, exact: false };
}

/** `column = x AND id > n`: the rows of one value behind one id, which is how a keyset goes on within a tie. */
function tieRange(equal: Shape | null, beyond: Shape | null, by: string): Range | null {
  if (by === "id" || equal?.type !== "compare" || equal.operator !== "=" || equal.column !== by || equal.source !== 0)
    return null;
  if (beyond?.type !== "compare" || beyond.column !== "id" || beyond.source !== 0 || typeof beyond.value !== "number")
    return null;
  const { value } = equal;
  const upper: Position = { value, id: Number.POSITIVE_INFINITY };
  if (beyond.operator === ">=") return { lower: { value, id: beyond.value }, upper, exact: true };
  return beyond.operator === ">" ? { lower: { value, id: beyond.value + 0.5 }, upper, exact: true } : null;
}

function intersection(one: Range, other: Range): Range {
  const lower =
    !one.lower || !other.lower
      ? (one.lower ?? other.lower)
      : order(one.lower, other.lower) > 0
        ? one.lower
        : other.lower;
  const upper =
    !one.upper || !other.upper
      ? (one.upper ?? other.upper)
      : order(one.upper, other.upper) < 0
        ? one.upper
        : other.upper;
  return { lower, upper, exact: one.exact && other.exact };
}

/** The smallest range holding both; exact when nothing lies between them. */
function union(one: Range, other: Range): Range {
  const [first, second] =
    !one.lower || (other.lower && order(one.lower, other.lower) <= 0) ? [one, other] : [other, one];
  const touching = !first.upper || !second.lower || order(first.upper, second.lower) >= 0;
  const upper =
    !first.upper || !second.upper ? null : order(first.upper, second.upper) > 0 ? first.upper : second.upper;
  return { lower: first.lower, upper, exact: one.exact && other.exact && touching };
}

function order(left: Position, right: Position): number {
  if (left.value === right.value) return left.id === right.id ? 0 : left.id < right.id ? -1 : 1;
  return left.value < right.value ? -1 : 1;
}
