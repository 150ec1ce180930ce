import { asc, lte } from "drizzle-orm";
import type { GoldenValue, TimelineEvent } from "../../model/index.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { companyOf } from "../company.ts";
import type { Subject } from "./plan.ts";

/** Customers to derive: those marked dirty (with the mark, to take it off), then those whose timer is due. */
export async function readDue(
  store: Store,
  asOf: string,
  limit: number,
): Promise<{ customer_id: string; since: string | null }[]> {
  const { dirty, timers } = store.tables;
  const marked = await store.db.select().from(dirty).orderBy(asc(dirty.customer_id)).limit(limit);
  const due = await store.db
    .select({ customer_id: timers.customer_id })
    .from(timers)
    .where(lte(timers.due_at, asOf))
    .orderBy(asc(timers.due_at))
    .limit(limit);
  const found = new Map<string, string | null>(due.map(({ customer_id }) => [customer_id, null]));
  for (const { customer_id, since } of marked) found.set(customer_id, since);
  return [...found].slice(0, limit).map(([customer_id, since]) => ({ customer_id, since }));
}

/** A company with more events than this is derived from its newest ones; the limit is named in an error. */
export const eventsMax = 20_000;

/** What the fold needs of these customers; those that are no more are left out. */
export async function readSubjects(store: Store, ids: readonly string[]): Promise<Map<string, Subject>> {
  const customers = await store.byKey("customers", "id", ids);
  const companyIds = await companyOf(store, ids);
  const companies = new Map(
    (await store.byKey("customers", "id", [...new Set(companyIds.values())])).map((row) => [row.id, row]),
  );
  const subjects = new Map<string, Subject>();
  for (const row of customers) {
    const rows = await store.timeline({ customer_id: row.id, limit: eventsMax });
    const company = companies.get(companyIds.get(row.id) ?? "");
    subjects.set(row.id, {
      id: row.id,
      kind: row.kind === "company" ? "company" : "person",
      fields: { ...(company ? goldenFields(company) : {}), ...goldenFields(row) },
      events: rows.map(timelineEvent),
    });
  }
  return subjects;
}

function goldenFields({ kind, golden }: Row<"customers">): Subject["fields"] {
  const values = JSON.parse(golden) as Record<string, GoldenValue>;
  const fields: Record<string, Subject["fields"][string]> = {};
  for (const [name, { value }] of Object.entries(values)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      fields[`${kind}.${name}`] = value;
  }
  return fields;
}

export function timelineEvent(row: Row<"events">): TimelineEvent {
  return {
    ...row,
    direction: row.direction as TimelineEvent["direction"],
    channel: row.channel as TimelineEvent["channel"],
    changes: JSON.parse(row.changes) as TimelineEvent["changes"],
    facts: JSON.parse(row.facts) as TimelineEvent["facts"],
  };
}
