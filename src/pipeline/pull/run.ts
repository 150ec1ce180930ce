import { type Batch, type CursorState, type OpenStream, pull } from "../../connector/index.ts";
import { once } from "../../lib/once.ts";
import type { Problem } from "../../model/problem.ts";
import type { RawRecord } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { put } from "../../store/writes.ts";
import type { BatchCounts, Pipeline } from "../context.ts";
import { type HeadsAhead, landingKey, readAhead } from "../heads.ts";
import { processBatch } from "../index.ts";
import { keepStanding, type ReadStanding, readErrors } from "../problems.ts";
import { reportDetour } from "./detour.ts";
import { answersToDoubts, type PageOverHeads } from "./doubts.ts";
import { withPast } from "./history.ts";
import { readCursor } from "./rows.ts";
import { type Sweep, settleDoubt, sweptBy } from "./sweep.ts";

export interface PullStream {
  pipeline: Pipeline;
  connection: string;
  name: string;
  stream: OpenStream;
  /** The raw fields the object's mapping reads. */
  fields: readonly string[];
  /** Names of those that journey-hub writes itself: the write-back says where they are missing. */
  written?: readonly string[];
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
  written = [],
  nowMs,
  onProgress,
}: PullStream): Promise<void> {
  const row = await readCursor(pipeline.store, connection, name);
  let state = row ? (JSON.parse(row.state) as CursorState) : null;
  let revision = row?.revision ?? 0;
  let total = row?.records ?? 0;
  const sweep = { store: pipeline.store, connection, stream, fields, now: pipeline.now };
  for await (const batch of pull(stream, state, { fields, now: nowMs })) {
    const { cursor, detour } = batch;
    const missingFields = batch.missingFields?.filter((field) => !isOneOf(field, written));
    // The last page of a backfill already carries the cursor of what follows it. What shows a stretch of ids as a whole is a re-reading.
    const isFirst = state === null || state.mode === "backfill";
    const standing = once(() => readErrors(pipeline.store, [""]));
    await reportMissingFields(pipeline, { connection, object: stream.object, missingFields }, standing);
    await reportDetour(pipeline, { connection, object: stream.object, detour }, standing);
    const lane = isFirst || batch.swept ? "backfill" : "poll";
    // Read once for all who look at them, landing too.
    const heads = once(() => headsOf(sweep, batch));
    const records = await withPast({ ...sweep, standing, heads }, batch.records, lane);
    const ahead = await heads();
    for await (const told of toldBeside(sweep, batch, { heads: ahead, isFirst, lane })) {
      for (const portion of portionsOf(told)) {
        const counts = await processBatch(pipeline, { records: portion, also: [] });
        for (const record of portion) ahead.delete(landingKey(record, record.remote_id));
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
      const counts = await processBatch(pipeline, { records: portion, also, heads: ahead });
      onProgress?.(counts, read);
    }
    await settleDoubt(sweep, { before: state, after: cursor, beganAt: new Date(nowMs).toISOString() });
    state = cursor;
  }
}

/** What is asked for over a page: records whose stamps do not tell whether it is newer than we are, and those that it should have shown. */
async function* toldBeside(
  sweep: Sweep,
  batch: Batch,
  over: Omit<PageOverHeads, "records">,
): AsyncGenerator<RawRecord[]> {
  const answers = await answersToDoubts(sweep, { records: batch.records, ...over });
  if (answers.length > 0) yield answers;
  yield* sweptBy(sweep, batch);
}

/** What stands of a page's records. Those without a stamp go by the order they come in: only at their turn to land it matters what stands. */
function headsOf({ store, connection, stream: { object } }: Sweep, { records }: Batch): Promise<HeadsAhead> {
  const stamped = records.filter(({ at }) => at !== null);
  return readAhead(
    store,
    stamped.map(({ id }) => landingKey({ connection, object }, id)),
  );
}

/** A field is read by its path in the payload (`properties.stage`), and written by its name. */
function isOneOf(path: string, names: readonly string[]): boolean {
  return names.some((name) => path === name || path.endsWith(`.${name}`));
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
  read: ReadStanding,
): Promise<void> {
  if (missingFields === undefined) return;
  const problems = missingFields.map((field): Problem => missingField(connection, object, field));
  const concerns = ({ fingerprint }: Row<"errors">) => fingerprint.startsWith(`${object}.`);
  await keepStanding({ store, now }, { connection, step: "pull", problems, concerns }, read);
}

function missingField(connection: string, object: string, field: string): Problem {
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "missing_field",
    fingerprint: `${object}.${field}`,
    message: `${object} of connection ${connection} has no field ${field}, or these credentials may not read it; what was known of it stands`,
    remedy: `Grant access to ${field}, or take it out of the mapping of ${object}.`,
    raw_seq: null,
  };
}
