import { groupBy } from "../../../lib/group.ts";
import { currencyOf } from "./addresses.ts";
import {
  type Booking,
  type Draft,
  documentsOf,
  looseEstimate,
  numberDocuments,
  openInvoice,
  openReturns,
} from "./billing.ts";
import { type Calendar, dayMs } from "./calendar.ts";
import { ownerFor } from "./colleagues.ts";
import { type Buyer, lateStageDeal, otherDeals, wonDeal } from "./deals.ts";
import type { Deal, Ticket, Transaction } from "./happenings.ts";
import type { Ids } from "./ids.ts";
import { elementAt } from "./lists.ts";
import { type Colleague, type Company, numberOf, type Person } from "./model.ts";
import type { Populace } from "./populace.ts";
import type { Presence } from "./presence.ts";
import { companyPurchases, consumerPurchases, type Purchase } from "./purchases.ts";
import type { Random } from "./random.ts";
import type { Sources } from "./sources.ts";
import { openTicket, ticketAbout } from "./tickets.ts";

/** Everything the customers did with the seller. */
export interface Trade {
  readonly purchases: readonly Purchase[];
  readonly deals: readonly Deal[];
  readonly transactions: readonly Transaction[];
  readonly tickets: readonly Ticket[];
  /** What the protagonist has open. */
  readonly open: { readonly deal: Deal; readonly invoice: Transaction; readonly ticket: Ticket };
}

export interface TradeTools {
  readonly presence: Presence;
  readonly ids: Ids;
  readonly calendar: Calendar;
  readonly colleagues: readonly Colleague[];
  readonly random: Random;
}

/** Lets the customers buy, negotiate and complain, and adds what the protagonist has open. */
export function tradeOf(populace: Populace, sources: Sources, tools: TradeTools): Trade {
  const { calendar, random } = tools;
  const purchases = [
    ...consumerPurchases(populace.persons, sources.orders, calendar, random.fork("consumers")),
    ...companyPurchases(populace.companies, populace.leftOrders, calendar, random.fork("companies")),
  ];
  const purchasesOf = groupBy(purchases, (purchase) => purchase.customerId);
  const buyers = buyersOf(populace, tools.colleagues);
  const deal = lateStageDeal(buyerOf(buyers, populace.protagonistCompany), forked(tools, "late-stage deal"));
  const deals = [...buyers.values()].flatMap((buyer) => dealsOf(buyer, purchasesOf, forked(tools, buyer.customerId)));
  const { transactions, invoice } = ledgerOf(purchases, buyers, { populace, sources }, forked(tools, "ledger"));
  const { tickets, ticket } = ticketsOf(populace, purchasesOf, buyers, forked(tools, "tickets"));
  return {
    purchases,
    deals: [...deals, deal],
    transactions,
    tickets: [...tickets, ticket],
    open: { deal, invoice, ticket },
  };
}

function buyersOf({ companies, persons }: Populace, colleagues: readonly Colleague[]): Map<string, Buyer> {
  const members = groupBy(persons, (person) => person.companyId);
  const firms = companies.map((company): Buyer => {
    const people = (members.get(company.customerId) ?? []).map((person) => person.customerId);
    const { customerId, name, currency } = company;
    return {
      customerId,
      name,
      currency,
      people,
      isBusiness: true,
      kind: "company",
      owner: ownerFor(colleagues, numberOf(customerId)),
    };
  });
  const privates = persons
    .filter((person) => person.kind !== "member")
    .map((person): Buyer => {
      const { customerId, kind } = person;
      const name = `${person.firstName} ${person.lastName}`;
      const owner = ownerFor(colleagues, numberOf(customerId));
      return {
        customerId,
        name,
        currency: currencyOf[person.address.country],
        people: [customerId],
        isBusiness: person.employer !== null,
        kind,
        owner,
      };
    });
  return new Map([...firms, ...privates].map((buyer) => [buyer.customerId, buyer]));
}

function dealsOf(buyer: Buyer, purchasesOf: ReadonlyMap<string, readonly Purchase[]>, tools: TradeTools): Deal[] {
  const { random } = tools;
  const purchases = purchasesOf.get(buyer.customerId) ?? [];
  const won = purchases.flatMap((purchase) => wonDeal(buyer, purchase, tools) ?? []);
  if (buyer.kind === "company")
    return [...won, ...otherDeals(buyer, { lost: random.int(0, 2), open: random.int(0, 1) }, tools)];
  const isAsking = buyer.kind === "prospect" && random.chance(buyer.isBusiness ? 0.3 : 0.1);
  if (!isAsking) return won;
  return [...won, ...otherDeals(buyer, random.chance(0.4) ? { lost: 1, open: 0 } : { lost: 0, open: 1 }, tools)];
}

/** NetSuite's documents for all whom it knows. */
function ledgerOf(
  purchases: readonly Purchase[],
  buyers: ReadonlyMap<string, Buyer>,
  { populace, sources }: { populace: Populace; sources: Sources },
  tools: TradeTools,
): { transactions: Transaction[]; invoice: Transaction } {
  const { presence, calendar, random } = tools;
  const returns = openReturns(sources.returns);
  const bookings = purchases.flatMap((purchase): Booking[] => {
    const seat = presence.main(purchase.customerId, "netsuite");
    const buyer = buyers.get(purchase.customerId);
    return seat && buyer ? [{ purchase, entityId: seat.id, owner: buyer.owner }] : [];
  });
  const drafts: Draft[] = bookings.flatMap((booking) => documentsOf(booking, returns, calendar, random));
  const loose = bookings.filter((booking) => booking.purchase.isBusiness && random.chance(0.22));
  drafts.push(...loose.map((booking) => looseEstimate(booking, calendar, random)));
  const known = bookings.findLast((booking) => booking.purchase.customerId === populace.protagonistCompany.customerId);
  if (!known) throw new Error("The protagonist's company has bought nothing: its presence in NetSuite was lost.");
  const owed = openInvoice(
    { ...known, purchase: { ...known.purchase, at: calendar.after(calendar.epochMs, -20) } },
    calendar,
  );
  const transactions = numberDocuments([...drafts, ...owed], tools.ids);
  const owedAt = elementAt(owed, owed.length - 1).createdAt;
  const invoice = transactions.find(
    ({ type, entityId, createdAt }) => type === "invoice" && entityId === known.entityId && createdAt === owedAt,
  );
  if (!invoice) throw new Error("The protagonist's open invoice is not in the ledger.");
  return { transactions, invoice };
}

function ticketsOf(
  { persons, protagonist }: Populace,
  purchasesOf: ReadonlyMap<string, readonly Purchase[]>,
  buyers: ReadonlyMap<string, Buyer>,
  tools: TradeTools,
): { tickets: Ticket[]; ticket: Ticket } {
  const { random, calendar } = tools;
  const concernOf = (person: Person, purchase: Purchase) => ({
    person,
    owner: (buyers.get(person.companyId ?? person.customerId) ?? elementAt([...buyers.values()], 0)).owner,
    product: purchase.lines[0]?.name ?? "order",
    boughtAt: purchase.at,
  });
  const tickets = persons.flatMap((person) => {
    const purchases = purchasesOf.get(person.companyId ?? person.customerId) ?? [];
    if (person === protagonist || purchases.length === 0 || !random.chance(person.kind === "member" ? 0.6 : 0.3))
      return [];
    return ticketAbout(concernOf(person, random.pick(purchases)), tools) ?? [];
  });
  const last = (purchasesOf.get(protagonist.companyId ?? "") ?? []).at(-1);
  if (!last) throw new Error("The protagonist's company has bought nothing to complain about.");
  const boughtAt = Math.min(last.at, calendar.epochMs - 5 * dayMs);
  return { tickets, ticket: openTicket({ ...concernOf(protagonist, last), boughtAt }, tools) };
}

function buyerOf(buyers: ReadonlyMap<string, Buyer>, company: Company): Buyer {
  const buyer = buyers.get(company.customerId);
  if (!buyer) throw new Error(`Nobody buys for ${company.name}.`);
  return buyer;
}

function forked(tools: TradeTools, name: string): TradeTools {
  return { ...tools, random: tools.random.fork(name) };
}
