import { instantText } from "./calendar.ts";
import { displayCell, nameOf } from "./display.ts";
import type { Row } from "./partition.ts";
import { invalidContent, Problem } from "./problems.ts";
import { type RecordType, schemaOf } from "./recordTypes.ts";
import { isCustomTable, type NetsuiteRow } from "./seed.ts";
import type { Account } from "./storage.ts";

/** Who writes and when: the vendor's clock, and the employee the token belongs to. */
export interface WriteContext {
  account: Account;
  now: () => number;
  userId: number;
  /** How tombstones are dated; to the second unless told otherwise. */
  deletionDates?: "second" | "day";
}

/** The row of a record. @throws Problem 404 NONEXISTENT_ID. */
export function findRecord(account: Account, type: RecordType, id: string): Row {
  const row = /^\d+$/.test(id) ? account.table(type.table).all.rows.get(Number(id)) : undefined;
  if (!row || (type.transactionType !== null && row.type !== type.transactionType)) {
    throw new Problem(404, {
      detail: "The record instance does not exist. Provide a valid record instance ID.",
      code: "NONEXISTENT_ID",
    });
  }
  return row;
}

/** Creates a record, stamped now, with a system note. @throws Problem 400 when what the form requires is missing. */
export function createRecord(context: WriteContext, type: RecordType, fields: NetsuiteRow): Row {
  const { account } = context;
  const schema = schemaOf(account, type);
  const values = type.table === "customer" || type.table === "contact" ? withName(type, fields) : fields;
  if (type.transactionType !== null && values.entity == null) throw missing("Customer");
  const stamp = instantText(context.now());
  const row = account.table(type.table).insert({
    ...values,
    id: newId(account, type),
    ...(type.transactionType !== null && { type: type.transactionType, recordtype: type.name.toLowerCase() }),
    ...(schema.created !== null && { [schema.created]: stamp }),
    ...(schema.modified !== null && { [schema.modified]: stamp }),
  });
  note(context, type, { row, field: "RECORD.SCREATE", before: null, after: null });
  return row;
}

/** Changes a record and notes every field whose value differs; a write without difference still stamps the record. */
export function updateRecord(context: WriteContext, type: RecordType, before: Row, changes: NetsuiteRow): Row {
  const { account } = context;
  const schema = schemaOf(account, type);
  const after = account.table(type.table).update(before.id, {
    ...changes,
    ...(schema.modified !== null && { [schema.modified]: instantText(context.now()) }),
  });
  for (const name of Object.keys(changes)) {
    const column = schema.columns.get(name);
    if (!column || (before[name] ?? null) === (after[name] ?? null)) continue;
    note(context, type, {
      row: after,
      field: column.custom ? name.toUpperCase() : `${noteGroup(type)}.${columnCode(name)}`,
      before: displayCell(account, column, before),
      after: displayCell(account, column, after),
    });
  }
  return after;
}

/** Deletes a record and leaves its tombstone. */
export function deleteRecord(context: WriteContext, type: RecordType, row: Row): void {
  const { account, userId } = context;
  account.table("deletedrecord").insert({
    recordid: row.id,
    type: type.name.toLowerCase(),
    recordtypeid: type.recordTypeId,
    name: nameOf(account, type.table, row.id),
    deleteddate: deletionDate(context),
    deletedby: userId,
    context: "REST Web Services",
    iscustomrecord: isCustomTable(type.table) ? "T" : "F",
  });
  account.table(type.table).remove(row.id);
  const links = account.table("nexttransactionlinelink");
  for (const side of ["previousdoc", "nextdoc"]) {
    if (type.transactionType === null) continue;
    for (const link of [...links.where(side, row.id).rows.values()]) links.remove(link.id);
  }
}

function deletionDate({ account, now, deletionDates = "second" }: WriteContext): string {
  const instant = instantText(now());
  if (deletionDates === "second") return instant;
  return account.calendar.instantOf({ ...account.calendar.wallOf(instant), hour: 0, minute: 0, second: 0 });
}

function withName(type: RecordType, fields: NetsuiteRow): NetsuiteRow {
  const person = [fields.firstname, fields.lastname].filter((part) => part != null).join(" ");
  const name = fields.companyname ?? (person || null);
  if (type.table === "customer" && name === null) throw missing("Company Name");
  if (type.table === "contact" && name === null && fields.entityid == null) throw missing("Name");
  return {
    entityid: name,
    isinactive: "F",
    ...(type.table === "customer" && { isperson: fields.companyname == null ? "T" : "F" }),
    ...fields,
  };
}

function missing(field: string): Problem {
  return invalidContent(`Please enter value(s) for: ${field}`);
}

/** Customers, contacts and employees are all entities and share their numbers. */
function newId(account: Account, type: RecordType): number {
  const tables = type.recordTypeId === -9 ? (["customer", "contact", "employee"] as const) : [type.table];
  const last = tables.map((name) => account.table(name).newestId());
  return Math.max(...last) + 1;
}

interface NotedChange {
  row: Row;
  field: string;
  before: string | null;
  after: string | null;
}

function note(
  { account, now, userId }: WriteContext,
  type: RecordType,
  { row, field, before, after }: NotedChange,
): void {
  account.table("systemnote").insert({
    date: instantText(now()),
    field,
    oldvalue: before,
    newvalue: after,
    name: userId,
    record: nameOf(account, type.table, row.id),
    recordid: row.id,
    recordtypeid: type.recordTypeId,
    context: "REST Web Services",
  });
}

function noteGroup(type: RecordType): string {
  if (type.recordTypeId === -9) return "ENTITY";
  return type.recordTypeId === -30 ? "TRANDOC" : "EVENT";
}

/** System notes name built-in fields by their database code: `TRANDOC.KSTATUS`. */
function columnCode(column: string): string {
  return noteCodes[column] ?? column.toUpperCase();
}

const noteCodes: Record<string, string> = {
  status: "KSTATUS",
  entitystatus: "KENTITYSTATUS",
  email: "SEMAIL",
  companyname: "SCOMPANYNAME",
};
