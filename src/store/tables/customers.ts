import type { Columns } from "../columns.sqlite.ts";

/** Customers, the records that belong to them, and their values set by hand. */
export function customerTables(c: Columns) {
  return {
    links: links(c),
    customers: customers(c),
    memberships: memberships(c),
    pins: pins(c),
  };
}

function links({ table, text, integer, index }: Columns) {
  return table(
    "links",
    {
      record_key: text("record_key").primaryKey(),
      customer_id: text("customer_id").notNull(),
      founder_id: text("founder_id").notNull(), // the customer id this record would found: old ids of merged customers lead here
      kind: text("kind").notNull(), // person | company
      evidence: text("evidence").notNull(),
      revision: integer("revision").notNull(),
    },
    (t) => [index("links_customer").on(t.customer_id), index("links_founder").on(t.founder_id)],
  );
}

function customers({ table, text, integer, index }: Columns) {
  return table(
    "customers",
    {
      id: text("id").primaryKey(),
      kind: text("kind").notNull(),
      name: text("name").notNull(),
      golden: text("golden").notNull(),
      first_seen_at: text("first_seen_at").notNull(),
      revision: integer("revision").notNull(),
    },
    (t) => [index("customers_name").on(t.kind, t.name)],
  );
}

/** Which records, of any kind, belong to a customer and as what: the customer's own and those associated to it. */
function memberships({ table, text, primaryKey, index }: Columns) {
  return table(
    "memberships",
    {
      customer_id: text("customer_id").notNull(),
      record_key: text("record_key").notNull(),
      role: text("role").notNull(), // former_member: by a person who was at this company once
      during: text("during").notNull(), // when it belonged there, "" for always: its events of other times stand elsewhere
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.record_key] }), index("memberships_record").on(t.record_key)],
  );
}

/**
 * Values of customers that a person has set by hand, kept by a record and so through replay, merges and unmerges: a pin holds for
 * whichever customer the record belongs to.
 */
function pins({ table, text, index }: Columns) {
  return table(
    "pins",
    {
      id: text("id").primaryKey(),
      record_key: text("record_key").notNull(),
      field: text("field").notNull(),
      value: text("value").notNull(), // as JSON
      by: text("by").notNull(),
      at: text("at").notNull(),
      reason: text("reason").notNull(),
      ended: text("ended"), // who took it off, when and why, as JSON; null while it holds
    },
    (t) => [index("pins_record").on(t.record_key)],
  );
}
