import type { PartyName } from "../../identity/compare/names.ts";
import type { Node } from "../../identity/group/bonds.ts";
import { mergeWith, partyOf } from "../../identity/group/claims.ts";
import { nameless, partyNameOf } from "../../identity/group/party-name.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Pipeline } from "../context.ts";
import type { Closure } from "./closure.ts";

/** The records of a closure that are to be joined. */
export function nodes(closure: Closure, pipeline: Pick<Pipeline, "isPublic">): Node[] {
  const free = [...closure.records.values()].filter(({ record_key }) => !closure.fixed.has(record_key));
  return free.map((record) => nodeOf(record, closure, pipeline));
}

/** A record as clustering sees it. */
export function nodeOf(record: StoredRecord, { claims }: Closure, { isPublic }: Pick<Pipeline, "isPublic">): Node {
  return {
    record_key: record.record_key,
    first_seq: record.first_seq,
    claims: [mergeWith(record.record_key), ...(claims.get(record.record_key) ?? [])],
    name: nameOf(record),
    isPublic: isPublic(record.record_key),
  };
}

/** What was merged away says no more what its customer is called. */
function nameOf(record: StoredRecord): PartyName {
  const party = record.merged_into === null ? partyOf(record) : null;
  return party ? partyNameOf(party) : nameless;
}
