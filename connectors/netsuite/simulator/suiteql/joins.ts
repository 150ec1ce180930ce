import type { Row } from "../partition.ts";
import type { BoundCondition, Shape, Tuple } from "./bound.ts";
import type { BoundSource } from "./scope.ts";

/** How one more source is joined to the tuples of those before it. */
export interface JoinStep {
  source: BoundSource;
  index: number;
  left: boolean;
  /** An equality that finds the rows without a walk: this source's column equals an earlier source's. */
  lookup: { column: string; from: { source: number; column: string } } | null;
  /** Must hold for a row to match. */
  on: readonly BoundCondition[];
  /** Must hold for the joined tuple. */
  where: readonly BoundCondition[];
  /** True when each tuple meets at most one row and nothing else is asked: a left join then changes no row count. */
  single: boolean;
}

/** Plans the join of source number `index`; `where` are the statement's conditions that read it and nothing later. */
export function planJoin(
  source: BoundSource,
  index: number,
  { on, where }: { on: readonly BoundCondition[]; where: readonly BoundCondition[] },
): JoinStep {
  const left = source.syntax.join === "left";
  // In an inner join a WHERE condition joins as well as ON; in a left join it may not decide what matches.
  const joining = left ? on : [...on, ...where];
  const lookup = joining.map(({ shape }) => lookupOf(shape, index)).find((found) => found !== null) ?? null;
  const single = left && where.length === 0 && on.length === 1 && lookup?.column === "id" && source.only === null;
  return { source, index, left, lookup, on, where, single };
}

function lookupOf(shape: Shape | null, index: number): JoinStep["lookup"] {
  if (shape?.type !== "match") return null;
  const [mine, from] = shape.left.source === index ? [shape.left, shape.right] : [shape.right, shape.left];
  return mine.source === index && from.source < index ? { column: mine.column, from } : null;
}

/** What is told of each joined tuple; false ends the join. */
export type TupleVisitor = (tuple: Tuple) => boolean;

/** Joins one tuple through the steps from `level` on; `read` is told of every row looked at. False when the visitor ended it. */
export function joinTuple(
  steps: readonly JoinStep[],
  level: number,
  tuple: Tuple,
  { visit, read }: { visit: TupleVisitor; read: (rows: number) => void },
): boolean {
  const step = steps[level];
  if (!step) return visit(tuple);
  let matched = false;
  const { only } = step.source;
  for (const row of candidates(step, tuple)) {
    if (only !== null && row.type !== only) continue;
    read(1);
    const joined = [...tuple, row];
    if (!holds(step.on, joined)) continue;
    matched = true;
    if (holds(step.where, joined) && !joinTuple(steps, level + 1, joined, { visit, read })) return false;
  }
  if (!step.left || matched) return true;
  const alone = [...tuple, null];
  return !holds(step.where, alone) || joinTuple(steps, level + 1, alone, { visit, read });
}

const noGroup: readonly Tuple[] = [];

/** Whether all conditions are true (not just not false). */
export function holds(conditions: readonly BoundCondition[], tuple: Tuple): boolean {
  for (const condition of conditions) if (condition.test(tuple, noGroup) !== true) return false;
  return true;
}

function candidates({ source: { table }, lookup }: JoinStep, tuple: Tuple): Iterable<Row> {
  if (!lookup) return table.all.rows.values();
  const value = tuple[lookup.from.source]?.[lookup.from.column] ?? null;
  if (value === null) return [];
  if (lookup.column !== "id") return table.where(lookup.column, value).rows.values();
  const row = table.all.rows.get(Number(value));
  return row ? [row] : [];
}
