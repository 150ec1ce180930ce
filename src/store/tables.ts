import type { Columns } from "./columns.sqlite.ts";

/**
 * Every table, written once for both databases. Instants are ISO text of 24 characters, documents are JSON text, flags are 0 or 1.
 * Rows that may be changed carry `revision`: a write that did not see the newest one is refused (see commit.ts).
 */
export function tables(c: Columns) {
  const { table, text, integer, real, bytes, primaryKey, index } = c;

  /* ---- configuration and operation ---- */
  const settings = table("settings", { name: text("name").primaryKey(), value: text("value").notNull() });

  const connections = table("connections", {
    id: text("id").primaryKey(),
    connector: text("connector").notNull(),
    account: text("account"),
    status: text("status").notNull(), // connected | needs_attention | failed
    message: text("message"),
    checked_at: text("checked_at"),
  });

  const cursors = table(
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

  const runs = table(
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

  const errors = table(
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

  /** Calls to a vendor's account by stretch of time, booked ahead: its quota is shared by all processes of this store. */
  const quotas = table(
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

  /** Processes at work on this store, where there may be several: each says again and again that it lives. By the database's clock. */
  const processes = table("processes", {
    id: text("id").primaryKey(),
    started_at: text("started_at").notNull(),
    seen_at: text("seen_at").notNull(),
  });

  /** What of the limits of a vendor's account each process may use, and until when the vendor asked it to wait. */
  const quota_shares = table(
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

  const api_keys = table("api_keys", {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    role: text("role").notNull(), // viewer | operator | admin
    hash: text("hash").notNull(),
    created_at: text("created_at").notNull(),
    revoked_at: text("revoked_at"),
  });

  /** One row for each thing that only one plan at a time may change; every such plan puts it, so the second of two is planned again. */
  const lanes = table("lanes", { name: text("name").primaryKey(), revision: integer("revision").notNull() });

  /* ---- inbox: webhook bytes, committed before they are answered ---- */
  const inbox = table(
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

  /** What was heard on the channels by which vendors tell of changes: the place in each, and which process listens. */
  const channels = table(
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

  /* ---- land ---- */
  const raw_records = table(
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

  /** The newest landed version of each record. Stamp and hash are the vendor's, also where a fix stands: what landing compares with. */
  const heads = table("heads", {
    record_key: text("record_key").primaryKey(),
    seq: integer("seq").notNull(),
    version: text("version"),
    content_hash: text("content_hash").notNull(),
    revision: integer("revision").notNull(),
  });

  /* ---- map ---- */
  const records = table(
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

  const associations = table(
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

  /* ---- resolve ---- */
  const identifiers = table(
    "identifiers",
    {
      claim: text("claim").notNull(), // "<type>:<value>"
      record_key: text("record_key").notNull(),
    },
    (t) => [primaryKey({ columns: [t.claim, t.record_key] }), index("identifiers_record").on(t.record_key)],
  );

  /** What scoring compares of a party record, normalised once. */
  const comparables = table("comparables", {
    first_seq: integer("first_seq").primaryKey(), // of its record
    record_key: text("record_key").notNull(),
    kind: text("kind").notNull(), // person | company
    version: text("version").notNull(), // of the rules that made it
    document: text("document").notNull(),
  });

  /** Under what a party record is looked for by those that could be the same party. */
  const block_keys = table(
    "block_keys",
    {
      key: integer("key").notNull(), // see identity/block/stored-keys.ts
      first_seq: integer("first_seq").notNull(), // of the record: a short number, as each record has many keys
    },
    (t) => [primaryKey({ columns: [t.key, t.first_seq] })],
  );

  /** Pairs of records whose score reaches the review threshold. */
  const matches = table(
    "matches",
    {
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      weight: real("weight").notNull(), // log2 of the odds
      probability: real("probability").notNull(),
      apart: integer("apart").notNull(), // 1 while the two are different customers
      document: text("document").notNull(), // the prior and the weight of each field
    },
    (t) => [
      primaryKey({ columns: [t.left_key, t.right_key] }),
      index("matches_right").on(t.right_key),
      index("matches_apart").on(t.apart, t.weight),
    ],
  );

  /** Pairs of records that share a claim and are different customers, as something speaks against it. */
  const refusals = table(
    "refusals",
    {
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      claim: text("claim").notNull(),
      because: text("because").notNull(), // names | conflict | rivals | limit:<type>
      weight: real("weight").notNull(), // of their score, as in matches
    },
    (t) => [
      primaryKey({ columns: [t.left_key, t.right_key] }),
      index("refusals_right").on(t.right_key),
      index("refusals_weight").on(t.weight),
    ],
  );

  /** What people have decided about who is one customer; never changed but for being revoked, or standing again. A later one (higher id) overrules. */
  const overrides = table(
    "overrides",
    {
      id: integer("id").primaryKey(),
      kind: text("kind").notNull(), // must_link | cannot_link
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      by: text("by").notNull(),
      at: text("at").notNull(),
      reason: text("reason").notNull(),
      revoked_at: text("revoked_at"),
      revoked_by: text("revoked_by"),
      revoked_reason: text("revoked_reason"),
    },
    (t) => [index("overrides_left").on(t.left_key), index("overrides_right").on(t.right_key)],
  );

  const links = table(
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

  const customers = table(
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

  /** Which records, of any kind, belong to a customer and as what: the customer's own and those associated to it. */
  const memberships = table(
    "memberships",
    {
      customer_id: text("customer_id").notNull(),
      record_key: text("record_key").notNull(),
      role: text("role").notNull(), // former_member: by a person who was at this company once
      during: text("during").notNull(), // when it belonged there, "" for always: its events of other times stand elsewhere
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.record_key] }), index("memberships_record").on(t.record_key)],
  );

  /**
   * Values of customers that a person has set by hand, kept by a record and so through replay, merges and unmerges: a pin holds for
   * whichever customer the record belongs to.
   */
  const pins = table(
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

  /* ---- timeline ---- */
  /** The append-only log, clustered by record: an event belongs to its record and follows it. */
  const events = table(
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

  /** Where each event stands on each customer's timeline, clustered by customer and time. */
  const timeline = table(
    "timeline",
    {
      customer_id: text("customer_id").notNull(),
      occurred_at: text("occurred_at").notNull(),
      event_id: text("event_id").notNull(),
      record_key: text("record_key").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.occurred_at, t.event_id] })],
  );

  /* ---- derive ---- */
  const dirty = table("dirty", { customer_id: text("customer_id").primaryKey(), since: text("since").notNull() });

  const stage_intervals = table(
    "stage_intervals",
    {
      customer_id: text("customer_id").notNull(),
      journey: text("journey").notNull(),
      position: integer("position").notNull(),
      stage: text("stage").notNull(),
      cycle_no: integer("cycle_no").notNull(),
      valid_from: text("valid_from").notNull(),
      valid_to: text("valid_to"),
      cause: text("cause").notNull(),
      evidence: text("evidence").notNull(),
      as_of: text("as_of").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.journey, t.position] })],
  );

  const scores = table(
    "scores",
    {
      customer_id: text("customer_id").notNull(),
      name: text("name").notNull(),
      value: real("value").notNull(),
      grade: text("grade").notNull(),
      document: text("document").notNull(), // dimensions, contributions, reason, rule version
      as_of: text("as_of").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.name] })],
  );

  const timers = table(
    "timers",
    {
      customer_id: text("customer_id").primaryKey(),
      due_at: text("due_at").notNull(),
      because: text("because").notNull(),
    },
    (t) => [index("timers_due").on(t.due_at)],
  );

  /* ---- writeback ---- */
  const writebacks = table(
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

  /** Fields of ours that somebody else has written over: how often of late, and which are left alone since. */
  const contested_fields = table(
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

  /* ---- audit: what was found when a stream was compared with its vendor ---- */
  const audits = table(
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

  return {
    settings,
    connections,
    cursors,
    runs,
    errors,
    quotas,
    processes,
    quota_shares,
    api_keys,
    lanes,
    inbox,
    channels,
    raw_records,
    heads,
    records,
    associations,
    identifiers,
    comparables,
    block_keys,
    matches,
    refusals,
    overrides,
    links,
    customers,
    memberships,
    pins,
    events,
    timeline,
    dirty,
    stage_intervals,
    scores,
    timers,
    writebacks,
    contested_fields,
    audits,
  };
}

export type Tables = ReturnType<typeof tables>;
export type TableName = keyof Tables;
/** A row of a table, every column given. */
export type Row<T extends TableName> = Tables[T]["$inferSelect"];
