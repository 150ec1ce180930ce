import type { Comparable } from "../../identity/comparable.ts";
import { type Claim, claimsOf, type Party, partyOf } from "../../identity/group/claims.ts";
import type { MappedVersion, StoredRecord } from "../../model/record.ts";
import type { Pipeline } from "../context.ts";
import { storedVersion } from "../records.ts";

/** A record that is a person or a company, with what it claims. */
export interface PartyRecord {
  record: StoredRecord;
  claims: readonly Claim[];
}

/** A party record as this batch leaves it. */
export interface BatchParty extends PartyRecord {
  /** Null where nothing is compared: see `comparableOfRecord`. */
  comparable: Comparable | null;
  /** First seen in this batch: nothing of it is stored yet. */
  isNew: boolean;
}

/** The parties among these versions, each as its last version leaves it. */
export function batchParties(versions: readonly MappedVersion[], pipeline: Pipeline): Map<string, BatchParty> {
  const parties = new Map<string, BatchParty>();
  const last = new Map(versions.map((version) => [version.landed.record_key, version]));
  const first = new Set(versions.filter(({ before }) => before === null).map(({ landed }) => landed.record_key));
  for (const [record_key, version] of last) {
    const record = storedVersion(version);
    const party = partyOf(record);
    if (!party) continue;
    const claims = claimsOf(party, pipeline.identity);
    const comparable = comparableOfRecord(record, party, pipeline);
    parties.set(record_key, { record, claims, comparable, isNew: first.has(record_key) });
  }
  return parties;
}

/**
 * What is compared of a record. Nothing where the rules score nothing; nor of what anybody may have sent, who could fill every key with
 * it; nor of what was merged away, for which its winner speaks.
 */
export function comparableOfRecord(
  record: StoredRecord,
  party: Party | null,
  { matching, isPublic }: Pick<Pipeline, "matching" | "isPublic">,
): Comparable | null {
  if (!party || !matching || record.merged_into !== null || isPublic(record.record_key)) return null;
  return matching.comparableOf(party);
}
