import type { TroubleDeclaration } from "journey-hub/connector/testing";
import type { NetsuiteRow, TableName } from "../seed.ts";
import { updateRecord } from "../writes.ts";
import { pickEveryday } from "./everyday.ts";
import { type Life, merge, some } from "./people.ts";
import { objectNames, rowsOf, typeOf } from "./records.ts";
import { reapply } from "./trade.ts";

/** Something that happens in the account and that its clients easily miss. */
export interface LifeTrouble extends TroubleDeclaration {
  kind: "life";
  happen(life: Life): void;
  /** Nobody sees it before this long after it happened, though it has the stamp of then. */
  lateMs?: { min: number; max: number };
}

/** A statement may not take longer than 15 minutes; most open transactions of scripts end within some. */
const lateMs = { min: 1_000, max: 5 * 60_000 };

/** The troubles that are happenings, by name. */
export const lifeTroubles: readonly LifeTrouble[] = [
  {
    name: "late-commit",
    kind: "life",
    about:
      "a record is made, changed or deleted in a transaction that becomes visible up to five minutes after its stamp",
    source: "airbyte#27146; field, why records go missing, 1",
    lateMs,
    happen: (life) => pickEveryday(life.chance)(life),
  },
  {
    name: "mass-update",
    kind: "life",
    about: "an import gives most records of an object one and the same second: more than a page or a query holds",
    source: "airbyte#17148, airbyte#43317",
    happen: massUpdate,
  },
  {
    name: "late-mass-update",
    kind: "life",
    about: "an import whose records, all of one second, become visible minutes later",
    source: "airbyte#27146 and airbyte#17148 together",
    lateMs,
    happen: massUpdate,
  },
  {
    name: "chained-merge",
    kind: "life",
    about: "three customers are merged one into the next",
    source: "fivetran dbt_hubspot#168 (the same happens wherever records are merged)",
    happen(life) {
      const [first, second, third] = [0, 0, 0].map(() => some(life, "customer")?.id);
      mergeByIds(life, first, second);
      mergeByIds(life, second, third);
    },
  },
  {
    name: "silent-merge",
    kind: "life",
    about: "a merge leaves no tombstone, and what pointed to the duplicate points to the master without a new stamp",
    source: "unverified",
    happen(life) {
      const master = some(life, "customer");
      const duplicate = some(life, "customer", ({ id }) => id !== master?.id);
      if (master && duplicate) merge(life.context, "customer", { master, duplicate, stamps: false, tombstone: false });
    },
  },
  {
    name: "deletion-without-tombstone",
    kind: "life",
    about: "a record is deleted and table deletedrecord does not say so: it keeps only some record types",
    source: "crm-apis 3.2; retention and coverage unverified",
    happen(life) {
      const object = life.chance.pick(["contact", "supportcase", "creditmemo"] as const);
      const row = some(life, object);
      if (row) life.context.account.table(typeOf[object].table).remove(row.id);
    },
  },
  {
    name: "association-alone",
    kind: "life",
    about: "a payment is applied to another invoice, and the payment's stamp stays",
    source: "unverified for NetSuite; field, why records go missing, 5",
    happen: (life) => reapply(life, { stamps: false }),
  },
  {
    name: "calculated-value",
    kind: "life",
    about: "a value NetSuite works out (last sale, open amount, days open) changes without a new stamp",
    source: "estuary source-salesforce-native, formula refresh; unverified for NetSuite",
    happen: calculate,
  },
  {
    name: "renamed-lookup",
    kind: "life",
    about: "a status, currency or subsidiary is renamed: what is read through it changes in records that do not",
    source: "follows from reading joined columns (query.ts)",
    happen(life) {
      const { account } = life.context;
      const table = life.chance.pick(["entitystatus", "supportcasestatus", "subsidiary"] as const);
      const row = life.chance.pick(account.table(table).all.sortedBy("id"));
      account.table(table).update(row.id, { name: `${String(row.name).split(" (")[0]} (${life.chance.int(1, 99)})` });
    },
  },
];

/** More than three pages: with the cap on, more than a query gives. */
const importedMax = 80;

function massUpdate({ context, chance }: Life): void {
  const object = chance.pick(objectNames);
  const memo = chance.int(1, 99_999);
  const rows = chance.shuffled(rowsOf(context.account, object)).slice(0, importedMax);
  const column = typeOf[object].transactionType === null ? "externalid" : "memo";
  for (const row of rows) updateRecord(context, typeOf[object], row, { [column]: `import ${memo}` });
}

/** Rows are read anew for each merge: the one before may have changed or taken them. */
function mergeByIds({ context }: Life, duplicateId: number | undefined, masterId: number | undefined): void {
  const { rows } = context.account.table("customer").all;
  const [duplicate, master] = [rows.get(duplicateId ?? 0), rows.get(masterId ?? 0)];
  if (duplicate && master && duplicate !== master) merge(context, "customer", { master, duplicate });
}

function calculate(life: Life): void {
  const { chance, context } = life;
  const day = new Date(context.now()).toISOString().slice(0, 10);
  const values = [
    ["customer", "customer", { lastsaledate: day, creditlimit: chance.int(1, 90) * 1_000 }],
    ["invoice", "transaction", { foreignamountunpaid: chance.int(1, 9_000), daysopen: chance.int(1, 90) }],
    ["opportunity", "transaction", { projectedtotal: chance.int(1, 9_000) }],
  ] as const satisfies readonly (readonly [string, TableName, NetsuiteRow])[];
  const [object, table, changes] = chance.pick(values);
  const row = some(life, object);
  if (row) context.account.table(table).update(row.id, changes);
}
