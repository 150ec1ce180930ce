import type { RawRecord } from "../model/record.ts";
import { replan } from "../store/store.ts";
import type { Write } from "../store/writes.ts";
import type { Batch, BatchCounts, Pipeline } from "./context.ts";
import { planLand } from "./land/plan.ts";
import { readHeads } from "./land/rows.ts";
import { planMap } from "./map/plan.ts";
import { readStatedAssociations } from "./map/rows.ts";
import { onward, readTurn } from "./onward.ts";
import { readRecords } from "./records.ts";

/**
 * The way of a record, in one commit a batch: land → map → resolve → timeline, the dirty marks, and whatever the caller adds
 * (`also`: the stream's cursor, the inbox rows that asked for the records). Derive and write-back follow on their own.
 * @returns how many records came in, were stored, were duplicates or failed: in = stored + duplicate, failures are among the stored.
 */
export async function processBatch(pipeline: Pipeline, { records, also }: Batch): Promise<BatchCounts> {
  return pipeline.alone(() =>
    replan(async () => {
      const turn = await readTurn(pipeline.store);
      const knownAt = pipeline.now();
      const keys = [...new Set(records.map(keyOf))];
      const { writes: landing, output: land } = planLand({
        records,
        heads: await readHeads(pipeline.store, keys),
        firstSeq: await pipeline.store.reserve(records.length),
        knownAt,
      });
      const { writes: mapping, output: map } = planMap({
        landed: land.landed,
        mapping: pipeline.mapping,
        context: await pipeline.contexts(land.landed.map(({ connection }) => connection)),
        before: await readRecords(pipeline.store, keys),
        stated: await readStatedAssociations(pipeline.store, keys),
      });
      const { writes, events } = await onward(pipeline, map, knownAt);
      const all: Write[] = [...landing, ...mapping, ...writes, ...(writes.length > 0 ? [turn] : []), ...also];
      if (all.length > 0) await pipeline.store.commit(all);
      pipeline.committed(map.versions);
      return { ...land.counts, failed: map.problems.filter((problem) => problem.record_key !== "").length, events };
    }),
  );
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return `${connection}:${object}:${remote_id}`;
}
