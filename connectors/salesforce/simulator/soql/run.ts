import type { Org } from "../org.ts";
import { isFilterable } from "../schema/field.ts";
import { top } from "../sortedIndex.ts";
import type { SalesforceRow, SObjectName } from "../values.ts";
import type { SelectItem } from "./ast.ts";
import { type Column, Columns, resolveObject } from "./columns.ts";
import { compileFilter, type Filter } from "./filter.ts";
import { compileOrder, indexForOrder, type Ordering, sortRows } from "./order.ts";
import { parse } from "./parse.ts";
import { keyRange, namedIds } from "./plan.ts";
import { compileProjection, type Projection } from "./project.ts";
import { refuseAt } from "./refuse.ts";

/** What a statement answered: its size, and either rows with their projection or the values of COUNT(field). */
export interface QueryResult {
  object: SObjectName;
  totalSize: number;
  rows: SalesforceRow[];
  project: Projection;
  /** Present for `SELECT COUNT(Id) …`: one aggregate record `{ expr0: n }`. */
  aggregates: Record<string, number> | null;
  /** How many rows were read to find the answer. */
  scanned: number;
}

/** Parses, checks and runs a statement; deleted and archived rows are seen only with `includeDeleted` (queryAll). */
export function runQuery(org: Org, statement: string, includeDeleted: boolean): QueryResult {
  const parsed = parse(statement);
  const object = resolveObject(org, statement, parsed.from);
  const columns = new Columns(org, statement, object);
  const counted = parsed.select.flatMap((item) => (item.kind === "count" ? [countOf(item, columns, statement)] : []));
  const project = counted.length > 0 ? nothing : compileProjection(parsed.select, columns, object);
  const context = { statement, now: org.now(), timeZone: org.timeZone };
  const filter = parsed.where && compileFilter(parsed.where, columns, context);
  const orderings = compileOrder(parsed.orderBy, columns, statement);
  const wanted = counted.length > 0 ? Number.POSITIVE_INFINITY : (parsed.limit ?? Number.POSITIVE_INFINITY);
  const found = findRows(org, object.name, { filter, orderings, includeDeleted, atMost: wanted + parsed.offset });
  const rows = found.rows.slice(parsed.offset, wanted + parsed.offset);
  const result = { object: object.name, totalSize: rows.length, project, scanned: found.scanned };
  if (parsed.countOnly) return { ...result, rows: [], aggregates: null };
  if (counted.length === 0) return { ...result, rows, aggregates: null };
  return { ...result, totalSize: 1, rows: [], aggregates: aggregated(counted, rows) };
}

interface Search {
  filter: Filter | undefined;
  orderings: Ordering[];
  includeDeleted: boolean;
  atMost: number;
}

/** The matching rows in order; reading stops at `atMost` where an index already has the order. */
function findRows(org: Org, name: SObjectName, search: Search): { rows: SalesforceRow[]; scanned: number } {
  const { rows: candidates, ordered } = candidateRows(org, name, search);
  const found: SalesforceRow[] = [];
  let scanned = 0;
  if (search.atMost > 0) {
    for (const row of candidates) {
      scanned++;
      if ((row.IsDeleted === true || row.IsArchived === true) && !search.includeDeleted) continue;
      if (search.filter && !search.filter.test(row)) continue;
      found.push(row);
      if (ordered && found.length >= search.atMost) break;
    }
  }
  const rows = ordered ? found : sortRows(found, search.orderings);
  return { rows: rows.slice(0, search.atMost), scanned };
}

/** A full pass in index order beats sorting unless another index narrows the search by more than this. */
const sortingPays = 4;

function candidateRows(org: Org, name: SObjectName, { filter, orderings }: Search) {
  const table = org.table(name);
  const inOrder = indexForOrder(orderings);
  const ids = namedIds(filter);
  if (ids) {
    const named = ids.sort().flatMap((id) => table.get(id) ?? []);
    return { rows: named, ordered: inOrder?.column === "Id" && !inOrder.reversed };
  }
  const stamps = ["SystemModstamp", "LastModifiedDate", "CreatedDate"];
  const options = ["Id", ...stamps.filter((stamp) => org.object(name).byName.has(stamp.toLowerCase()))]
    .map((column) => ({ column, range: keyRange(filter, column) }))
    .filter(({ column, range }) => column === inOrder?.column || column === "Id" || range.from !== "" || range.to < top)
    .map((option) => ({ ...option, count: table.index(option.column).count(option.range) }));
  const narrowest = options.reduce((a, b) => (b.count < a.count ? b : a));
  const ready = options.find(({ column }) => column === inOrder?.column);
  if (ready && inOrder && ready.count <= narrowest.count * sortingPays) {
    return { rows: table.index(ready.column).rows(ready.range, inOrder.reversed), ordered: true };
  }
  return { rows: table.index(narrowest.column).rows(narrowest.range), ordered: false };
}

interface Count {
  column: Column;
  distinct: boolean;
  alias: string | null;
}

function countOf(
  { path, distinct, alias }: SelectItem & { kind: "count" },
  columns: Columns,
  statement: string,
): Count {
  const column = columns.resolve(path);
  const { name, type } = column.field;
  if (isFilterable(column.field) && type !== "boolean") return { column, distinct, alias };
  const operator = distinct ? "COUNT_DISTINCT" : "COUNT";
  const reason = `field ${name} does not support aggregate operator ${operator}`;
  throw refuseAt(statement, path.at, "MALFORMED_QUERY", reason);
}

/** Counts of values that are not null, under their aliases, else `expr0`, `expr1` …; text is distinct whatever its case. */
function aggregated(counts: readonly Count[], rows: SalesforceRow[]): Record<string, number> {
  let unnamed = 0;
  const entries = counts.map(({ column, distinct, alias }): [string, number] => {
    const values = rows.map((row) => column.read(row)).filter((value) => value !== null);
    const keys = values.map((value) => (typeof value === "string" ? value.toLowerCase() : value));
    return [alias ?? `expr${unnamed++}`, distinct ? new Set(keys).size : values.length];
  });
  return Object.fromEntries(entries);
}

const nothing: Projection = () => ({});
