import { type AccountCalendar, createCalendar, instantText } from "./calendar.ts";
import { createPartition, type Partition, type Row } from "./partition.ts";
import type { Column, Schema, TableSchema } from "./schema.ts";
import { type NetsuiteRow, type NetsuiteSeed, referenceRows, type TableName } from "./seed.ts";

/** One table's rows with the partitions queries look them up by. */
export interface Table {
  readonly schema: TableSchema;
  readonly all: Partition;
  /** Rows whose column equals a value; the grouping by that column is built once and kept through writes. */
  where(column: string, value: string | number): Partition;
  /** The greatest id there ever was: numbers of deleted rows are not used again. */
  newestId(): number;
  insert(row: NetsuiteRow): Row;
  update(id: number, changes: NetsuiteRow): Row;
  remove(id: number): void;
}

/** One account: its tables, its calendar and a number that grows with every write. */
export interface Account {
  readonly id: string;
  readonly calendar: AccountCalendar;
  readonly schema: Schema;
  readonly tables: ReadonlyMap<TableName, Table>;
  table(name: TableName): Table;
  version(): number;
}

/**
 * Builds an account from a seed.
 * @throws Error naming table and column when the seed has a column the schema lacks or a value of the wrong kind.
 */
export function createAccount(seed: NetsuiteSeed, schema: Schema): Account {
  let version = 0;
  const touched = () => {
    version += 1;
  };
  const tables = new Map<TableName, Table>();
  for (const name of schema.keys()) {
    const tableSchema = schema.get(name);
    // Opportunities are transactions: one store, two names.
    if (tableSchema && name !== "opportunity") tables.set(name, createTable(tableSchema, rowsFor(seed, name), touched));
  }
  return {
    id: seed.accountId,
    calendar: createCalendar(seed.timeZone, seed.dateFormat),
    schema,
    tables,
    table(name) {
      const table = tables.get(name === "opportunity" ? "transaction" : name);
      if (!table) throw new Error(`The simulator has no table ${name}`);
      return table;
    },
    version: () => version,
  };
}

function rowsFor(seed: NetsuiteSeed, name: TableName): NetsuiteRow[] {
  const rows = seed.tables[name] ?? referenceRows[name] ?? [];
  if (name !== "transaction") return rows;
  const opportunities = (seed.tables.opportunity ?? []).map((row) => ({
    recordtype: "opportunity",
    ...row,
    type: "Opprtnty",
  }));
  const known = new Set(opportunities.map((row) => String((row as NetsuiteRow).id)));
  return [...rows.filter((row) => !known.has(String(row.id))), ...opportunities];
}

function createTable(schema: TableSchema, seeded: readonly NetsuiteRow[], touched: () => void): Table {
  // Rows without an id (links, notes) are numbered behind those that have one.
  const greatest = seeded.reduce((most, row) => Math.max(most, Number(row.id ?? 0)), 0);
  const normalised = seeded.map((row, index) => normalise(schema, row, greatest + index + 1));
  const all = createPartition(normalised);
  let newestId = normalised.reduce((newest, row) => Math.max(newest, row.id), 0);
  const groupings = new Map<string, Map<string | number, Partition>>();

  const replace = (before: Row | null, after: Row | null) => {
    if (before) all.remove(before);
    if (after) all.add(after);
    for (const [column, groups] of groupings) {
      if (before) groups.get(keyOf(before, column))?.remove(before);
      if (after) groupOf(groups, keyOf(after, column)).add(after);
    }
    touched();
  };
  return {
    schema,
    all,
    where(column, value) {
      let groups = groupings.get(column);
      if (!groups) {
        groups = grouped(all.rows.values(), column);
        groupings.set(column, groups);
      }
      return groups.get(value) ?? nothing;
    },
    newestId: () => newestId,
    insert(row) {
      const stored = normalise(schema, row, newestId + 1);
      newestId = Math.max(newestId, stored.id);
      replace(all.rows.get(stored.id) ?? null, stored);
      return stored;
    },
    update(id, changes) {
      const before = all.rows.get(id);
      if (!before) throw new Error(`${schema.name} has no row ${id}`);
      const after = normalise(schema, { ...before, ...changes }, id);
      replace(before, after);
      return after;
    },
    remove(id) {
      const before = all.rows.get(id);
      if (before) replace(before, null);
    },
  };
}

const nothing = createPartition();
const noValue = "";

function keyOf(row: Row, column: string): string | number {
  return row[column] ?? noValue;
}

function groupOf(groups: Map<string | number, Partition>, key: string | number): Partition {
  let group = groups.get(key);
  if (!group) {
    group = createPartition();
    groups.set(key, group);
  }
  return group;
}

function grouped(rows: Iterable<Row>, column: string): Map<string | number, Partition> {
  const lists = new Map<string | number, Row[]>();
  for (const row of rows) {
    const key = keyOf(row, column);
    const list = lists.get(key);
    if (list) list.push(row);
    else lists.set(key, [row]);
  }
  return new Map([...lists].map(([key, list]) => [key, createPartition(list)]));
}

function normalise(schema: TableSchema, row: NetsuiteRow, otherwiseId: number): Row {
  const stored: Record<string, string | number | null> & { id: number } = { id: Number(row.id ?? otherwiseId) };
  if (!Number.isSafeInteger(stored.id))
    throw new Error(`${schema.name}: a row needs a whole number as id, not ${String(row.id)}`);
  for (const name of Object.keys(row)) {
    if (name === "id") continue;
    const column = schema.columns.get(name);
    if (!column) throw new Error(`${schema.name} has no column ${name}`);
    const value = row[name] ?? null;
    // Oracle keeps no empty text.
    if (value !== null && value !== "") stored[name] = normaliseCell(schema, column, value);
  }
  return stored;
}

function normaliseCell(schema: TableSchema, column: Column, value: string | number): string | number {
  const wrong = () => new Error(`${schema.name}.${column.column}: ${JSON.stringify(value)} is no ${column.kind}`);
  switch (column.kind) {
    case "integer":
    case "number": {
      const number = Number(value);
      if (!Number.isFinite(number) || (column.kind === "integer" && !Number.isSafeInteger(number))) throw wrong();
      return number;
    }
    case "boolean":
      if (value !== "T" && value !== "F") throw wrong();
      return value;
    case "date":
      if (!/^\d{4}-\d\d-\d\d/.test(String(value))) throw wrong();
      return String(value).slice(0, 10);
    case "datetime": {
      const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
      if (Number.isNaN(at)) throw wrong();
      return instantText(at);
    }
    default:
      return String(value);
  }
}
