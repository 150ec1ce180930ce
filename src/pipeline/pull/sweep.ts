import {
  type Batch,
  type CursorState,
  confirmBack,
  confirmGone,
  type OpenStream,
  returnedIn,
  suspicionOf,
} from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import { set } from "../../store/writes.ts";
import { isStanding, readErrors, rowOf, standingRow } from "../problems.ts";
import { received } from "../received.ts";
import { withPast } from "./history.ts";
import { standingOf, suspectsWithin } from "./rows.ts";

export interface Sweep {
  store: Store;
  connection: string;
  stream: OpenStream;
  fields: readonly string[];
  now(): string;
}

/**
 * What a complete reading tells beyond its records, in portions to be landed: the records that a batch should have shown and did not,
 * as the vendor says they are when asked by id, and those that are back after they were deleted. What the vendor's answers do not prove is
 * left as it is, with an open error of the connection.
 */
export async function* sweptBy(sweep: Sweep, batch: Batch): AsyncGenerator<RawRecord[]> {
  const { store, connection, stream, fields } = sweep;
  const { object } = stream;
  if (!batch.swept) return;
  const back = await backWithoutWord(sweep, batch);
  if (back.length > 0) yield back;
  const shown = new Set(batch.records.map(({ id }) => id));
  const doubted: string[] = [];
  const hasWitness = batch.swept.after !== null || batch.records.some(({ deleted }) => !deleted);
  for await (const live of suspectsWithin(store, { connection, object, range: batch.swept, shown }, { hasWitness })) {
    const suspicion = suspicionOf(batch, live, fields);
    if (!suspicion) continue;
    const confirmed = await confirmGone(stream, suspicion);
    doubted.push(...confirmed.doubted.slice(0, examplesMax - doubted.length));
    if (confirmed.records.length > 0) yield await withPast(sweep, confirmed.records, "backfill");
  }
  if (doubted.length > 0) await reportDoubt(sweep, doubted);
}

async function backWithoutWord({ store, connection, stream, fields }: Sweep, batch: Batch): Promise<RawRecord[]> {
  const { object } = stream;
  const ids = batch.records.map(({ id }) => id);
  const deleted = await standingOf(store, { connection, object, ids, deleted: 1 });
  const back = await confirmBack(stream, returnedIn(batch, deleted), fields);
  return back.map((record) => received({ connection, object }, record));
}

export const examplesMax = 3;

/** Opens the error of a stream whose missing records are not proven to be gone. */
export async function reportDoubt(
  { store, connection, stream: { object }, now }: Omit<Sweep, "fields">,
  ids: readonly string[],
): Promise<void> {
  const problem = {
    connection,
    record_key: "",
    step: "pull" as const,
    class: "conflict" as const,
    fingerprint: fingerprintOf(object),
    message: `Records of ${object} are missing from the vendor's list, but its answers do not prove that they are gone (${ids.join(", ")} …); they are kept`,
    remedy: `Check that these credentials may still see ${object}; records that are truly gone are found at the next complete reading.`,
    raw_seq: null,
  };
  const before = rowOf(problem, await readErrors(store, [""]));
  await store.commit([set("errors", [standingRow(problem, before, now())])]);
}

/** After a complete reading: a doubt that did not come up in it is over. */
export async function settleDoubt(
  { store, connection, stream: { object, sweep, vendorAheadMs }, now }: Sweep,
  { before, after, beganAt }: { before: CursorState | null; after: CursorState; beganAt: string },
): Promise<void> {
  const completed = completedFrom(before, after);
  if (!sweep || (completed === null && !isWholeReading(before, after))) return;
  // Readings are dated by the vendor's clock, errors and runs by ours.
  const from = completed === null ? beganAt : new Date(Date.parse(completed) - (vendorAheadMs?.() ?? 0)).toISOString();
  const over = (await readErrors(store, [""])).filter(
    (row) =>
      row.connection === connection &&
      row.fingerprint === fingerprintOf(object) &&
      isStanding(row) &&
      row.last_seen_at < from,
  );
  if (over.length === 0) return;
  await store.commit([
    set(
      "errors",
      over.map((row) => ({ ...row, status: "resolved", last_seen_at: now() })),
    ),
  ]);
}

/** A stream without change reading, read from its first page to its last in one run. */
function isWholeReading(before: CursorState | null, after: CursorState): boolean {
  const isDone = (state: CursorState | null) => state?.mode === "whole" && state.after === null;
  return isDone(after) && (before === null || isDone(before));
}

/** When the complete reading began that ends between two places; null when none ends there. */
function completedFrom(before: CursorState | null, after: CursorState): string | null {
  if (after.mode !== "changes" || before?.mode !== "changes" || !after.reread || after.reread.under) return null;
  const { completeFrom } = after.reread;
  return completeFrom !== (before.reread?.completeFrom ?? null) ? completeFrom : null;
}

const fingerprintOf = (object: string): string => `swept:${object}`;
