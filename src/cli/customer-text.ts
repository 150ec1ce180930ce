import type { BuyingGroup } from "../hub/queries/buying-groups.ts";
import type { CustomerView, JourneyView, ScoreView } from "../hub/queries/customer.ts";
import { addressText } from "../model/address-text.ts";
import type { TimelineEvent } from "../model/index.ts";
import type { Desk } from "./desk.ts";
import { minute, style, table } from "./output.ts";

/** Everything the API tells of one customer. */
export interface CustomerReport {
  customer: CustomerView;
  journey: JourneyView;
  score: ScoreView | null;
  timeline: TimelineEvent[];
  /** Its newest deals with the people of each. */
  deals: BuyingGroup[];
  /** Journey, score and timeline are by what was known at this instant; null: by all that is known. */
  known_at: string | null;
}

/** Reads a customer by id or identifier (`email:…`, `<connection>:<object>:<remote id>`). Throws when there is none. */
export async function readCustomer(
  desk: Pick<Desk, "get">,
  identifier: string,
  { events, knownAt }: { events: number; knownAt?: string | undefined },
): Promise<CustomerReport> {
  const id = await customerIdBy(desk, identifier);
  const customer = await desk.get<CustomerView>(`/api/v1/customers/${id}`);
  const then = knownAt === undefined ? "" : `known_at=${knownAt}`;
  const newest = await readTimeline(desk, id, { events, then });
  const journey = await desk.get<JourneyView>(`/api/v1/customers/${id}/journey?${then}`);
  const isScored = customer.score !== null && (then === "" || newest.length + journey.intervals.length > 0);
  const score = isScored ? await desk.get<ScoreView>(`/api/v1/customers/${id}/score?${then}`) : null;
  const { items: deals } = await desk.get<{ items: BuyingGroup[] }>(
    `/api/v1/customers/${id}/buying-groups?limit=${dealsShown}`,
  );
  return { customer, journey, score, timeline: newest, deals, known_at: knownAt ?? null };
}

const eventsPerPage = 200;
const dealsShown = 5;

/** The newest events, a page after the other. */
async function readTimeline(
  desk: Pick<Desk, "get">,
  id: string,
  { events, then }: { events: number; then: string },
): Promise<TimelineEvent[]> {
  const timeline: TimelineEvent[] = [];
  let cursor: string | null = "";
  while (cursor !== null && timeline.length < events) {
    const limit = Math.min(eventsPerPage, events - timeline.length);
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: TimelineEvent[]; next_cursor: string | null } = await desk.get(
      `/api/v1/customers/${id}/timeline?limit=${limit}${after}&${then}`,
    );
    timeline.push(...page.items);
    cursor = page.next_cursor;
  }
  return timeline;
}

/** The id behind an identifier; an id stands for itself. */
export async function customerIdBy(desk: Pick<Desk, "get">, written: string): Promise<string> {
  const identifier = written.trim();
  if (/^c_[0-9a-v]{20}$/.test(identifier)) return identifier;
  const { items } = await desk.get<{ items: { id: string }[] }>(
    `/api/v1/customers?identifier=${encodeURIComponent(identifier)}`,
  );
  const [first] = items;
  if (!first) throw new Error(`No customer is known by ${identifier}.`);
  return first.id;
}

/** The report for people. */
export function customerText({ customer, journey, score, timeline, deals, known_at }: CustomerReport): string {
  return [
    `${style.bold(customer.name)}  ${customer.kind}, ${customer.id}${customer.company ? `, of ${customer.company.name}` : ""}`,
    `one customer from ${customer.records.length} records: ${customer.records.map(({ record_key }) => record_key).join(", ")}`,
    ...companyLines(customer),
    ...customer.pins.map(({ field, value, by, reason }) => `${field} set to ${shown(value)} by ${by}: ${reason}`),
    ...(known_at === null ? [] : [`as known at ${known_at}`]),
    "",
    ...stageLines(journey),
    "",
    ...scoreLines(score),
    ...deals.flatMap((deal) => ["", ...dealLines(deal)]),
    "",
    style.bold("Timeline, newest first"),
    table(
      timeline.map((event) => [minute(event.occurred_at), source(event.record_key), event.title, changesOf(event)]),
    ),
  ].join("\n");
}

function companyLines({
  other_companies,
  former_companies,
  people,
  family: { parents, subsidiaries, truncated },
}: CustomerView): string[] {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(", ");
  return [
    ...other_companies.map(
      ({ name, from }) => `also at ${name}${from ? ` since ${minute(from)}` : ""}, by other records`,
    ),
    ...former_companies.map(
      ({ name, from, to }) => `was at ${name}${from ? ` from ${minute(from)}` : ""}${to ? ` until ${minute(to)}` : ""}`,
    ),
    ...(people.length > 0
      ? [`people: ${people.map(({ name, to }) => (to ? `${name} (until ${minute(to)})` : name)).join(", ")}`]
      : []),
    ...(parents.length > 0 ? [`a subsidiary of ${names(parents)}`] : []),
    ...(subsidiaries.length > 0 ? [`above ${names(subsidiaries)}${truncated ? " and more" : ""}`] : []),
  ];
}

function dealLines({ name, record_key, status, stage, members, truncated }: BuyingGroup): string[] {
  const people = members.map((member) => [
    `  ${member.name}`,
    member.roles.join(", ") || "active on it",
    `${member.touches} touches, ${member.inbound} from them`,
    member.last_touch
      ? `${member.engagement}, last ${minute(member.last_touch.at)}: ${member.last_touch.title}`
      : "silent",
  ]);
  return [
    `${style.bold(`Deal ${name ?? record_key}`)}  ${[status, stage].filter((word) => word !== null).join(", ")}`,
    people.length > 0 ? table(people) : "  nobody is named on it",
    ...(truncated ? ["  more happened than is looked through: people and touches may be missing"] : []),
  ];
}

function stageLines({ intervals }: JourneyView): string[] {
  const current = intervals.at(-1);
  if (!current) return [style.bold("No stage yet")];
  const path = intervals.map(({ stage }) => stage).join(" → ");
  return [
    `${style.bold(`Stage ${current.stage}`)} since ${minute(current.valid_from)}`,
    `  because ${current.evidence.text} ${style.dim(`(rule ${current.evidence.rule}, version ${current.evidence.rule_version}, ${current.evidence.event_ids.length} events)`)}`,
    `  way here: ${path}`,
  ];
}

function scoreLines(score: ScoreView | null): string[] {
  if (!score) return [style.bold("No score yet")];
  const parts = score.contributions.map(({ points, text, rule }) => [
    `  ${points > 0 ? "+" : ""}${points}`,
    text,
    style.dim(rule),
  ]);
  return [
    `${style.bold(`Score ${score.value}, grade ${score.grade}`)}: ${score.reason}`,
    ...(parts.length > 0 ? [table(parts)] : []),
  ];
}

function source(recordKey: string): string {
  return recordKey.split(":").slice(0, 2).join(" ");
}

function changesOf({ changes }: TimelineEvent): string {
  return changes.map(({ field, from, to }) => `${field}: ${shown(from)} → ${shown(to)}`).join(", ");
}

function shown(value: unknown): string {
  if (value === undefined) return "—";
  return typeof value === "object" ? (addressText(value) ?? JSON.stringify(value)) : String(value);
}
