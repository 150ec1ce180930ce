import type { RecordFields } from "../../model/kinds.ts";
import { asOpen, became, changed, created, difference, first, type KindRules, once } from "./step.ts";

const dealName = (now: RecordFields<"deal">) => `Deal “${now.name ?? "unnamed"}”`;

export const deal: KindRules<"deal"> = {
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

export const ticket: KindRules<"ticket"> = {
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
