import { max } from "drizzle-orm";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { clear, remove, set } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { onward } from "./onward.ts";
import { portions } from "./portions.ts";
import { readErrors } from "./problems.ts";
import { landedRecord, rawPages } from "./raw.ts";
import { takeTurn, untilInTurn } from "./turn.ts";

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
const commitsMax = 10_000_000;

/**
 * Empties the derived tables and makes them anew from the raw records in the order they landed, without one call to a vendor. New
 * records wait until it is done; when it was killed, the next to land finish it first. @returns how many raw records were read.
 */
export async function replay(pipeline: Pipeline, onProgress?: (done: number, total: number) => void): Promise<number> {
  return pipeline.alone(async () => {
    await untilInTurn(() => begin(pipeline));
    return finishReplay(pipeline, onProgress);
  });
}

/** Goes on with a replay that was begun, if one was, to its end. @returns how many raw records were read. */
export async function finishReplay(
  pipeline: Pipeline,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  if ((await interruptedAt(pipeline.store)) === null) return 0;
  const total = await highestSequence(pipeline.store);
  let done = 0;
  for (let n = 0; n < commitsMax; n++) {
    const read = await untilInTurn(() => commitNext(pipeline));
    if (read === null) return done;
    done += read;
    onProgress?.(done, total);
  }
  throw new Error(`A replay did not end after ${commitsMax} commits; this is a fault in the hub`);
}

/** Where a killed replay stopped; null when none did. */
export async function interruptedAt(store: Store): Promise<number | null> {
  const [row] = await store.byKey("settings", "name", [placeName]);
  return row ? Number(row.value) : null;
}

async function begin(pipeline: Pipeline): Promise<void> {
  const { put } = await takeTurn(pipeline);
  // What a value table lacked belongs to no one record that could pass: it is resolved here and opened again when it is met again.
  const drift = (await readErrors(pipeline.store, [""])).filter(
    ({ step, status }) => step === "map" && status === "open",
  );
  const resolved = drift.map((row): Row<"errors"> => ({ ...row, status: "resolved" }));
  await pipeline.store.commit([...derivedTables.map(clear), set("errors", resolved), placeRow(0), put]);
  pipeline.emptied();
}

/** One commit's worth of raw records made anew; null at the end. Another process may be at the same replay: they take turns. */
async function commitNext(pipeline: Pipeline): Promise<number | null> {
  const { store } = pipeline;
  const { turn, put } = await takeTurn(pipeline);
  const place = await interruptedAt(store);
  if (place === null) return null;
  const [rows = []] = portions(await readRaw(store, place), pipeline.isReference);
  const last = rows.at(-1);
  if (!last) {
    await store.commit([remove("settings", ["name"], [[placeName]]), put]);
    return null;
  }
  const landed = rows.map(landedRecord);
  const { writes, versions } = await onward(pipeline, landed, { now: pipeline.now(), turn });
  await store.commit([...writes, placeRow(last.seq), put]);
  pipeline.committed(versions);
  return rows.length;
}

async function readRaw(store: Store, after: number): Promise<Row<"raw_records">[]> {
  for await (const rows of rawPages(store, { after, pageSize: recordsPerCommit })) return rows;
  return [];
}

function placeRow(place: number) {
  return set("settings", [{ name: placeName, value: String(place) }]);
}

async function highestSequence(store: Store): Promise<number> {
  const { raw_records } = store.tables;
  const [row] = await store.db.select({ last: max(raw_records.seq) }).from(raw_records);
  return row?.last ?? 0;
}
