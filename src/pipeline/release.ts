import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Pipeline } from "./context.ts";
import { remap } from "./remap.ts";

const recordsAtOnce = 100;
const pagesMax = 10_000_000;

/**
 * Maps what has waited of an object's records, now that its mapping can be used: everything landed since they last passed, in the order
 * it landed, a portion a commit. Ended in the middle, it is gone on with by doing it again. @returns how many raw versions were read.
 */
export async function release(
  pipeline: Pipeline,
  { connection, object }: { connection: string; object: string },
): Promise<number> {
  const { db, tables } = pipeline.store;
  const { raw_records: raw, records } = tables;
  // A plan under way may still hold records by the mapping as it was.
  await pipeline.alone(async () => undefined);
  let read = 0;
  let after = 0;
  for (let n = 0; n < pagesMax; n++) {
    const unmapped = gt(raw.seq, sql`coalesce(${records.raw_seq}, 0)`);
    const rows = await db
      .select({ seq: raw.seq, record_key: raw.record_key })
      .from(raw)
      .leftJoin(records, eq(records.record_key, raw.record_key))
      .where(and(eq(raw.connection, connection), eq(raw.object, object), gt(raw.seq, after), unmapped))
      .orderBy(asc(raw.seq))
      .limit(recordsAtOnce);
    const last = rows.at(-1);
    if (!last) return read;
    read += await remap(pipeline, [...new Set(rows.map(({ record_key }) => record_key))]);
    after = last.seq;
  }
  throw new Error(`Mapping what waited of ${object} did not end after ${pagesMax} commits; this is a fault in the hub`);
}
