import type { Deal, RecordIds, Transaction } from "journey-hub/connector/testing";
import type { NetsuiteRow } from "../seed.ts";
import { books } from "./books.ts";
import { amount, flag, instant } from "./values.ts";

/** A deal of those only the ERP knows, and now and then of others. */
export function opportunityRow(id: string, deal: Deal, at: number, known: RecordIds): NetsuiteRow {
  const step = deal.steps.at(-1)?.step ?? "appointment";
  const { currency, subsidiary: house, rate } = books[deal.currency];
  const isClosed = step === "won" || step === "lost";
  return {
    id,
    tranid: `OPP${String(at + 1).padStart(5, "0")}`,
    title: deal.name,
    // A proposal that is out is an issued estimate.
    status: step === "won" ? "C" : step === "lost" ? "D" : step === "contract" ? "B" : "A",
    entity: known.companies.get(deal.customerId) ?? known.persons.get(deal.customerId) ?? null,
    probability: opportunityProbabilities[step],
    projectedtotal: amount(deal.amountCents),
    foreigntotal: amount(deal.amountCents),
    total: amount(deal.amountCents * rate),
    currency,
    exchangerate: rate,
    subsidiary: house,
    employee: deal.owner.netsuiteId,
    salesrep: deal.owner.netsuiteId,
    winlossreason: deal.lossReason,
    externalid: deal.ids.salesforce ?? null,
    trandate: instant(deal.createdAt).slice(0, 10),
    expectedclosedate: deal.closesOn,
    closedate: isClosed ? deal.closesOn : null,
    createddate: instant(deal.createdAt),
    lastmodifieddate: instant(deal.updatedAt),
  };
}

/** A document of the ledger. */
export function transactionRow(transaction: Transaction): NetsuiteRow {
  const { currency, subsidiary: house, rate } = books[transaction.currency];
  const cents = signedCents(transaction);
  const isOwed = transaction.type === "invoice" || transaction.type === "credit";
  return {
    id: transaction.id,
    tranid: transaction.number,
    type: types[transaction.type],
    recordtype: recordTypes[transaction.type],
    status: statusLetter(transaction),
    entity: transaction.entityId,
    employee: transaction.owner.netsuiteId,
    currency,
    exchangerate: rate,
    subsidiary: house,
    foreigntotal: amount(cents),
    total: amount(cents * rate),
    foreignamountunpaid: isOwed ? amount(transaction.openCents) : null,
    foreignamountpaid: isOwed ? amount(transaction.totalCents - transaction.openCents) : null,
    createdfrom: transaction.type === "payment" ? null : transaction.sourceId,
    trandate: transaction.day,
    duedate: transaction.dueDay,
    closedate: transaction.closedDay,
    posting: flag(transaction.type !== "estimate" && transaction.type !== "order"),
    voided: flag(transaction.type === "estimate" && transaction.status === "voided"),
    createddate: instant(transaction.createdAt),
    lastmodifieddate: instant(transaction.updatedAt),
  };
}

/** A document's main line, then one for each item. */
export function lineRows(transaction: Transaction): NetsuiteRow[] {
  const common = {
    transaction: transaction.id,
    createdfrom: transaction.type === "payment" ? null : transaction.sourceId,
    entity: transaction.entityId,
    subsidiary: books[transaction.currency].subsidiary,
    linelastmodifieddate: instant(transaction.updatedAt),
    taxline: "F",
  };
  const main = { ...common, linesequencenumber: 0, mainline: "T", foreignamount: amount(signedCents(transaction)) };
  // Income lines carry the opposite sign of the main line.
  const sign = transaction.type === "credit" ? 1 : -1;
  const items = transaction.lines.map((line, at) => ({
    ...common,
    linesequencenumber: at + 1,
    mainline: "F",
    item: line.item,
    itemtype: "InvtPart",
    memo: `${line.sku} ${line.name}`,
    quantity: sign * line.quantity,
    rate: amount(line.rateCents),
    foreignamount: amount(sign * line.quantity * line.rateCents),
  }));
  return [main, ...items];
}

/** Which document led to which, in NetSuite's words. */
export function linkRows(transaction: Transaction, known: ReadonlyMap<string, Transaction>): NetsuiteRow[] {
  const source = known.get(transaction.sourceId ?? "");
  // A credit that was never applied belongs to its customer alone.
  if (!source || (transaction.type === "credit" && transaction.status === "open")) return [];
  return [
    {
      previousdoc: source.id,
      previousline: 0,
      previoustype: types[source.type],
      previousdate: source.day,
      nextdoc: transaction.id,
      nextline: 0,
      nexttype: types[transaction.type],
      nextdate: transaction.day,
      linktype: linkTypes[transaction.type],
      foreignamount: amount(transaction.totalCents),
      lastmodifieddate: instant(transaction.updatedAt),
    },
  ];
}

const types: Record<Transaction["type"], string> = {
  estimate: "Estimate",
  order: "SalesOrd",
  invoice: "CustInvc",
  payment: "CustPymt",
  credit: "CustCred",
};
const recordTypes: Record<Transaction["type"], string> = {
  estimate: "estimate",
  order: "salesorder",
  invoice: "invoice",
  payment: "customerpayment",
  credit: "creditmemo",
};
const linkTypes: Record<Transaction["type"], string> = {
  estimate: "OppEst",
  order: "EstOrd",
  invoice: "OrdBill",
  payment: "Payment",
  credit: "Payment",
};
const opportunityProbabilities: Record<Deal["steps"][number]["step"], number> = {
  appointment: 20,
  qualified: 30,
  presented: 50,
  buying: 75,
  contract: 90,
  won: 100,
  lost: 0,
};

function statusLetter(transaction: Transaction): string {
  switch (transaction.type) {
    case "estimate":
      return { open: "A", processed: "B", closed: "C", voided: "V", expired: "X" }[transaction.status];
    case "order":
      return orderLetters[transaction.status];
    case "invoice":
      return { open: "A", paid: "B" }[transaction.status];
    case "payment":
      return { "not deposited": "B", deposited: "C" }[transaction.status];
    case "credit":
      return { open: "A", applied: "B" }[transaction.status];
  }
}

const orderLetters: Record<Extract<Transaction, { type: "order" }>["status"], string> = {
  "pending approval": "A",
  "pending fulfilment": "B",
  cancelled: "C",
  "part fulfilled": "D",
  "pending billing": "F",
  billed: "G",
  closed: "H",
};

function signedCents({ type, totalCents }: Transaction): number {
  return type === "credit" ? -totalCents : totalCents;
}
