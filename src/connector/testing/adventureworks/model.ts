import type { TerritoryCountry } from "./sources.ts";

/**
 * The words of the invented world. Instants are epoch milliseconds, days `YYYY-MM-DD`, money whole cents.
 * A *customer* is the truth; a *record* is what one system knows of it, with that system's gaps and mistakes.
 */
export type System = "hubspot" | "salesforce" | "netsuite";
export type Scale = "default" | "full";
export type Currency = "USD" | "CAD" | "EUR" | "AUD" | "GBP";

/** Where a customer really stands; the CRMs' own lifecycle fields follow it mostly, not always. */
export type Standing = "subscriber" | "lead" | "qualified" | "opportunity" | "customer" | "evangelist" | "lost";

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly state: string | null;
  readonly postalCode: string;
  readonly country: TerritoryCountry;
}

/** One of the seller's people: the same person is Salesforce user, HubSpot owner and NetSuite employee. */
export interface Colleague {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly title: "Account Executive" | "Support Agent" | "Sales Manager";
  readonly isActive: boolean;
  readonly hiredAt: number;
  readonly salesforceId: string;
  readonly hubspotId: string;
  readonly hubspotUserId: number;
  readonly netsuiteId: string;
}

export interface Person {
  readonly customerId: string;
  /** Consumers buy for themselves, members work at a company, prospects have bought nothing yet. */
  readonly kind: "consumer" | "member" | "prospect";
  readonly firstName: string;
  readonly lastName: string;
  readonly gender: "F" | "M";
  readonly birthDate: string;
  readonly title: string | null;
  readonly email: string;
  /** E.164. */
  readonly phone: string;
  readonly address: Address;
  /** The customer id of the company a member works at. */
  readonly companyId: string | null;
  /** A prospect's employer that is no customer yet, or a member's company. */
  readonly employer: string | null;
  readonly knownSince: number;
  /** Key in the sample's customer table, for whom there are orders there. */
  readonly sourceKey: string | null;
}

export interface Company {
  readonly customerId: string;
  readonly name: string;
  readonly domain: string;
  readonly phone: string;
  readonly businessType: string;
  readonly employees: number;
  readonly annualRevenue: number;
  readonly address: Address;
  readonly currency: Currency;
  /** The customer id of the mother company. */
  readonly parentId: string | null;
  readonly knownSince: number;
}

/** The number at the end of a customer id: `consumer-00042` → 42. */
export function numberOf(customerId: string): number {
  return Number(customerId.slice(-5));
}

export type PersonObject = "contacts" | "Contact" | "Lead" | "customer" | "contact";
export type CompanyObject = "companies" | "Account" | "customer";

/** The place of one customer in one system: which object, under which id. */
export interface Seat {
  readonly customerId: string;
  readonly system: System;
  readonly object: PersonObject | CompanyObject;
  readonly id: string;
  /** A second record of a customer the system already has: entered twice, or the lead a contact was converted from. */
  readonly isDuplicate: boolean;
  /** In the recycle bin (HubSpot archived, Salesforce IsDeleted, NetSuite inactive); nothing else hangs on it. */
  readonly isArchived: boolean;
}

export interface PersonRecord {
  readonly seat: Seat;
  readonly kind: Person["kind"];
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  /** As somebody typed it. */
  readonly phone: string | null;
  readonly birthDate: string;
  readonly title: string | null;
  readonly companyName: string | null;
  /** The same system's record of the company; null where that system lost the tie. */
  readonly companyRecordId: string | null;
  readonly address: Address;
  readonly owner: Colleague;
  readonly standing: Standing;
  readonly source: "Web" | "Phone Inquiry" | "Partner Referral" | "Trade Show" | "Purchased List";
  readonly conversions: WebConversions | null;
  /** Set on a Salesforce lead that became a contact. */
  readonly conversion: LeadConversion | null;
  /** Ids the same customer has elsewhere, where the firm keeps them (see README.md). */
  readonly crossIds: Partial<Record<System, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
}

export interface WebConversions {
  readonly count: number;
  readonly name: string;
  readonly at: number;
}

export interface LeadConversion {
  readonly contactId: string;
  readonly accountId: string | null;
  readonly opportunityId: string | null;
  readonly at: number;
}

export interface CompanyRecord {
  readonly seat: Seat;
  readonly name: string;
  readonly domain: string | null;
  readonly phone: string | null;
  readonly businessType: string;
  readonly employees: number;
  readonly annualRevenue: number;
  readonly address: Address;
  readonly currency: Currency;
  readonly parentRecordId: string | null;
  readonly owner: Colleague;
  readonly standing: Standing;
  readonly crossIds: Partial<Record<System, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
}

/** Ways in which records differ from the truth; each occurs in every world. */
export const distortions = [
  "old mailbox",
  "plus tag",
  "upper-case email",
  "email typo",
  "missing email",
  "shared mailbox",
  "name typo",
  "nickname",
  "missing phone",
  "reformatted phone",
  "switchboard phone",
  "missing company",
  "company name variant",
  "duplicate record",
  "converted lead",
  "archived",
  "wrong lifecycle",
  "freemail",
  "namesake",
  "household phone",
  "bulk edit",
  "dangling association",
] as const;
export type Distortion = (typeof distortions)[number];
