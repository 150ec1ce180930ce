import { z } from "zod";
import { instant } from "./scalars.ts";

/** A value before and after; absent means the field was or became empty. */
export const fieldChange = z.strictObject({
  field: z.string(),
  from: z.json().optional(),
  to: z.json().optional(),
});
export type FieldChange = z.infer<typeof fieldChange>;

export const direction = z.enum(["inbound", "outbound", "none"]);
export const channel = z.enum([
  "web",
  "app",
  "email",
  "phone",
  "meeting",
  "sales",
  "billing",
  "service",
  "record",
  "other",
]);

/**
 * One thing that happened, on the Customer 360 timeline. Append-only; the id is a hash of (record key, kind, version), so landing the same
 * change twice gives the same event. `occurred_at` is when it happened, `known_at` when the hub learned of it.
 * `facts` are the record's values that rules may test, as they stood after the event.
 */
export const timelineEvent = z.strictObject({
  id: z.string(),
  kind: z.string(),
  record_key: z.string(),
  occurred_at: instant,
  known_at: instant,
  direction,
  channel,
  title: z.string(),
  changes: z.array(fieldChange),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type TimelineEvent = z.infer<typeof timelineEvent>;

/** Every kind of event the hub itself writes, with what it means; rules are linted against this list. */
export const eventKinds = {
  "contact.created": "A contact or lead appeared in a system",
  "contact.company_changed":
    "A contact went to another company, or left one; changes name their records as company_ref",
  "lead.status_changed": "The lead status of a contact changed",
  "lead.converted": "A lead was converted",
  "lead.disqualified": "A lead was disqualified",
  "lifecycle.changed": "The lifecycle stage a CRM keeps on a contact or company changed",
  "company.created": "A company appeared in a system",
  "form.submitted": "A form was filled in",
  "page.viewed": "A page was viewed by an identified visitor",
  "screen.viewed": "A screen of an app was viewed by an identified visitor",
  "action.tracked": "Something else that an identified visitor did on a website or in an app; facts.subject names it",
  "email.sent": "An e-mail went out to the customer",
  "email.received": "An e-mail came from the customer",
  "call.logged": "A call was logged",
  "meeting.held": "A meeting took place",
  "meeting.booked": "A meeting was booked for later",
  "note.added": "A note was written",
  "task.created": "A task was created",
  "task.completed": "A task was completed",
  "survey.answered":
    "A survey was answered; facts hold its kind (nps, csat, ces), score, scale_min, scale_max and comment",
  "activity.logged": "Another activity was logged",
  "deal.created": "A deal was opened",
  "deal.stage_changed": "A deal moved to another stage",
  "deal.amount_changed": "The amount of a deal changed",
  "deal.close_date_pushed": "The expected close date of a deal moved back",
  "deal.owner_changed": "A deal changed owner",
  "deal.won": "A deal was won",
  "deal.lost": "A deal was lost",
  "deal.reopened": "A closed deal was reopened",
  "quote.sent": "A quote or estimate was issued",
  "quote.accepted": "A quote was accepted",
  "quote.expired": "A quote expired or was closed",
  "order.placed": "An order was placed",
  "order.approved": "An order was approved",
  "order.fulfilled": "An order was fulfilled",
  "order.cancelled": "An order was cancelled",
  "invoice.issued": "An invoice was issued",
  "invoice.paid": "An invoice was paid in full",
  "invoice.overdue": "An invoice passed its due date unpaid (virtual: made by a timer, never stored)",
  "invoice.voided": "An invoice was voided",
  "credit.issued": "A credit note was issued",
  "payment.received": "A payment was received",
  "ticket.opened": "A ticket was opened",
  "ticket.status_changed": "The status of a ticket changed",
  "ticket.priority_changed": "The priority of a ticket changed",
  "ticket.escalated": "A ticket was escalated",
  "ticket.reopened": "A closed ticket was reopened",
  "ticket.closed": "A ticket was closed",
  "record.deleted": "A record was deleted or archived at its source",
  "record.merged": "A record was merged into another at its source",
} as const;
export type EventKind = keyof typeof eventKinds;
