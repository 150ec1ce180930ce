import type { Columns } from "../columns.sqlite.ts";

/** What was written to vendors, and which of our fields somebody else writes over. */
export function writebackTables(c: Columns) {
  return {
    writebacks: writebacks(c),
    contested_fields: contestedFields(c),
  };
}

function writebacks({ table, text, integer, index }: Columns) {
  return table(
    "writebacks",
    {
      record_key: text("record_key").primaryKey(),
      connection: text("connection").notNull(),
      desired: text("desired").notNull(),
      observed: text("observed").notNull(), // what stood there before
      status: text("status").notNull(), // sent | refused | later
      raw_seq: integer("raw_seq").notNull(), // the record's version the plan was made on
      attempts: integer("attempts").notNull(),
      sent_at: text("sent_at").notNull(),
    },
    (t) => [index("writebacks_status").on(t.connection, t.status)],
  );
}

/** Fields of ours that somebody else has written over: how often of late, and which are left alone since. */
function contestedFields({ table, text, primaryKey, index }: Columns) {
  return table(
    "contested_fields",
    {
      record_key: text("record_key").notNull(),
      field: text("field").notNull(),
      connection: text("connection").notNull(),
      flips: text("flips").notNull(), // each foreign change: what was found, and what had been written
      frozen_at: text("frozen_at"), // null while it is still written back
    },
    (t) => [
      primaryKey({ columns: [t.record_key, t.field] }),
      index("contested_fields_frozen").on(t.connection, t.frozen_at),
    ],
  );
}
