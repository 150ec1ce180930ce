import type { RecordFields } from "../../model/kinds.ts";
import { asOpen, became, difference, first, type KindRules, once, startOf } from "./step.ts";

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

export const quote: KindRules<"quote"> = {
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

export const order: KindRules<"order"> = {
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

export const invoice: KindRules<"invoice"> = {
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

export const payment: KindRules<"payment"> = {
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
