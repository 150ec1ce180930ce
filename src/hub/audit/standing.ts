import { and, count, eq, gte, inArray, lte } from "drizzle-orm";
import { recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";

/** What the store has of a record: the version landed last, and whether it is live. */
export interface Standing {
  version: string | null;
  live: boolean;
}

interface Origin {
  connection: string;
  object: string;
}

/** What stands of these records, by id; ids that never landed are not in it. */
export async function standingOf(
  store: Store,
  { connection, object }: Origin,
  ids: readonly string[],
): Promise<Map<string, Standing>> {
  if (ids.length === 0) return new Map();
  const { heads, raw_records: raw } = store.tables;
  const keys = ids.map((id) => recordKey(connection, object, id));
  const rows = await store.db
    .select({ id: raw.remote_id, version: heads.version, deleted: raw.deleted })
    .from(heads)
    .innerJoin(raw, eq(raw.seq, heads.seq))
    .where(inArray(heads.record_key, keys));
  return new Map(rows.map(({ id, version, deleted }) => [id, { version, live: deleted === 0 }]));
}

/** No id begins with the last of all characters. */
const endOfPrefix = "\u{10ffff}";

/** How many live records of an object the store has. */
export async function liveCount(store: Store, { connection, object }: Origin): Promise<number> {
  const { heads, raw_records: raw } = store.tables;
  const prefix = recordKey(connection, object, "");
  const [row] = await store.db
    .select({ amount: count() })
    .from(heads)
    .innerJoin(raw, eq(raw.seq, heads.seq))
    .where(and(gte(heads.record_key, prefix), lte(heads.record_key, prefix + endOfPrefix), eq(raw.deleted, 0)));
  return row?.amount ?? 0;
}
