import { type Calendar, dayMs } from "./calendar.ts";
import { ownerFor } from "./colleagues.ts";
import { type Tally, variantName, writtenEmail, writtenName, writtenPhone } from "./distort.ts";
import type { Deal } from "./happenings.ts";
import {
  type Colleague,
  type Company,
  type CompanyRecord,
  numberOf,
  type Person,
  type PersonRecord,
  type Seat,
  type Standing,
  type System,
} from "./model.ts";
import { retypedPhone } from "./phones.ts";
import type { Presence } from "./presence.ts";
import type { Random } from "./random.ts";
import { mistaken } from "./standing.ts";

/** Everything known before a system's records are written. */
export interface Facts {
  readonly calendar: Calendar;
  readonly colleagues: readonly Colleague[];
  readonly presence: Presence;
  readonly companies: ReadonlyMap<string, Company>;
  readonly standings: ReadonlyMap<string, Standing>;
  readonly dealsOf: ReadonlyMap<string, readonly Deal[]>;
  /** The one person and the one company whose records tell the truth, give or take a spelling. */
  readonly protagonists: ReadonlySet<string>;
  readonly tally: Tally;
}

const sources = ["Web", "Web", "Web", "Phone Inquiry", "Partner Referral", "Trade Show", "Purchased List"] as const;
const forms = [
  "Newsletter",
  "Bike fitting appointment",
  "Catalogue request",
  "Test ride",
  "Dealer application",
  "Contact form",
] as const;

/** Writes every system's records of the persons. */
export function writePersonRecords(persons: readonly Person[], facts: Facts, random: Random): PersonRecord[] {
  const taken = new Set<string>();
  return persons.flatMap((person) => {
    const seats = facts.presence.of(person.customerId);
    const odd = seats.length > 1 && random.chance(0.3) ? random.pick(seats) : undefined;
    return seats.map((seat) => {
      const record = personRecord(person, { seat, isOdd: seat === odd, taken }, facts, random);
      return facts.protagonists.has(person.customerId) ? spelledFairly(person, record, random) : record;
    });
  });
}

interface Writing {
  readonly seat: Seat;
  readonly isOdd: boolean;
  readonly taken: Set<string>;
}

function personRecord(person: Person, { seat, isOdd, taken }: Writing, facts: Facts, random: Random): PersonRecord {
  const { calendar, presence, tally } = facts;
  const company = facts.companies.get(person.companyId ?? "");
  // In one firm in five the people share a mailbox.
  const sharedDomain = company && numberOf(company.customerId) % 5 === 2 ? company.domain : null;
  const isTied = company === undefined || !random.chance(0.06);
  if (!isTied) tally.note("missing company");
  if (seat.isArchived) tally.note("archived");
  if (seat.isDuplicate)
    tally.note(seat.object === "Lead" && person.kind !== "prospect" ? "converted lead" : "duplicate record");
  const createdAt = calendar.after(person.knownSince, random.next() * 30);
  const conversions =
    seat.object === "contacts" && random.chance(0.6) ? conversionsSince(createdAt, calendar, random) : null;
  const touchedAt = Math.max(
    conversions?.at ?? 0,
    createdAt + Math.floor(random.next() * (calendar.epochMs - createdAt)),
  );
  return {
    seat,
    kind: person.kind,
    ...writtenName(person, tally, random),
    email: writtenEmail(
      person,
      { seat, isOdd, sharedDomain, taken: seat.system === "hubspot" ? taken : null },
      tally,
      random,
    ),
    phone: writtenPhone(person, company?.phone ?? null, tally, random),
    birthDate: person.birthDate,
    title: person.title,
    companyName: isTied ? person.employer : null,
    companyRecordId: isTied && company ? (presence.main(company.customerId, seat.system)?.id ?? null) : null,
    address: person.address,
    owner: ownerFor(facts.colleagues, numberOf(person.companyId ?? person.customerId)),
    standing: standingIn(person.customerId, facts, random),
    source: random.pick(sources),
    conversions,
    conversion: seat.object === "Lead" && seat.isDuplicate ? leadConversion(person, createdAt, facts, random) : null,
    crossIds: crossIdsOf(person.customerId, seat.system, 0.15, facts, random),
    createdAt,
    ...endOf(seat, createdAt, bulkEdited(seat, createdAt, touchedAt, facts, random), calendar, random),
  };
}

/** Writes every system's records of the companies. */
export function writeCompanyRecords(companies: readonly Company[], facts: Facts, random: Random): CompanyRecord[] {
  return companies.flatMap((company) =>
    facts.presence.of(company.customerId).map((seat) => companyRecord(company, seat, facts, random)),
  );
}

function companyRecord(company: Company, seat: Seat, facts: Facts, random: Random): CompanyRecord {
  const { calendar, presence, tally } = facts;
  const isFair = facts.protagonists.has(company.customerId);
  const isVariant = !isFair && random.chance(0.12);
  if (isVariant) tally.note("company name variant");
  if (seat.isDuplicate) tally.note("duplicate record");
  if (seat.isArchived) tally.note("archived");
  const createdAt = calendar.after(company.knownSince, random.next() * 30);
  const updatedAt = createdAt + Math.floor(random.next() * (calendar.epochMs - createdAt));
  return {
    seat,
    name: isVariant ? variantName(company.name, random) : company.name,
    domain: isFair || random.chance(0.92) ? company.domain : null,
    phone: isFair || random.chance(0.86) ? retypedPhone(company.phone, company.address.country, random) : null,
    businessType: company.businessType,
    employees: company.employees,
    annualRevenue: company.annualRevenue,
    address: company.address,
    currency: company.currency,
    parentRecordId: (company.parentId && presence.main(company.parentId, seat.system)?.id) || null,
    owner: ownerFor(facts.colleagues, numberOf(company.customerId)),
    standing: standingIn(company.customerId, facts, random),
    crossIds: seat.isDuplicate ? {} : crossIdsOf(company.customerId, seat.system, 0.38, facts, random),
    createdAt,
    ...endOf(seat, createdAt, updatedAt, calendar, random),
  };
}

/** The protagonist differs only in spelling, so that whoever follows her by hand finds her in all three systems. */
function spelledFairly(person: Person, record: PersonRecord, random: Random): PersonRecord {
  const { system } = record.seat;
  return {
    ...record,
    firstName: system === "salesforce" ? "Kate" : person.firstName,
    lastName: person.lastName,
    email: system === "hubspot" ? person.email.replace(/^./, (letter) => letter.toUpperCase()) : person.email,
    phone: system === "netsuite" ? retypedPhone(person.phone, person.address.country, random) : person.phone,
    companyName: person.employer,
  };
}

function standingIn(customerId: string, { standings, protagonists, tally }: Facts, random: Random): Standing {
  const truth = standings.get(customerId) ?? "subscriber";
  if (protagonists.has(customerId) || !random.chance(0.07)) return truth;
  tally.note("wrong lifecycle");
  return mistaken(truth, random);
}

function conversionsSince(createdAt: number, calendar: Calendar, random: Random): PersonRecord["conversions"] {
  const at = createdAt + Math.floor(random.next() * (calendar.epochMs - createdAt));
  return { count: random.int(1, 6), name: random.pick(forms), at };
}

/** One contact in twenty was touched by a bulk edit nine days ago, all in the same millisecond: cursors must cope with ties. */
function bulkEdited(
  seat: Seat,
  createdAt: number,
  touchedAt: number,
  { calendar, tally }: Facts,
  random: Random,
): number {
  const bulkAt = calendar.epochMs - 9.5 * dayMs;
  if (seat.object !== "contacts" || seat.isArchived || createdAt >= bulkAt || touchedAt > bulkAt || !random.chance(0.1))
    return touchedAt;
  tally.note("bulk edit");
  return bulkAt;
}

/** HubSpot keeps archived records about 90 days, so that is how long ago the bin was used at most. */
function endOf(seat: Seat, createdAt: number, updatedAt: number, calendar: Calendar, random: Random) {
  if (!seat.isArchived) return { updatedAt, archivedAt: null };
  const archivedAt = Math.max(
    calendar.epochMs - random.int(1, 80) * dayMs,
    Math.min(createdAt + 60_000, calendar.epochMs - 1000),
  );
  return { updatedAt: Math.min(updatedAt, archivedAt), archivedAt };
}

function leadConversion(person: Person, at: number, facts: Facts, random: Random): PersonRecord["conversion"] {
  const contact = facts.presence.of(person.customerId).find((seat) => seat.object === "Contact" && !seat.isDuplicate);
  if (!contact) return null;
  const opportunity = facts.dealsOf
    .get(person.companyId ?? person.customerId)
    ?.find((deal) => deal.ids.salesforce !== undefined);
  const opportunityId = opportunity && random.chance(0.5) ? (opportunity.ids.salesforce ?? null) : null;
  const accountId = (person.companyId && facts.presence.main(person.companyId, "salesforce")?.id) || null;
  return { contactId: contact.id, accountId, opportunityId, at };
}

/** Some records carry the id the customer has in another system. */
function crossIdsOf(
  customerId: string,
  own: System,
  share: number,
  { presence }: Facts,
  random: Random,
): PersonRecord["crossIds"] {
  const others = (["hubspot", "salesforce", "netsuite"] as const).filter((system) => system !== own);
  const ids: Partial<Record<System, string>> = {};
  for (const system of others) {
    const seat = presence.main(customerId, system);
    if (seat && random.chance(share)) ids[system] = seat.id;
  }
  return ids;
}
