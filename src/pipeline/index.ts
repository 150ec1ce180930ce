import { createPause } from "../lib/pause.ts";
import type { RawRecord } from "../model/record.ts";
import type { Write } from "../store/writes.ts";
import type { Batch, BatchCounts, Pipeline } from "./context.ts";
import { planLand } from "./land/plan.ts";
import { readHeads } from "./land/rows.ts";
import { planMap } from "./map/plan.ts";
import { readStatedAssociations } from "./map/rows.ts";
import { onward } from "./onward.ts";
import { portions } from "./portions.ts";
import { readRecords } from "./records.ts";
import { finishReplay } from "./replay.ts";
import { takeTurn, untilInTurn } from "./turn.ts";

/**
 * The way of a record, in one commit a batch: land → map → resolve → timeline, the dirty marks, and whatever the caller adds
 * (`also`: the stream's cursor, the inbox rows that asked for the records). Derive and write-back follow on their own.
 * A batch in which records follow owners or pipelines is several commits; `also` goes with the last.
 * @returns how many records came in, were stored, were duplicates or failed: in = stored + duplicate, failures are among the stored.
 */
export async function processBatch(pipeline: Pipeline, { records, also }: Batch): Promise<BatchCounts> {
  return pipeline.alone(async () => {
    const total: BatchCounts = { in: 0, stored: 0, duplicate: 0, failed: 0, events: 0 };
    const parts = portions(records, pipeline.isReference);
    for (const [n, part] of parts.entries()) {
      const isLast = n === parts.length - 1;
      const counts = await untilInTurn(() => commitBatch(pipeline, { records: part, also: isLast ? also : [] }));
      for (const key of ["in", "stored", "duplicate", "failed", "events"] as const) total[key] += counts[key];
    }
    return total;
  });
}

async function commitBatch(pipeline: Pipeline, { records, also }: Batch): Promise<BatchCounts> {
  await finishReplay(pipeline);
  const { turn, put } = await takeTurn(pipeline);
  const pause = createPause();
  const knownAt = pipeline.now();
  const keys = [...new Set(records.map(keyOf))];
  const { writes: landing, output: land } = planLand({
    records,
    heads: await readHeads(pipeline.store, keys),
    firstSeq: await pipeline.store.reserve(records.length),
    knownAt,
  });
  await pause();
  const { writes: mapping, output: map } = planMap({
    landed: land.landed,
    mapping: pipeline.mapping,
    context: await pipeline.contexts(land.landed.map(({ connection }) => connection)),
    before: await readRecords(pipeline.store, keys),
    stated: await readStatedAssociations(pipeline.store, keys),
  });
  await pause();
  const { writes, events } = await onward(pipeline, map, { now: knownAt, turn });
  const made: Write[] = [...landing, ...mapping, ...writes];
  if (made.length + also.length > 0) await pipeline.store.commit(made.length > 0 ? [...made, put, ...also] : also);
  if (made.length > 0) pipeline.committed(map.versions);
  return { ...land.counts, failed: map.problems.filter((problem) => problem.record_key !== "").length, events };
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return `${connection}:${object}:${remote_id}`;
}
