import { partyKinds } from "../../model/kinds.ts";
import {
  type Identifier,
  type LandedRecord,
  type MappedRecord,
  mergedIdentifier,
  recordKey,
} from "../../model/record.ts";

/**
 * A record of a person or company with what its vendor has merged among its identifiers: the key of the record it went into, and of each
 * that went into it. Either side tells; the other may be gone without a word, or not have come yet.
 */
export function withMerges({ connection, object, remote_id }: LandedRecord, mapped: MappedRecord): MappedRecord {
  const others = [mapped.merged_into ?? "", ...(mapped.absorbed ?? [])].filter((id) => id !== "" && id !== remote_id);
  if (others.length === 0 || !(mapped.kind in partyKinds)) return mapped;
  const merges = others.map((id): Identifier => ({ type: mergedIdentifier, value: recordKey(connection, object, id) }));
  const values = new Set(mapped.identifiers.filter(({ type }) => type === mergedIdentifier).map(({ value }) => value));
  return { ...mapped, identifiers: [...mapped.identifiers, ...merges.filter(({ value }) => !values.has(value))] };
}
