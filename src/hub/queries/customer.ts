import { and, count, eq, ne } from "drizzle-orm";
import { z } from "zod";
import type { LinkEvidence } from "../../identity/group/cluster.ts";
import type { Contribution, Evidence, GoldenValue, Score, TimelineEvent } from "../../model/index.ts";
import { companyOf } from "../../pipeline/company.ts";
import { timelineEvent } from "../../pipeline/derive/rows.ts";
import { formerMember } from "../../pipeline/resolve/membership.ts";
import type { Row } from "../../store/tables.ts";
import { type CorrectionView, readCorrections } from "../errors/corrections.ts";
import type { Hub } from "../hub.ts";
import {
  type CompanyFamily,
  type CompanyStay,
  companyFamily,
  companyPeople,
  companyStays,
  type Named,
} from "./companies.ts";
import { type CustomerSummary, stagesOf, summariesOf } from "./customers.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";
import { type PinView, pinsOf } from "./pins.ts";

/** One of the records that are the customer itself. */
export interface LinkedRecord {
  record_key: string;
  connection: string;
  object: string;
  remote_id: string;
  remote_url: string | null;
  deleted: boolean;
  /** The claim that joined it, and the record it shares that with; both null on the founder. */
  evidence: LinkEvidence;
  /** Who made the values it has now by hand, over what its vendor sent; null where they are the vendor's own. */
  correction: CorrectionView | null;
}

export interface CustomerView extends CustomerSummary {
  /** Each field with the record its value came from and the values that lost. */
  golden: Record<string, GoldenValue>;
  records: LinkedRecord[];
  /** Claims that lead to the customer: `email:ann@example.com`. */
  identifiers: string[];
  /** Records of other kinds that belong to it, counted: deals, tickets, invoices … */
  associated: Record<string, number>;
  /** The company a person is at, and since when; `from` null: from ever, as far as is known. */
  company: (Named & { from: string | null }) | null;
  /** Where other records of a person still have it: it works at two, or one of them was not told. */
  other_companies: CompanyStay[];
  /** The companies a person was at, and of the present one the times before; the first first. */
  former_companies: CompanyStay[];
  /** Of a company the people who are or were there, at most 100. */
  people: CompanyStay[];
  /** The companies above and below a company. */
  family: CompanyFamily;
  /** The values that are set by hand. */
  pins: PinView[];
}

/** A customer with what is known of it; null when there is none of that id, not even under another id now. */
export async function findCustomer(hub: Hub, id: string): Promise<CustomerView | null> {
  const row = await findRow(hub, id);
  if (!row) return null;
  const [summary] = await summariesOf(hub, [row]);
  if (!summary) return null;
  const records = await linkedRecords(hub, row.id);
  const keys = records.map(({ record_key }) => record_key);
  const claims = await hub.store.byKey("identifiers", "record_key", keys);
  const isCompany = summary.kind === "company";
  return {
    ...summary,
    golden: JSON.parse(row.golden) as CustomerView["golden"],
    records,
    identifiers: [...new Set(claims.map(({ claim }) => claim))].sort(),
    associated: await associatedKinds(hub, row.id),
    ...(await companiesOf(hub, summary, keys)),
    people: isCompany ? await companyPeople(hub, row.id) : [],
    family: isCompany ? await companyFamily(hub, row.id, keys) : { parents: [], subsidiaries: [], truncated: false },
    pins: (await pinsOf(hub, keys)).filter(({ ended }) => ended === null),
  };
}

/** The customer of this id, or the one that the record it was founded by belongs to now. */
async function findRow(hub: Hub, id: string): Promise<Row<"customers"> | null> {
  const [row] = await hub.store.byKey("customers", "id", [id]);
  if (row) return row;
  const current = await currentIdOf(hub, id);
  const [moved] = current === null ? [] : await hub.store.byKey("customers", "id", [current]);
  return moved ?? null;
}

/** The id under which a customer is to be found now: the same, that of the customer it was merged into, or null. */
export async function currentCustomerId(hub: Hub, id: string): Promise<string | null> {
  return (await findRow(hub, id))?.id ?? null;
}

/** Every party record could have founded a customer; the one with this id says whose it is now. */
async function currentIdOf({ store }: Hub, id: string): Promise<string | null> {
  const [link] = await store.byKey("links", "founder_id", [id]);
  return link?.customer_id ?? null;
}

async function linkedRecords(hub: Hub, id: string): Promise<LinkedRecord[]> {
  const { store } = hub;
  const links = await store.byKey("links", "customer_id", [id]);
  const evidence = new Map(links.map((row) => [row.record_key, JSON.parse(row.evidence) as LinkEvidence]));
  const rows = await store.byKey("records", "record_key", [...evidence.keys()]);
  const corrections = await readCorrections(
    hub,
    rows.map(({ raw_seq }) => raw_seq),
  );
  return rows
    .sort((a, b) => a.first_seq - b.first_seq)
    .map(({ record_key, connection, object, remote_id, remote_url, deleted, raw_seq }) => ({
      record_key,
      connection,
      object,
      remote_id,
      remote_url,
      deleted: deleted === 1,
      evidence: evidence.get(record_key) ?? { claim: null, with: null, rules: "" },
      correction: corrections.get(raw_seq) ?? null,
    }));
}

async function associatedKinds({ store }: Hub, id: string): Promise<Record<string, number>> {
  const { memberships, records } = store.tables;
  const rows = await store.db
    .select({ kind: records.kind, amount: count() })
    .from(memberships)
    .innerJoin(records, eq(records.record_key, memberships.record_key))
    .where(and(eq(memberships.customer_id, id), ne(memberships.role, formerMember)))
    .groupBy(records.kind);
  return Object.fromEntries(rows.map(({ kind, amount }) => [kind, amount]));
}

async function companiesOf(
  hub: Hub,
  { id, kind }: CustomerSummary,
  recordKeys: readonly string[],
): Promise<Pick<CustomerView, "company" | "other_companies" | "former_companies">> {
  if (kind === "company") return { company: null, other_companies: [], former_companies: [] };
  const stays = await companyStays(hub, recordKeys);
  const companyId = (await companyOf(hub.store, [id])).get(id);
  const present = stays.find((stay) => stay.id === companyId && stay.to === null);
  return {
    company: present ? { id: present.id, name: present.name, from: present.from } : null,
    other_companies: stays.filter((stay) => stay !== present && stay.to === null),
    former_companies: stays.filter(({ to }) => to !== null),
  };
}

/** A page of a customer's timeline, of what was known at an instant if one is given; the customer's id must be a current one. */
export async function customerTimeline(
  hub: Hub,
  id: string,
  {
    limit,
    cursor,
    order = "newest_first",
    known_at,
  }: PageRequest & { order?: "newest_first" | "oldest_first" | undefined; known_at?: string | undefined },
): Promise<Page<TimelineEvent>> {
  const [occurred_at, eventId] = decodeCursor(cursor, z.tuple([cursorPart.instant, cursorPart.text])) ?? [];
  const after = occurred_at !== undefined && eventId !== undefined ? { occurred_at, id: eventId } : undefined;
  const only = { ...(after ? { after } : {}), ...(known_at ? { known_at } : {}) };
  const rows = await hub.store.timeline({ customer_id: id, order, limit: limit + 1, ...only });
  return pageOf(rows, limit, { view: timelineEvent, cursor: (row) => [row.occurred_at, row.id] });
}

export interface IntervalView {
  journey: string;
  stage: string;
  cycle_no: number;
  valid_from: string;
  valid_to: string | null;
  cause: string;
  evidence: Evidence;
}

export interface JourneyView {
  /** Customer whose journey it is: the company's for a person that has one. */
  subject_id: string;
  as_of: string | null;
  /** Stays in stages, the first first. */
  intervals: IntervalView[];
}

/** The journey a customer is on. */
export async function customerJourney(hub: Hub, id: string): Promise<JourneyView> {
  const subject_id = (await stagesOf(hub, [id])).get(id)?.subject_id ?? id;
  const rows = await hub.store.byKey("stage_intervals", "customer_id", [subject_id]);
  const intervals = rows
    .sort((a, b) => a.position - b.position)
    .map(({ journey, stage, cycle_no, valid_from, valid_to, cause, evidence }) => ({
      journey,
      stage,
      cycle_no,
      valid_from,
      valid_to,
      cause,
      evidence: JSON.parse(evidence) as Evidence,
    }));
  return { subject_id, as_of: rows[0]?.as_of ?? null, intervals };
}

export interface ScoreView {
  name: string;
  value: number;
  grade: string;
  dimensions: Record<string, number>;
  contributions: Contribution[];
  rule_version: string;
  reason: string;
  as_of: string;
}

/** A customer's score with what it is made of; null until it is derived. */
export async function customerScore(hub: Hub, id: string): Promise<ScoreView | null> {
  const [row] = await hub.store.byKey("scores", "customer_id", [id]);
  if (!row) return null;
  const { name, value, grade, as_of } = row;
  const { dimensions, contributions, rule_version, reason } = JSON.parse(row.document) as Score;
  return { name, value, grade, dimensions, contributions, rule_version, reason, as_of };
}
