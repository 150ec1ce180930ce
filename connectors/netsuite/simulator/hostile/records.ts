import type { Random } from "journey-hub/connector/testing";
import type { Row } from "../partition.ts";
import { type RecordType, standardRecordType } from "../recordTypes.ts";
import type { Account } from "../storage.ts";

/** The objects an account of this kind is read by, as the connector's streams name them; owners first. */
export const objectNames = [
  "employee",
  "customer",
  "contact",
  "opportunity",
  "estimate",
  "salesorder",
  "invoice",
  "customerpayment",
  "creditmemo",
  "supportcase",
] as const;

export type ObjectName = (typeof objectNames)[number];

/** The record type behind each object. */
export const typeOf = Object.fromEntries(objectNames.map((name) => [name, standardRecordType(name)])) as Readonly<
  Record<ObjectName, RecordType>
>;

/** All rows of an object in the order of their ids. Not a copy: read it before the next write. */
export function rowsOf(account: Account, object: ObjectName): readonly Row[] {
  const { table, transactionType } = typeOf[object];
  const stored = account.table(table);
  return (transactionType === null ? stored.all : stored.where("type", transactionType)).sortedBy("id");
}

/** One row of an object by chance, of those that fit; null where there is none. */
export function pickRow(
  { account, chance }: { account: Account; chance: Random },
  object: ObjectName,
  fits: (row: Row) => boolean = () => true,
): Row | null {
  const rows = rowsOf(account, object).filter(fits);
  return rows.length === 0 ? null : chance.pick(rows);
}

/** The type of a row of the transaction table. */
export function transactionTypeOf({ recordtype }: Row): RecordType {
  return standardRecordType(String(recordtype));
}
