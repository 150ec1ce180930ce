import type { Columns } from "./columns.sqlite.ts";
import { customerTables } from "./tables/customers.ts";
import { derivedTables } from "./tables/derived.ts";
import { inboxTables } from "./tables/inbox.ts";
import { matchingTables } from "./tables/matching.ts";
import { operationTables } from "./tables/operation.ts";
import { recordTables } from "./tables/records.ts";
import { timelineTables } from "./tables/timeline.ts";
import { writebackTables } from "./tables/writeback.ts";

/**
 * Every table, written once for both databases. Instants are ISO text of 24 characters, documents are JSON text, flags are 0 or 1.
 * Rows that may be changed carry `revision`: a write that did not see the newest one is refused (see writes.ts).
 */
export function tables(c: Columns) {
  return {
    ...operationTables(c),
    ...inboxTables(c),
    ...recordTables(c),
    ...matchingTables(c),
    ...customerTables(c),
    ...timelineTables(c),
    ...derivedTables(c),
    ...writebackTables(c),
  };
}

export type Tables = ReturnType<typeof tables>;
export type TableName = keyof Tables;
/** A row of a table, every column given. */
export type Row<T extends TableName> = Tables[T]["$inferSelect"];
