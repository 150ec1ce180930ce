import { and, eq, gt, inArray, lte } from "drizzle-orm";
import { inRange, type SweptRange } from "../../connector/index.ts";
import { pause } from "../../lib/pause.ts";
import { recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { landingKey } from "../heads.ts";

/** Where a stream stands, null before its first run. */
export async function readCursor(store: Store, connection: string, stream: string): Promise<Row<"cursors"> | null> {
  const { cursors } = store.tables;
  const [row] = await store.db
    .select()
    .from(cursors)
    .where(and(eq(cursors.connection, connection), eq(cursors.stream, stream)));
  return row ?? null;
}

export interface Stretch {
  connection: string;
  object: string;
  range: SweptRange;
  /** Ids that need not be looked at. */
  shown: ReadonlySet<string>;
}

/** Records looked through at once: memory stays flat however many there are. */
const keysAtOnce = 2_000;

/** Remote ids of live records within a stretch of ids, in portions; those in `shown` are left out. */
export async function* liveWithin(
  store: Store,
  { connection, object, range, shown }: Stretch,
): AsyncGenerator<string[]> {
  const { heads } = store.tables;
  const { from, to } = keysAround(connection, object, range);
  for (let after = from; ; ) {
    const rows = await store.db
      .select({ key: heads.record_key })
      .from(heads)
      .where(and(gt(heads.record_key, after), lte(heads.record_key, to)))
      .orderBy(heads.record_key)
      .limit(keysAtOnce);
    const prefix = recordKey(connection, object, "").length;
    const ids = rows.map(({ key }) => key.slice(prefix)).filter((id) => inRange(range, id) && !shown.has(id));
    const live = await standingOf(store, { connection, object, ids, deleted: 0 });
    if (live.length > 0) yield live;
    const last = rows.at(-1);
    if (!last || rows.length < keysAtOnce) return;
    after = last.key;
    await pause();
  }
}

/** The same, to be asked about: without a witness it is their number that decides whether they are believed, so they come all at once. */
export async function* suspectsWithin(
  store: Store,
  stretch: Stretch,
  { hasWitness }: { hasWitness: boolean },
): AsyncGenerator<string[]> {
  if (hasWitness) return yield* liveWithin(store, stretch);
  const ids: string[] = [];
  for await (const portion of liveWithin(store, stretch)) ids.push(...portion);
  if (ids.length > 0) yield ids;
}

/**
 * The keys between which a stretch lies. Keys are ordered as texts: numbers of different length stand among each other there, so a
 * stretch of those may be anywhere among the object's.
 */
function keysAround(
  connection: string,
  object: string,
  { order, after, upTo }: SweptRange,
): { from: string; to: string } {
  const all = recordKey(connection, object, "");
  const key = (id: string) => `${all}${id}`;
  const isApart = order === "text" || (after !== null && after.length === upTo?.length);
  // No id begins with the last of all characters.
  const end = key("\u{10ffff}");
  if (!isApart) return { from: all, to: end };
  return { from: after === null ? all : key(after), to: upTo === null ? end : key(upTo) };
}

/** Remote ids of those records that are held as live (`deleted` 0) or as deleted (1). */
export async function standingOf(
  store: Store,
  { connection, object, ids, deleted }: { connection: string; object: string; ids: readonly string[]; deleted: 0 | 1 },
): Promise<string[]> {
  if (ids.length === 0) return [];
  const { heads, raw_records } = store.tables;
  const keys = ids.map((id) => landingKey({ connection, object }, id));
  const rows = await store.db
    .select({ id: raw_records.remote_id })
    .from(heads)
    .innerJoin(raw_records, eq(raw_records.seq, heads.seq))
    .where(and(inArray(heads.record_key, keys), eq(raw_records.deleted, deleted)));
  return rows.map(({ id }) => id);
}
