import type { RecordFields, RecordKind } from "./kinds.ts";

/**
 * What a vendor sent, before any interpretation. `payload` is the vendor's object parsed from JSON, unchanged.
 * `version` is the vendor's own stamp where it has one (ISO instant), else null.
 */
export interface RawRecord {
  connection: string;
  object: string;
  remote_id: string;
  version: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
}

/** A claim that identifies a party, normalised: `{ type: "email", value: "ann@example.com" }`. */
export interface Identifier {
  type: string;
  value: string;
}

/** A link from one record to another of the same connection; `to` is a ref, `companies:123`. */
export interface Association {
  to: string;
  role: string;
}

/** The fields journey-hub itself keeps in the CRMs, as last seen there. */
export interface ObservedWriteback {
  stage?: string | null;
  stage_date?: string | null;
  score?: number | null;
  grade?: string | null;
  reason?: string | null;
}

/** A raw record put into our vocabulary by a mapping file: what the map step returns. */
export interface MappedRecord<K extends RecordKind = RecordKind> {
  kind: K;
  remote_id: string;
  remote_created_at: string | null;
  remote_updated_at: string | null;
  remote_url: string | null;
  deleted: boolean;
  /** Remote id (same object) of the record this one was merged into. */
  merged_into: string | null;
  fields: RecordFields<K>;
  identifiers: Identifier[];
  associations: Association[];
  custom_fields: Record<string, string | number | boolean | null>;
  /** Original vendor values behind mapped enums, by field. */
  native: Record<string, string>;
  observed: ObservedWriteback | null;
}

/** Key of a record across the hub: `<connection>:<object>:<remote id>`. */
export function recordKey(connection: string, object: string, remoteId: string): string {
  return `${connection}:${object}:${remoteId}`;
}

/** Takes a record key apart; the remote id may itself hold colons. */
export function parseRecordKey(key: string): { connection: string; object: string; remoteId: string } {
  const first = key.indexOf(":");
  const second = key.indexOf(":", first + 1);
  return { connection: key.slice(0, first), object: key.slice(first + 1, second), remoteId: key.slice(second + 1) };
}
