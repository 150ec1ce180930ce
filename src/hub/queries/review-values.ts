import type { PartyKind } from "../../identity/comparable.ts";
import { partyOf } from "../../identity/group/claims.ts";
import { type GoldenField, goldenFields } from "../../identity/survivorship.ts";
import type { StoredRecord } from "../../model/record.ts";
import { readRecords } from "../../pipeline/records.ts";
import { type GoldenJson, saidBy, sameAs } from "../../pipeline/resolve/said.ts";
import type { Hub } from "../hub.ts";

/** What two records say of one field. */
export interface ComparedValues {
  field: GoldenField;
  left: readonly GoldenJson[];
  right: readonly GoldenJson[];
  /** Whether they have a value in common, however it is written; null where one of them says nothing. */
  agree: boolean | null;
}

/** What the two records of a pair say, field by field; fields of which neither says anything are left out. */
export async function valuesOf(hub: Hub, pairs: readonly Compared[]): Promise<(pair: Compared) => ComparedValues[]> {
  const keys = pairs.flatMap(({ left_key, right_key }) => [left_key, right_key]);
  const records = await readRecords(hub.store, [...new Set(keys)]);
  return ({ kind, left_key, right_key }) => {
    const [one, other] = [records.get(left_key), records.get(right_key)];
    return goldenFields[kind].map((field) => compared(field, one, other)).filter(isSaid);
  };
}

interface Compared {
  kind: PartyKind;
  left_key: string;
  right_key: string;
}

function compared(field: GoldenField, one: StoredRecord | undefined, other: StoredRecord | undefined): ComparedValues {
  const [left, right] = [saidOf(one, field), saidOf(other, field)];
  const known = new Set(left.map((value) => sameAs(field, value)));
  const agree = left.length === 0 || right.length === 0 ? null : right.some((value) => known.has(sameAs(field, value)));
  return { field, left, right, agree };
}

function saidOf(record: StoredRecord | undefined, field: GoldenField): readonly GoldenJson[] {
  const party = record && partyOf(record);
  return party ? saidBy(party, field) : [];
}

function isSaid({ left, right }: ComparedValues): boolean {
  return left.length + right.length > 0;
}
