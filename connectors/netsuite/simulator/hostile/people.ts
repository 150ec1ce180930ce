import type { Random } from "journey-hub/connector/testing";
import type { Row } from "../partition.ts";
import { standardRecordType } from "../recordTypes.ts";
import type { NetsuiteRow, TableName } from "../seed.ts";
import { createRecord, deleteRecord, updateRecord, type WriteContext } from "../writes.ts";
import { makers, names, titles } from "./fields.ts";
import { type ObjectName, pickRow, transactionTypeOf, typeOf } from "./records.ts";
import { dayIn } from "./seed.ts";

/** What a happening has at hand: the account as it may write it, and chance. */
export interface Life {
  context: WriteContext;
  chance: Random;
}

/** Something that happens in the account; nothing where there is nothing for it to happen to. */
export type Happening = (life: Life) => void;

/** Makes a record of an object; values given come before those of chance. */
export function make({ context, chance }: Life, object: ObjectName, given: NetsuiteRow = {}): Row {
  const { account } = context;
  const idOf = (other: ObjectName) => pickRow({ account, chance }, other)?.id ?? null;
  const fields = makers[object]({ chance, idOf, today: dayIn(context.account.calendar, context.now()) });
  return createRecord(context, typeOf[object], { ...fields, ...given });
}

/** A row of an object by chance. */
export function some({ context, chance }: Life, object: ObjectName, fits?: (row: Row) => boolean): Row | null {
  return pickRow({ account: context.account, chance }, object, fits);
}

/** Changes a row of an object by chance, of those that fit. */
export function change(
  object: ObjectName,
  values: (row: Row, life: Life) => NetsuiteRow,
  fits?: (row: Row) => boolean,
): Happening {
  return (life) => {
    const row = some(life, object, fits);
    if (row) updateRecord(life.context, typeOf[object], row, values(row, life));
  };
}

/** What happens to people and firms. */
export const peopleHappenings: Readonly<Record<string, Happening>> = {
  newCustomer: (life) => void make(life, "customer"),
  editCustomer: change("customer", (_row, life) => somewhatNew(life, "customer", ["phone", "billcity", "salesrep"])),
  renameCustomer: change("customer", (row, { chance }) =>
    row.isperson === "T"
      ? { lastname: chance.pick(names) }
      : { companyname: `${chance.pick(names)} ${chance.int(1, 999)}` },
  ),
  // A lead becomes a prospect and a prospect a customer: the record stays the same.
  convertCustomer: change(
    "customer",
    ({ entitystatus }) => ({ entitystatus: Number(entitystatus) < 8 ? 10 : 13 }),
    ({ entitystatus }) => Number(entitystatus) < 13,
  ),
  retireCustomer: change("customer", ({ isinactive }) => ({ isinactive: isinactive === "T" ? "F" : "T" })),
  mergeCustomers: (life) => mergeSome(life, "customer"),
  deleteCustomer: (life) => {
    const row = some(life, "customer", (each) => !isReferred(life.context, "customer", each.id));
    if (row) deleteEntity(life.context, "customer", row);
  },
  newContact: (life) => void make(life, "contact"),
  editContact: change("contact", (_row, life) => somewhatNew(life, "contact", ["email", "phone", "lastname"])),
  promoteContact: change("contact", (_row, { chance }) => ({ title: chance.pick(titles) })),
  moveContact: change("contact", (_row, life) => ({ company: some(life, "customer")?.id ?? null })),
  mergeContacts: (life) => mergeSome(life, "contact"),
  deleteContact: (life) => {
    const row = some(life, "contact", (each) => !isReferred(life.context, "contact", each.id));
    if (row) deleteEntity(life.context, "contact", row);
  },
  newEmployee: (life) => void make(life, "employee"),
  editEmployee: change("employee", (_row, life) => somewhatNew(life, "employee", ["phone", "title", "email"])),
};

/** Some of the fields, as a new record would have them. */
function somewhatNew({ context, chance }: Life, object: ObjectName, fields: readonly string[]): NetsuiteRow {
  const idOf = (other: ObjectName) => pickRow({ account: context.account, chance }, other)?.id ?? null;
  const fresh = makers[object]({ chance, idOf, today: dayIn(context.account.calendar, context.now()) });
  const chosen = chance.shuffled(fields).slice(0, chance.int(1, fields.length));
  return Object.fromEntries(chosen.flatMap((field) => (fresh[field] === undefined ? [] : [[field, fresh[field]]])));
}

function mergeSome(life: Life, object: "customer" | "contact"): void {
  const master = some(life, object);
  const duplicate = some(life, object, ({ id }) => id !== master?.id);
  if (master && duplicate) merge(life.context, object, { master, duplicate });
}

export interface Merge {
  master: Row;
  duplicate: Row;
  /** Whether what pointed to the duplicate is stamped when it is made to point to the master. Default true. */
  stamps?: boolean;
  /** Whether the duplicate leaves a tombstone. Default true. */
  tombstone?: boolean;
}

/** Merges one entity into another: what pointed to the duplicate points to the master, the duplicate is gone. */
export function merge(
  context: WriteContext,
  object: "customer" | "contact",
  { master, duplicate, stamps = true, tombstone = true }: Merge,
): void {
  const { account } = context;
  for (const [table, column] of references[object]) {
    for (const row of [...account.table(table).where(column, duplicate.id).rows.values()]) {
      const changes = { [column]: row.id === master.id && table === object ? null : master.id };
      const type = table === "transaction" ? transactionTypeOf(row) : standardRecordType(table);
      if (stamps) updateRecord(context, type, row, changes);
      else account.table(table).update(row.id, changes);
    }
  }
  const kept = account.table(object).all.rows.get(master.id) ?? master;
  const phone = kept.phone ?? duplicate.phone ?? null;
  updateRecord(context, typeOf[object], kept, { phone });
  const gone = account.table(object).all.rows.get(duplicate.id) ?? duplicate;
  if (tombstone) deleteEntity(context, object, gone);
  else account.table(object).remove(gone.id);
}

/** What points to an entity. */
const references: Readonly<Record<"customer" | "contact", readonly (readonly [TableName, string])[]>> = {
  customer: [
    ["customer", "parent"],
    ["contact", "company"],
    ["supportcase", "company"],
    ["transaction", "entity"],
  ],
  contact: [
    ["supportcase", "contact"],
    ["transaction", "contact"],
  ],
};

function isReferred({ account }: WriteContext, object: "customer" | "contact", id: number): boolean {
  return references[object].some(([table, column]) => account.table(table).where(column, id).rows.size > 0);
}

/** Deletes an entity; the tombstone of a customer calls it what it was then: a lead, a prospect or a customer. */
function deleteEntity(context: WriteContext, object: "customer" | "contact", row: Row): void {
  const type = typeOf[object];
  const status = context.account.table("entitystatus").all.rows.get(Number(row.entitystatus));
  const name = object === "customer" && status ? String(status.stage) : type.name;
  deleteRecord(context, { ...type, name }, row);
}
