import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { Correction } from "../../model/record.ts";
import { correctionName } from "../../pipeline/land/corrections.ts";
import type { Hub } from "../hub.ts";

/** Who corrected a record by hand, when and why; and the same of the end, where it was taken back. */
export interface CorrectionView extends Correction {
  taken_back: Correction | null;
}

const correction = z.object({ by: z.string(), at: z.string(), reason: z.string() });
const kept = correction.extend({ taken_back: correction.nullable().default(null) });

/** What is kept of the corrections that made these raw versions, by sequence number; the vendor's own are not in it. */
export async function readCorrections({ store }: Hub, seqs: readonly number[]): Promise<Map<number, CorrectionView>> {
  const seqOf = new Map(seqs.map((seq) => [correctionName(seq), seq]));
  const rows = await store.byKey("settings", "name", [...seqOf.keys()]);
  return new Map(
    rows.flatMap(({ name, value }) => {
      const seq = seqOf.get(name);
      return seq === undefined ? [] : [[seq, kept.parse(JSON.parse(value))] as const];
    }),
  );
}

/** A raw version that a person corrected. */
export interface CorrectedVersion {
  record_key: string;
  /** Events it made carry the same instant. */
  known_at: string;
  correction: CorrectionView;
}

const keysAtOnce = 500;

/** All versions of these records that a person corrected. */
export async function correctedVersions(hub: Hub, recordKeys: readonly string[]): Promise<CorrectedVersion[]> {
  const { raw_records: raw } = hub.store.tables;
  const found: CorrectedVersion[] = [];
  for (let start = 0; start < recordKeys.length; start += keysAtOnce) {
    const keys = recordKeys.slice(start, start + keysAtOnce);
    const rows = await hub.store.db
      .select({ seq: raw.seq, record_key: raw.record_key, known_at: raw.known_at })
      .from(raw)
      .where(and(inArray(raw.record_key, keys), eq(raw.origin, "fix")));
    const corrections = await readCorrections(
      hub,
      rows.map(({ seq }) => seq),
    );
    for (const { seq, ...version } of rows) {
      const made = corrections.get(seq);
      if (made) found.push({ ...version, correction: made });
    }
  }
  return found;
}
