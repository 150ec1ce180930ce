import type { Columns } from "../columns.sqlite.ts";

/** What has landed, as received and as mapped. */
export function recordTables(c: Columns) {
  return {
    raw_records: rawRecords(c),
    heads: heads(c),
    records: records(c),
    associations: associations(c),
  };
}

function rawRecords({ table, text, integer, index }: Columns) {
  return table(
    "raw_records",
    {
      seq: integer("seq").primaryKey(), // order of landing, given by the hub
      record_key: text("record_key").notNull(),
      connection: text("connection").notNull(),
      object: text("object").notNull(),
      remote_id: text("remote_id").notNull(),
      version: text("version"),
      content_hash: text("content_hash").notNull(),
      deleted: integer("deleted").notNull(),
      known_at: text("known_at").notNull(),
      origin: text("origin").notNull().default("vendor"), // vendor | fix: the payload as a person corrected it
      payload: text("payload").notNull(),
    },
    (t) => [index("raw_records_key").on(t.record_key, t.seq)],
  );
}

/** The newest landed version of each record. Stamp and hash are the vendor's, also where a fix stands: what landing compares with. */
function heads({ table, text, integer }: Columns) {
  return table("heads", {
    record_key: text("record_key").primaryKey(),
    seq: integer("seq").notNull(),
    version: text("version"),
    content_hash: text("content_hash").notNull(),
    revision: integer("revision").notNull(),
  });
}

function records({ table, text, integer, index }: Columns) {
  return table(
    "records",
    {
      record_key: text("record_key").primaryKey(),
      connection: text("connection").notNull(),
      object: text("object").notNull(),
      remote_id: text("remote_id").notNull(),
      kind: text("kind").notNull(),
      first_seq: integer("first_seq").notNull(), // order of first landing: says which of its records founds a customer
      first_seen_at: text("first_seen_at").notNull(),
      raw_seq: integer("raw_seq").notNull(),
      mapping: text("mapping").notNull(), // version of the mapping that made it
      remote_created_at: text("remote_created_at"),
      remote_updated_at: text("remote_updated_at"),
      changed_at: text("changed_at").notNull(), // when a mapped value last changed: our own write-backs move only the stamp above
      remote_url: text("remote_url"),
      deleted: integer("deleted").notNull(),
      merged_into: text("merged_into"),
      fields: text("fields").notNull(),
      identifiers: text("identifiers").notNull(),
      custom_fields: text("custom_fields").notNull(),
      native: text("native").notNull(),
      observed: text("observed"),
    },
    (t) => [index("records_kind").on(t.connection, t.object, t.kind)],
  );
}

function associations({ table, text, primaryKey, index }: Columns) {
  return table(
    "associations",
    {
      from_key: text("from_key").notNull(),
      to_key: text("to_key").notNull(),
      role: text("role").notNull(),
      source_key: text("source_key").notNull(), // the record that states it
      valid_from: text("valid_from").notNull(), // "" where no beginning is known
      valid_to: text("valid_to").notNull(), // "~" while it stands: see model/during.ts
    },
    (t) => [
      primaryKey({ columns: [t.from_key, t.to_key, t.role, t.source_key, t.valid_to] }),
      index("associations_to").on(t.to_key, t.role),
      index("associations_source").on(t.source_key),
    ],
  );
}
