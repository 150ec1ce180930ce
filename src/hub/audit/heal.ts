import type { SourceRecord } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { processBatch } from "../../pipeline/index.ts";
import { goneRecord, received } from "../../pipeline/received.ts";
import type { Hub } from "../hub.ts";
import type { Differences } from "./compare.ts";
import type { PassCounts } from "./rows.ts";

/** Whose records are healed: the stream's raw object and how it is read. */
export interface Patient {
  hub: Hub;
  connection: string;
  object: string;
  /** The raw fields the mapping reads. */
  fields: readonly string[];
  idsMax: number;
  byId(ids: readonly string[], fields: readonly string[]): Promise<SourceRecord[]>;
  /** True for a record that has been due: stamped before the instant up to which changes were read. */
  isDue(at: string | null): boolean;
}

/**
 * Looks at each difference a second time: fetches the records by id and lands what comes. What then proves to be new was truly missing,
 * stale or extra, and is healed by having been landed; what proves to be known (a sync came first) is no difference.
 */
export async function heal(patient: Patient, found: Differences): Promise<Omit<PassCounts, "compared">> {
  const missing = await landAnew(patient, found.missing, { absent: "leave" });
  const revived = await landAnew(patient, found.revived, { absent: "leave", stamp: "leave out" });
  const stale = await landAnew(patient, found.stale, { absent: "gone" });
  const extra = await landAnew(patient, found.extra, { absent: "gone" });
  const sampled = await landAnew(patient, found.sample, { absent: "gone" });
  return {
    sampled: found.sample.length,
    missing: missing.healed + revived.healed,
    // A record that looked alike and had other content moved no stamp: nobody would have read it again.
    stale: stale.healed + sampled.healed,
    extra: extra.healed,
  };
}

/**
 * Fetches and lands. Word that a record is gone outweighs a version of the same stamp read before; where the vendor has it after all,
 * the stamp is left out, so that it counts as the later word. @returns how many changed what we have, and had been due.
 */
async function landAnew(
  patient: Patient,
  ids: readonly string[],
  { absent, stamp = "keep" }: { absent: "leave" | "gone"; stamp?: "keep" | "leave out" },
): Promise<{ healed: number }> {
  let healed = 0;
  for (let start = 0; start < ids.length; start += patient.idsMax) {
    const asked = ids.slice(start, start + patient.idsMax);
    const found = new Map((await patient.byId(asked, patient.fields)).map((record) => [record.id, record]));
    const records = asked.flatMap((id) => {
      const record = found.get(id);
      if (!record) return absent === "gone" ? [goneRecord(patient, id)] : [];
      return [received(patient, stamp === "keep" ? record : { ...record, at: null })];
    });
    const due = records.filter(({ remote_id }) => patient.isDue(found.get(remote_id)?.at ?? null));
    healed += (await land(patient, due)).stored;
    await land(
      patient,
      records.filter((record) => !due.includes(record)),
    );
  }
  return { healed };
}

async function land({ hub }: Patient, records: readonly RawRecord[]): Promise<{ stored: number }> {
  return records.length === 0 ? { stored: 0 } : processBatch(hub.pipeline, { records, also: [] });
}
