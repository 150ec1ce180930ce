import { transactionTypes } from "./display.ts";
import { Problem } from "./problems.ts";
import type { Column, TableSchema } from "./schema.ts";
import { isCustomTable, type TableName } from "./seed.ts";
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

/** Every record type of NetSuite's own that is served. */
const recordTypes: readonly RecordType[] = [
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

/** Every record type served, those of the account's own behind NetSuite's. */
export function recordTypesOf(account: Account): RecordType[] {
  const own = [...account.schema.keys()].filter(isCustomTable).map((table, n): RecordType => {
    return { name: table, table, transactionType: null, recordTypeId: 101 + n };
  });
  return [...recordTypes, ...own];
}

/** @throws Problem 404 for a record type there is none of. */
export function findRecordType(account: Account, name: string): RecordType {
  return named(recordTypesOf(account), name);
}

/** The same of NetSuite's own record types alone, which every account has. */
export function standardRecordType(name: string): RecordType {
  return named(recordTypes, name);
}

function named(types: readonly RecordType[], name: string): RecordType {
  const found = types.find((type) => type.name.toLowerCase() === name.toLowerCase());
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
