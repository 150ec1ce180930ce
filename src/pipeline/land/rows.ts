import { and, desc, eq, inArray, lt, ne, notLike } from "drizzle-orm";
import { mergedIntoField } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { isBareEnd } from "../heads.ts";
import { landedRecord } from "../raw.ts";
import type { StandingCorrection } from "./carry.ts";
import { correctionName, type KeptCorrection } from "./corrections.ts";
import type { Told } from "./last-known.ts";

/**
 * What their vendor told last of these records, by record key: of one that is gone its last values, of one that was corrected what the
 * vendor itself sent. None is read where none is asked for.
 */
export async function readTold(
  store: Store,
  {
    heads,
    corrected,
    keys,
  }: { heads: ReadonlyMap<string, Row<"heads">>; corrected: ReadonlySet<string>; keys: ReadonlySet<string> },
): Promise<Map<string, Told>> {
  const asked = [...keys].flatMap((key) => heads.get(key) ?? []);
  const isApart = (head: Row<"heads">) => isBareEnd(head) || corrected.has(head.record_key);
  const rows = await readVersions(
    store,
    asked.filter((head) => !isApart(head)).map(({ seq }) => seq),
  );
  for (const { record_key } of asked.filter(isApart)) {
    const row = await readVendorVersion(store, record_key, { withValues: true });
    if (row) rows.push(row);
  }
  return new Map(rows.map((row) => [row.record_key, { payload: landedRecord(row).payload, version: row.version }]));
}

async function readVersions({ db, tables }: Store, seqs: readonly number[]): Promise<Row<"raw_records">[]> {
  if (seqs.length === 0) return [];
  const { raw_records: raw } = tables;
  return db
    .select()
    .from(raw)
    .where(inArray(raw.seq, [...seqs]));
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

/**
 * What the vendor itself sent last of a record, `before` a version if that is given, or `withValues`: not that it is gone. Null where all
 * there is was corrected.
 */
export async function readVendorVersion(
  { db, tables }: Store,
  recordKey: string,
  { before, withValues = false }: { before?: number; withValues?: boolean } = {},
): Promise<Row<"raw_records"> | null> {
  const { raw_records: raw } = tables;
  const isBefore = before === undefined ? undefined : lt(raw.seq, before);
  const tells = withValues ? and(ne(raw.payload, "{}"), notLike(raw.payload, `{"${mergedIntoField}":%`)) : undefined;
  const ofVendor = and(eq(raw.record_key, recordKey), eq(raw.origin, "vendor"), isBefore, tells);
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
