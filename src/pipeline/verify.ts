import type { Store } from "../store/store.ts";
import type { TableName } from "../store/tables.ts";
import { append } from "../store/writes.ts";
import { type Pipeline, saidByPeople } from "./context.ts";
import type { Rules } from "./derive/plan.ts";
import { deriveDue } from "./derive/run.ts";
import { rawPages } from "./raw.ts";
import { derivedTables, replay } from "./replay.ts";

/** How a derived table compares with what its raw records give. */
export interface TableComparison {
  table: TableName;
  rows: number;
  /** In the store, but not made from the raw records. */
  extra: number;
  /** Made from the raw records, but not in the store. */
  missing: number;
  /** Some of the rows that differ, as text. */
  examples: string[];
}

const examplesMax = 3;

/**
 * Makes every derived table anew in a scratch store and compares it, row by row, with what stands: derived state equals replay, or here
 * is where not. Nothing of the hub is changed. `scratchPipeline` must work by the same rules on an empty store.
 * `onProgress` hears how many raw records were replayed.
 */
export async function verify(
  live: Store,
  scratchPipeline: Pipeline,
  rules: Rules,
  onProgress?: (replayed: number) => void,
): Promise<TableComparison[]> {
  const scratch = scratchPipeline.store;
  await copyRaw(live, scratch);
  await replay(scratchPipeline, onProgress);
  const asOfEach = await derivedAt(live);
  await deriveDue({ store: scratch, rules, asOf: scratchPipeline.now(), asOfEach });
  const compared: TableComparison[] = [];
  for (const table of derivedTables) if (table !== "dirty") compared.push(await compare(table, live, scratch));
  return compared;
}

/** What people have said is made from no raw record: both stores go by it. */
async function copyRaw(live: Store, scratch: Store): Promise<void> {
  for await (const rows of rawPages(live)) await scratch.commit([append("raw_records", rows)]);
  for (const table of saidByPeople) {
    const rows = await live.db.select().from(live.tables[table]);
    if (rows.length > 0) await scratch.commit([append(table, rows)]);
  }
}

async function derivedAt(live: Store): Promise<Map<string, string>> {
  const { scores } = live.tables;
  const rows = await live.db.select({ id: scores.customer_id, as_of: scores.as_of }).from(scores);
  return new Map(rows.map(({ id, as_of }) => [id, as_of]));
}

async function compare(table: TableName, live: Store, scratch: Store): Promise<TableComparison> {
  const standing = await dump(live, table);
  const made = await dump(scratch, table);
  const extra = [...standing].filter((row) => !made.has(row));
  const missing = [...made].filter((row) => !standing.has(row));
  const examples = [
    ...extra.slice(0, examplesMax).map((row) => `extra: ${row}`),
    ...missing.slice(0, examplesMax).map((row) => `missing: ${row}`),
  ];
  return { table, rows: standing.size, extra: extra.length, missing: missing.length, examples };
}

/** Every row of a table as text, without `revision`, which counts writes and not meaning. */
export async function dump(store: Store, table: TableName): Promise<Set<string>> {
  const rows = await store.db.select().from(store.tables[table]);
  return new Set(rows.map((row) => JSON.stringify({ ...row, revision: undefined })));
}
