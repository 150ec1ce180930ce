import { setImmediate as nextTurn } from "node:timers/promises";
import { and, count, eq, gt, isNull, lte, notExists, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Hub } from "../hub/hub.ts";
import { type Outdated, outdatedCustomers } from "../hub/identity/outdated.ts";
import type { Store } from "../store/store.ts";

/** How much there is, as of an instant. */
export interface Counts {
  counted_at: string;
  persons: number;
  companies: number;
  events: number;
  /** Customers whose stage and score are to be derived. */
  waiting: number;
  /** Customers joined by other identity rules than those in use; null where there are none. */
  outdated: Outdated | null;
  /** Every stage with the journeys that stand in it, in the journey file's order, those beside the path last. */
  stages: { stage: string; isSide: boolean; amount: number }[];
}

const freshMs = 15_000;

/** Counts of a hub, taken at most every 15 seconds: whoever asks in between is given the last ones. */
export function createCounts(hub: Hub): () => Promise<Counts> {
  let last: { atMs: number; counts: Promise<Counts> } | null = null;
  return () => {
    const atMs = hub.clock.now();
    if (last && atMs - last.atMs < freshMs) return last.counts;
    const counts = countAll(hub);
    last = { atMs, counts };
    counts.catch(() => {
      last = null; // whoever waits is told; the next one counts anew
    });
    return counts;
  };
}

async function countAll(hub: Hub): Promise<Counts> {
  const { store } = hub;
  const { customers, events, dirty, stage_intervals } = store.tables;
  const { journey } = hub.rules.derive;
  const kinds = await sumOver(store, { table: customers, key: customers.id, by: customers.kind });
  const stages = await sumOver(store, {
    table: stage_intervals,
    key: stage_intervals.customer_id,
    by: stage_intervals.stage,
    where: and(eq(stage_intervals.journey, journey.name), isNull(stage_intervals.valid_to), goesAlone(store)),
  });
  const channels = await sumOver(store, { table: events, key: events.record_key, by: events.channel });
  const [waiting] = await store.db.select({ amount: count() }).from(dirty);
  return {
    counted_at: hub.now(),
    persons: kinds.get("person") ?? 0,
    companies: kinds.get("company") ?? 0,
    events: [...channels.values()].reduce((sum, amount) => sum + amount, 0),
    waiting: waiting?.amount ?? 0,
    outdated: await outdatedCustomers(store, hub.rules.identity.version),
    stages: stagesInOrder(hub).map((stage) => ({ ...stage, amount: stages.get(stage.stage) ?? 0 })),
  };
}

/** True for companies and for persons that belong to none: a person of a company is on the company's journey. */
function goesAlone({ db, tables }: Store): SQL {
  const { links, memberships, stage_intervals } = tables;
  const companies = db
    .select({ id: memberships.customer_id })
    .from(links)
    .innerJoin(memberships, and(eq(memberships.record_key, links.record_key), eq(memberships.role, "member")))
    .where(and(eq(links.customer_id, stage_intervals.customer_id), eq(links.kind, "person")));
  return notExists(companies);
}

/** The stages of the journey in its order, those beside it last. */
export function stagesInOrder({ rules }: Hub): { stage: string; isSide: boolean }[] {
  const stages = rules.derive.journey.stages.map(({ id, isSide }) => ({ stage: id, isSide }));
  return [...stages.filter(({ isSide }) => !isSide), ...stages.filter(({ isSide }) => isSide)];
}

interface Counted {
  table: SQLiteTable;
  /** An indexed text column, by which the table is gone through. */
  key: SQLiteColumn;
  by: SQLiteColumn;
  where?: SQL | undefined;
}

const rowsPerStep = 2_000;
const stepsMax = 100_000;

/** Rows by the values of a column, counted a few thousand at a time so that nothing else has to wait for a large table. */
async function sumOver({ db }: Store, { table, key, by, where }: Counted): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  let after: string | null = "";
  for (let n = 0; after !== null && n < stepsMax; n++) {
    const start: SQL = gt(key, after);
    const [end] = await db.select({ at: key }).from(table).where(start).orderBy(key).limit(1).offset(rowsPerStep);
    const upTo = typeof end?.at === "string" ? end.at : null;
    const rows = await db
      .select({ value: by, amount: count() })
      .from(table)
      .where(and(start, upTo === null ? undefined : lte(key, upTo), where))
      .groupBy(by);
    for (const { value, amount } of rows) sums.set(String(value), (sums.get(String(value)) ?? 0) + amount);
    after = upTo;
    await nextTurn();
  }
  return sums;
}
