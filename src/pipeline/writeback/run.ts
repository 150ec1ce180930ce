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

/** What was written, and what ended it: the first failure of each object, in the order they came, or what came between two batches. */
export interface Application {
  applied: Applied;
  failures: unknown[];
}

/**
 * Sends every difference of a connection in the vendor's batches. What the CRM refuses becomes an open error of its record; what was
 * accepted is noted, and seen again by the next pull. Objects whose fields are missing are left out and reported. Fields that somebody
 * else keeps writing over are frozen. After a batch that failed no other is begun.
 */
export async function applyConnection(options: ApplyOptions): Promise<Application> {
  const { store, connection, writeback, now, onProgress } = options;
  const findings = await writeback.prepare();
  const missing = new Set(missingOf(findings).map(({ object }) => object));
  await reportMissing({ store, now }, connection, findings);
  const applied: Applied = { records: 0, fields: 0, refused: 0, left_out: 0, frozen: 0, findings };
  const keepContests = contestKeeper({ store, connection, writeback, now });
  const failures = new Map<string, unknown>();
  const sendPage = async (planned: readonly PlannedWriteback[]): Promise<void> => {
    const writable = planned.filter(({ object }) => !missing.has(object));
    applied.left_out += planned.length - writable.length;
    applied.frozen += writable.reduce((sum, { frozen }) => sum + frozen.length, 0);
    await keepContests(writable);
    const sending = batches(writable.filter(isSent), writeback.batchMax);
    await concurrently(sending, writeback.concurrency, async (batch) => {
      const [{ object }] = batch;
      try {
        await sendBatch(options, batch, applied);
        onProgress?.(applied.records + applied.refused);
      } catch (cause) {
        if (!failures.has(object)) failures.set(object, cause);
      }
      return failures.size === 0 ? "go on" : "stop";
    });
  };
  try {
    for await (const planned of planConnection(store, connection, writeback)) {
      await sendPage(planned);
      if (failures.size > 0) break;
    }
  } catch (cause) {
    failures.set("", cause); // what was sent before is counted all the same
  }
  return { applied, failures: [...failures.values()] };
}

/** Changes of one object. */
type Batch = [PlannedWriteback, ...PlannedWriteback[]];

/** Sends a batch, and notes and counts what the CRM said of each record; then throws what concerned more than a record. */
async function sendBatch(
  { store, connection, writeback, now }: ApplyOptions,
  batch: Batch,
  applied: Applied,
): Promise<void> {
  const versions = await versionsOf(store, batch);
  const sent_at = now();
  const all = await writeback.apply(batch[0].object, batch);
  const isSaid = (n: number) => !all[n]?.details.common;
  const said = batch.filter((_, n) => isSaid(n));
  const outcomes = all.filter((_, n) => isSaid(n));
  if (said.length > 0) await keepOutcomes(store, { connection, batch: said, outcomes, sent_at, versions }, now());
  applied.refused += outcomes.filter((outcome) => outcome !== null).length;
  applied.records += outcomes.filter((outcome) => outcome === null).length;
  applied.fields += said.reduce(
    (sum, { values }, n) => sum + (outcomes[n] === null ? Object.keys(values).length : 0),
    0,
  );
  const common = all.find((outcome) => outcome?.details.common);
  if (common) throw common;
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
function batches(planned: readonly PlannedWriteback[], batchMax: number): Batch[] {
  const result: Batch[] = [];
  for (const change of planned) {
    const open = result.find((batch) => batch[0].object === change.object && batch.length < batchMax);
    if (open) open.push(change);
    else result.push([change]);
  }
  return result;
}

/** Once a piece says so no more are begun, and what is under way comes to its end. */
async function concurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<"go on" | "stop">,
): Promise<void> {
  const queue = items.values();
  let isStopped = false;
  const worker = async () => {
    for (const item of queue) {
      if ((await work(item)) === "stop") isStopped = true;
      if (isStopped) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
