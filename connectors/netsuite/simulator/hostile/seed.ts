import { createRandom, type Random } from "journey-hub/connector/testing";
import { type AccountCalendar, createCalendar } from "../calendar.ts";
import { demoCredentials } from "../options.ts";
import { type AccountDateFormat, type NetsuiteRow, type NetsuiteSeed, referenceRows } from "../seed.ts";
import { makers } from "./fields.ts";
import { type ObjectName, objectNames, typeOf } from "./records.ts";

/** Where an account's users live: zones with and without summer time, ahead of and behind UTC, whole hours and not. */
export const timeZones = [
  "America/Los_Angeles",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Pacific/Auckland",
  "America/St_Johns",
  "UTC",
] as const;
const dateFormats: readonly AccountDateFormat[] = ["MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY", "YYYY-MM-DD", "D/M/YYYY"];

export interface BeginningOptions {
  seed: number;
  /** About how many records, over all objects. */
  records: number;
  now: number;
  timeZone?: string;
  dateFormat?: AccountDateFormat;
}

/** The account a hostile simulator begins with: records of every object, stamped over the last months before `now`. */
export function beginningOf({ seed, records, now, ...given }: BeginningOptions): NetsuiteSeed {
  const chance = createRandom(seed).fork("account");
  const timeZone = given.timeZone ?? chance.pick(timeZones);
  const dateFormat = given.dateFormat ?? chance.pick(dateFormats);
  const today = dayIn(createCalendar(timeZone, dateFormat), now);
  const rows = new Map(objectNames.map((object) => [object, [] as NetsuiteRow[]]));
  const ids = createIds(chance);
  const stamps = createStamps(chance, now);
  const idOf = (object: ObjectName) => {
    const made = rows.get(object) ?? [];
    return made.length === 0 ? null : Number(chance.pick(made).id);
  };
  for (const object of objectNames) {
    const count = Math.max(3, Math.round(records * shares[object]));
    for (let n = 0; n < count; n++) {
      const fields = { ...makers[object]({ chance, idOf, today }), ...typed(object), ...stamps(object) };
      rows.get(object)?.push({ id: ids(object), ...fields });
    }
  }
  const of = (object: ObjectName) => rows.get(object) ?? [];
  const transaction = objectNames.filter((object) => typeOf[object].transactionType !== null).flatMap(of);
  return {
    accountId: demoCredentials.accountId,
    timeZone,
    dateFormat,
    tables: {
      ...referenceRows,
      ...secondHouse,
      employee: of("employee"),
      customer: of("customer"),
      contact: of("contact"),
      supportcase: of("supportcase"),
      transaction,
      transactionline: transaction.map((row) => mainLine(row, sourceOf(row, { chance, of }))),
      nexttransactionlinelink: of("customerpayment").flatMap((row) => applied(row, { chance, of })),
    },
  };
}

const shares: Readonly<Record<ObjectName, number>> = {
  employee: 0.03,
  customer: 0.24,
  contact: 0.16,
  opportunity: 0.1,
  estimate: 0.07,
  salesorder: 0.1,
  invoice: 0.12,
  customerpayment: 0.07,
  creditmemo: 0.03,
  supportcase: 0.08,
};

/** A second currency and a second house, so that both can be told apart. */
const secondHouse = {
  currency: [...(referenceRows.currency ?? []), { id: 2, name: "Euro", symbol: "EUR", exchangerate: 1.08 }],
  subsidiary: [
    ...(referenceRows.subsidiary ?? []),
    { id: 2, name: "House in Europe", fullname: "Parent Company : House in Europe", currency: 2, parent: 1 },
  ],
} satisfies NetsuiteSeed["tables"];

/** The main line of a transaction, which is where its source stands. */
export function mainLine(row: NetsuiteRow, createdFrom: string | number | null): NetsuiteRow {
  return {
    transaction: row.id ?? null,
    createdfrom: createdFrom,
    entity: row.entity ?? null,
    linesequencenumber: 0,
    mainline: "T",
    taxline: "F",
    linelastmodifieddate: row.lastmodifieddate ?? null,
  };
}

interface Made {
  chance: Random;
  of(object: ObjectName): readonly NetsuiteRow[];
}

const sources: Readonly<Record<string, ObjectName>> = {
  salesorder: "estimate",
  invoice: "salesorder",
  creditmemo: "invoice",
};

function sourceOf({ recordtype }: NetsuiteRow, { chance, of }: Made): string | number | null {
  const source = sources[String(recordtype)];
  return source === undefined || chance.chance(0.3) ? null : (chance.pick(of(source)).id ?? null);
}

function applied(payment: NetsuiteRow, { chance, of }: Made): NetsuiteRow[] {
  const invoice = chance.pick(of("invoice"));
  return chance.chance(0.2) ? [] : [paymentLink(invoice, payment)];
}

/** The link of a payment to an invoice it pays. */
export function paymentLink(invoice: NetsuiteRow, payment: NetsuiteRow): NetsuiteRow {
  return {
    previousdoc: invoice.id ?? null,
    previoustype: "CustInvc",
    nextdoc: payment.id ?? null,
    nexttype: "CustPymt",
    linktype: "Payment",
    foreignamount: payment.foreigntotal ?? null,
    lastmodifieddate: payment.lastmodifieddate ?? null,
  };
}

function typed(object: ObjectName): NetsuiteRow {
  const { transactionType } = typeOf[object];
  return transactionType === null ? {} : { type: transactionType, recordtype: object };
}

/** Ids with gaps; entities share one row of numbers, transactions another, as in every account. */
function createIds(chance: Random): (object: ObjectName) => number {
  const last = { entity: 100, transaction: 1_000, case: 10 };
  return (object) => {
    const kind = typeOf[object].transactionType !== null ? "transaction" : object === "supportcase" ? "case" : "entity";
    last[kind] += chance.int(1, 3);
    return last[kind];
  };
}

const dayMs = 86_400_000;

/** Made and changed within the last five months; every fifth record by one of three imports, which gave all theirs one second. */
function createStamps(chance: Random, now: number): (object: ObjectName) => NetsuiteRow {
  const second = (ms: number) => new Date(Math.floor(ms / 1_000) * 1_000).toISOString();
  const imports = [0, 0, 0].map(() => now - chance.int(1, 150) * dayMs);
  return (object) => {
    const changed = chance.chance(0.2) ? chance.pick(imports) : now - chance.int(600, (150 * dayMs) / 1_000) * 1_000;
    const made = second(changed - chance.int(0, (30 * dayMs) / 1_000) * 1_000);
    const column = entities.has(object) ? "datecreated" : "createddate";
    return { [column]: made, lastmodifieddate: second(changed) };
  };
}

const entities: ReadonlySet<ObjectName> = new Set(["employee", "customer", "contact"]);

/** The day at an instant, as the account's people have it. */
export function dayIn({ wallOf }: Pick<AccountCalendar, "wallOf">, now: number): string {
  const { year, month, day } = wallOf(new Date(now).toISOString());
  return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
}
