import type { RecordFields, RecordKind } from "../model/kinds.ts";
import type { MappedVersion, StoredRecord } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";

/** These records as last mapped, by record key. */
export async function readRecords(store: Store, recordKeys: readonly string[]): Promise<Map<string, StoredRecord>> {
  const rows = await store.byKey("records", "record_key", recordKeys);
  return new Map(rows.map((row) => [row.record_key, storedRecord(row)]));
}

/** A row of `records` with its documents parsed. */
export function storedRecord(row: Row<"records">): StoredRecord {
  return {
    record_key: row.record_key,
    connection: row.connection,
    object: row.object,
    remote_id: row.remote_id,
    kind: row.kind as RecordKind,
    first_seq: row.first_seq,
    first_seen_at: row.first_seen_at,
    remote_updated_at: row.remote_updated_at,
    changed_at: row.changed_at,
    deleted: row.deleted === 1,
    merged_into: row.merged_into,
    fields: JSON.parse(row.fields) as RecordFields,
    identifiers: JSON.parse(row.identifiers) as StoredRecord["identifiers"],
  };
}

/** A record as it stands once this version is stored. */
export function storedVersion({ landed, mapped, first_seq, first_seen_at, changed_at }: MappedVersion): StoredRecord {
  const { record_key, connection, object, remote_id } = landed;
  const { kind, remote_updated_at, deleted, merged_into, fields, identifiers } = mapped;
  return {
    record_key,
    connection,
    object,
    remote_id,
    kind,
    first_seq,
    first_seen_at,
    remote_updated_at,
    changed_at,
    deleted,
    merged_into,
    fields,
    identifiers,
  };
}
