import { type CursorState, type OpenStream, pull } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { RawRecord } from "../../model/record.ts";
import { put } from "../../store/writes.ts";
import type { BatchCounts, Pipeline } from "../context.ts";
import { processBatch } from "../index.ts";
import { planStanding, readErrors } from "../problems.ts";
import { withPast } from "./history.ts";
import { readCursor } from "./rows.ts";
import { settleDoubt, sweptBy } from "./sweep.ts";

export interface PullStream {
  pipeline: Pipeline;
  connection: string;
  name: string;
  stream: OpenStream;
  /** The raw fields the object's mapping reads. */
  fields: readonly string[];
  nowMs: number;
  /** `read`: the stream's own records among them, without their past and without what a sweep found. */
  onProgress?: (counts: BatchCounts, read: number) => void;
}

/** Small enough that planning one batch does not hold up a webhook, large enough that a commit is well used. */
export const recordsPerCommit = 100;

/**
 * Pulls one stream from where its cursor stands to its present end. Each batch is committed with the cursor that follows it, so whatever
 * ends the run, the next one goes on with nothing lost and nothing doubled. Throws SourceError; what was committed stands.
 */
export async function pullStream({
  pipeline,
  connection,
  name,
  stream,
  fields,
  nowMs,
  onProgress,
}: PullStream): Promise<void> {
  const row = await readCursor(pipeline.store, connection, name);
  let state = row ? (JSON.parse(row.state) as CursorState) : null;
  let revision = row?.revision ?? 0;
  let total = row?.records ?? 0;
  const sweep = { store: pipeline.store, connection, stream, fields, now: pipeline.now };
  for await (const batch of pull(stream, state, { fields, now: nowMs })) {
    const { cursor, missingFields } = batch;
    // The last page of a backfill already carries the cursor of what follows it.
    const isBackfill = state === null || state.mode === "backfill";
    await reportMissingFields(pipeline, { connection, object: stream.object, missingFields });
    const { records, missing } = await withPast(sweep, batch.records, isBackfill ? "backfill" : "poll");
    await reportMissingPast(pipeline, { connection, object: stream.object, missing });
    for await (const told of sweptBy(sweep, batch)) {
      for (const portion of portionsOf(told)) {
        const counts = await processBatch(pipeline, { records: portion, also: [] });
        onProgress?.(counts, 0);
      }
    }
    const portions = portionsOf(records);
    for (const [n, portion] of portions.entries()) {
      const read = portion.filter(({ payload }) => payload._history !== true).length;
      total += read;
      const place = { connection, stream: name, state: JSON.stringify(cursor), records: total };
      // Only the last commit of a page moves the cursor past it.
      const also =
        n === portions.length - 1
          ? [put("cursors", [{ ...place, updated_at: pipeline.now(), revision: ++revision }])]
          : [];
      const counts = await processBatch(pipeline, { records: portion, also });
      onProgress?.(counts, read);
    }
    await settleDoubt(sweep, { before: state, after: cursor, beganAt: new Date(nowMs).toISOString() });
    state = cursor;
  }
}

/** At least one, so that the cursor of an empty page is kept too. */
function portionsOf(records: readonly RawRecord[]): RawRecord[][] {
  const portions: RawRecord[][] = [];
  for (let start = 0; start === 0 || start < records.length; start += recordsPerCommit) {
    portions.push(records.slice(start, start + recordsPerCommit));
  }
  return portions;
}

/** A field the mapping reads and the account does not have is an open error of the connection until it is there. */
async function reportMissingFields(
  { store, now }: Pipeline,
  {
    connection,
    object,
    missingFields,
  }: { connection: string; object: string; missingFields: readonly string[] | undefined },
): Promise<void> {
  if (missingFields === undefined) return;
  const problems = missingFields.map((field): Problem => missingField(connection, object, field));
  await keepStanding({ store, now }, { connection, problems, prefix: `${object}.` });
}

/** What of the past cannot be read is an open error of the connection until it can. */
async function reportMissingPast(
  pipeline: Pipeline,
  { connection, object, missing }: { connection: string; object: string; missing: readonly string[] | undefined },
): Promise<void> {
  if (missing === undefined) return;
  const problems = missing.map((source): Problem => missingPast(connection, object, source));
  await keepStanding(pipeline, { connection, problems, prefix: `history:${object}.` });
}

/** Opens these problems and closes those of the same kind (`prefix`) that are no more. */
async function keepStanding(
  { store, now }: Pick<Pipeline, "store" | "now">,
  { connection, problems, prefix }: { connection: string; problems: readonly Problem[]; prefix: string },
): Promise<void> {
  const known = (await readErrors(store, [""])).filter((row) => row.connection === connection && row.step === "pull");
  const concerns = (row: { fingerprint: string }) => row.fingerprint.startsWith(prefix);
  const writes = planStanding({ problems, known, concerns, now: now() });
  if (writes.length > 0) await store.commit(writes);
}

function missingPast(connection: string, object: string, source: string): Problem {
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "missing_field",
    fingerprint: `history:${object}.${source}`,
    message: `Connection ${connection} has no ${source}, or these credentials may not read it; what it tells of the past of ${object} stays unknown`,
    remedy: `Grant access to ${source}, or leave it: the past of ${object} then begins with what else is told of it.`,
    raw_seq: null,
  };
}

function missingField(connection: string, object: string, field: string): Problem {
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "missing_field",
    fingerprint: `${object}.${field}`,
    message: `${object} of connection ${connection} has no field ${field}, or these credentials may not read it; it stays empty`,
    remedy: `Grant access to ${field}, or take it out of the mapping of ${object}.`,
    raw_seq: null,
  };
}
