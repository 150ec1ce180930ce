import { blob, index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The column builders of SQLite; their types are the ones the whole hub uses. */
export const columns = { table: sqliteTable, text, integer, real, bytes: bytesColumn, primaryKey, index };

export type Columns = typeof columns;

function bytesColumn(name: string) {
  return blob(name, { mode: "buffer" });
}
