import { inArray } from "drizzle-orm";
import type { FieldFinding, OpenWriteback } from "../../connector/index.ts";
import type { Store } from "../../store/store.ts";
import { missingOf, reportMissing } from "./fields.ts";
import { contestKeeper } from "./freeze.ts";
import { keepOutcomes } from "./keep.ts";
import { isSent, type PlannedWriteback, planWritebacks } from "./plan.ts";
import { readCandidates } from "./rows.ts";

const pageSize = 1_000;
const pagesMax = 1_000_000;

/** Every difference of a connection, a page of records at a time, frozen fields among them; nothing is sent. */
export async function* planConnection(
  store: Store,
  connection: string,
  { targets, vendorAheadMs }: Pick<OpenWriteback, "targets" | "vendorAheadMs">,
): AsyncGenerator<PlannedWriteback[]> {
  const objects = Object.keys(targets);
  let after = "";
  for (let n = 0; n < pagesMax; n++) {
    const { candidates, last } = await readCandidates(store, { connection, objects, after, limit: pageSize });
    const planned = planWritebacks(candidates, vendorAheadMs?.());
    if (planned.length > 0) yield planned;
    if (last === null) return;
    after = last;
  }
}

export interface ApplyOptions {
  store: Store;
  connection: string;
  writeback: OpenWriteback;
  now(): string;
  onProgress?: (written: number) => void;
}

export interface Applied {
  records: number;
  fields: number;
  refused: number;
  /** Records that wait until the missing fields of their object are there. */
  left_out: number;
  /** Fields left alone because somebody else keeps writing over them. */
  frozen: number;
  findings: FieldFinding[];
}

/**
 * Sends every difference of a connection in the vendor's batches. What the CRM refuses becomes an open error of its record; what was
 * accepted is noted, and seen again by the next pull. Objects whose fields are missing are left out and reported. Fields that somebody
 * else keeps writing over are frozen.
 */
export async function applyConnection({
  store,
  connection,
  writeback,
  now,
  onProgress,
}: ApplyOptions): Promise<Applied> {
  const findings = await writeback.prepare();
  const missing = new Set(missingOf(findings).map(({ object }) => object));
  await reportMissing({ store, now }, connection, findings);
  const applied: Applied = { records: 0, fields: 0, refused: 0, left_out: 0, frozen: 0, findings };
  const keepContests = contestKeeper({ store, connection, writeback, now });
  for await (const planned of planConnection(store, connection, writeback)) {
    const writable = planned.filter(({ object }) => !missing.has(object));
    applied.left_out += planned.length - writable.length;
    applied.frozen += writable.reduce((sum, { frozen }) => sum + frozen.length, 0);
    await keepContests(writable);
    await concurrently(batches(writable.filter(isSent), writeback.batchMax), writeback.concurrency, async (batch) => {
      const [head] = batch;
      if (!head) return;
      const versions = await versionsOf(store, batch);
      const sent_at = now();
      const outcomes = await writeback.apply(head.object, batch);
      await keepOutcomes(store, { connection, batch, outcomes, sent_at, versions }, now());
      applied.refused += outcomes.filter((outcome) => outcome !== null).length;
      applied.records += outcomes.filter((outcome) => outcome === null).length;
      applied.fields += batch.reduce(
        (sum, { values }, n) => sum + (outcomes[n] === null ? Object.keys(values).length : 0),
        0,
      );
      onProgress?.(applied.records + applied.refused);
    });
  }
  return applied;
}

/** The newest version of each record as it stands now: the plan may be older. */
async function versionsOf(store: Store, batch: readonly PlannedWriteback[]): Promise<Map<string, number>> {
  const { records } = store.tables;
  const keys = batch.map(({ record_key }) => record_key);
  const rows = await store.db
    .select({ record_key: records.record_key, raw_seq: records.raw_seq })
    .from(records)
    .where(inArray(records.record_key, keys));
  return new Map(rows.map(({ record_key, raw_seq }) => [record_key, raw_seq]));
}

/** Batches of one object each, in order. */
function batches(planned: readonly PlannedWriteback[], batchMax: number): PlannedWriteback[][] {
  const result: PlannedWriteback[][] = [];
  for (const change of planned) {
    const open = result.find((batch) => batch[0]?.object === change.object && batch.length < batchMax);
    if (open) open.push(change);
    else result.push([change]);
  }
  return result;
}

/** After a failure nothing more is begun, and what is under way comes to its end: what was sent is noted. */
async function concurrently<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((cause: unknown) => failures.push(cause));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
