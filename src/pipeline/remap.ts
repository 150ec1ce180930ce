import { and, asc, eq, getTableColumns, gt, inArray, sql } from "drizzle-orm";
import { type LandedRecord, parseRecordKey } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Pipeline } from "./context.ts";
import { onward } from "./onward.ts";
import { landedRecord } from "./raw.ts";
import { takeTurnAfterReplay } from "./replay.ts";
import { untilInTurn } from "./turn.ts";

/**
 * Maps what has landed of these records since they last passed, without one call to a vendor: every version that failed, in the order
 * they landed, so that the outcome is that of a replay. A record's versions are one commit with what becomes of its errors.
 * @returns how many raw versions were read.
 */
export async function remap(pipeline: Pipeline, recordKeys: readonly string[]): Promise<number> {
  const asked = recordKeys.map((record_key) => ({ record_key, ...parseRecordKey(record_key) }));
  // Owners and pipelines are looked up by the mappings of the others, so they go before them.
  const references = asked.filter(pipeline.isReference);
  const others = asked.filter((record) => !pipeline.isReference(record));
  return pipeline.alone(async () => {
    let read = 0;
    for (const part of [references, others]) {
      const keys = part.map(({ record_key }) => record_key);
      if (keys.length > 0) read += await untilInTurn(() => commitUnmapped(pipeline, keys));
    }
    return read;
  });
}

async function commitUnmapped(pipeline: Pipeline, recordKeys: readonly string[]): Promise<number> {
  const { turn, put } = await takeTurnAfterReplay(pipeline);
  const landed = await readUnmapped(pipeline.store, recordKeys);
  if (landed.length === 0) return 0;
  const { writes, versions } = await onward(pipeline, landed, { now: pipeline.now(), turn });
  await pipeline.store.commit([...writes, put]);
  pipeline.committed(versions);
  return landed.length;
}

/**
 * What has landed of these records since they last passed, oldest first. One that never passed, or passes without a row of its own (a
 * link between others), is read from its beginning.
 */
export async function readUnmapped({ db, tables }: Store, recordKeys: readonly string[]): Promise<LandedRecord[]> {
  const { raw_records: raw, records } = tables;
  const rows = await db
    .select(getTableColumns(raw))
    .from(raw)
    .leftJoin(records, eq(records.record_key, raw.record_key))
    .where(and(inArray(raw.record_key, [...recordKeys]), gt(raw.seq, sql`coalesce(${records.raw_seq}, 0)`)))
    .orderBy(asc(raw.seq));
  return rows.map(landedRecord);
}
