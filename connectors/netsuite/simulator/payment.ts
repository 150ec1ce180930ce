import type { Row } from "./partition.ts";
import { invalidContent } from "./problems.ts";
import { standardRecordType } from "./recordTypes.ts";
import { createRecord, updateRecord, type WriteContext } from "./writes.ts";

/**
 * Accepts a payment of an invoice (`!transform/customerPayment`): a deposited payment, its link to the invoice, and the
 * invoice's new balance; the whole open amount unless the body says `payment`.
 * @throws Problem 400 when nothing is open or the amount is no part of it.
 */
export function payInvoice(context: WriteContext, invoice: Row, body: { payment?: unknown; memo?: unknown }): Row {
  const { account } = context;
  const open = Number(invoice.foreignamountunpaid ?? invoice.foreigntotal ?? 0);
  const amount = body.payment === undefined ? open : Number(body.payment);
  if (open <= 0) throw invalidContent("The invoice is paid in full: there is nothing left to apply.", "apply");
  if (!(amount > 0 && amount <= open)) {
    throw invalidContent(
      `You have entered an Invalid Field Value ${String(body.payment)} for the following field: payment`,
      "payment",
    );
  }
  const wall = account.calendar.wallOf(new Date(context.now()).toISOString());
  const today = [wall.year, wall.month, wall.day].map((part) => String(part).padStart(2, "0")).join("-");
  const payment = createRecord(context, standardRecordType("customerPayment"), {
    entity: invoice.entity ?? null,
    tranid: `PYMT${account.table("transaction").newestId() + 1}`,
    trandate: today,
    status: "C",
    currency: invoice.currency ?? null,
    exchangerate: invoice.exchangerate ?? null,
    subsidiary: invoice.subsidiary ?? null,
    foreigntotal: amount,
    memo: typeof body.memo === "string" ? body.memo : null,
  });
  account.table("nexttransactionlinelink").insert({
    previousdoc: invoice.id,
    previousline: 0,
    previoustype: "CustInvc",
    previousdate: invoice.trandate ?? null,
    nextdoc: payment.id,
    nextline: 0,
    nexttype: "CustPymt",
    nextdate: today,
    linktype: "Payment",
    foreignamount: amount,
    lastmodifieddate: payment.lastmodifieddate ?? null,
  });
  updateRecord(context, standardRecordType("invoice"), invoice, {
    foreignamountunpaid: cents(open - amount),
    foreignamountpaid: cents(Number(invoice.foreignamountpaid ?? 0) + amount),
    ...(cents(open - amount) === 0 && { status: "B", closedate: today }),
  });
  return payment;
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
