/*
 * The limit of `bench pipeline`: the same rows in the same tables, written by somebody who knows what comes and does it record by
 * record: prepared better-sqlite3 on one connection, mapping by hand, no layers, no thread, no plan. What it may take for granted and
 * the hub may not: companies come before their people, nobody moves, claims and associations never change, nothing is deleted or sent
 * twice. Arguments: folder, version of the identity rules (it is written into the evidence), records, records a commit.
 */

import { hash } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type Comparable, comparableOf } from "../../src/identity/comparable.ts";
import { normaliseName } from "../../src/identity/compare/names.ts";
import type { Party } from "../../src/identity/group/claims.ts";
import { createMatching } from "../../src/identity/matching.ts";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { shortHash } from "../../src/lib/hash.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import type { MappedRecord } from "../../src/model/index.ts";
import { migrateSqlite } from "../../src/store/sqlite/migrate.ts";
import { contactByHand } from "./map.handwritten.ts";
import { print } from "./measure.ts";
import { goldenOf, type Member } from "./pipeline.golden.ts";
import { activityByHand, companyByHand } from "./pipeline.handwritten.ts";
import type { WireRecord } from "./pipeline.records.ts";
import { now, takeTurn } from "./pipeline.turn.ts";

const [folder = "", rules = ""] = process.argv.slice(2);
const identity = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml"));
const file = join(folder, "journey-hub.db");
migrateSqlite(file);
const db = new Database(file);
db.pragma("journal_mode = wal");
db.pragma("synchronous = full");
db.pragma("cache_size = -262144");
db.pragma("temp_store = memory");
db.pragma("mmap_size = 268435456");

const insert = (table: string, columns: number, conflict = "") =>
  db.prepare(`insert into ${table} values (${"?,".repeat(columns).slice(0, -1)}) ${conflict}`);
const nothing = "on conflict do nothing";
const headOf = db.prepare("select content_hash from heads where record_key = ?").pluck();
const addRaw = insert("raw_records", 11);
const putHead = insert(
  "heads",
  5,
  "on conflict (record_key) do update set seq = excluded.seq, version = excluded.version, content_hash = excluded.content_hash, revision = revision + 1",
);
const recordOf = db.prepare(
  "select first_seq, first_seen_at, fields, identifiers, changed_at from records where record_key = ?",
);
const addRecord = insert("records", 20);
const changeRecord = db.prepare(
  "update records set raw_seq = ?, remote_updated_at = ?, changed_at = ?, fields = ?, identifiers = ?, native = ?, observed = ? where record_key = ?",
);
const addAssociation = insert("associations", 6, nothing);
const addClaim = insert("identifiers", 2, nothing);
const addComparable = insert("comparables", 5);
const addKey = insert("block_keys", 2);
const addMatch = insert("matches", 6);
const matching = createMatching(identity);
const comparables = new Map<string, Comparable>();
const holderOf = db.prepare("select record_key from identifiers where claim = ? and record_key <> ? limit 1").pluck();
const linkOf = db.prepare("select customer_id from links where record_key = ?").pluck();
const membersOf = db.prepare(
  "select r.record_key, r.kind, r.fields, r.changed_at from links l join records r using (record_key) where l.customer_id = ?",
);
const addLink = insert("links", 6);
const putCustomer = insert(
  "customers",
  6,
  "on conflict (id) do update set name = excluded.name, golden = excluded.golden, revision = revision + 1 where golden <> excluded.golden",
);
const addMembership = insert("memberships", 4, nothing);
const companiesOf = db
  .prepare(
    "select l.customer_id from associations a join links l on l.record_key = a.to_key where a.from_key = ? and l.kind = 'company'",
  )
  .pluck();
const addEvent = insert("events", 10, nothing);
const place = insert("timeline", 4, nothing);
const mark = insert("dirty", 2, "on conflict (customer_id) do update set since = excluded.since");
const putTurn = insert("lanes", 2, "on conflict (name) do update set revision = revision + 1");
const putCursor = insert(
  "cursors",
  6,
  "on conflict (connection, stream) do update set state = excluded.state, records = excluded.records, revision = revision + 1",
);
let seq = 0;

print(
  await takeTurn((batch, done) => {
    db.exec("begin immediate");
    for (const record of batch) take(record);
    putTurn.run("identity", 1);
    putCursor.run("hubspot", "all", JSON.stringify({ done }), done, now, 1);
    db.exec("commit");
  }),
);
db.close();

/** `stamp` tells apart what happens to a record more than once; `before` are its fields as they were. */
type Version = { key: string; stamp: string; record: MappedRecord; before: string | null };

function take({ object, id, version, json }: WireRecord): void {
  const payload = JSON.parse(json);
  const key = `hubspot:${object}:${id}`;
  const raw = JSON.stringify(payload);
  const contentHash = hash("sha256", raw, "base64url");
  if (headOf.get(key) === contentHash) return;
  seq += 1;
  addRaw.run(seq, key, "hubspot", object, id, version, contentHash, 0, now, "vendor", raw);
  putHead.run(key, seq, version, contentHash, 1);
  const stamp = `${version} ${contentHash}`;
  if (object === "contacts") takeContact({ key, stamp, ...keep(key, contactByHand(payload).record) });
  else if (object === "companies") takeCompany({ key, stamp, ...keep(key, companyByHand(payload)) });
  else takeActivity({ key, stamp, ...keep(key, activityByHand(object, payload)) });
}

/** Inserts or updates the mapped record; `before` are its fields as they were. */
function keep(key: string, record: MappedRecord): Pick<Version, "record" | "before"> {
  const before = recordOf.get(key) as { fields: string; identifiers: string; changed_at: string } | undefined;
  const fields = JSON.stringify(record.fields);
  const identifiers = JSON.stringify(record.identifiers);
  const native = JSON.stringify(record.native);
  const observed = record.observed && JSON.stringify(record.observed);
  const { kind, remote_id, remote_created_at, remote_updated_at } = record;
  if (before) {
    const isSame = before.fields === fields && before.identifiers === identifiers;
    const changedAt = isSame ? before.changed_at : remote_updated_at;
    changeRecord.run(seq, remote_updated_at, changedAt, fields, identifiers, native, observed, key);
    return { record, before: before.fields };
  }
  const object = key.split(":")[1];
  const stamps = [remote_created_at, remote_updated_at, remote_updated_at];
  const documents = [fields, identifiers, "{}", native, observed];
  addRecord.run(
    key,
    "hubspot",
    object,
    remote_id,
    kind,
    seq,
    now,
    seq,
    "by hand",
    ...stamps,
    null,
    0,
    null,
    ...documents,
  );
  for (const { to, role } of associationsOf(record)) addAssociation.run(key, `hubspot:${to}`, role, key, "", "~");
  return { record, before: null };
}

/** What the mapping states, and where a field points to the same record again the first role stands. */
function associationsOf({ associations, fields }: MappedRecord): MappedRecord["associations"] {
  if (associations.length > 0 || !("company_ref" in fields) || !fields.company_ref) return associations;
  return [{ to: fields.company_ref, role: "company" }];
}

function takeContact({ key, stamp, record, before }: Version): void {
  const fields = record.fields as MappedRecord<"contact">["fields"];
  const first = normaliseName(fields.first_name);
  const last = normaliseName(fields.last_name);
  const claims = [
    ...(fields.emails ?? []).map(({ email }) => `email:${email}`),
    ...(fields.phone_numbers ?? []).map(({ number }) => `phone_name:${number}:${first}:${last}`),
  ];
  if (before === null) compare(key, { kind: "person", fields, identifiers: record.identifiers });
  const customer = settle(key, "person", claims, before === null);
  for (const company of companiesOf.all(key) as string[]) belong(company, key, "member", before === null);
  const updatedAt = record.remote_updated_at ?? now;
  const facts = JSON.stringify({
    lifecycle_stage: fields.lifecycle_stage,
    lead_status: fields.lead_status,
    lead_source: fields.lead_source,
    form: fields.last_conversion?.name,
  });
  const customers = [customer, ...(companiesOf.all(key) as string[])];
  const at = record.remote_created_at ?? updatedAt;
  if (before === null)
    happen([key, at, "", "contact.created", "none", "record", "Contact created", "[]", facts], customers);
  const old = before === null ? null : (JSON.parse(before) as typeof fields);
  const form = fields.last_conversion;
  if (form?.at && old?.last_conversion?.at !== form.at)
    happen(
      [key, form.at, form.at, "form.submitted", "inbound", "record", `Filled in ${form.name}`, "[]", facts],
      customers,
    );
  if (old && old.lifecycle_stage !== fields.lifecycle_stage) {
    const changes = JSON.stringify([
      { field: "lifecycle_stage", from: old.lifecycle_stage, to: fields.lifecycle_stage },
    ]);
    const title = `Lifecycle stage became ${fields.lifecycle_stage}`;
    happen([key, updatedAt, stamp, "lifecycle.changed", "none", "record", title, changes, facts], customers);
  }
  if (fields.lead_status === "unqualified" && old?.lead_status !== "unqualified")
    happen([key, updatedAt, stamp, "lead.disqualified", "none", "record", "Lead disqualified", "[]", facts], customers);
}

function takeCompany({ key, record, before }: Version): void {
  const fields = record.fields as MappedRecord<"company">["fields"];
  // Their addresses have no street, so that name and address make no claim.
  const claims = (fields.domains ?? []).map((domain) => `domain:${domain}`);
  if (before === null) compare(key, { kind: "company", fields, identifiers: record.identifiers });
  const customer = settle(key, "company", claims, before === null);
  const facts = JSON.stringify({
    lifecycle_stage: fields.lifecycle_stage,
    type: fields.type,
    industry: fields.industry,
  });
  const at = record.remote_created_at ?? now;
  happen([key, at, "", "company.created", "none", "record", "Company created", "[]", facts], [customer]);
}

function takeActivity({ key, record }: Version): void {
  const fields = record.fields as MappedRecord<"activity">["fields"];
  const contact = `hubspot:${fields.contact_ref}`;
  const customer = linkOf.get(contact) as string;
  belong(customer, key, "contact", true);
  const companies = companiesOf.all(contact) as string[];
  for (const company of companies) belong(company, key, "member", true);
  const { type, direction, status, subject } = fields;
  const facts = JSON.stringify({ type, direction, status, subject });
  const at = fields.occurred_at ?? now;
  const [kind, way, channel, title] =
    type === "note"
      ? ["note.added", "none", "other", "Note"]
      : direction === "inbound"
        ? ["email.received", "inbound", "email", `E-mail received: ${subject}`]
        : ["email.sent", "outbound", "email", `E-mail sent: ${subject}`];
  happen([key, at, "", kind, way, channel, title, "[]", facts], [customer, ...companies]);
}

/** What scoring would compare of a party that lands for the first time, and look for it under. Whom it would find is known beforehand: those who share a claim as well. */
function compare(key: string, party: Party): void {
  const comparable = comparableOf(party);
  comparables.set(key, comparable);
  addComparable.run(seq, key, party.kind, rules, JSON.stringify(comparable.fields));
  for (const blockKey of matching?.keysOf(comparable).keys() ?? []) addKey.run(blockKey, seq);
}

function scoreWith(other: string, key: string): void {
  const [left, right] = other < key ? [other, key] : [key, other];
  const [a, b] = [comparables.get(left), comparables.get(right)];
  const match = a && b ? matching?.keptScore(a, b) : null;
  if (!match) return;
  const { weight, probability, prior, fields } = match;
  addMatch.run(left, right, weight, probability, 0, JSON.stringify({ prior, fields }));
}

/** Finds the customer of a party, its own if no claim is shared, and brings the customer's golden values up to date. */
function settle(key: string, kind: "person" | "company", claims: string[], isNew: boolean): string {
  let customer = isNew ? "" : (linkOf.get(key) as string);
  if (isNew) {
    let evidence: object = { claim: null, with: null, rules };
    for (const claim of claims) {
      addClaim.run(claim, key);
      const holder = customer === "" ? (holderOf.get(claim, key) as string | undefined) : undefined;
      if (holder === undefined) continue;
      customer = linkOf.get(holder) as string;
      scoreWith(holder, key);
      evidence = { claim, with: holder, rules };
    }
    const founded = `c_${shortHash("customer", key)}`;
    customer ||= founded;
    addLink.run(key, customer, founded, kind, JSON.stringify(evidence), 1);
    belong(customer, key, "self", true);
  }
  const golden = goldenOf(membersOf.all(customer) as Member[]);
  const text = (field: string) => String(golden[field]?.value ?? "");
  const name = text("name") || `${text("first_name")} ${text("last_name")}`.trim();
  putCustomer.run(customer, kind, name, JSON.stringify(golden), now, 1);
  mark.run(customer, now);
  return customer;
}

function belong(customer: string, key: string, role: string, isNew: boolean): void {
  if (!isNew) return;
  addMembership.run(customer, key, role, "");
  mark.run(customer, now);
}

function happen(event: readonly string[], customers: readonly string[]): void {
  const [key = "", at = "", occurrence = "", kind = "", direction, channel, title, changes, facts] = event;
  const id = shortHash(key, kind, occurrence);
  addEvent.run(key, at, id, kind, now, direction, channel, title, changes, facts);
  for (const customer of customers) {
    place.run(customer, at, id, key);
    mark.run(customer, now);
  }
}
