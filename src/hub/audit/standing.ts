import { and, count, eq, gt, gte, lt, lte, or, sql } from "drizzle-orm";
import { recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";

/** What the store has of a record: the version landed last, and whether it is live. */
export interface Standing {
  version: string | null;
  live: boolean;
}

interface Stretch {
  connection: string;
  object: string;
  /** Ids behind this one … */
  after: string | null;
  /** … up to this one; null: to the end. */
  upTo: string | null;
}

/** Vendors' ids are counted up as numbers or have all one length: by length first, then by character, both come in their order. */
export function isBehind(id: string, other: string | null): boolean {
  return other === null || (id.length === other.length ? id > other : id.length > other.length);
}

/** Ids of the live records of an object within a stretch, in the order of `isBehind`. */
export async function liveWithin(store: Store, { connection, object, after, upTo }: Stretch): Promise<string[]> {
  const { heads, raw_records: raw } = store.tables;
  const prefix = recordKey(connection, object, "");
  const length = sql<number>`length(${heads.record_key})`;
  const lengthOf = (id: string) => prefix.length + id.length;
  const behind =
    after === null
      ? []
      : [or(gt(length, lengthOf(after)), and(eq(length, lengthOf(after)), gt(heads.record_key, prefix + after)))];
  const within =
    upTo === null
      ? []
      : [or(lt(length, lengthOf(upTo)), and(eq(length, lengthOf(upTo)), lte(heads.record_key, prefix + upTo)))];
  // Ids of one length lie together in the key's own order; where the length changes, the object's keys are gone through.
  const together = after !== null && after.length === upTo?.length;
  const rows = await store.db
    .select({ record_key: heads.record_key })
    .from(heads)
    .innerJoin(raw, eq(raw.seq, heads.seq))
    .where(
      and(
        gte(heads.record_key, together ? prefix + after : prefix),
        lte(heads.record_key, prefix + (together ? upTo : endOfPrefix)),
        ...behind,
        ...within,
        eq(raw.deleted, 0),
      ),
    )
    .orderBy(length, heads.record_key);
  return rows.map((row) => row.record_key.slice(prefix.length));
}

/** Sorts behind every character ids are made of. */
const endOfPrefix = "\u{10ffff}";

/** What stands of these records, by id; ids that never landed are not in it. */
export async function standingOf(
  store: Store,
  { connection, object }: Pick<Stretch, "connection" | "object">,
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

/** How many live records of an object the store has. */
export async function liveCount(
  store: Store,
  { connection, object }: Pick<Stretch, "connection" | "object">,
): Promise<number> {
  const { heads, raw_records: raw } = store.tables;
  const prefix = recordKey(connection, object, "");
  const [row] = await store.db
    .select({ amount: count() })
    .from(heads)
    .innerJoin(raw, eq(raw.seq, heads.seq))
    .where(and(gte(heads.record_key, prefix), lte(heads.record_key, prefix + endOfPrefix), eq(raw.deleted, 0)));
  return row?.amount ?? 0;
}
