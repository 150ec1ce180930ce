import { eq, like, max } from "drizzle-orm";
import { StaleError, type Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { clear, remove, set } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { onward } from "./onward.ts";
import { portions } from "./portions.ts";
import { readErrors, tellsWhatIs } from "./problems.ts";
import { landedRecord, rawPages } from "./raw.ts";
import { takeTurn, untilInTurn } from "./turn.ts";

/** What can be made anew from the raw records; everything else is kept. */
export const derivedTables = [
  "records",
  "associations",
  "identifiers",
  "comparables",
  "block_keys",
  "matches",
  "refusals",
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
/** Before the ids of errors that a person had set aside when the replay began; what they said is kept there. */
const asideName = "replay aside ";
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

/**
 * The pipeline's turn while no replay is under way; for use in `untilInTurn`. One that another process is at, or was killed at, is brought
 * to its end first and the turn taken anew. It is asked for after the turn was read, so that one begun later makes the commit stale: what
 * is planned on emptied tables is never committed.
 */
export async function takeTurnAfterReplay(pipeline: Pipeline): Promise<Awaited<ReturnType<typeof takeTurn>>> {
  const taken = await takeTurn(pipeline);
  pipeline.unreplayed.isKnown ||= (await interruptedAt(pipeline.store)) === null;
  if (pipeline.unreplayed.isKnown) return taken;
  await finishReplay(pipeline);
  throw new StaleError("a replay was under way when the turn was taken", "lanes");
}

/** The sequence number at which a killed replay stopped; null when none did. */
export async function interruptedAt(store: Store): Promise<number | null> {
  return (await readPlace(store))?.seq ?? null;
}

interface Place {
  /** What is behind this sequence number is still to be done. */
  seq: number;
  beganAt: string;
}

async function readPlace(store: Store): Promise<Place | null> {
  const [row] = await store.byKey("settings", "name", [placeName]);
  if (!row) return null;
  const [seq, beganAt = ""] = row.value.split(" ");
  return { seq: Number(seq), beganAt };
}

async function begin(pipeline: Pipeline): Promise<void> {
  const { put } = await takeTurn(pipeline);
  // What a value table lacked belongs to no one record that could pass: it is resolved here and opened again when it is met again. What a
  // person has set aside is to stay so if it is met, so that is resolved at the end if it was not.
  const drift = (await mapErrors(pipeline.store)).filter(({ status }) => status === "open");
  const resolved = drift.map((row): Row<"errors"> => ({ ...row, status: "resolved" }));
  const place = { seq: 0, beganAt: pipeline.now() };
  const settings = set("settings", [placeRow(place), ...(await asideRows(pipeline.store))]);
  await pipeline.store.commit([...derivedTables.map(clear), set("errors", resolved), settings, put]);
  pipeline.emptied();
}

/** One commit's worth of raw records made anew; null at the end. Another process may be at the same replay: they take turns. */
async function commitNext(pipeline: Pipeline): Promise<number | null> {
  const { store } = pipeline;
  const { turn, put } = await takeTurn(pipeline);
  const place = await readPlace(store);
  if (place === null) return null;
  const [rows = []] = portions(await readRaw(store, place.seq), pipeline.isReference);
  const last = rows.at(-1);
  if (!last) {
    const over = (await mapErrors(store)).filter(
      (row) => row.status === "dismissed" && row.class === "drift" && row.last_seen_at < place.beganAt,
    );
    const resolved = over.map((row): Row<"errors"> => ({ ...row, status: "resolved" }));
    const aside = await readAside(store);
    const done = [placeName, ...aside.names].map((name) => [name]);
    await store.commit([set("errors", [...resolved, ...aside.rows]), remove("settings", ["name"], done), put]);
    return null;
  }
  const landed = rows.map(landedRecord);
  const { writes, versions } = await onward(pipeline, landed, { now: pipeline.now(), turn });
  await store.commit([...writes, set("settings", [placeRow({ ...place, seq: last.seq })]), put]);
  pipeline.committed(versions);
  return rows.length;
}

async function readRaw(store: Store, after: number): Promise<Row<"raw_records">[]> {
  for await (const rows of rawPages(store, { after, pageSize: recordsPerCommit })) return rows;
  return [];
}

function placeRow({ seq, beganAt }: Place): Row<"settings"> {
  return { name: placeName, value: `${seq} ${beganAt}` };
}

/** What is kept of errors that tell what a record is like: earlier versions, which were not so, close them during a replay. */
async function asideRows({ db, tables: { errors } }: Store): Promise<Row<"settings">[]> {
  const rows = await db.select().from(errors).where(eq(errors.status, "dismissed"));
  return rows
    .filter(({ step }) => tellsWhatIs(step))
    .map(({ id, message }) => ({ name: `${asideName}${id}`, value: message }));
}

/** The errors that were set aside when the replay began and came to the same: a person has seen that. */
async function readAside(store: Store): Promise<{ names: string[]; rows: Row<"errors">[] }> {
  const { settings } = store.tables;
  const kept = await store.db
    .select()
    .from(settings)
    .where(like(settings.name, `${asideName}%`));
  const said = new Map(kept.map(({ name, value }) => [name.slice(asideName.length), value]));
  const errors = await store.byKey("errors", "id", [...said.keys()]);
  const same = errors.filter(({ id, status, message }) => status === "open" && said.get(id) === message);
  return { names: kept.map(({ name }) => name), rows: same.map((row) => ({ ...row, status: "dismissed" })) };
}

/** Errors of mapping that belong to no one record. */
async function mapErrors(store: Store): Promise<Row<"errors">[]> {
  return (await readErrors(store, [""])).filter(({ step }) => step === "map");
}

async function highestSequence(store: Store): Promise<number> {
  const { raw_records } = store.tables;
  const [row] = await store.db.select({ last: max(raw_records.seq) }).from(raw_records);
  return row?.last ?? 0;
}
