import type { WritebackField } from "../../connector/writeback.ts";
import type { ObservedWriteback } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { isSame } from "./same.ts";

type Value = string | number | null;

/** One time that somebody else wrote over a field of ours. */
export interface Flip {
  /** The version of the record in which it was found. */
  seq: number;
  /** When it was changed, as far as the vendor's stamp tells. */
  at: string;
  found: Value;
  /** What journey-hub had written. */
  wrote: Value;
}

/** A field of one record that somebody else writes as well. */
export interface Contest {
  field: WritebackField;
  /** Those of the last 24 hours up to the newest, oldest first. */
  flips: Flip[];
  /** Since when it is left alone; null while it is still written back. */
  frozen_at: string | null;
}

/** So many foreign changes of one field of one record within the window, and it is left alone: the fight would never end. */
export const flipsMax = 3;
export const flipWindowMs = 24 * 60 * 60_000;

/** What must be known of a record to tell a foreign change from our own write. */
export interface Sight {
  raw_seq: number;
  remote_updated_at: string | null;
  observed: ObservedWriteback;
  last: Row<"writebacks"> | null;
  /** How far the vendor's clock is ahead of the hub's. */
  vendorAheadMs: number;
}

/**
 * The contest about a field that differs from our wish, a foreign change in this version counted; null where nobody else writes it. A version is counted
 * once, however often it is planned on.
 */
export function contestOf(field: WritebackField, sight: Sight, kept: Contest | undefined): Contest | null {
  if (kept?.frozen_at) return kept;
  const flip = foreignChange(field, sight);
  const known = kept?.flips ?? [];
  if (!flip || known.some(({ seq }) => seq === flip.seq)) return kept ?? null;
  const since = Date.parse(flip.at) - flipWindowMs;
  return { field, flips: [...known.filter(({ at }) => Date.parse(at) >= since), flip], frozen_at: null };
}

/** Whether the field is to be left alone from now on. */
export function isFought({ flips }: Contest): boolean {
  return flips.length >= flipsMax;
}

/** What stands there is neither what we sent, nor a version that was read before we sent it and landed after. */
function foreignChange(field: WritebackField, { raw_seq, observed, last, ...sight }: Sight): Flip | null {
  if (last === null || last.status !== "sent" || raw_seq <= last.raw_seq) return null;
  const wrote = valueIn(last.desired, field);
  const found = observed[field] ?? null;
  if (isSame(field, wrote, found)) return null;
  const stoodBefore = JSON.parse(last.observed) as ObservedWriteback;
  const sentAt = Date.parse(last.sent_at) + sight.vendorAheadMs;
  const stamp = sight.remote_updated_at;
  const isOlder = stamp !== null && Date.parse(stamp) < sentAt - stampErrorMs;
  if (isOlder && field in stoodBefore && isSame(field, stoodBefore[field] ?? null, found)) return null;
  return { seq: raw_seq, at: stamp ?? last.sent_at, found, wrote };
}

/** Stamps are cut to the second, and the vendor's clock is known to the second. */
const stampErrorMs = 2_000;

function valueIn(desired: string, field: WritebackField): Value {
  return (JSON.parse(desired) as ObservedWriteback)[field] ?? null;
}

/** The contests kept of a record, by field. */
export function contestsIn(rows: readonly Row<"contested_fields">[]): Map<string, Contest> {
  return new Map(
    rows.map(({ field, flips, frozen_at }) => [
      field,
      { field: field as WritebackField, flips: JSON.parse(flips) as Flip[], frozen_at },
    ]),
  );
}
