import type { SourceRecord } from "../connector/index.ts";
import type { RawRecord } from "../model/record.ts";

interface Origin {
  connection: string;
  object: string;
}

/** A record of a connector's as landing takes it. */
export function received(
  { connection, object }: Origin,
  { id, at, deleted, payload, missing = [] }: SourceRecord,
): RawRecord {
  const record = { connection, object, remote_id: id, version: at, deleted, payload };
  return missing.length > 0 ? { ...record, missing } : record;
}

/** The vendor has it no longer: no payload, and no stamp that could make it older than what is known. */
export function goneRecord({ connection, object }: Origin, id: string): RawRecord {
  return { connection, object, remote_id: id, version: null, deleted: true, payload: {} };
}
