import { max } from "drizzle-orm";
import type { LandedRecord } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { clear, remove, set } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { planMap } from "./map/plan.ts";
import { readStatedAssociations } from "./map/rows.ts";
import { onward } from "./onward.ts";
import { rawPages } from "./raw.ts";
import { readRecords } from "./records.ts";

/** What can be made anew from the raw records; everything else is kept. */
export const derivedTables = [
  "records",
  "associations",
  "identifiers",
  "links",
  "customers",
  "memberships",
  "events",
  "timeline",
  "dirty",
  "stage_intervals",
  "scores",
  "timers",
] as const;

const placeName = "replay";
const recordsPerCommit = 200;

/**
 * Empties the derived tables and makes them anew from the raw records in the order they landed, without one call to a vendor. A replay
 * that was killed goes on where it stopped. New records wait until it is done. @returns how many raw records were read.
 */
export async function replay(pipeline: Pipeline, onProgress?: (done: number, total: number) => void): Promise<number> {
  return pipeline.alone(async () => {
    const { store } = pipeline;
    const total = await highestSequence(store);
    let place = await interruptedAt(store);
    if (place === null) {
      place = 0;
      await store.commit([...derivedTables.map(clear), placeRow(place)]);
    }
    let done = 0;
    for await (const rows of rawPages(store, { after: place, pageSize: recordsPerCommit })) {
      await replayBatch(pipeline, rows, rows.at(-1)?.seq ?? place);
      done += rows.length;
      onProgress?.(done, total);
    }
    await store.commit([remove("settings", ["name"], [[placeName]])]);
    return done;
  });
}

/** Where a killed replay stopped; null when none did. */
export async function interruptedAt(store: Store): Promise<number | null> {
  const [row] = await store.byKey("settings", "name", [placeName]);
  return row ? Number(row.value) : null;
}

async function replayBatch(pipeline: Pipeline, rows: readonly Row<"raw_records">[], place: number): Promise<void> {
  const { store } = pipeline;
  const landed = rows.map(landedRecord);
  const keys = [...new Set(landed.map(({ record_key }) => record_key))];
  const { writes: mapping, output } = planMap({
    landed,
    mapping: pipeline.mapping,
    context: await pipeline.contexts(landed.map(({ connection }) => connection)),
    before: await readRecords(store, keys),
    stated: await readStatedAssociations(store, keys),
  });
  const { writes } = await onward(pipeline, output, pipeline.now());
  await store.commit([...mapping, ...writes, placeRow(place)]);
  pipeline.committed(output.versions);
}

function placeRow(place: number) {
  return set("settings", [{ name: placeName, value: String(place) }]);
}

async function highestSequence(store: Store): Promise<number> {
  const { raw_records } = store.tables;
  const [row] = await store.db.select({ last: max(raw_records.seq) }).from(raw_records);
  return row?.last ?? 0;
}

function landedRecord(row: Row<"raw_records">): LandedRecord {
  const { payload: raw, deleted, ...rest } = row;
  return { ...rest, deleted: deleted === 1, raw, payload: JSON.parse(raw) as LandedRecord["payload"] };
}
