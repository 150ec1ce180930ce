import type { Row } from "../partition.ts";
import { payInvoice } from "../payment.ts";
import type { NetsuiteRow } from "../seed.ts";
import { deleteRecord, updateRecord, type WriteContext } from "../writes.ts";
import { change, type Happening, type Life, make, some } from "./people.ts";
import { type ObjectName, typeOf } from "./records.ts";
import { dayIn, mainLine, paymentLink } from "./seed.ts";

/** What happens to deals and documents. */
export const tradeHappenings: Readonly<Record<string, Happening>> = {
  newDeal: (life) => void document(life, "opportunity"),
  editDeal: change(
    "opportunity",
    (_row, { chance }) => ({ projectedtotal: chance.int(100, 90_000), probability: chance.int(1, 9) * 10 }),
    isOpen,
  ),
  closeDeal: change(
    "opportunity",
    (_row, life) => {
      const closedate = dayIn(life.context.account.calendar, life.context.now());
      return life.chance.chance(0.6)
        ? { status: "C", entitystatus: 13, probability: 100, closedate }
        : { status: "D", entitystatus: 14, probability: 0, closedate, winlossreason: "Price" };
    },
    isOpen,
  ),
  deleteDeal: (life) => {
    const quoted = life.context.account.table("transaction");
    remove(life, "opportunity", ({ id }) => quoted.where("opportunity", id).rows.size === 0);
  },
  quote: (life) => {
    const deal = some(life, "opportunity", isOpen);
    if (!deal) return;
    document(life, "estimate", { from: deal, fields: { opportunity: deal.id } });
    updateRecord(life.context, typeOf.opportunity, deal, { status: "B" });
  },
  voidEstimate: change("estimate", () => ({ status: "V", voided: "T" }), isOpen),
  order: (life) => {
    const estimate = some(life, "estimate", isOpen);
    document(life, "salesorder", estimate ? { from: estimate } : {});
    if (estimate) updateRecord(life.context, typeOf.estimate, estimate, { status: "B" });
  },
  moveOrder: change("salesorder", (_row, { chance }) => ({ status: chance.pick(["B", "D", "F", "H"]) })),
  bill: (life) => {
    const order = some(life, "salesorder", ({ status }) => status !== "G" && status !== "H");
    document(life, "invoice", order ? { from: order } : {});
    if (order) updateRecord(life.context, typeOf.salesorder, order, { status: "G" });
  },
  pay: (life) => {
    const invoice = some(life, "invoice", ({ foreignamountunpaid }) => Number(foreignamountunpaid) > 0);
    const part = life.chance.chance(0.3)
      ? { payment: Math.round(Number(invoice?.foreignamountunpaid) * 50) / 100 }
      : {};
    if (invoice && part.payment !== 0) payInvoice(life.context, invoice, part);
  },
  reapplyPayment: (life) => reapply(life, { stamps: true }),
  deletePayment: (life) => {
    const payment = some(life, "customerpayment");
    if (payment) takeBack(life, payment);
  },
  credit: (life) => {
    const invoice = some(life, "invoice");
    if (invoice) document(life, "creditmemo", { from: invoice });
  },
  deleteInvoice: (life) => {
    const links = life.context.account.table("nexttransactionlinelink");
    remove(life, "invoice", ({ id }) => links.where("previousdoc", id).rows.size === 0);
  },
};

function isOpen({ status }: Row): boolean {
  return status === "A" || status === "B";
}

/** Makes a transaction with its main line; what it is made from lends it customer and amounts. */
function document(life: Life, object: ObjectName, { from, fields }: { from?: Row; fields?: NetsuiteRow } = {}): void {
  const { account } = life.context;
  const lent = from
    ? { entity: from.entity ?? null, currency: from.currency ?? null, subsidiary: from.subsidiary ?? null }
    : {};
  const row = make(life, object, { ...lent, ...fields });
  const tranid = `${object.slice(0, 3).toUpperCase()}${row.id}`;
  account.table("transaction").update(row.id, { tranid });
  account.table("transactionline").insert(mainLine(row, object === "estimate" ? null : (from?.id ?? null)));
}

function remove(life: Life, object: ObjectName, fits: (row: Row) => boolean): void {
  const row = some(life, object, fits);
  if (row) removeTransaction(life.context, object, row);
}

function removeTransaction(context: WriteContext, object: ObjectName, row: Row): void {
  const lines = context.account.table("transactionline");
  for (const line of [...lines.where("transaction", row.id).rows.values()]) lines.remove(line.id);
  deleteRecord(context, typeOf[object], row);
}

/** Deletes a payment: the invoice it paid is open again. */
function takeBack({ context }: Life, payment: Row): void {
  const { account } = context;
  for (const link of account.table("nexttransactionlinelink").where("nextdoc", payment.id).rows.values()) {
    const invoice = account.table("transaction").all.rows.get(Number(link.previousdoc));
    if (invoice?.type !== "CustInvc") continue;
    const open = Number(invoice.foreigntotal);
    const changes = { status: "A", closedate: null, foreignamountunpaid: open, foreignamountpaid: 0 };
    updateRecord(context, typeOf.invoice, invoice, changes);
  }
  removeTransaction(context, "customerpayment", payment);
}

/** Applies a payment to another invoice than before. */
export function reapply(life: Life, { stamps }: { stamps: boolean }): void {
  const { account } = life.context;
  const payment = some(life, "customerpayment");
  const invoice = some(life, "invoice");
  if (!payment || !invoice) return;
  const links = account.table("nexttransactionlinelink");
  for (const link of [...links.where("nextdoc", payment.id).rows.values()]) links.remove(link.id);
  links.insert(paymentLink(invoice, payment));
  if (stamps) updateRecord(life.context, typeOf.customerpayment, payment, { memo: `Applied to ${invoice.id}` });
}
