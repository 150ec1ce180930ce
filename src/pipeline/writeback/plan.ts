import {
  type WritebackChange,
  type WritebackField,
  type WritebackValues,
  writebackFields,
} from "../../connector/writeback.ts";
import type { ObservedWriteback } from "../../model/record.ts";
import type { Candidate } from "./rows.ts";

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
}

/**
 * Desired against observed, field by field; records in accord make no row. What was sent counts as standing until the record is read
 * again, and what the CRM refused is not sent again until the wish or the record changes.
 */
export function planWritebacks(candidates: readonly Candidate[]): PlannedWriteback[] {
  const planned: PlannedWriteback[] = [];
  for (const { desired, because, observed, last, ...record } of candidates) {
    if (!desired) continue;
    const unread = last !== null && last.raw_seq === record.raw_seq;
    const wish = JSON.stringify(desired);
    if (unread && last.status === "refused" && last.desired === wish) continue;
    const standing = unread && last.status === "sent" ? (JSON.parse(last.desired) as ObservedWriteback) : observed;
    const fields = writebackFields.filter((field) => !same(field, desired[field], standing[field] ?? null));
    if (fields.length === 0) continue;
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
      observed: Object.fromEntries(fields.map((field) => [field, standing[field] ?? null])),
    });
  }
  return planned;
}

function same(field: WritebackField, wanted: string | number | null, standing: string | number | null): boolean {
  if (wanted === null || standing === null) return wanted === standing;
  if (field === "stage_date") return Date.parse(String(wanted)) === Date.parse(String(standing));
  // A CRM may trim the ends of a text.
  return String(wanted).trim() === String(standing).trim();
}
