import { company, contact, type EventKind, eventKinds } from "../../model/index.ts";
import type { StateName } from "./grammar.ts";
import { isUnpaid, type RecordState } from "./ledger.ts";
import { fitsGlob } from "./values.ts";

/** The facts a rule may test, by the first part of the event's kind. */
const activityFacts = ["type", "direction", "status", "subject", "rating"];
const contactFacts = ["lifecycle_stage", "lead_status", "lead_source", "form", "is_lead"];
export const factsByFamily: Readonly<Record<string, readonly string[]>> = {
  contact: contactFacts,
  lead: contactFacts,
  lifecycle: contactFacts,
  company: ["lifecycle_stage", "type", "industry"],
  form: [...activityFacts, ...contactFacts],
  page: [...activityFacts, "path", "url"],
  screen: activityFacts,
  action: activityFacts,
  email: activityFacts,
  call: activityFacts,
  meeting: activityFacts,
  note: activityFacts,
  task: activityFacts,
  survey: [...activityFacts, "kind", "score", "scale_min", "scale_max", "comment"],
  activity: activityFacts,
  deal: ["status", "stage", "stage_label", "amount", "currency", "expected_close_at", "pipeline", "type", "name"],
  quote: ["status", "total", "expires_on", "currency", "number"],
  order: ["status", "total", "currency", "number"],
  invoice: ["status", "type", "total", "balance", "currency", "due_on", "number"],
  credit: ["status", "type", "total", "balance", "currency", "due_on", "number"],
  payment: ["status", "total", "currency", "number"],
  ticket: ["status", "priority", "is_escalated", "subject", "stage"],
};

/** Golden values rules may read; `person.custom.*` and `company.custom.*` are free. */
const derivedFields = ["name", "email", "email_domain", "phone", "domain", "city", "state", "country"];
export const fieldNames: ReadonlySet<string> = new Set([
  ...[...Object.keys(contact.shape), ...derivedFields].map((name) => `person.${name}`),
  ...[...Object.keys(company.shape), ...derivedFields].map((name) => `company.${name}`),
]);

/** What each state asks of a record; the first part of its name is the kind of record. */
export const states: Readonly<Record<StateName, (record: RecordState) => boolean>> = {
  "deal.open": (deal) => deal.status === "open",
  "deal.won": (deal) => deal.status === "won",
  "deal.lost": (deal) => deal.status === "lost",
  "ticket.open": (ticket) => ticket.status !== "closed",
  "ticket.escalated": (ticket) => ticket.status !== "closed" && ticket.facts.is_escalated === true,
  "invoice.open": isUnpaid,
  "invoice.overdue": (invoice) => invoice.isOverdue && isUnpaid(invoice),
  "invoice.paid": (invoice) => invoice.status === "paid",
  "order.placed": (order) => order.status !== "cancelled",
  "order.open": (order) => !["fulfilled", "billed", "closed", "cancelled"].includes(order.status),
  "order.fulfilled": (order) => ["fulfilled", "billed", "closed"].includes(order.status),
  "quote.open": (quote) => quote.status === "open",
  "quote.accepted": (quote) => quote.status === "accepted",
};

/** `inbound:email.*` taken apart; `direction` null means any. */
export function parseSelector(selector: string): { direction: string | null; kind: string } {
  const colon = selector.indexOf(":");
  return colon < 0
    ? { direction: null, kind: selector }
    : { direction: selector.slice(0, colon), kind: selector.slice(colon + 1) };
}

/** Every kind of event a selector's kind names, which may be a glob. */
export function kindsOf(glob: string): EventKind[] {
  return allKinds.filter((kind) => fitsGlob(kind, glob));
}

const allKinds = Object.keys(eventKinds).filter((kind): kind is EventKind => kind in eventKinds);
