import type { Comparable } from "../../identity/comparable.ts";
import { type Claim, claimsDropped, claimsOf, type Party, partyOf } from "../../identity/group/claims.ts";
import type { Problem } from "../../model/problem.ts";
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
  /** False of what was a person or a company and is something else now: it claims nothing and leaves its customer. */
  isParty: boolean;
}

/** The parties among these versions, each as its last version leaves it, and those that were one before. */
export function batchParties(versions: readonly MappedVersion[], pipeline: Pipeline): Map<string, BatchParty> {
  const parties = new Map<string, BatchParty>();
  const last = new Map(versions.map((version) => [version.landed.record_key, version]));
  const first = new Map(versions.toReversed().map((version) => [version.landed.record_key, version]));
  for (const [record_key, version] of last) {
    const record = storedVersion(version);
    const party = partyOf(record);
    const before = first.get(record_key)?.before ?? null;
    if (!party && (!before || !partyOf(before))) continue;
    const claims = party ? claimsOf(party, pipeline.identity) : [];
    const comparable = comparableOfRecord(record, party, pipeline);
    parties.set(record_key, { record, claims, comparable, isNew: before === null, isParty: party !== null });
  }
  return parties;
}

/** Those of these records of which something may be stored already. */
export function knownAmong(recordKeys: readonly string[], parties: ReadonlyMap<string, BatchParty>): string[] {
  return recordKeys.filter((key) => !parties.get(key)?.isNew);
}

/** One error for each of these that has more values of a kind than count. */
export function droppedClaims(
  parties: ReadonlyMap<string, BatchParty>,
  { identity }: Pick<Pipeline, "identity">,
): Problem[] {
  return [...parties.values()].flatMap(({ record, claims }) => {
    const party = partyOf(record);
    const dropped = party ? claimsDropped(party, claims, identity) : [];
    return dropped.map(
      ({ type, values, counted }): Problem => ({
        connection: record.connection,
        record_key: record.record_key,
        step: "resolve",
        class: "limit",
        fingerprint: `too many ${type}`,
        message: `${record.record_key} has ${values} values of ${type}: only the first ${counted} tell whose record it is`,
        remedy: `Take values off the record at its source that are not its own, or block them in mappings/identity, then run \`journey-hub replay\`; dismiss this where it is right.`,
        raw_seq: null,
      }),
    );
  });
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
