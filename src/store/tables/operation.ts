import type { Columns } from "../columns.sqlite.ts";

/** Configuration, and what is known of the work: cursors, runs, errors, quotas, keys, audits. */
export function operationTables(c: Columns) {
  return {
    settings: settings(c),
    connections: connections(c),
    cursors: cursors(c),
    runs: runs(c),
    errors: errors(c),
    quotas: quotas(c),
    processes: processes(c),
    quota_shares: quotaShares(c),
    api_keys: apiKeys(c),
    lanes: lanes(c),
    audits: audits(c),
  };
}

function settings({ table, text }: Columns) {
  return table("settings", { name: text("name").primaryKey(), value: text("value").notNull() });
}

function connections({ table, text }: Columns) {
  return table("connections", {
    id: text("id").primaryKey(),
    connector: text("connector").notNull(),
    account: text("account"),
    status: text("status").notNull(), // connected | needs_attention | failed
    message: text("message"),
    checked_at: text("checked_at"),
  });
}

function cursors({ table, text, integer, primaryKey }: Columns) {
  return table(
    "cursors",
    {
      connection: text("connection").notNull(),
      stream: text("stream").notNull(),
      state: text("state").notNull(),
      records: integer("records").notNull(),
      updated_at: text("updated_at").notNull(),
      revision: integer("revision").notNull(),
    },
    (t) => [primaryKey({ columns: [t.connection, t.stream] })],
  );
}

function runs({ table, text, index }: Columns) {
  return table(
    "runs",
    {
      id: text("id").primaryKey(),
      connection: text("connection").notNull(),
      kind: text("kind").notNull(), // sync | webhook | replay | derive | apply | import
      owner: text("owner").notNull(), // the process at work on it: see hub/presence.ts
      status: text("status").notNull(), // running | done | failed
      started_at: text("started_at").notNull(),
      ended_at: text("ended_at"),
      counts: text("counts").notNull(),
      message: text("message"),
      failure: text("failure"), // what a person can do about it, as JSON; null where it did not fail
    },
    (t) => [index("runs_started").on(t.started_at)],
  );
}

function errors({ table, text, integer, index }: Columns) {
  return table(
    "errors",
    {
      id: text("id").primaryKey(), // hash of connection, record, step, fingerprint
      connection: text("connection").notNull(),
      record_key: text("record_key").notNull(), // "" where no record is known
      step: text("step").notNull(),
      class: text("class").notNull(), // value | mapping | connection | rejected | missing_field | conflict | signature | internal
      fingerprint: text("fingerprint").notNull(),
      message: text("message").notNull(),
      remedy: text("remedy").notNull(),
      raw_seq: integer("raw_seq"),
      first_seen_at: text("first_seen_at").notNull(),
      last_seen_at: text("last_seen_at").notNull(),
      status: text("status").notNull(), // open | resolved
    },
    (t) => [index("errors_record").on(t.record_key), index("errors_status").on(t.status, t.last_seen_at)],
  );
}

/** Calls to a vendor's account by stretch of time, booked ahead: its quota is shared by all processes of this store. */
function quotas({ table, text, integer, primaryKey }: Columns) {
  return table(
    "quotas",
    {
      connection: text("connection").notNull(),
      window_start: text("window_start").notNull(),
      used: integer("used").notNull(),
      allowance: integer("allowance"), // what the vendor grants in a day, where it is known
      revision: integer("revision").notNull(),
    },
    (t) => [primaryKey({ columns: [t.connection, t.window_start] })],
  );
}

/** Processes at work on this store, where there may be several: each says again and again that it lives. By the database's clock. */
function processes({ table, text }: Columns) {
  return table("processes", {
    id: text("id").primaryKey(),
    started_at: text("started_at").notNull(),
    seen_at: text("seen_at").notNull(),
  });
}

/** What of the limits of a vendor's account each process may use, and until when the vendor asked it to wait. */
function quotaShares({ table, text, integer, primaryKey }: Columns) {
  return table(
    "quota_shares",
    {
      connection: text("connection").notNull(),
      process: text("process").notNull(),
      units: text("units").notNull(), // whole requests by the name of the limit, as JSON
      window_s: integer("window_s").notNull(), // for so long the vendor counts a call, at the longest of these limits
      paused_until: text("paused_until"), // by the database's clock, as the next
      left_at: text("left_at"), // when the process ended in order: what it had used counts for as long as the vendor counts it
    },
    (t) => [primaryKey({ columns: [t.connection, t.process] })],
  );
}

function apiKeys({ table, text }: Columns) {
  return table("api_keys", {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    role: text("role").notNull(), // viewer | operator | admin
    hash: text("hash").notNull(),
    created_at: text("created_at").notNull(),
    revoked_at: text("revoked_at"),
  });
}

/** One row for each thing that only one plan at a time may change; every such plan puts it, so the second of two is planned again. */
function lanes({ table, text, integer }: Columns) {
  return table("lanes", { name: text("name").primaryKey(), revision: integer("revision").notNull() });
}

/** What was found when a stream was compared with its vendor. */
function audits({ table, text, integer, primaryKey }: Columns) {
  return table(
    "audits",
    {
      connection: text("connection").notNull(),
      stream: text("stream").notNull(),
      object: text("object").notNull(),
      after: text("after"), // where the pass under way stands; null before its first window
      pass: text("pass"), // the pass under way: when it began and what it found; null between passes
      last: text("last"), // the last complete pass, the same way
      vendor_count: integer("vendor_count"),
      stored_count: integer("stored_count"),
      updated_at: text("updated_at").notNull(),
      revision: integer("revision").notNull(),
    },
    (t) => [primaryKey({ columns: [t.connection, t.stream] })],
  );
}
