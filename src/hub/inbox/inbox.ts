import { and, asc, eq, gt } from "drizzle-orm";
import { type DeliveredRecord, type DeliveredWork, type Lane, SourceError } from "../../connector/index.ts";
import { type RawRecord, recordKey } from "../../model/record.ts";
import type { BatchCounts } from "../../pipeline/context.ts";
import { processBatch } from "../../pipeline/index.ts";
import { planErrors, readErrors } from "../../pipeline/problems.ts";
import { recordsPerCommit } from "../../pipeline/pull/run.ts";
import { received } from "../../pipeline/received.ts";
import { StaleError, StoreError, StoreFullError } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { deliveryKey, type Failure, keepFailures } from "./failures.ts";
import { type Changed, fetchChanged, type Unit } from "./fetch.ts";
import { accountOf } from "./names.ts";

export interface DrainOptions {
  /** Also deliveries that failed before are tried once more. */
  retry: boolean;
  onBatch?: (counts: BatchCounts) => void;
  signal?: AbortSignal;
}
export interface Drained {
  /** Worked off, or not to be understood: that is an open error, and needs no further attempt. */
  done: number;
  /** Tried without success: kept for another attempt, or given up with an open error. */
  failed: number;
}

const deliveriesPerTurn = 200;
const turnsMax = 100_000;

/**
 * Works off a connection's waiting deliveries, the first received first: records by value and records fetched by id go through the
 * pipeline in one commit with the mark that the delivery is done, so a killed hub does each again or not at all. A delivery that
 * fails stays and is tried again with `retry`; after ten attempts it is given up with an open error.
 * Throws StoreFullError or StoreError when nothing can be kept; the deliveries stay.
 */
export async function drainInbox(hub: Hub, id: string, { retry, onBatch, signal }: DrainOptions): Promise<Drained> {
  const connection = hub.connection(id);
  const drained: Drained = { done: 0, failed: 0 };
  for (const phase of retry ? (["fresh", "retried"] as const) : (["fresh"] as const)) {
    let after = 0;
    for (let turn = 0; turn < turnsMax && !signal?.aborted; turn++) {
      const rows = await readWaiting(hub, id, { phase, after });
      after = rows.at(-1)?.seq ?? after;
      if (rows.length === 0) break;
      const { done, failed } = await takeTurn(hub, connection, rows, onBatch);
      drained.done += done;
      drained.failed += failed;
      if (done === 0 && phase === "fresh") break; // nothing goes through: the rest waits for the next attempt
    }
  }
  return drained;
}

/** Fresh deliveries go before those that failed, so that one that cannot pass does not hold up the others. */
async function readWaiting(
  { store }: Hub,
  id: string,
  { phase, after }: { phase: "fresh" | "retried"; after: number },
): Promise<Row<"inbox">[]> {
  const { inbox } = store.tables;
  const tried = phase === "fresh" ? eq(inbox.attempts, 0) : gt(inbox.attempts, 0);
  return store.db
    .select()
    .from(inbox)
    .where(and(eq(inbox.status, "waiting"), gt(inbox.seq, after), eq(inbox.connection, id), tried))
    .orderBy(asc(inbox.seq))
    .limit(deliveriesPerTurn);
}

async function takeTurn(
  hub: Hub,
  connection: HubConnection,
  rows: readonly Row<"inbox">[],
  onBatch: DrainOptions["onBatch"],
): Promise<Drained> {
  const failures = await workOffRows(hub, connection, rows, onBatch);
  await keepFailures(hub, connection.id, failures);
  const failed = failures.reduce((sum, { rows: tried, isFinal }) => sum + (isFinal ? 0 : tried.length), 0);
  return { done: rows.length - failed, failed };
}

async function workOffRows(
  hub: Hub,
  connection: HubConnection,
  rows: readonly Row<"inbox">[],
  onBatch: DrainOptions["onBatch"],
): Promise<Failure[]> {
  let account: string | null;
  try {
    account = await accountOf(hub, connection);
  } catch (cause) {
    if (cause instanceof SourceError) return [{ rows: [...rows], record: null, cause }];
    throw cause;
  }
  const sorted = sortWork(connection, rows, account);
  return workOff(hub, connection, sorted, { lane: "webhook", ...(onBatch ? { onBatch } : {}) });
}

/** What deliveries ask for, and what is to be fetched for them. */
export interface SortedWork {
  units: Unit[];
  changed: Changed;
  failures: Failure[];
}

/**
 * Puts through what was sorted, the deliveries marked done in the same commit. `lane` is the one in which records are fetched.
 * @returns what failed, not kept yet.
 */
export async function workOff(
  hub: Hub,
  connection: HubConnection,
  sorted: SortedWork,
  { lane, onBatch }: Pick<DrainOptions, "onBatch"> & { lane: Lane },
): Promise<Failure[]> {
  const fetched = await fetchChanged(hub, connection, { changed: sorted.changed, lane });
  const failures = [...sorted.failures, ...fetched.failures];
  // What was fetched is newer than what was told, so it comes last.
  const units = [...sorted.units, ...fetched.units];
  for (const portion of portionsOf(units)) failures.push(...(await commitUnits(hub, portion, onBatch)));
  return failures;
}

/** Each as many units as hold the records of one commit. */
function portionsOf(units: readonly Unit[]): Unit[][] {
  const portions: Unit[][] = [];
  let records = recordsPerCommit;
  for (const unit of units) {
    if (records >= recordsPerCommit) {
      portions.push([]);
      records = 0;
    }
    portions.at(-1)?.push(unit);
    records += 1 + (unit.earlier?.length ?? 0);
  }
  return portions;
}

/** Reads deliveries to this account (null: not known): records by value, names of records to fetch, and what cannot be understood. */
export function sortWork(connection: HubConnection, rows: readonly Row<"inbox">[], account: string | null): SortedWork {
  const sorted: SortedWork = { units: [], changed: new Map(), failures: [] };
  for (const row of rows) {
    const work = workOf(connection, row, account);
    if ("cause" in work) sorted.failures.push(failureOf(row, work.cause));
    else if (work.kind === "changed" || isGoneElsewhere(connection, work)) noteChanged(sorted.changed, work, row);
    else if (work.kind === "records") sorted.units.push(unitOf(connection, work.records, row));
    else sorted.units.push({ record: recordOf(connection, work), rows: [row] });
  }
  return sorted;
}

function workOf(
  { connector: { tracking, webhook, channel }, config }: HubConnection,
  row: Row<"inbox">,
  account: string | null,
): DeliveredWork | { cause: unknown } {
  const body = row.body.toString("utf8");
  try {
    if (tracking) return tracking.work(config, body);
    if (webhook) return webhook.work(config, body, account);
    return channel?.work(config, body) ?? { kind: "nothing", why: "no webhooks" };
  } catch (cause) {
    return { cause };
  }
}

/** Gone from a stream that goes by another name here, or by none: it is asked for by its id, and not found there it is gone. */
function isGoneElsewhere(
  { open }: HubConnection,
  work: DeliveredWork,
): work is Extract<DeliveredWork, { kind: "gone" }> {
  return work.kind === "gone" && !Object.hasOwn(open.streams, work.stream);
}

/** What the connector says no attempt will make better is given up at once. */
function failureOf(row: Row<"inbox">, cause: unknown): Failure {
  return { rows: [row], record: null, cause, isFinal: cause instanceof SourceError && cause.next === "skip" };
}

/** One thing that happened goes through as a whole or not at all. */
function unitOf({ id: connection }: HubConnection, told: readonly DeliveredRecord[], row: Row<"inbox">): Unit {
  const records = told.map(({ object, record }) => received({ connection, object }, record));
  return { record: records.at(-1) ?? null, earlier: records.slice(0, -1), rows: [row] };
}

function noteChanged(changed: Changed, { stream, id }: { stream: string; id: string }, row: Row<"inbox">): void {
  const ids = changed.get(stream) ?? new Map<string, Row<"inbox">[]>();
  changed.set(stream, ids);
  const rows = ids.get(id);
  if (rows) rows.push(row);
  else ids.set(id, [row]);
}

function recordOf(
  { id: connection, open }: HubConnection,
  work: Exclude<DeliveredWork, { kind: "changed" | "records" }>,
): RawRecord | null {
  if (work.kind === "nothing") return null;
  if (work.kind === "gone") {
    const object = open.streams[work.stream]?.object ?? work.stream;
    return { connection, object, remote_id: work.id, version: work.at, deleted: true, payload: {} };
  }
  return received({ connection, object: work.object }, work.record);
}

/** One commit; what makes it fail is found by taking the units one by one, so that it alone is left behind. */
async function commitUnits(hub: Hub, units: Unit[], onBatch: DrainOptions["onBatch"]): Promise<Failure[]> {
  try {
    const counts = await processBatch(hub.pipeline, {
      records: units.flatMap(({ earlier = [], record }) => (record ? [...earlier, record] : [])),
      also: [markDone(units), ...(await resolved(hub, units))],
    });
    onBatch?.(counts);
    return [];
  } catch (cause) {
    if (cause instanceof StoreFullError || cause instanceof StoreError || cause instanceof StaleError) throw cause;
    const [only] = units;
    if (units.length === 1 && only) return [{ rows: only.rows, record: only.record, cause }];
    const failures: Failure[] = [];
    for (const unit of units) failures.push(...(await commitUnits(hub, [unit], onBatch)));
    return failures;
  }
}

function markDone(units: readonly Unit[]) {
  const rows = units.flatMap((unit) => unit.rows);
  return set(
    "inbox",
    rows.map((row): Row<"inbox"> => ({ ...row, status: "done" })),
  );
}

async function resolved(hub: Hub, units: readonly Unit[]) {
  const passed = new Set(units.flatMap(keysOf));
  // That one id came with two contents is not undone by working off the first of them.
  const known = (await readErrors(hub.store, [...passed])).filter((row) => row.class !== "conflict");
  // Fetched by id, a record has passed the pull as well.
  const steps = ["hook", "pull"] as const;
  return steps.flatMap((step) => planErrors({ step, problems: [], passed, known, now: hub.now() }));
}

/** Records whose errors a unit may close: its own, and what stands for a delivery that could not be understood before. */
function keysOf({ record, rows }: Unit): string[] {
  const before = rows.filter(({ attempts }) => attempts > 0);
  return [
    ...(record ? [recordKey(record.connection, record.object, record.remote_id)] : []),
    ...before.map(({ connection, dedupe_key }) => deliveryKey(connection, dedupe_key)),
  ];
}
