import type { Columns } from "../columns.sqlite.ts";

/** What happened, and whose timelines it stands on. */
export function timelineTables(c: Columns) {
  return {
    events: events(c),
    timeline: timeline(c),
    dirty: dirty(c),
  };
}

/** The append-only log, clustered by record: an event belongs to its record and follows it. */
function events({ table, text, primaryKey }: Columns) {
  return table(
    "events",
    {
      record_key: text("record_key").notNull(),
      occurred_at: text("occurred_at").notNull(),
      id: text("id").notNull(),
      kind: text("kind").notNull(),
      known_at: text("known_at").notNull(),
      direction: text("direction").notNull(),
      channel: text("channel").notNull(),
      title: text("title").notNull(),
      changes: text("changes").notNull(),
      facts: text("facts").notNull(),
    },
    (t) => [primaryKey({ columns: [t.record_key, t.occurred_at, t.id] })],
  );
}

/** Where each event stands on each customer's timeline, clustered by customer and time. */
function timeline({ table, text, primaryKey }: Columns) {
  return table(
    "timeline",
    {
      customer_id: text("customer_id").notNull(),
      occurred_at: text("occurred_at").notNull(),
      event_id: text("event_id").notNull(),
      record_key: text("record_key").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.occurred_at, t.event_id] })],
  );
}

function dirty({ table, text }: Columns) {
  return table("dirty", { customer_id: text("customer_id").primaryKey(), since: text("since").notNull() });
}
