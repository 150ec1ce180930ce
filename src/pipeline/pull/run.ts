import { type CursorState, type OpenStream, pull } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { put } from "../../store/writes.ts";
import type { BatchCounts, Pipeline } from "../context.ts";
import { processBatch } from "../index.ts";
import { readCursor } from "./rows.ts";

export interface PullStream {
  pipeline: Pipeline;
  connection: string;
  name: string;
  stream: OpenStream;
  /** The raw fields the object's mapping reads. */
  fields: readonly string[];
  nowMs: number;
  onProgress?: (counts: BatchCounts) => void;
}

/** Small enough that planning one batch does not hold up a webhook, large enough that a commit is well used. */
const recordsPerCommit = 100;

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
  const state = row ? (JSON.parse(row.state) as CursorState) : null;
  let revision = row?.revision ?? 0;
  let total = row?.records ?? 0;
  for await (const { records, cursor } of pull(stream, state, { fields, now: nowMs })) {
    const raw = records.map(
      (record): RawRecord => ({
        connection,
        object: stream.object,
        remote_id: record.id,
        version: record.at,
        deleted: record.deleted,
        payload: record.payload,
      }),
    );
    for (let start = 0; start === 0 || start < raw.length; start += recordsPerCommit) {
      const batch = raw.slice(start, start + recordsPerCommit);
      const isLast = start + recordsPerCommit >= raw.length;
      total += batch.length;
      // Only the last commit of a page moves the cursor past it.
      const also = isLast
        ? [
            put("cursors", [
              {
                connection,
                stream: name,
                state: JSON.stringify(cursor),
                records: total,
                updated_at: pipeline.now(),
                revision: ++revision,
              },
            ]),
          ]
        : [];
      const counts = await processBatch(pipeline, { records: batch, also });
      onProgress?.(counts);
    }
  }
}
