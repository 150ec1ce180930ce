import type { Columns } from "../columns.sqlite.ts";

/** What vendors tell by themselves: webhook bytes, committed before they are answered, and the places in their channels. */
export function inboxTables(c: Columns) {
  return {
    inbox: inbox(c),
    channels: channels(c),
  };
}

function inbox({ table, text, integer, bytes, primaryKey, index }: Columns) {
  return table(
    "inbox",
    {
      connection: text("connection").notNull(),
      dedupe_key: text("dedupe_key").notNull(),
      seq: integer("seq").notNull(),
      received_at: text("received_at").notNull(),
      content_hash: text("content_hash").notNull(),
      body: bytes("body").notNull(),
      status: text("status").notNull(), // waiting | done | failed
      attempts: integer("attempts").notNull(),
    },
    (t) => [primaryKey({ columns: [t.connection, t.dedupe_key] }), index("inbox_waiting").on(t.status, t.seq)],
  );
}

/** What was heard on the channels by which vendors tell of changes: the place in each, and which process listens. */
function channels({ table, text, integer, primaryKey }: Columns) {
  return table(
    "channels",
    {
      connection: text("connection").notNull(),
      channel: text("channel").notNull(),
      place: text("place"), // null: none yet, or lost
      owner: text("owner"), // the process that listens: see hub/presence.ts; null: none does
      incomplete: text("incomplete"), // why the connection must be pulled: not everything was told; null: it need not
      heard: integer("heard").notNull(),
      heard_at: text("heard_at"),
      revision: integer("revision").notNull(),
    },
    (t) => [primaryKey({ columns: [t.connection, t.channel] })],
  );
}
