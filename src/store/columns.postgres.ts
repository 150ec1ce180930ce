import { bigint, customType, doublePrecision, index, pgTable, primaryKey } from "drizzle-orm/pg-core";
import type { Columns } from "./columns.sqlite.ts";

/** Text that sorts by bytes, as SQLite's does: keyset paging and ISO instants rely on it. */
const text = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const integer = (name: string) => bigint(name, { mode: "number" });

/** The same builders for Postgres. The cast is the one place where the two dialects' types meet. */
export const columns = {
  table: pgTable,
  text,
  integer,
  real: doublePrecision,
  bytes,
  primaryKey,
  index,
} as unknown as Columns;
