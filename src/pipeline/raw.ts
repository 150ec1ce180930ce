import { hash } from "node:crypto";
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { LandedRecord } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";

export interface RawPages {
  /** Start behind this sequence number. */
  after?: number;
  pageSize?: number;
  /** Only the newest version of each record of one raw object. */
  newestOf?: { connection: string; object: string };
}

const pagesMax = 10_000_000;

/** Raw records in the order they landed, a page at a time. */
export async function* rawPages(
  store: Store,
  { after = 0, pageSize = 500, newestOf }: RawPages = {},
): AsyncGenerator<Row<"raw_records">[]> {
  const { raw_records: raw, heads } = store.tables;
  let place = after;
  for (let n = 0; n < pagesMax; n++) {
    const wanted = newestOf && [
      eq(raw.connection, newestOf.connection),
      eq(raw.object, newestOf.object),
      inArray(raw.seq, store.db.select({ seq: heads.seq }).from(heads)),
    ];
    const rows = await store.db
      .select()
      .from(raw)
      .where(and(gt(raw.seq, place), ...(wanted ?? [])))
      .orderBy(asc(raw.seq))
      .limit(pageSize);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    place = last.seq;
  }
}

/** What tells one content of a record from another. */
export function contentHashOf(payload: string, deleted: boolean): string {
  return hash("sha256", deleted ? `deleted ${payload}` : payload, "base64url");
}

/** A row of `raw_records` as landing hands it on. */
export function landedRecord(row: Row<"raw_records">): LandedRecord {
  const { payload: raw, deleted, origin: _, ...rest } = row;
  return { ...rest, deleted: deleted === 1, raw, payload: JSON.parse(raw) as LandedRecord["payload"] };
}
