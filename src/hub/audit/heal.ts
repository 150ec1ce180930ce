import {
  confirmGone,
  type OpenStream,
  SourceError,
  type SourceRecord,
  type SweptRange,
} from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import { recordKey } from "../../model/record.ts";
import { processBatch } from "../../pipeline/index.ts";
import { planErrors, readErrors } from "../../pipeline/problems.ts";
import { withPast } from "../../pipeline/pull/history.ts";
import { suspectsWithin } from "../../pipeline/pull/rows.ts";
import { recordsPerCommit } from "../../pipeline/pull/run.ts";
import { examplesMax, reportDoubt } from "../../pipeline/pull/sweep.ts";
import type { Hub } from "../hub.ts";
import { fetchIds } from "../inbox/fetch.ts";
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
  const revived = await landAnew(patient, found.revived);
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
  const stretch = { ...patient, range, shown: new Set(ids) };
  const doubted: string[] = [];
  let healed = 0;
  for await (const suspects of suspectsWithin(hub.store, stretch, { hasWitness: witness !== null })) {
    const confirmed = await confirmGone(stream, { suspects, witness, fields });
    doubted.push(...confirmed.doubted.slice(0, examplesMax - doubted.length));
    const told = confirmed.records;
    healed += (
      await land(
        patient,
        told.filter((record) => record.deleted),
      )
    ).stored;
    // There after all: the page was short, and nothing was extra.
    await land(
      patient,
      told.filter((record) => !record.deleted),
    );
  }
  if (doubted.length > 0) await reportDoubt({ ...patient, store: hub.store, now: hub.now }, doubted);
  return healed;
}

/**
 * Fetches and lands. What the vendor says when asked by id is the later word than the version that stood before, whatever its stamp, and also
 * where that said that the record is gone. @returns how many changed what we have, and had been due.
 */
async function landAnew(patient: Patient, ids: readonly string[]): Promise<{ healed: number }> {
  const { stream, fields } = patient;
  const { idsMax = idsAtOnceDefault } = stream;
  let healed = 0;
  for (let start = 0; start < ids.length; start += idsMax) {
    const asked = ids.slice(start, start + idsMax);
    const failures = new Map<string, unknown>();
    const before = await headsOf(patient, asked);
    const read = await fetchIds(stream, asked, { fields, lane: "backfill" }, (some, cause) => {
      for (const id of some) failures.set(id, cause);
    });
    await reportRefused(patient, failures);
    const found = new Map(read.flatMap(([id, record]) => (record ? [[id, record] as const] : [])));
    const records = asked.flatMap((id) => {
      const record = found.get(id);
      // It was listed a moment ago: if it is gone since, the next pass has the proof.
      return record ? [record] : [];
    });
    const due = records.filter(({ at }) => patient.isDue(at));
    healed += (await land(patient, due, before)).stored;
    await land(
      patient,
      records.filter((record) => !due.includes(record)),
      before,
    );
  }
  return { healed };
}

/** An id the vendor refuses is an error of its record, not the audit's end. Throws what is no refusal of a record. */
async function reportRefused(
  { hub, connection, object }: Patient,
  failures: ReadonlyMap<string, unknown>,
): Promise<void> {
  if (failures.size === 0) return;
  const problems = [...failures].map(([id, cause]): Problem => {
    if (!(cause instanceof SourceError && cause.next === "skip")) throw cause;
    return {
      connection,
      record_key: recordKey(connection, object, id),
      step: "pull",
      class: "rejected",
      fingerprint: `${object} refused by id`,
      message: `The audit could not compare this record: ${cause.message}`,
      remedy: "Mend what the vendor names, then `journey-hub errors retry`.",
      raw_seq: null,
    };
  });
  const known = await readErrors(
    hub.store,
    problems.map((problem) => problem.record_key),
  );
  await hub.store.commit(planErrors({ step: "pull", problems, passed: new Set(), known, now: hub.now() }));
}

/** Sequence numbers of the versions that stand, by the id of their record. */
async function headsOf({ hub, connection, object }: Patient, ids: readonly string[]): Promise<Map<string, number>> {
  const keys = new Map(ids.map((id) => [recordKey(connection, object, id), id]));
  const heads = await hub.store.byKey("heads", "record_key", [...keys.keys()]);
  return new Map(heads.map(({ record_key, seq }) => [keys.get(record_key) ?? "", seq]));
}

/**
 * Lands records behind their past, as later words than the versions in `before` where they were asked for over those. @returns how many of
 * them were new, their past not counted.
 */
async function land(
  patient: Patient,
  records: readonly SourceRecord[],
  before: ReadonlyMap<string, number> = new Map(),
): Promise<{ stored: number }> {
  if (records.length === 0) return { stored: 0 };
  const { hub } = patient;
  const landing = await withPast({ ...patient, store: hub.store, now: hub.now }, records, "backfill");
  const earlier = landing.filter(({ payload }) => payload._history === true);
  for (let start = 0; start < earlier.length; start += recordsPerCommit) {
    await processBatch(hub.pipeline, { records: earlier.slice(start, start + recordsPerCommit), also: [] });
  }
  const present = landing
    .filter(({ payload }) => payload._history !== true)
    .map((record) => {
      const newer_than = before.get(record.remote_id);
      return newer_than === undefined ? record : { ...record, newer_than };
    });
  return processBatch(hub.pipeline, { records: present, also: [] });
}
