import { and, asc, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { companyOf } from "../../pipeline/company.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { customersOf } from "./identifier.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

/** Where a customer stands on its journey. A person's journey is its company's, where there is one. */
export interface StageView {
  /** Customer whose journey it is. */
  subject_id: string;
  journey: string;
  stage: string;
  since: string;
  cycle_no: number;
}

export interface CustomerSummary {
  id: string;
  kind: "person" | "company";
  name: string;
  first_seen_at: string;
  stage: StageView | null;
  score: { value: number; grade: string } | null;
}

export interface CustomerFilter {
  /** `email:…`, `phone:…`, `<connection>:<object>:<remote id>`: the list holds whom it leads to. */
  identifier?: string | undefined;
  /** Part of the name, or a whole e-mail address. */
  q?: string | undefined;
  kind?: "person" | "company" | undefined;
  /** The stage written back for the customer. */
  stage?: string | undefined;
}

/** Customers in order of kind and name. A page may hold fewer than `limit` before the end: `next_cursor` tells. */
export async function listCustomers(
  hub: Hub,
  { limit, cursor, ...filter }: PageRequest & CustomerFilter,
): Promise<Page<CustomerSummary>> {
  const { customers } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.text, cursorPart.text, cursorPart.text]));
  const ids = await asked(hub, filter);
  if (ids?.length === 0) return { items: [], next_cursor: null };
  const rows = await hub.store.db
    .select()
    .from(customers)
    .where(
      and(
        ids ? inArray(customers.id, ids) : nameHolds(hub, filter.q),
        filter.kind === undefined ? undefined : eq(customers.kind, filter.kind),
        filter.stage === undefined ? undefined : mayStandIn(hub, filter.stage),
        after
          ? sql`(${customers.kind}, ${customers.name}, ${customers.id}) > (${after[0]}, ${after[1]}, ${after[2]})`
          : undefined,
      ),
    )
    .orderBy(asc(customers.kind), asc(customers.name), asc(customers.id))
    .limit(limit + 1);
  const summaries = new Map((await summariesOf(hub, rows)).map((summary) => [summary.id, summary]));
  const page = pageOf(rows, limit, {
    view: ({ id }) => summaries.get(id),
    cursor: ({ kind, name, id }) => [kind, name, id],
  });
  const items = page.items.filter((item) => item !== undefined);
  const { stage } = filter;
  return { ...page, items: stage === undefined ? items : items.filter((item) => item.stage?.stage === stage) };
}

/** The ids an identifier leads to; null when none is asked for. */
async function asked(hub: Hub, { identifier, q }: CustomerFilter): Promise<string[] | null> {
  if (identifier !== undefined) return customersOf(hub, identifier);
  return q?.includes("@") ? customersOf(hub, `email:${q}`) : null;
}

function nameHolds({ store }: Hub, q: string | undefined): SQL | undefined {
  if (q === undefined || q.trim() === "") return undefined;
  const literal = q
    .trim()
    .toLowerCase()
    .replaceAll(/[\\%_]/g, "\\$&");
  return sql`lower(${store.tables.customers.name}) like ${`%${literal}%`} escape '\\'`;
}

/** Those whose own stage it is and those whose company's: more than wanted, made exact when the page is put together. */
function mayStandIn({ store }: Hub, stage: string): SQL | undefined {
  const { customers, links, memberships, stage_intervals } = store.tables;
  const stands = and(isNull(stage_intervals.valid_to), eq(stage_intervals.stage, stage));
  const own = store.db
    .select({ id: stage_intervals.customer_id })
    .from(stage_intervals)
    .where(and(eq(stage_intervals.customer_id, customers.id), stands));
  const companys = store.db
    .select({ id: stage_intervals.customer_id })
    .from(links)
    .innerJoin(memberships, and(eq(memberships.record_key, links.record_key), eq(memberships.role, "member")))
    .innerJoin(stage_intervals, and(eq(stage_intervals.customer_id, memberships.customer_id), stands))
    .where(eq(links.customer_id, customers.id));
  return or(sql`exists ${own}`, sql`exists ${companys}`);
}

/** Stage and score put beside customers. */
export async function summariesOf(hub: Hub, rows: readonly Row<"customers">[]): Promise<CustomerSummary[]> {
  const ids = rows.map(({ id }) => id);
  const stages = await stagesOf(hub, ids);
  const scores = new Map((await hub.store.byKey("scores", "customer_id", ids)).map((row) => [row.customer_id, row]));
  return rows.map(({ id, kind, name, first_seen_at }) => {
    const score = scores.get(id);
    return {
      id,
      kind: kind === "company" ? "company" : "person",
      name,
      first_seen_at,
      stage: stages.get(id) ?? null,
      score: score ? { value: score.value, grade: score.grade } : null,
    };
  });
}

/** Where each of these customers stands: on its company's journey where there is one, else on its own; the same as is written back. */
export async function stagesOf(hub: Hub, ids: readonly string[]): Promise<Map<string, StageView>> {
  const companies = await companyOf(hub.store, ids);
  const subjects = [...new Set([...ids, ...companies.values()])];
  const open = await openIntervals(hub, subjects);
  const stages = new Map<string, StageView>();
  for (const id of ids) {
    const interval = open.get(companies.get(id) ?? id) ?? open.get(id);
    if (!interval) continue;
    const { customer_id, journey, stage, valid_from, cycle_no } = interval;
    stages.set(id, { subject_id: customer_id, journey, stage, since: valid_from, cycle_no });
  }
  return stages;
}

async function openIntervals({ store }: Hub, ids: readonly string[]): Promise<Map<string, Row<"stage_intervals">>> {
  const rows = await store.byKey("stage_intervals", "customer_id", ids);
  return new Map(rows.filter(({ valid_to }) => valid_to === null).map((row) => [row.customer_id, row]));
}
