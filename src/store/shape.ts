import { getTableName } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { columns } from "./columns.sqlite.ts";
import { type TableName, tables } from "./tables.ts";

/** What a statement writer needs to know of a table; the same for both databases. */
export interface Shape {
  name: TableName;
  columns: readonly string[];
  key: readonly string[];
  integers: ReadonlySet<string>;
  hasRevision: boolean;
}

const shaped = tables(columns);

/** Shape of every table, read off the one declaration in tables.ts. */
export const shapes: Readonly<Record<TableName, Shape>> = Object.fromEntries(
  Object.values(shaped).map((table) => {
    const config = getTableConfig(table);
    const key = config.primaryKeys[0]?.columns ?? config.columns.filter((column) => column.primary);
    const names = config.columns.map((column) => column.name);
    const name = getTableName(table) as TableName;
    const integers = config.columns.filter((column) => column.getSQLType() === "integer");
    return [
      name,
      {
        name,
        columns: names,
        key: key.map((column) => column.name),
        integers: new Set(integers.map((column) => column.name)),
        hasRevision: names.includes("revision"),
      },
    ];
  }),
) as unknown as Record<TableName, Shape>;
