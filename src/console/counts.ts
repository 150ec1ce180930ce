import { setImmediate as nextTurn } from "node:timers/promises";
import { and, count, eq, gt, isNull, lte, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Hub } from "../hub/hub.ts";
import type { Store } from "../store/store.ts";

/** How much there is, as of an instant. */
export interface Counts {
  counted_at: string;
  persons: number;
  companies: number;
  events: number;
  /** Customers whose stage and score are to be derived. */
  waiting: number;
  /** Every stage of the journey with the customers that stand in it, in the journey's order, those beside it last. */
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
  const kinds = await sumOver(store, { table: customers, key: customers.id, by: customers.kind });
  const stages = await sumOver(store, {
    table: stage_intervals,
    key: stage_intervals.customer_id,
    by: stage_intervals.stage,
    where: and(eq(stage_intervals.journey, hub.rules.derive.journey.name), isNull(stage_intervals.valid_to)),
  });
  const channels = await sumOver(store, { table: events, key: events.record_key, by: events.channel });
  const [waiting] = await store.db.select({ amount: count() }).from(dirty);
  const ranked = hub.rules.derive.journey.stages;
  return {
    counted_at: hub.now(),
    persons: kinds.get("person") ?? 0,
    companies: kinds.get("company") ?? 0,
    events: [...channels.values()].reduce((sum, amount) => sum + amount, 0),
    waiting: waiting?.amount ?? 0,
    stages: [...ranked.filter(({ isSide }) => !isSide), ...ranked.filter(({ isSide }) => isSide)].map(
      ({ id, isSide }) => ({ stage: id, isSide, amount: stages.get(id) ?? 0 }),
    ),
  };
}

interface Counted {
  table: SQLiteTable;
  /** An indexed text column, by which the table is gone through. */
  key: SQLiteColumn;
  by: SQLiteColumn;
  where?: SQL | undefined;
}

const rowsPerStep = 5_000;
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
