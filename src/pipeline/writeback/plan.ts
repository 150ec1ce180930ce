import {
  type WritebackChange,
  type WritebackField,
  type WritebackValues,
  writebackFields,
} from "../../connector/writeback.ts";
import type { ObservedWriteback } from "../../model/record.ts";
import { type Contest, contestOf, contestsIn, isFought } from "./contest.ts";
import type { Candidate } from "./rows.ts";
import { isSame } from "./same.ts";

/** One record's difference between what should stand in the CRM and what does. */
export interface PlannedWriteback extends WritebackChange {
  record_key: string;
  object: string;
  customer_id: string;
  raw_seq: number;
  desired: WritebackValues;
  because: string;
  /** What stands there now, of the fields that differ. */
  observed: Partial<ObservedWriteback>;
  /** Fields that differ and are left alone, because somebody else keeps writing over them; they are not among the values. */
  frozen: FrozenField[];
  /** Contests to be kept: a foreign change was found in this version. */
  contests: Contest[];
}

export interface FrozenField extends Contest {
  found: string | number | null;
  wanted: string | number | null;
}

/**
 * Desired against observed, field by field; records in accord make no row. What was sent counts as standing until the record is read
 * again, and what the CRM refused is not sent again until the wish or the record changes. A field that somebody else keeps writing over is frozen.
 */
export function planWritebacks(candidates: readonly Candidate[], vendorAheadMs = 0): PlannedWriteback[] {
  const planned: PlannedWriteback[] = [];
  for (const { desired, because, observed, last, contested, remote_updated_at, ...record } of candidates) {
    if (!desired) continue;
    const unread = last !== null && last.raw_seq === record.raw_seq;
    const standing = unread && last.status === "sent" ? (JSON.parse(last.desired) as ObservedWriteback) : observed;
    const kept = contestsIn(contested);
    const seen = (field: WritebackField) => (kept.get(field)?.frozen_at ? observed : standing)[field] ?? null;
    const differing = writebackFields.filter((field) => !isSame(field, desired[field], seen(field)));
    if (differing.length === 0) continue;
    const sight = { ...record, remote_updated_at, observed, last, vendorAheadMs };
    const contests = differing.flatMap((field) => contestOf(field, sight, kept.get(field)) ?? []);
    const frozen = contests
      .filter((contest) => contest.frozen_at !== null || isFought(contest))
      .map((contest): FrozenField => ({ ...contest, found: seen(contest.field), wanted: desired[contest.field] }));
    const isRefused = unread && last.status === "refused" && last.desired === JSON.stringify(desired);
    const fields = isRefused ? [] : differing.filter((field) => !frozen.some((other) => other.field === field));
    if (fields.length + frozen.length === 0) continue;
    const { record_key, object, remote_id, customer_id, raw_seq } = record;
    planned.push({
      record_key,
      object,
      remote_id,
      customer_id,
      raw_seq,
      desired,
      because,
      values: Object.fromEntries(fields.map((field) => [field, desired[field]])),
      observed: Object.fromEntries(fields.map((field) => [field, seen(field)])),
      frozen,
      contests: contests.filter((contest) => contest !== kept.get(contest.field)),
    });
  }
  return planned;
}

/** Whether anything is to be sent: a record may stand in the plan for its frozen fields alone. */
export function isSent({ values }: PlannedWriteback): boolean {
  return Object.keys(values).length > 0;
}
