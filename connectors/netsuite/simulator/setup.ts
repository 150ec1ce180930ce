import type { Row } from "./partition.ts";
import { type CustomField, customColumn } from "./schema.ts";
import type { TableName } from "./seed.ts";
import type { Account } from "./storage.ts";

/** Customization → Lists, Records, & Fields, for custom fields; none of this moves a record's stamp. */
export interface Setup {
  addField(table: TableName, name: string, field: CustomField): void;
  /** Its values are gone with it. */
  removeField(table: TableName, name: string): void;
  /** A field of another id with the same values: what a rename comes to. */
  renameField(table: TableName, from: string, to: string): void;
  /** NetSuite changes no field's type: it is deleted and made anew. Values that do not fit are lost. */
  retypeField(table: TableName, name: string, field: CustomField): void;
}

/** `changed` is called after each change. */
export function createSetup(account: () => Account, changed: () => void): Setup {
  const columnsOf = (table: TableName) => account().table(table).schema.columns;
  const rowsOf = (table: TableName): Row[] => [...account().table(table).all.rows.values()];
  const removeField = (table: TableName, name: string) => {
    for (const row of rowsOf(table)) {
      if ((row[name] ?? null) !== null)
        account()
          .table(table)
          .update(row.id, { [name]: null });
    }
    if (!columnsOf(table).delete(name)) throw new Error(`${table} has no field ${name}`);
    changed();
  };
  const put = (table: TableName, name: string, { field, values }: { field: CustomField; values: readonly Row[] }) => {
    columnsOf(table).set(name, customColumn(name, field));
    for (const row of values) {
      const value = fitting(row[name] ?? null, field);
      if (value !== null)
        account()
          .table(table)
          .update(row.id, { [name]: value });
    }
    changed();
  };
  return {
    addField: (table, name, field) => put(table, name, { field, values: [] }),
    removeField,
    renameField(table, from, to) {
      const column = columnsOf(table).get(from);
      if (!column) throw new Error(`${table} has no field ${from}`);
      const values = rowsOf(table).map((row): Row => ({ id: row.id, [to]: row[from] ?? null }));
      removeField(table, from);
      const { kind, lengthMax, references } = column;
      const field = { kind, ...(lengthMax ? { lengthMax } : {}), ...(references ? { references } : {}) };
      put(table, to, { field, values });
    },
    retypeField(table, name, field) {
      const values = rowsOf(table);
      removeField(table, name);
      put(table, name, { field, values });
    },
  };
}

function fitting(value: string | number | null, { kind }: CustomField): string | number | null {
  if (value === null || kind === "text") return value === null ? null : String(value);
  if (kind === "integer" || kind === "number") return Number.isFinite(Number(value)) ? Number(value) : null;
  return null;
}
