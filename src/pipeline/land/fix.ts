import type { Correction, LandedRecord } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, set, type Write } from "../../store/writes.ts";
import { versionHash } from "../heads.ts";
import { landedRecord } from "../raw.ts";
import { correctionRow, type KeptCorrection, noteCorrections } from "./corrections.ts";
import { rawRow } from "./plan.ts";

interface Standing {
  head: Row<"heads">;
  /** The sequence number of the new version. */
  seq: number;
  knownAt: string;
}

/**
 * Lands a corrected payload as the newest version of its record, under the stamp of the version it corrects. The head keeps the hash of
 * what the vendor sent: the same content again is known and the correction stands, a newer one takes its place.
 */
export function planFix({
  newest,
  payload,
  correction,
  ...standing
}: Standing & { newest: Row<"raw_records">; payload: LandedRecord["payload"]; correction: Correction }): {
  writes: Write[];
  output: LandedRecord;
} {
  const raw = JSON.stringify(payload);
  const before = landedRecord(newest);
  const content_hash = versionHash({ deleted: before.deleted, payload }, raw);
  const output = { ...before, seq: standing.seq, content_hash, known_at: standing.knownAt, payload, raw, correction };
  return { writes: [append("raw_records", [rawRow(output)]), moved(standing), ...noteCorrections([output])], output };
}

/** Puts the vendor's own version back as the newest, and says of the correction that it was taken back; no row of either is changed. */
export function planTakeBack({
  vendor,
  taken,
  ...standing
}: Standing & { vendor: Row<"raw_records">; taken: { seq: number; correction: KeptCorrection } }): {
  writes: Write[];
  output: LandedRecord;
} {
  const output = { ...landedRecord(vendor), seq: standing.seq, known_at: standing.knownAt };
  const note = set("settings", [correctionRow(taken.seq, taken.correction)]);
  return { writes: [append("raw_records", [rawRow(output)]), moved(standing), note], output };
}

function moved({ head, seq }: Standing): Write {
  return put("heads", [{ ...head, seq, revision: head.revision + 1 }]);
}
