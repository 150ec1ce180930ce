import { shapes } from "./shape.ts";
import type { Row, TableName } from "./tables.ts";

export type Cell = string | number | null | Uint8Array;

/**
 * One statement's worth of change, as plain values: it crosses a thread (SQLite) or a wire (Postgres) unchanged.
 * - `append`: insert, rows already there are left alone. `changed` counts the new ones.
 * - `put`: insert or replace a row that carries `revision`; refused as stale unless the stored revision is exactly one less (none: 0).
 * - `set`: insert or replace, last one wins.
 * - `remove`: delete the rows whose `by` columns equal one of the given tuples.
 * - `clear`: delete every row.
 */
export interface Write {
  op: "append" | "put" | "set" | "remove" | "clear";
  table: TableName;
  by: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** New rows; those already there are left alone. @example append("dirty", [{ customer_id, since }]) */
export function append<T extends TableName>(table: T, rows: readonly Row<T>[]): Write {
  return { op: "append", table, by: [], rows: cells(table, rows) };
}

/** New or next versions of rows that carry `revision`; stale ones refuse the commit. */
export function put<T extends TableName>(table: T, rows: readonly (Row<T> & { revision: number })[]): Write {
  return { op: "put", table, by: [], rows: cells(table, rows) };
}

/** New or replaced rows, the last one wins. */
export function set<T extends TableName>(table: T, rows: readonly Row<T>[]): Write {
  return { op: "set", table, by: [], rows: cells(table, rows) };
}

/** Rows whose `by` columns equal one of the tuples, gone. @example remove("timers", ["customer_id"], [["c1"], ["c2"]]) */
export function remove<T extends TableName>(
  table: T,
  by: readonly (keyof Row<T> & string)[],
  tuples: readonly (readonly Cell[])[],
): Write {
  return { op: "remove", table, by, rows: tuples };
}

/** Every row of a table, gone. */
export function clear(table: TableName): Write {
  return { op: "clear", table, by: [], rows: [[]] };
}

function cells<T extends TableName>(table: T, rows: readonly Row<T>[]): Cell[][] {
  const { columns } = shapes[table];
  return rows.map((row) => {
    const values = row as unknown as Record<string, Cell>;
    return columns.map((column) => values[column] as Cell);
  });
}
