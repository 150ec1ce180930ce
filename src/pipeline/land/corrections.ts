import type { Correction, LandedRecord } from "../../model/record.ts";
import { set, type Write } from "../../store/writes.ts";

/** The setting that tells who corrected the raw version of this sequence number. */
export function correctionName(seq: number): string {
  return `correction ${seq}`;
}

/** A correction as it is kept: by whom, when and why, and the same of its end where it was taken back. */
export interface KeptCorrection extends Correction {
  taken_back?: Correction;
}

/** Keeps what is said of corrections, beside the raw versions they made. */
export function noteCorrections(landed: readonly Pick<LandedRecord, "seq" | "correction">[]): Write[] {
  const rows = landed.flatMap(({ seq, correction }) => (correction ? [correctionRow(seq, correction)] : []));
  return rows.length === 0 ? [] : [set("settings", rows)];
}

/** The row of `settings` in which a correction is kept. */
export function correctionRow(seq: number, correction: KeptCorrection): { name: string; value: string } {
  return { name: correctionName(seq), value: JSON.stringify(correction) };
}
