import { groupBy } from "../../../lib/group.ts";
import { type Calendar, dayMs, dayOf } from "./calendar.ts";
import type { Transaction, TransactionFacts, TransactionStatus } from "./happenings.ts";
import type { Ids } from "./ids.ts";
import type { Colleague } from "./model.ts";
import type { Purchase } from "./purchases.ts";
import type { Random } from "./random.ts";
import type { SourceReturn } from "./sources.ts";

/** A document before it has its number; `source` is what it was made from. */
export type Draft = TransactionStatus & TransactionFacts & { readonly source: Draft | null };

/** A purchase as NetSuite sees it: by which of its customers, looked after by whom. */
export interface Booking {
  readonly purchase: Purchase;
  readonly entityId: string;
  readonly owner: Colleague;
}

export interface Returns {
  /** The sample's next unused return of one of the purchase's products in its country within 60 days, if there is one. */
  take(purchase: Purchase): { readonly day: number; readonly item: string } | undefined;
}

/** The sample's returns, each given out once. */
export function openReturns(source: readonly SourceReturn[]): Returns {
  const open = groupBy(source, (entry) => `${entry.country}/${entry.productKey}`);
  return {
    take: ({ country, lines, sourceDay }) => {
      for (const { item } of lines) {
        const list = open.get(`${country}/${item}`) ?? [];
        const at = list.findIndex(({ day }) => day > sourceDay && day <= sourceDay + 60);
        const found = list[at];
        if (!found) continue;
        list.splice(at, 1);
        return { day: found.day, item };
      }
      return undefined;
    },
  };
}

/** Net 30 for firms, two weeks for consumers. */
const termDays = { business: 30, consumer: 14 };

/** Every document one purchase leaves behind up to the epoch: estimate, order, invoice, payment, credit. */
export function documentsOf(booking: Booking, returns: Returns, calendar: Calendar, random: Random): Draft[] {
  const { purchase } = booking;
  const estimate = purchase.isBusiness && random.chance(0.3) ? estimateOf(booking, calendar, random) : null;
  const before = estimate ? [estimate] : [];
  const invoicedAt =
    purchase.at + (purchase.isBusiness ? random.int(1, 8) : random.int(0, 2)) * dayMs + random.int(1, 240) * 60_000;
  if (random.chance(0.02)) return [...before, orderOf(booking, "cancelled", calendar.after(purchase.at, 2), estimate)];
  if (calendar.isAhead(invoicedAt)) {
    const status = random.pick([
      "pending approval",
      "pending fulfilment",
      "pending fulfilment",
      "part fulfilled",
      "pending billing",
    ] as const);
    return [...before, orderOf(booking, status, calendar.after(purchase.at, 0.05), estimate)];
  }
  const order = orderOf(booking, random.chance(0.02) ? "closed" : "billed", invoicedAt, estimate);
  return [...before, order, ...collect(booking, order, invoicedAt, { returns, calendar, random })];
}

interface BillingTools {
  readonly returns: Returns;
  readonly calendar: Calendar;
  readonly random: Random;
}

/** The invoice of an order with what came after it: a payment, a credit for something sent back. */
function collect(booking: Booking, order: Draft, invoicedAt: number, tools: BillingTools): Draft[] {
  const { purchase } = booking;
  const { calendar, random } = tools;
  const days = purchase.isBusiness ? random.int(9, 48) : random.int(0, 16);
  const paidAt = invoicedAt + days * dayMs + random.int(30, 300) * 60_000;
  const credit = creditOf(booking, invoicedAt, tools);
  // What comes back before the payment is taken off the invoice; what comes later stays a credit for the next one.
  const isApplied = credit !== null && credit.createdAt < paidAt;
  const dueCents = purchase.totalCents - (isApplied ? credit.totalCents : 0);
  const isPaid = dueCents === 0 || (!calendar.isAhead(paidAt) && !random.chance(0.025));
  const settledAt = dueCents === 0 ? (credit?.createdAt ?? paidAt) : paidAt;
  const invoice: Draft = {
    ...factsOf(booking, invoicedAt),
    type: "invoice",
    status: isPaid ? "paid" : "open",
    openCents: isPaid ? 0 : dueCents,
    dueDay: dueDayOf(booking, invoicedAt),
    closedDay: isPaid ? dayOf(settledAt) : null,
    updatedAt: isPaid ? settledAt : isApplied ? credit.createdAt : invoicedAt,
    source: order,
  };
  const payment =
    isPaid && dueCents > 0 ? [paymentOf(booking, invoice, { paidAt, totalCents: dueCents }, calendar)] : [];
  if (!credit) return [invoice, ...payment];
  const state = isApplied
    ? ({ status: "applied", openCents: 0 } as const)
    : ({ status: "open", openCents: credit.totalCents } as const);
  return [invoice, ...payment, { ...credit, ...state, type: "credit", source: invoice }];
}

/** Now and then a product comes back; of a shop's quantity a quarter. */
function creditOf(
  booking: Booking,
  invoicedAt: number,
  { returns, calendar, random }: BillingTools,
): TransactionFacts | null {
  const returned = random.chance(0.09) ? returns.take(booking.purchase) : undefined;
  const line = booking.purchase.lines.find(({ item }) => item === returned?.item);
  if (!returned || !line) return null;
  const createdAt = Math.max(calendar.duringDay(returned.day, random), calendar.after(invoicedAt, 0.1));
  const quantity = Math.max(1, Math.floor(line.quantity / 4));
  return { ...factsOf(booking, createdAt), lines: [{ ...line, quantity }], totalCents: line.rateCents * quantity };
}

/** Open, expired and voided quotes nobody ordered from. */
export function looseEstimate(booking: Booking, calendar: Calendar, random: Random): Draft {
  const estimate = estimateOf(booking, calendar, random);
  const isYoung = calendar.epochMs - estimate.createdAt < 30 * dayMs;
  const status = isYoung ? "open" : random.pick(["expired", "expired", "closed", "voided"] as const);
  return { ...estimate, type: "estimate", status, closedDay: status === "open" ? null : estimate.dueDay };
}

/** An invoice written some weeks ago, not yet due and not paid, with its order: what the protagonist still owes. */
export function openInvoice(booking: Booking, calendar: Calendar): Draft[] {
  const invoicedAt = calendar.after(booking.purchase.at, 2);
  const order = orderOf(booking, "billed", invoicedAt, null);
  const { totalCents } = booking.purchase;
  const dueDay = dueDayOf(booking, invoicedAt);
  return [
    order,
    { ...factsOf(booking, invoicedAt), type: "invoice", status: "open", openCents: totalCents, dueDay, source: order },
  ];
}

/** Gives the documents ids and numbers in the order of their instants, as the running account did. */
export function numberDocuments(drafts: readonly Draft[], ids: Ids): Transaction[] {
  const prefixes: Record<Draft["type"], string> = {
    estimate: "EST",
    order: "SO",
    invoice: "INV",
    payment: "PYMT",
    credit: "CM",
  };
  const counts: Partial<Record<Draft["type"], number>> = {};
  const sorted = [...drafts].sort((a, b) => a.createdAt - b.createdAt);
  const idOf = new Map(sorted.map((draft) => [draft, ids.netsuite("transaction")]));
  return sorted.map((draft) => {
    const { source, ...facts } = draft;
    const count = (counts[draft.type] ?? 0) + 1;
    counts[draft.type] = count;
    const number = `${prefixes[draft.type]}${String(count).padStart(5, "0")}`;
    return { ...facts, id: known(idOf, draft), number, sourceId: source && known(idOf, source) };
  });
}

function estimateOf(booking: Booking, calendar: Calendar, random: Random): Draft {
  const quotedAt = calendar.after(booking.purchase.at, -random.int(4, 25));
  const facts = { ...factsOf(booking, quotedAt), dueDay: dayOf(quotedAt + 30 * dayMs), updatedAt: booking.purchase.at };
  return { ...facts, type: "estimate", status: "processed", closedDay: dayOf(booking.purchase.at), source: null };
}

function orderOf(
  booking: Booking,
  status: Extract<Draft, { type: "order" }>["status"],
  updatedAt: number,
  source: Draft | null,
): Draft {
  return { ...factsOf(booking, booking.purchase.at), type: "order", status, updatedAt, source };
}

function paymentOf(
  booking: Booking,
  invoice: Draft,
  money: { paidAt: number; totalCents: number },
  calendar: Calendar,
): Draft {
  const { paidAt, totalCents } = money;
  const isFresh = calendar.epochMs - paidAt < 3 * dayMs;
  return {
    ...factsOf(booking, paidAt),
    type: "payment",
    totalCents,
    status: isFresh ? "not deposited" : "deposited",
    lines: [],
    source: invoice,
  };
}

function dueDayOf({ purchase }: Booking, invoicedAt: number): string {
  return dayOf(invoicedAt + (purchase.isBusiness ? termDays.business : termDays.consumer) * dayMs);
}

function factsOf({ purchase, entityId, owner }: Booking, at: number): TransactionFacts {
  const { customerId, currency, lines, totalCents } = purchase;
  const closing = { openCents: 0, dueDay: null, closedDay: null };
  return {
    customerId,
    entityId,
    currency,
    lines,
    totalCents,
    owner,
    day: dayOf(at),
    createdAt: at,
    updatedAt: at,
    ...closing,
  };
}

function known<Key>(ids: ReadonlyMap<Key, string>, key: Key): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error("A document was made from one that is not in the ledger.");
  return id;
}
