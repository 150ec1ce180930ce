import { and, desc, eq, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { groupBy } from "../../lib/group.ts";
import type { GoldenValue, Money, RecordFields, TimelineEvent } from "../../model/index.ts";
import { timelineEvent } from "../../pipeline/derive/rows.ts";
import { storedRecord } from "../../pipeline/records.ts";
import { formerMember } from "../../pipeline/resolve/membership.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

/** A person with a part in a deal. */
export interface BuyingMember {
  customer_id: string;
  name: string;
  title: string | null;
  /** As the CRMs name them; none for who is only active on it. */
  roles: string[];
  /** E-mails, calls, meetings and visits of theirs while the deal was open, and those that came from them. */
  touches: number;
  inbound: number;
  last_touch: { at: string; title: string } | null;
  /** By the last touch before the deal's end, or now: within 30 days, within 90, or longer ago or never. */
  engagement: "active" | "quiet" | "silent";
}

/** A deal with the people who have a part in it. */
export interface BuyingGroup {
  record_key: string;
  name: string | null;
  status: string | null;
  stage: string | null;
  amount: Money | null;
  opened_at: string;
  closed_at: string | null;
  members: BuyingMember[];
  /** More was said or done than is looked through: people may be missing, and touches of those who are shown. */
  truncated: boolean;
}

/** A customer's deals with the people of each, the newest deal first; the customer's id must be a current one. */
export async function buyingGroups(hub: Hub, id: string, { limit, cursor }: PageRequest): Promise<Page<BuyingGroup>> {
  const { memberships, records } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.instant, cursorPart.text]));
  const opened = sql<string>`coalesce(${records.remote_created_at}, ${records.first_seen_at})`;
  const rows = await hub.store.db
    .select({ record: records })
    .from(memberships)
    .innerJoin(records, eq(records.record_key, memberships.record_key))
    .where(
      and(
        eq(memberships.customer_id, id),
        eq(records.kind, "deal"),
        ne(memberships.role, formerMember),
        after ? sql`(${opened}, ${records.record_key}) < (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(desc(opened), desc(records.record_key))
    .limit(limit + 1);
  const page = pageOf(rows, limit, {
    view: ({ record }) => record,
    cursor: ({ record }) => [openedAt(record), record.record_key],
  });
  const people = await peopleOf(hub, page.items);
  const ids = [...people.values()].flatMap(({ members }) => [...members.keys()]);
  const touches = await touchesOf(hub, ids);
  const items = page.items.map((row) => groupOf(row, people.get(row.record_key) ?? nobody(), { hub, touches }));
  return { ...page, items };
}

function openedAt({ remote_created_at, first_seen_at }: Row<"records">): string {
  return remote_created_at ?? first_seen_at;
}

/** What is looked through of one deal at most. */
const activitiesMax = 1_000;
const peopleMax = 50;

interface People {
  /** Their roles, by customer. */
  members: Map<string, Set<string>>;
  truncated: boolean;
}

function nobody(): People {
  return { members: new Map(), truncated: false };
}

/** Of each deal its people with their roles: those it names or who name it, and those of the activities that are about it. */
async function peopleOf({ store }: Hub, deals: readonly Row<"records">[]): Promise<Map<string, People>> {
  const keys = deals.map(({ record_key }) => record_key);
  const named = await store.byKey("associations", "from_key", keys);
  const namingOf = groupBy(
    await store.firstByKey("associations", "to_key", keys, activitiesMax + 1),
    ({ to_key }) => to_key,
  );
  const naming = [...namingOf.values()].flatMap((rows) => rows.slice(0, activitiesMax));
  const dealsOf = groupBy(naming, ({ from_key }) => from_key);
  const ofActivities = await store.byKey("associations", "from_key", [...dealsOf.keys()]);
  const edges = [
    ...named.map(({ from_key, to_key, role }) => ({ deal: from_key, party: to_key, role })),
    ...naming.map(({ from_key, to_key, role }) => ({ deal: to_key, party: from_key, role })),
    ...ofActivities.flatMap(({ from_key, to_key }) =>
      (dealsOf.get(from_key) ?? []).map(({ to_key: deal }) => ({ deal, party: to_key, role: "" })),
    ),
  ];
  const links = await store.byKey("links", "record_key", [...new Set(edges.map(({ party }) => party))]);
  const personOf = new Map(
    links.filter(({ kind }) => kind === "person").map(({ record_key, customer_id }) => [record_key, customer_id]),
  );
  const people = new Map<string, People>();
  for (const key of keys) {
    people.set(key, { ...nobody(), truncated: (namingOf.get(key)?.length ?? 0) > activitiesMax });
  }
  for (const { deal, party, role } of edges) {
    const [found, person] = [people.get(deal), personOf.get(party)];
    if (!found || person === undefined) continue;
    const { members } = found;
    if (members.size >= peopleMax && !members.has(person)) {
      found.truncated = true;
      continue;
    }
    const roles = members.get(person) ?? new Set();
    members.set(person, role === "" ? roles : roles.add(role));
  }
  return people;
}

interface Touches {
  customer: Row<"customers">;
  events: TimelineEvent[];
  /** What happened before was not looked at; null where that is all. */
  since: string | null;
}

const eventsPerPersonMax = 1_000;
const touching: ReadonlySet<TimelineEvent["channel"]> = new Set(["web", "app", "email", "phone", "meeting"]);

async function touchesOf({ store }: Hub, ids: readonly string[]): Promise<Map<string, Touches>> {
  const customers = await store.byKey("customers", "id", [...new Set(ids)]);
  const found = new Map<string, Touches>();
  for (const customer of customers) {
    const rows = await store.timeline({ customer_id: customer.id, limit: eventsPerPersonMax });
    const events = rows.map(timelineEvent).filter(({ channel }) => touching.has(channel));
    const since = rows.length < eventsPerPersonMax ? null : (rows.at(-1)?.occurred_at ?? null);
    found.set(customer.id, { customer, events, since });
  }
  const named = await namedBy(
    store,
    [...found.values()].flatMap(({ events }) => events.map(({ record_key }) => record_key)),
  );
  for (const [id, touches] of found) {
    touches.events = touches.events.filter(({ record_key }) => named.get(record_key)?.has(id) ?? true);
  }
  return found;
}

/**
 * The persons that activities name. What a deal's timeline holds stands on that of its people too: a colleague's call is no touch of
 * theirs. Of what names no record, but a mailbox or is the person's own, nothing is in it.
 */
async function namedBy(store: Hub["store"], recordKeys: readonly string[]): Promise<Map<string, Set<string>>> {
  const edges = await store.byKey("associations", "from_key", [...new Set(recordKeys)]);
  const links = await store.byKey("links", "record_key", [...new Set(edges.map(({ to_key }) => to_key))]);
  const personOf = new Map(
    links.filter(({ kind }) => kind === "person").map(({ record_key, customer_id }) => [record_key, customer_id]),
  );
  const named = new Map<string, Set<string>>();
  for (const { from_key, to_key } of edges) {
    const person = personOf.get(to_key);
    if (person !== undefined) named.set(from_key, (named.get(from_key) ?? new Set()).add(person));
  }
  return named;
}

function groupOf(
  row: Row<"records">,
  people: People,
  { hub, touches }: { hub: Hub; touches: ReadonlyMap<string, Touches> },
): BuyingGroup {
  const { name, status, stage, stage_label, amount, closed_at } = storedRecord(row).fields as RecordFields<"deal">;
  const opened_at = openedAt(row);
  const until = closed_at ?? hub.now();
  const isCut = ([id]: [string, unknown]) => (touches.get(id)?.since ?? "") > opened_at;
  const members = [...people.members].flatMap(([id, roles]) => {
    const known = touches.get(id);
    return known ? [memberOf(known, [...roles].sort(), { from: opened_at, until })] : [];
  });
  return {
    record_key: row.record_key,
    name: name ?? null,
    status: status ?? null,
    stage: stage_label ?? stage ?? null,
    amount: amount ?? null,
    opened_at,
    closed_at: closed_at ?? null,
    members: members.sort(byLastTouch),
    truncated: people.truncated || [...people.members].some(isCut),
  };
}

function memberOf(
  { customer, events }: Touches,
  roles: string[],
  { from, until }: { from: string; until: string },
): BuyingMember {
  const during = events.filter(({ occurred_at }) => from <= occurred_at && occurred_at <= until);
  const [last] = during;
  const title = (JSON.parse(customer.golden) as Record<string, GoldenValue>).title?.value;
  return {
    customer_id: customer.id,
    name: customer.name,
    title: typeof title === "string" ? title : null,
    roles,
    touches: during.length,
    inbound: during.filter(({ direction }) => direction === "inbound").length,
    last_touch: last ? { at: last.occurred_at, title: last.title } : null,
    engagement: engagementOf(last, until),
  };
}

const dayMs = 86_400_000;

function engagementOf(last: TimelineEvent | undefined, until: string): BuyingMember["engagement"] {
  const days = last ? (Date.parse(until) - Date.parse(last.occurred_at)) / dayMs : Number.POSITIVE_INFINITY;
  return days <= 30 ? "active" : days <= 90 ? "quiet" : "silent";
}

function byLastTouch(a: BuyingMember, b: BuyingMember): number {
  const [at, other] = [a.last_touch?.at ?? "", b.last_touch?.at ?? ""];
  return at === other ? (a.customer_id < b.customer_id ? -1 : 1) : at > other ? -1 : 1;
}
