import { openAddressBook } from "./addresses.ts";
import type { Calendar } from "./calendar.ts";
import { foundCompanies, type Registers } from "./companies.ts";
import type { Company, Person, Scale } from "./model.ts";
import { findConsumers, findMembers, findProspects, firstOrders } from "./persons.ts";
import { openPhoneBook } from "./phones.ts";
import type { Random } from "./random.ts";
import type { SourceOrder, Sources } from "./sources.ts";

/** The true customers of a world, and which of the sample's orders they leave unused. */
export interface Populace {
  readonly companies: readonly Company[];
  readonly persons: readonly Person[];
  readonly leftOrders: readonly SourceOrder[];
  readonly protagonist: Person;
  readonly protagonistCompany: Company;
  /** A consumer whose order is of the sample's newest day. */
  readonly newestBuyer: Person;
}

/** How much of the sample is used at each scale. */
const sizes: Record<Scale, { companies: number; consumers: number; prospects: number }> = {
  default: { companies: 150, consumers: 1250, prospects: 480 },
  full: { companies: 575, consumers: 4850, prospects: 1700 },
};

/** Draws the customers from the sample: buyers as consumers, resellers as companies with people of their own, prospects as leads. */
export function populate(sources: Sources, scale: Scale, calendar: Calendar, random: Random): Populace {
  const size = sizes[scale];
  const registers: Registers = {
    calendar,
    addresses: openAddressBook(sources.prospects, random.fork("addresses")),
    phones: openPhoneBook(),
    domains: new Set(),
  };
  const resellers = random.shuffled(sources.resellers);
  const companies = foundCompanies(resellers, size.companies, registers, random.fork("companies"));
  const first = firstOrders(sources.orders);
  const newestKey = sources.orders.at(-1)?.customerKey;
  const buyers = random.shuffled(sources.customers.filter(({ key }) => first.has(key)));
  const chosen = [
    ...buyers.filter(({ key }) => key === newestKey),
    ...buyers.filter(({ key }) => key !== newestKey),
  ].slice(0, size.consumers);
  const chosenKeys = new Set(chosen.map(({ key }) => key));
  const otherNames = random.shuffled(sources.customers.filter(({ key }) => !chosenKeys.has(key)));
  const consumers = findConsumers(chosen, first, registers, random.fork("consumers"));
  const members = findMembers(companies, otherNames, registers, random.fork("members"));
  const prospects = random.shuffled(sources.prospects).slice(0, size.prospects);
  // Firms that are no customers yet; fifteen of them are enough for colleagues to meet there.
  const employers = resellers.slice(-15);
  const persons = [
    ...consumers,
    ...members,
    ...findProspects(prospects, employers, registers, random.fork("prospects")),
  ];
  return {
    companies,
    persons,
    leftOrders: sources.orders.filter((order) => !chosenKeys.has(order.customerKey)),
    protagonist: required(members[0]),
    protagonistCompany: required(companies[0]),
    newestBuyer: required(consumers[0]),
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The AdventureWorks cut holds no customers; cut it anew (README.md).");
  return value;
}
