import type { Write } from "../store/writes.ts";
import type { Batch, BatchCounts, Pipeline } from "./context.ts";
import { runLand } from "./land/run.ts";
import { onward } from "./onward.ts";
import { portions } from "./portions.ts";
import { takeTurnAfterReplay } from "./replay.ts";
import { untilInTurn } from "./turn.ts";

/**
 * The way of a record, in one commit a batch: land → map → resolve → timeline, the dirty marks, and whatever the caller adds
 * (`also`: the stream's cursor, the inbox rows that asked for the records). Derive and write-back follow on their own.
 * A batch in which records follow owners or pipelines is several commits; `also` goes with the last.
 * @returns how many records came in, were stored, were duplicates or failed: in = stored + duplicate, failures are among the stored.
 */
export async function processBatch(pipeline: Pipeline, { records, also, heads }: Batch): Promise<BatchCounts> {
  return pipeline.alone(async () => {
    const total: BatchCounts = { in: 0, stored: 0, duplicate: 0, failed: 0, events: 0 };
    const parts = portions(records, pipeline.isReference);
    for (const [n, part] of parts.entries()) {
      const isLast = n === parts.length - 1;
      const counts = await untilInTurn(() => commitBatch(pipeline, { records: part, also: isLast ? also : [], heads }));
      for (const key of ["in", "stored", "duplicate", "failed", "events"] as const) total[key] += counts[key];
    }
    return total;
  });
}

async function commitBatch(pipeline: Pipeline, { records, also, heads }: Batch): Promise<BatchCounts> {
  const { turn, put } = await takeTurnAfterReplay(pipeline);
  const now = pipeline.now();
  const { writes: landing, output: land } = await runLand(pipeline, { records, heads, knownAt: now });
  const { writes, versions, events, failed } = await onward(pipeline, land.landed, { now, turn, isNew: land.isNew });
  const made: Write[] = [...landing, ...writes];
  if (made.length + also.length > 0) await pipeline.store.commit(made.length > 0 ? [...made, put, ...also] : also);
  if (made.length > 0) pipeline.committed(versions);
  return { ...land.counts, failed, events };
}
