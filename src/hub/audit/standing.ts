import { and, count, eq, gte, lte } from "drizzle-orm";
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
  const prefix = recordKey(connection, object, "");
  const heads = await store.byKey(
    "heads",
    "record_key",
    ids.map((id) => prefix + id),
  );
  const records = await store.byKey(
    "records",
    "record_key",
    heads.map((head) => head.record_key),
  );
  const gone = new Set(records.filter(({ deleted }) => deleted === 1).map((row) => row.record_key));
  return new Map(
    heads.map(({ record_key, version }) => [record_key.slice(prefix.length), { version, live: !gone.has(record_key) }]),
  );
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
