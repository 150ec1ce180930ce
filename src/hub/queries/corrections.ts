import { and, desc, eq, inArray, like, max, sql } from "drizzle-orm";
import { z } from "zod";
import type { Correction } from "../../model/record.ts";
import { correctionName } from "../../pipeline/land/corrections.ts";
import { readVendorVersion } from "../../pipeline/land/rows.ts";
import { landedRecord } from "../../pipeline/raw.ts";
import { readCorrections } from "../errors/corrections.ts";
import { type ChangedValue, changedValues } from "../errors/values.ts";
import type { Hub } from "../hub.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

/** A record that was corrected by hand, with its last correction. */
export interface CorrectedRecord extends Correction {
  record_key: string;
  connection: string;
  /** `stands`: the hub goes by it; `replaced`: the vendor sent something else where it corrected; `taken_back` by hand. */
  state: "stands" | "replaced" | "taken_back";
  taken_back: Correction | null;
  /** What the vendor had sent, and what was put in its place. */
  changes: ChangedValue[];
  /** The record's error of the map step: an unfix of it takes the correction back. Null where there is none. */
  error_id: string | null;
}

export interface CorrectionsRequest extends PageRequest {
  connection?: string | undefined;
  /** Only those that stand, or only those that were replaced or taken back. */
  state?: "stands" | "ended" | undefined;
}

/** Records corrected by hand, the newest correction first; of each record its last one. */
export async function listCorrections(
  hub: Hub,
  { connection, state, limit, cursor }: CorrectionsRequest,
): Promise<Page<CorrectedRecord>> {
  const { settings, raw_records: raw, heads } = hub.store.tables;
  const [before] = decodeCursor(cursor, z.tuple([cursorPart.whole])) ?? [];
  const last = max(raw.seq);
  const seqInName = sql`cast(substr(${settings.name}, ${sql.raw(String(mark.length + 1))}) as bigint)`;
  const rows = await hub.store.db
    .select({ seq: last })
    .from(settings)
    .innerJoin(raw, eq(raw.seq, seqInName))
    .innerJoin(heads, eq(heads.record_key, raw.record_key))
    .where(and(like(settings.name, `${mark}%`), connection === undefined ? undefined : eq(raw.connection, connection)))
    .groupBy(raw.record_key, heads.seq)
    .having(
      and(
        before === undefined ? undefined : sql`${last} < ${before}`,
        state === undefined
          ? undefined
          : state === "stands"
            ? sql`${last} = ${heads.seq}`
            : sql`${last} < ${heads.seq}`,
      ),
    )
    .orderBy(desc(last))
    .limit(limit + 1);
  const seqs = rows.map(({ seq }) => Number(seq));
  const page = pageOf(seqs, limit, { view: (seq) => seq, cursor: (seq) => [seq] });
  return { ...page, items: await correctedRecords(hub, page.items) };
}

const mark = correctionName(0).slice(0, -1);

/** What is known of these corrected versions, in their order. */
async function correctedRecords(hub: Hub, seqs: readonly number[]): Promise<CorrectedRecord[]> {
  if (seqs.length === 0) return [];
  const { raw_records: raw } = hub.store.tables;
  const rows = await hub.store.db
    .select()
    .from(raw)
    .where(inArray(raw.seq, [...seqs]))
    .orderBy(desc(raw.seq));
  const keys = rows.map(({ record_key }) => record_key);
  const said = await readCorrections(hub, seqs);
  const heads = new Map(
    (await hub.store.byKey("heads", "record_key", keys)).map((head) => [head.record_key, head.seq]),
  );
  const errors = (await hub.store.byKey("errors", "record_key", keys)).filter(({ step }) => step === "map");
  const found: CorrectedRecord[] = [];
  for (const row of rows) {
    const correction = said.get(row.seq);
    if (!correction) continue;
    const { record_key, connection } = row;
    const sent = await readVendorVersion(hub.store, record_key, { before: row.seq });
    const changes = sent ? changedValues(landedRecord(sent).payload, landedRecord(row).payload) : [];
    const state = correction.taken_back ? "taken_back" : heads.get(record_key) === row.seq ? "stands" : "replaced";
    const error_id = errors.find((error) => error.record_key === record_key)?.id ?? null;
    found.push({ ...correction, record_key, connection, state, changes, error_id });
  }
  return found;
}
