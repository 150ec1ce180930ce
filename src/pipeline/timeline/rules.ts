import type { EventKind, FieldChange, TimelineEvent } from "../../model/event.ts";
import type { RecordFields, RecordKind } from "../../model/kinds.ts";

/** A record of one kind before and after a version; `before` is null on first sight. */
export interface Step<K extends RecordKind> {
  before: RecordFields<K> | null;
  now: RecordFields<K>;
  createdAt: string;
  changedAt: string;
}

type Facts = TimelineEvent["facts"];

/** When a version of a record makes an event, and what that event says. */
export interface EventRule<K extends RecordKind> {
  kind: EventKind;
  /** True when this step makes the event. */
  when(step: Step<K>): boolean;
  /** When it happened; the record's change by default. */
  at?(step: Step<K>): string | undefined;
  /** What tells this occurrence from others of its kind on the record: nothing for what happens once. Default: the record's version. */
  occurrence?(step: Step<K>): string;
  direction?: TimelineEvent["direction"] | ((now: RecordFields<K>) => TimelineEvent["direction"]);
  title(now: RecordFields<K>, step: Step<K>): string;
  changes?(step: Step<K>): FieldChange[];
  /** Facts as they stood at this event where they differ from the record's present ones. */
  facts?(now: RecordFields<K>): Facts;
}

export interface KindRules<K extends RecordKind> {
  channel: TimelineEvent["channel"] | ((now: RecordFields<K>) => TimelineEvent["channel"]);
  /** The values rules may test, put on every event of the record. */
  facts(now: RecordFields<K>): Record<string, string | number | boolean | undefined>;
  events: readonly EventRule<K>[];
}

const once = () => "";
const first = <K extends RecordKind>({ before }: Step<K>) => before === null;
const created = <K extends RecordKind>({ createdAt }: Step<K>) => createdAt;
const startOf = (date: string | undefined) => (date ? `${date}T00:00:00.000Z` : undefined);

/** True when the field has this value now and had not before. */
function became<K extends RecordKind, F extends keyof RecordFields<K>>(field: F, ...values: RecordFields<K>[F][]) {
  return ({ before, now }: Step<K>) => values.includes(now[field]) && !(before && values.includes(before[field]));
}

/** True when the field had a value and has another now. */
function changed<K extends RecordKind, F extends keyof RecordFields<K> & string>(field: F) {
  return ({ before, now }: Step<K>) =>
    before !== null && now[field] !== undefined && JSON.stringify(before[field]) !== JSON.stringify(now[field]);
}

/** The values of these fields before and after, where they differ. */
function difference<K extends RecordKind>(...fields: (keyof RecordFields<K> & string)[]) {
  return ({ before, now }: Step<K>): FieldChange[] =>
    fields.flatMap((field) => {
      const [from, to] = [before?.[field], now[field]] as [FieldChange["from"], FieldChange["to"]];
      if (JSON.stringify(from) === JSON.stringify(to)) return [];
      return [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
    });
}

const contact: KindRules<"contact"> = {
  channel: "record",
  facts: (now) => ({
    lifecycle_stage: now.lifecycle_stage,
    lead_status: now.lead_status,
    lead_source: now.lead_source,
    form: now.last_conversion?.name,
    is_lead: now.is_lead,
  }),
  events: [
    {
      kind: "contact.created",
      when: first,
      at: created,
      occurrence: once,
      title: (now) => (now.is_lead ? "Lead created" : "Contact created"),
    },
    {
      kind: "form.submitted",
      when: ({ before, now }) =>
        now.last_conversion?.at !== undefined && before?.last_conversion?.at !== now.last_conversion.at,
      at: ({ now }) => now.last_conversion?.at,
      occurrence: ({ now }) => now.last_conversion?.at ?? "",
      direction: "inbound",
      title: (now) => `Filled in ${now.last_conversion?.name ?? "a form"}`,
    },
    {
      kind: "lifecycle.changed",
      when: changed("lifecycle_stage"),
      title: (now) => `Lifecycle stage became ${now.lifecycle_stage}`,
      changes: difference("lifecycle_stage"),
    },
    {
      kind: "lead.status_changed",
      when: changed("lead_status"),
      title: (now) => `Lead status became ${now.lead_status}`,
      changes: difference("lead_status"),
    },
    { kind: "lead.disqualified", when: became("lead_status", "unqualified"), title: () => "Lead disqualified" },
    {
      kind: "lead.converted",
      when: ({ before, now }) => now.converted_at !== undefined && before?.converted_at === undefined,
      at: ({ now }) => now.converted_at,
      occurrence: ({ now }) => now.converted_at ?? "",
      title: () => "Lead converted",
    },
  ],
};

const company: KindRules<"company"> = {
  channel: "record",
  facts: (now) => ({ lifecycle_stage: now.lifecycle_stage, type: now.type, industry: now.industry }),
  events: [
    { kind: "company.created", when: first, at: created, occurrence: once, title: () => "Company created" },
    {
      kind: "lifecycle.changed",
      when: changed("lifecycle_stage"),
      title: (now) => `Lifecycle stage became ${now.lifecycle_stage}`,
      changes: difference("lifecycle_stage"),
    },
  ],
};

const dealName = (now: RecordFields<"deal">) => `Deal “${now.name ?? "unnamed"}”`;
const asOpen = () => ({ status: "open" });

const deal: KindRules<"deal"> = {
  channel: "sales",
  facts: (now) => ({
    status: now.status,
    stage: now.stage,
    stage_label: now.stage_label ?? now.stage,
    amount: now.amount ? Number(now.amount.amount) : undefined,
    currency: now.amount?.currency,
    expected_close_at: now.expected_close_at,
    pipeline: now.pipeline,
    type: now.type,
    name: now.name,
  }),
  events: [
    {
      kind: "deal.created",
      when: first,
      at: created,
      occurrence: once,
      title: (now) => `${dealName(now)} opened`,
      facts: asOpen,
    },
    {
      kind: "deal.stage_changed",
      when: changed("stage"),
      title: (now) => `${dealName(now)} moved to ${now.stage_label ?? now.stage}`,
      changes: difference("stage", "stage_label", "probability"),
    },
    {
      kind: "deal.amount_changed",
      when: changed("amount"),
      title: (now) => `${dealName(now)} is now ${now.amount?.amount} ${now.amount?.currency}`,
      changes: difference("amount"),
    },
    {
      kind: "deal.close_date_pushed",
      when: ({ before, now }) => (before?.expected_close_at ?? "9") < (now.expected_close_at ?? ""),
      title: (now) => `${dealName(now)}: close date pushed to ${now.expected_close_at}`,
      changes: difference("expected_close_at"),
    },
    {
      kind: "deal.owner_changed",
      when: changed("owner_ref"),
      title: (now) => `${dealName(now)} changed owner`,
      changes: difference("owner_ref"),
    },
    {
      kind: "deal.won",
      when: became("status", "won"),
      at: ({ now }) => now.closed_at,
      title: (now) => `${dealName(now)} won`,
      changes: difference("status"),
    },
    {
      kind: "deal.lost",
      when: became("status", "lost"),
      at: ({ now }) => now.closed_at,
      title: (now) => `${dealName(now)} lost${now.loss_reason ? `: ${now.loss_reason}` : ""}`,
      changes: difference("status", "loss_reason"),
    },
    {
      kind: "deal.reopened",
      when: ({ before, now }) => now.status === "open" && before?.status !== undefined && before.status !== "open",
      title: (now) => `${dealName(now)} reopened`,
      changes: difference("status"),
    },
  ],
};

const ticketName = (now: RecordFields<"ticket">) => `Ticket “${now.subject ?? now.number ?? "untitled"}”`;
const isEscalated = (fields: RecordFields<"ticket"> | null) => fields?.is_escalated === true;

const ticket: KindRules<"ticket"> = {
  channel: "service",
  facts: (now) => ({
    status: now.status,
    priority: now.priority,
    is_escalated: now.is_escalated,
    subject: now.subject,
    stage: now.stage,
  }),
  events: [
    {
      kind: "ticket.opened",
      when: first,
      at: created,
      occurrence: once,
      direction: "inbound",
      title: (now) => `${ticketName(now)} opened`,
      facts: asOpen,
    },
    {
      kind: "ticket.status_changed",
      when: changed("status"),
      title: (now) => `${ticketName(now)} is ${now.status?.replace("_", " ")}`,
      changes: difference("status", "stage"),
    },
    {
      kind: "ticket.priority_changed",
      when: changed("priority"),
      title: (now) => `${ticketName(now)} has ${now.priority} priority`,
      changes: difference("priority"),
    },
    {
      kind: "ticket.escalated",
      when: ({ before, now }) => isEscalated(now) && !isEscalated(before),
      title: (now) => `${ticketName(now)} escalated`,
      changes: difference("is_escalated", "priority"),
    },
    {
      kind: "ticket.closed",
      when: became("status", "closed"),
      at: ({ now }) => now.closed_at,
      title: (now) => `${ticketName(now)} closed`,
      changes: difference("status"),
    },
    {
      kind: "ticket.reopened",
      when: ({ before, now }) => before?.status === "closed" && now.status !== undefined && now.status !== "closed",
      title: (now) => `${ticketName(now)} reopened`,
      changes: difference("status"),
    },
  ],
};

const documentName = (word: string, now: { number?: string | undefined }) =>
  now.number ? `${word} ${now.number}` : word;
const documentFacts = (now: RecordFields<"order">) => ({
  total: now.total ? Number(now.total.amount) : undefined,
  currency: now.total?.currency,
  number: now.number,
  status: now.status,
});
const amountOf = (now: { total?: { amount: string; currency: string } | undefined }) =>
  now.total ? ` for ${now.total.amount} ${now.total.currency}` : "";
const issued = ({ now, createdAt }: { now: { issued_on?: string | undefined }; createdAt: string }) =>
  startOf(now.issued_on) ?? createdAt;

const quote: KindRules<"quote"> = {
  channel: "sales",
  facts: (now) => ({ ...documentFacts({ ...now, status: undefined }), status: now.status, expires_on: now.expires_on }),
  events: [
    {
      kind: "quote.sent",
      when: first,
      at: issued,
      occurrence: once,
      direction: "outbound",
      title: (now) => `${documentName("Quote", now)} sent${amountOf(now)}`,
      facts: asOpen,
    },
    {
      kind: "quote.accepted",
      when: became("status", "accepted"),
      title: (now) => `${documentName("Quote", now)} accepted`,
      changes: difference("status"),
    },
    {
      kind: "quote.expired",
      when: became("status", "expired", "closed"),
      title: (now) => `${documentName("Quote", now)} expired`,
      changes: difference("status"),
    },
  ],
};

const order: KindRules<"order"> = {
  channel: "billing",
  facts: documentFacts,
  events: [
    {
      kind: "order.placed",
      when: first,
      at: issued,
      occurrence: once,
      direction: "inbound",
      title: (now) => `${documentName("Order", now)} placed${amountOf(now)}`,
      facts: () => ({ status: "pending" }),
    },
    {
      kind: "order.approved",
      when: ({ before, now }) => before?.status === "pending" && now.status === "approved",
      title: (now) => `${documentName("Order", now)} approved`,
      changes: difference("status"),
    },
    {
      kind: "order.fulfilled",
      when: became("status", "fulfilled", "billed"),
      title: (now) => `${documentName("Order", now)} fulfilled`,
      changes: difference("status"),
    },
    {
      kind: "order.cancelled",
      when: became("status", "cancelled"),
      title: (now) => `${documentName("Order", now)} cancelled`,
      changes: difference("status"),
    },
  ],
};

const isInvoice = (now: RecordFields<"invoice">) => now.type !== "credit_note";

const invoice: KindRules<"invoice"> = {
  channel: "billing",
  facts: (now) => ({
    ...documentFacts({ ...now, status: undefined }),
    status: now.status,
    type: now.type,
    due_on: now.due_on,
    balance: now.balance ? Number(now.balance.amount) : undefined,
  }),
  events: [
    {
      kind: "invoice.issued",
      when: (step) => first(step) && isInvoice(step.now),
      at: issued,
      occurrence: once,
      direction: "outbound",
      title: (now) => `${documentName("Invoice", now)} issued${amountOf(now)}`,
      facts: (now) => ({ status: "open", ...(now.total ? { balance: Number(now.total.amount) } : {}) }),
    },
    {
      kind: "credit.issued",
      when: (step) => first(step) && !isInvoice(step.now),
      at: issued,
      occurrence: once,
      direction: "outbound",
      title: (now) => `${documentName("Credit note", now)} issued${amountOf(now)}`,
    },
    {
      kind: "invoice.paid",
      when: (step) => isInvoice(step.now) && became<"invoice", "status">("status", "paid")(step),
      at: ({ now }) => startOf(now.paid_on),
      direction: "inbound",
      title: (now) => `${documentName("Invoice", now)} paid`,
      changes: difference("status", "balance"),
    },
    {
      kind: "invoice.voided",
      when: became("status", "void"),
      title: (now) => `${documentName("Invoice", now)} voided`,
      changes: difference("status"),
    },
  ],
};

const payment: KindRules<"payment"> = {
  channel: "billing",
  facts: (now) => ({
    total: now.total ? Number(now.total.amount) : undefined,
    currency: now.total?.currency,
    number: now.number,
  }),
  events: [
    {
      kind: "payment.received",
      when: first,
      at: issued,
      occurrence: once,
      direction: "inbound",
      title: (now) => `${documentName("Payment", now)} received${amountOf(now)}`,
    },
  ],
};

type Activity = RecordFields<"activity">;
const happened = ({ now, createdAt }: Step<"activity">) => now.occurred_at ?? createdAt;
const stated = (now: Activity) => now.direction ?? "none";
const isHeld = (fields: Activity | null) =>
  fields?.type === "meeting" && fields.status !== "open" && fields.status !== "cancelled";
const activityTitle = (word: string) => (now: Activity) => (now.subject ? `${word}: ${now.subject}` : word);
const ofType =
  (...types: Activity["type"][]) =>
  (step: Step<"activity">) =>
    first(step) && types.includes(step.now.type);
const activityChannels: Partial<Record<NonNullable<Activity["type"]>, TimelineEvent["channel"]>> = {
  email: "email",
  call: "phone",
  meeting: "meeting",
  form: "web",
  page_view: "web",
  survey: "web",
};

const activity: KindRules<"activity"> = {
  channel: (now) => (now.type && activityChannels[now.type]) ?? "other",
  facts: (now) => ({
    type: now.type,
    direction: now.direction,
    status: now.status,
    subject: now.subject,
    rating: now.rating,
  }),
  events: [
    {
      kind: "email.received",
      when: (step) => ofType("email")(step) && step.now.direction === "inbound",
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("E-mail received"),
    },
    {
      kind: "email.sent",
      when: (step) => ofType("email")(step) && step.now.direction !== "inbound",
      at: happened,
      occurrence: once,
      direction: "outbound",
      title: activityTitle("E-mail sent"),
    },
    {
      kind: "call.logged",
      when: ofType("call"),
      at: happened,
      occurrence: once,
      direction: stated,
      title: activityTitle("Call"),
    },
    {
      kind: "meeting.booked",
      when: (step) => ofType("meeting")(step) && step.now.status === "open",
      at: created,
      occurrence: once,
      direction: stated,
      title: activityTitle("Meeting booked"),
    },
    {
      kind: "meeting.held",
      when: ({ before, now }) => isHeld(now) && !isHeld(before),
      at: happened,
      direction: stated,
      title: activityTitle("Meeting held"),
    },
    { kind: "note.added", when: ofType("note"), at: happened, occurrence: once, title: activityTitle("Note") },
    { kind: "task.created", when: ofType("task"), at: created, occurrence: once, title: activityTitle("Task") },
    {
      kind: "task.completed",
      when: (step) => step.now.type === "task" && became<"activity", "status">("status", "done")(step),
      at: ({ now, changedAt }) => now.ended_at ?? changedAt,
      title: activityTitle("Task done"),
    },
    {
      kind: "form.submitted",
      when: ofType("form"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Filled in a form"),
    },
    {
      kind: "page.viewed",
      when: ofType("page_view"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Page viewed"),
    },
    {
      kind: "survey.answered",
      when: ofType("survey"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Survey answered"),
    },
    {
      kind: "activity.logged",
      when: ofType("other", undefined),
      at: happened,
      occurrence: once,
      direction: stated,
      title: activityTitle("Activity"),
    },
  ],
};

/** The rules of every kind of record that makes events; owners and pipelines make none. */
export const eventRules: { [K in RecordKind]?: KindRules<K> } = {
  contact,
  company,
  deal,
  ticket,
  quote,
  order,
  invoice,
  payment,
  activity,
};
