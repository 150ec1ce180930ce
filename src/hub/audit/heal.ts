import { confirmGone, type OpenStream, type SweptRange } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { processBatch } from "../../pipeline/index.ts";
import { liveWithin } from "../../pipeline/pull/rows.ts";
import { received } from "../../pipeline/received.ts";
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
  stream: OpenStream;
  /** True for a record that has been due: stamped before the instant up to which changes were read. */
  isDue(at: string | null): boolean;
}

const idsAtOnceDefault = 100;

/**
 * Looks at each difference a second time: fetches the records by id and lands what comes. What then proves to be new was truly missing,
 * stale or extra, and is healed by having been landed; what proves to be known (a sync came first) is no difference.
 */
export async function heal(patient: Patient, found: Differences, shown: Shown): Promise<Omit<PassCounts, "compared">> {
  const missing = await landAnew(patient, found.missing);
  const revived = await landAnew(patient, found.revived, { stamp: "leave out" });
  const stale = await landAnew(patient, found.stale);
  const sampled = await landAnew(patient, found.sample);
  return {
    sampled: found.sample.length,
    missing: missing.healed + revived.healed,
    // A record that looked alike and had other content moved no stamp: nobody would have read it again.
    stale: stale.healed + sampled.healed,
    extra: await landGone(patient, shown),
  };
}

/** What a page of the vendor's shows as a whole. */
export interface Shown {
  ids: readonly string[];
  /** Null where the page shows no stretch of ids as a whole: then what is extra cannot be told. */
  range: SweptRange | null;
}

/** Live records that the page should have shown and did not: landed as deleted where the vendor, asked for each, proves it. */
async function landGone(patient: Patient, { ids, range }: Shown): Promise<number> {
  const { hub, stream, fields } = patient;
  if (range === null) return 0;
  const witness = ids[0] ?? range.after;
  let healed = 0;
  for await (const suspects of liveWithin(hub.store, { ...patient, range, shown: new Set(ids) })) {
    const { records } = await confirmGone(stream, { suspects, witness, fields });
    healed += (
      await land(
        patient,
        records.map((record) => received(patient, record)),
      )
    ).stored;
  }
  return healed;
}

/**
 * Fetches and lands. Word that a record is gone outweighs a version of the same stamp read before; where the vendor has it after all,
 * the stamp is left out, so that it counts as the later word. @returns how many changed what we have, and had been due.
 */
async function landAnew(
  patient: Patient,
  ids: readonly string[],
  { stamp = "keep" }: { stamp?: "keep" | "leave out" } = {},
): Promise<{ healed: number }> {
  const { byId, idsMax = idsAtOnceDefault } = patient.stream;
  let healed = 0;
  for (let start = 0; byId && start < ids.length; start += idsMax) {
    const asked = ids.slice(start, start + idsMax);
    const found = new Map((await byId(asked, patient.fields)).map((record) => [record.id, record]));
    const records = asked.flatMap((id) => {
      const record = found.get(id);
      // It was listed a moment ago: if it is gone since, the next pass has the proof.
      if (!record) return [];
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
