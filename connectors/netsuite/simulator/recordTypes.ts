import { transactionTypes } from "./display.ts";
import { Problem } from "./problems.ts";
import type { Column, TableSchema } from "./schema.ts";
import type { TableName } from "./seed.ts";
import type { Account } from "./storage.ts";

/** A record type of the REST record service. */
export interface RecordType {
  /** The path segment: `supportCase`. */
  name: string;
  table: TableName;
  /** The transaction type its rows have, for those kept in the transaction table. */
  transactionType: string | null;
  /** The record type number system notes and deletions are filed under. */
  recordTypeId: number;
}

const plainTypes: readonly RecordType[] = [
  { name: "customer", table: "customer", transactionType: null, recordTypeId: -9 },
  { name: "contact", table: "contact", transactionType: null, recordTypeId: -9 },
  { name: "employee", table: "employee", transactionType: null, recordTypeId: -9 },
  { name: "supportCase", table: "supportcase", transactionType: null, recordTypeId: -23 },
  { name: "subsidiary", table: "subsidiary", transactionType: null, recordTypeId: -117 },
  { name: "currency", table: "currency", transactionType: null, recordTypeId: -122 },
];

/** Every record type served. */
export const recordTypes: readonly RecordType[] = [
  ...plainTypes,
  ...Object.entries(transactionTypes).map(
    ([transactionType, { record }]): RecordType => ({
      name: record,
      table: record === "opportunity" ? "opportunity" : "transaction",
      transactionType,
      recordTypeId: -30,
    }),
  ),
];

/** @throws Problem 404 for a record type there is none of. */
export function findRecordType(name: string): RecordType {
  const found = recordTypes.find((type) => type.name.toLowerCase() === name.toLowerCase());
  if (!found) throw new Problem(404, { detail: `Record type '${name}' does not exist.`, code: "NONEXISTENT_ID" });
  return found;
}

export function schemaOf(account: Account, type: RecordType): TableSchema {
  return account.table(type.table).schema;
}

/** A transaction's amounts and people have other names in the record service than in SuiteQL. */
const transactionNames: Record<string, string> = {
  foreigntotal: "total",
  foreignamountunpaid: "amountRemaining",
  foreignamountpaid: "amountPaid",
  employee: "salesRep",
};

/** The field's name in the record service. */
export function fieldName(type: RecordType, column: Column): string | null {
  if (type.transactionType === null) return column.name;
  if (type.name === "opportunity") return column.column === "employee" || column.column === "type" ? null : column.name;
  const renamed = transactionNames[column.column];
  if (renamed !== undefined) return renamed;
  // The columns behind the record service's names do not appear twice.
  return column.column === "total" || column.column === "salesrep" || column.column === "type" ? null : column.name;
}

/** The column of a field; names are taken in any case, as Oracle's own examples write `entityid` and `CompanyName`. */
export function findField(account: Account, type: RecordType, field: string): Column | null {
  const wanted = field.toLowerCase();
  for (const column of schemaOf(account, type).columns.values()) {
    if (fieldName(type, column)?.toLowerCase() === wanted) return column;
  }
  return null;
}
