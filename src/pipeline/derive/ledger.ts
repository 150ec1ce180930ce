import { shortHash } from "../../lib/hash.ts";
import type { TimelineEvent } from "../../model/index.ts";

const dayMs = 86_400_000;

/** A deal, ticket, quote, order or invoice as its events have left it. */
export interface RecordState {
  readonly key: string;
  readonly kind: string;
  status: string;
  facts: TimelineEvent["facts"];
  isOverdue: boolean;
}

/** One event taken in: its place in the sequence and the record it left changed, or null for events of no such record. */
export interface Entry {
  seq: number;
  event: TimelineEvent;
  atMs: number;
  record: RecordState | null;
  isGone: boolean;
}

/**
 * What a subject's events add up to: the sequence so far, the state of every record, and the unpaid invoices waiting to fall overdue.
 * Falling overdue is an event of its own at 00:00Z of the day after `due_on`; nobody sends it, so the ledger makes it.
 */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly overdueEvents: TimelineEvent[] = [];
  readonly #records = new Map<string, RecordState>();
  /** Latest last, so that the next to fall due is popped; entries that no longer hold are dropped then. */
  readonly #waiting: Waiting[] = [];
  readonly #fallen = new Set<string>();

  add(event: TimelineEvent, atMs: number): Entry {
    const isGone = event.kind === "record.deleted" || event.kind === "record.merged";
    const record = isGone ? this.#forget(event.record_key) : this.#update(event);
    const entry = { seq: this.entries.length, event, atMs, record, isGone };
    this.entries.push(entry);
    if (record?.kind === "invoice" && !isGone) this.#awaitDue(record, atMs);
    return entry;
  }

  /** When the next unpaid invoice falls overdue (epoch ms), or Infinity. */
  nextOverdueMs(): number {
    for (let next = this.#waiting.at(-1); next; next = this.#waiting.at(-1)) {
      if (this.#holds(next)) return next.dueMs;
      this.#waiting.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Takes in the event of the invoice that falls overdue next; call only when {@link nextOverdueMs} is finite. */
  fallOverdue(): Entry | null {
    const next = this.#waiting.pop();
    if (!next) return null;
    this.#fallen.add(`${next.key} ${next.dueOn}`);
    const event = overdueEvent(next);
    this.overdueEvents.push(event);
    return this.add(event, next.dueMs);
  }

  #update(event: TimelineEvent): RecordState | null {
    const kind = event.kind.slice(0, event.kind.indexOf("."));
    if (!recordKinds.has(kind)) return null;
    const known = this.#records.get(event.record_key);
    const record = known ?? { key: event.record_key, kind, status: "", facts: {}, isOverdue: false };
    record.status = statusAfter[event.kind] ?? String(event.facts.status ?? record.status);
    record.facts = event.facts;
    record.isOverdue = isUnpaid(record) && this.#fallen.has(`${record.key} ${record.facts.due_on}`);
    if (!known) this.#records.set(record.key, record);
    return record;
  }

  #forget(key: string): RecordState | null {
    const record = this.#records.get(key);
    this.#records.delete(key);
    return record ?? null;
  }

  #awaitDue(invoice: RecordState, nowMs: number): void {
    const dueOn = invoice.facts.due_on;
    if (typeof dueOn !== "string" || !isUnpaid(invoice) || this.#fallen.has(`${invoice.key} ${dueOn}`)) return;
    const dueMs = Math.max(Date.parse(`${dueOn}T00:00:00.000Z`) + dayMs, nowMs);
    if (Number.isNaN(dueMs)) return;
    const waiting = { key: invoice.key, dueOn, dueMs, facts: invoice.facts };
    let at = this.#waiting.length;
    let low = 0;
    while (low < at) {
      const middle = (low + at) >> 1;
      const other = this.#waiting[middle];
      if (other && isLater(other, waiting)) low = middle + 1;
      else at = middle;
    }
    this.#waiting.splice(low, 0, waiting);
  }

  #holds(waiting: Waiting): boolean {
    const invoice = this.#records.get(waiting.key);
    return invoice !== undefined && isUnpaid(invoice) && invoice.facts === waiting.facts;
  }
}

/** Whether an invoice still has something to be paid; credit notes never have. */
export function isUnpaid(invoice: RecordState): boolean {
  return (invoice.status === "open" || invoice.status === "partially_paid") && invoice.facts.type !== "credit_note";
}

interface Waiting {
  key: string;
  dueOn: string;
  dueMs: number;
  facts: TimelineEvent["facts"];
}

function isLater(a: Waiting, b: Waiting): boolean {
  return a.dueMs !== b.dueMs ? a.dueMs > b.dueMs : a.key > b.key;
}

function overdueEvent({ key, dueOn, dueMs, facts }: Waiting): TimelineEvent {
  const at = new Date(dueMs).toISOString();
  return {
    id: shortHash(key, "invoice.overdue", dueOn),
    kind: "invoice.overdue",
    record_key: key,
    occurred_at: at,
    known_at: at,
    direction: "none",
    channel: "billing",
    title: facts.number === undefined ? "Invoice overdue" : `Invoice ${facts.number} overdue`,
    changes: [],
    facts,
  };
}

const recordKinds: ReadonlySet<string> = new Set(["deal", "ticket", "quote", "order", "invoice"]);

/**
 * What a kind of event says of the record's status. It outranks the `status` fact: on a first import the fact is today's value, while a
 * deal was open when it was created whatever became of it.
 */
const statusAfter: Readonly<Record<string, string>> = {
  "deal.created": "open",
  "deal.won": "won",
  "deal.lost": "lost",
  "deal.reopened": "open",
  "ticket.opened": "open",
  "ticket.reopened": "open",
  "ticket.closed": "closed",
  "quote.sent": "open",
  "quote.accepted": "accepted",
  "quote.expired": "expired",
  "order.placed": "pending",
  "order.approved": "approved",
  "order.fulfilled": "fulfilled",
  "order.cancelled": "cancelled",
  "invoice.issued": "open",
  "invoice.paid": "paid",
  "invoice.voided": "void",
  "invoice.overdue": "open",
};
