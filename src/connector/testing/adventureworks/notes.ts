import { groupBy } from "../../../lib/group.ts";
import { type Calendar, dayMs } from "./calendar.ts";
import type { StatusNote, Transaction } from "./happenings.ts";
import type { Ids } from "./ids.ts";

/** How far back this account keeps its notes: to keep the demo small, not the vendor's rule. */
const noteDays = 45;

/** NetSuite's own memory of recent status changes: invoices paid, and customers who became such by their first order. */
export function statusNotes(transactions: readonly Transaction[], calendar: Calendar, ids: Ids): StatusNote[] {
  const isRecent = (at: number): boolean => calendar.epochMs - at < noteDays * dayMs;
  const paid = transactions.filter(
    (entry) => entry.type === "invoice" && entry.status === "paid" && isRecent(entry.updatedAt),
  );
  const orders = transactions.filter(({ type }) => type === "order");
  const first = [...groupBy(orders, ({ entityId }) => entityId).values()].flatMap(([order]) =>
    order && isRecent(order.createdAt) ? [order] : [],
  );
  const notes = [
    ...paid.map((invoice) => ({
      kind: "invoice paid" as const,
      recordId: invoice.id,
      author: invoice.owner,
      at: invoice.updatedAt,
    })),
    ...first.map((order) => ({
      kind: "customer won" as const,
      recordId: order.entityId,
      author: order.owner,
      at: order.createdAt,
    })),
  ];
  return notes.sort((a, b) => a.at - b.at).map((note) => ({ ...note, id: ids.netsuite("systemnote") }));
}
