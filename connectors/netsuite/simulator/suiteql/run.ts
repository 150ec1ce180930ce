import { type Cell, compareCells } from "../partition.ts";
import type { Tuple } from "./bound.ts";
import { holds, joinTuple } from "./joins.ts";
import type { OrderKey, Plan } from "./plan.ts";
import { unsupported } from "./refusal.ts";

/** A row of the result before its columns are computed: a tuple, and its group where the statement groups. */
export interface ResultRow {
  tuple: Tuple;
  group: readonly Tuple[];
}

/** All rows a statement yields, or those of the page asked for, as the plan allows. */
export interface Result {
  total: number;
  rows(offset: number, limit: number): readonly ResultRow[];
}

/** Counts the rows a statement looks at, and ends one that looks at too many. */
export type RowCounter = (rows: number) => void;

/** Runs a plan. A keyset statement the index answers exactly is paged without touching the rows before or behind the page. */
export function runPlan(plan: Plan, read: RowCounter, tieOrder?: () => number): Result {
  const loose = isTied(plan) ? tieOrder : undefined;
  if (!loose && isStreaming(plan)) return streamed(plan, read);
  let rows: ResultRow[] = plan.grouping ? grouped(plan, tuplesOf(plan, read)) : tuplesOf(plan, read).map(alone);
  if (loose) rows = shuffled(rows, loose);
  if (loose || !orderGiven(plan)) rows = sorted(rows, plan.order);
  if (plan.distinct) rows = distinct(rows, plan);
  const kept = rows.slice(plan.rowsSkipped, plan.rowsSkipped + plan.rowsMax);
  return { total: kept.length, rows: (offset, limit) => kept.slice(offset, offset + limit) };
}

function alone(tuple: Tuple): ResultRow {
  return { tuple, group: [] };
}

/** Whether the order leaves rows tied: no key of it is the first source's id. */
function isTied({ order }: Plan): boolean {
  return !order.some(({ value }) => value.column?.source === 0 && value.column.column.column === "id");
}

/** In an order of chance: what a stable sort then leaves tied keeps it. */
function shuffled(rows: readonly ResultRow[], next: () => number): ResultRow[] {
  const drawn = rows.map((row) => ({ row, at: next() }));
  return drawn.sort((left, right) => left.at - right.at).map(({ row }) => row);
}

function isStreaming(plan: Plan): boolean {
  const simple = !plan.grouping && !plan.distinct && plan.rowNumberMax === Number.POSITIVE_INFINITY;
  return simple && plan.access.exact && plan.joins.every((join) => join.single) && orderGiven(plan);
}

/** Whether the access already yields the order asked for: its column ascending, then ids. */
function orderGiven({ order, access, grouping }: Plan): boolean {
  if (order.length === 0) return true;
  const wanted = access.by === "id" ? ["id"] : [access.by, "id"];
  return (
    !grouping && order.length <= wanted.length && order.every((key, index) => isColumnAscending(key, wanted[index]))
  );
}

function isColumnAscending({ value, descending, nullsFirst }: OrderKey, column: string | undefined): boolean {
  return !descending && !nullsFirst && value.column?.source === 0 && value.column.column.column === column;
}

function streamed(plan: Plan, read: RowCounter): Result {
  const { access } = plan;
  const start = Math.min(access.end, access.start + plan.rowsSkipped);
  const total = Math.min(access.end - start, plan.rowsMax);
  // The order may move under later writes: the rows of a result are those of the moment it was made.
  const rows = access.rows;
  return {
    total,
    rows(offset, limit) {
      const page = rows.slice(start + offset, start + Math.min(total, offset + limit));
      read(page.length);
      const tuples: Tuple[] = [];
      for (const row of page) joinTuple(plan.joins, 0, [row], { visit: (tuple) => tuples.push(tuple) > 0, read });
      return tuples.map(alone);
    },
  };
}

function tuplesOf(plan: Plan, read: RowCounter): Tuple[] {
  const { rows, start, end } = plan.access;
  const tuples: Tuple[] = [];
  const visit = (tuple: Tuple) => {
    if (tuples.length >= plan.rowNumberMax) return false;
    tuples.push(tuple);
    return true;
  };
  for (let index = start; index < end && tuples.length < plan.rowNumberMax; index += 1) {
    const row = rows[index];
    read(1);
    if (row && holds(plan.filters, [row])) joinTuple(plan.joins, 0, [row], { visit, read });
  }
  return tuples;
}

function grouped({ grouping }: Plan, tuples: readonly Tuple[]): ResultRow[] {
  const keys = grouping?.keys ?? [];
  const groups = new Map<string, Tuple[]>();
  // Without GROUP BY there is one group, even of nothing.
  if (keys.length === 0) groups.set("[]", []);
  for (const tuple of tuples) {
    const key = JSON.stringify(keys.map((value) => value.evaluate(tuple, [])));
    const group = groups.get(key);
    if (group) group.push(tuple);
    else groups.set(key, [tuple]);
  }
  const rows = [...groups.values()].map((group): ResultRow => ({ tuple: group[0] ?? [], group }));
  return rows.filter(({ tuple, group }) => !grouping?.having || grouping.having.test(tuple, group) === true);
}

function sorted(rows: readonly ResultRow[], order: readonly OrderKey[]): ResultRow[] {
  const keyed = rows.map((row) => ({ row, keys: order.map(({ value }) => value.evaluate(row.tuple, row.group)) }));
  keyed.sort((left, right) => {
    for (const [index, key] of order.entries()) {
      const verdict = compareKeys(left.keys[index] ?? null, right.keys[index] ?? null, key);
      if (verdict !== 0) return verdict;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

function compareKeys(left: Cell, right: Cell, { descending, nullsFirst }: OrderKey): number {
  if ((left === null) !== (right === null)) return (left === null) === nullsFirst ? -1 : 1;
  return descending ? compareCells(right, left) : compareCells(left, right);
}

function distinct(rows: readonly ResultRow[], { outputs }: Plan): ResultRow[] {
  const seen = new Set<string>();
  return rows.filter(({ tuple, group }) => {
    const key = JSON.stringify(outputs.map(({ value }) => value.evaluate(tuple, group)));
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}

/** A counter that ends a statement after `rowsMax` rows, as NetSuite ends one that runs too long. */
export function limitedCounter(rowsMax: number, count: RowCounter): RowCounter {
  let left = rowsMax;
  return (rows) => {
    left -= rows;
    count(rows);
    if (left < 0) throw unsupported("The query ran too long.");
  };
}
