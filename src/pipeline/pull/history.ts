import type { Lane, OpenStream, SourceRecord } from "../../connector/index.ts";
import { groupBy } from "../../lib/group.ts";
import { type RawRecord, recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import { received } from "../received.ts";

export interface PastOf {
  store: Store;
  connection: string;
  stream: OpenStream;
  fields: readonly string[];
}

/** A page's records as they are landed, and what of their past these credentials may not read (undefined: it was not asked for). */
export interface PageWithPast {
  records: RawRecord[];
  missing: readonly string[] | undefined;
}

/**
 * Puts before each record of a page its earlier versions that have not landed, where the stream can tell them: of records seen for the
 * first time all, of others those since the version we have. Records that bring nothing new are not asked about.
 */
export async function withPast(
  { store, connection, stream, fields }: PastOf,
  page: readonly SourceRecord[],
  lane: Lane,
): Promise<PageWithPast> {
  const origin = { connection, object: stream.object };
  const plain = () => page.map((record) => received(origin, record));
  if (!stream.history) return { records: plain(), missing: undefined };
  const known = await versionsKnown(store, origin, page);
  const asked = page.filter(({ id, at, deleted }) => !deleted && at !== null && isBefore(known.get(id), at));
  if (asked.length === 0) return { records: plain(), missing: undefined };
  const { versions, missing } = await stream.history({ records: asked, fields, lane });
  const past = groupBy(versions, ({ id }) => id);
  const records = page.flatMap((record) => {
    const earlier = (past.get(record.id) ?? []).filter(({ at }) => isBetween(known.get(record.id), at, record.at));
    // Once, though a page may hold a record twice.
    past.set(
      record.id,
      (past.get(record.id) ?? []).filter((version) => !earlier.includes(version)),
    );
    return [...earlier, record].map((version) => received(origin, version));
  });
  return { records, missing };
}

/** By id: the stamp of the newest version landed, null where it has none. Unknown records are not in it. */
async function versionsKnown(
  store: Store,
  { connection, object }: { connection: string; object: string },
  page: readonly SourceRecord[],
): Promise<Map<string, string | null>> {
  const ids = new Map(page.map(({ id }) => [recordKey(connection, object, id), id]));
  const heads = await store.byKey("heads", "record_key", [...ids.keys()]);
  return new Map(heads.map(({ record_key, version }) => [ids.get(record_key) ?? "", version]));
}

/** A version that came without a stamp cannot be told to be older than any other. */
function isBefore(known: string | null | undefined, at: string): boolean {
  return known === undefined || (known !== null && known < at);
}

function isBetween(known: string | null | undefined, at: string | null, present: string | null): boolean {
  return at !== null && present !== null && at < present && isBefore(known, at);
}
