import { and, desc, eq, inArray, lt } from "drizzle-orm";
import type { LandedRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { landedRecord } from "../raw.ts";
import type { StandingCorrection } from "./carry.ts";
import { correctionName, type KeptCorrection } from "./corrections.ts";

/** The newest landed version of each of these records, by record key. */
export async function readHeads(store: Store, recordKeys: readonly string[]): Promise<Map<string, Row<"heads">>> {
  const rows = await store.byKey("heads", "record_key", recordKeys);
  return new Map(rows.map((row) => [row.record_key, row]));
}

/** The newest payloads of these records, by record key; none is read where none is asked for. */
export async function readPayloads(
  { db, tables }: Store,
  { heads, keys }: { heads: ReadonlyMap<string, Row<"heads">>; keys: ReadonlySet<string> },
): Promise<Map<string, LandedRecord["payload"]>> {
  const seqs = [...keys].flatMap((key) => heads.get(key)?.seq ?? []);
  if (seqs.length === 0) return new Map();
  const { raw_records: raw } = tables;
  const rows = await db.select().from(raw).where(inArray(raw.seq, seqs));
  return new Map(rows.map((row) => [row.record_key, landedRecord(row).payload]));
}

/** The newest landed version of a record, and what landing compares the next with. */
export interface StandingVersion {
  head: Row<"heads">;
  newest: Row<"raw_records">;
}

export async function readStanding(store: Store, recordKey: string): Promise<StandingVersion | null> {
  const [head] = await store.byKey("heads", "record_key", [recordKey]);
  if (!head) return null;
  const { raw_records: raw } = store.tables;
  const [newest] = await store.db.select().from(raw).where(eq(raw.seq, head.seq));
  return newest ? { head, newest } : null;
}

/** What the vendor itself sent last of a record, `before` a version if that is given; null where all there is was corrected. */
export async function readVendorVersion(
  { db, tables }: Store,
  recordKey: string,
  { before }: { before?: number } = {},
): Promise<Row<"raw_records"> | null> {
  const { raw_records: raw } = tables;
  const isBefore = before === undefined ? undefined : lt(raw.seq, before);
  const ofVendor = and(eq(raw.record_key, recordKey), eq(raw.origin, "vendor"), isBefore);
  const [row] = await db.select().from(raw).where(ofVendor).orderBy(desc(raw.seq)).limit(1);
  return row ?? null;
}

/** The corrections that stand on these records, by record key; hardly ever any. */
export async function readStandingCorrections(
  store: Store,
  heads: Iterable<Row<"heads">>,
): Promise<Map<string, StandingCorrection>> {
  const byName = new Map([...heads].map(({ seq, record_key }) => [correctionName(seq), record_key]));
  const found = new Map<string, StandingCorrection>();
  for (const { name, value } of await store.byKey("settings", "name", [...byName.keys()])) {
    const record_key = byName.get(name) ?? "";
    const { taken_back, ...correction } = JSON.parse(value) as KeptCorrection;
    const [standing, vendor] = [await readStanding(store, record_key), await readVendorVersion(store, record_key)];
    if (taken_back || !standing || !vendor) continue;
    const [sent, corrected] = [landedRecord(vendor).payload, landedRecord(standing.newest).payload];
    found.set(record_key, { sent, corrected, correction });
  }
  return found;
}
