import type { Activity, Deal, StatusNote, Ticket, Transaction } from "./happenings.ts";
import type { Colleague, Company, CompanyRecord, Distortion, Person, PersonRecord, Scale, System } from "./model.ts";

/** Everybody's favourite customer: late-stage opportunity, unpaid invoice, open ticket, and a record in each system. */
export interface Protagonist {
  readonly customerId: string;
  readonly companyCustomerId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly companyName: string;
  readonly hubspotContactId: string;
  readonly hubspotCompanyId: string;
  readonly hubspotTicketId: string;
  readonly salesforceContactId: string;
  readonly salesforceAccountId: string;
  readonly salesforceOpportunityId: string;
  /** The company's customer record, which the invoice names. */
  readonly netsuiteCustomerId: string;
  readonly netsuiteContactId: string;
  readonly netsuiteInvoiceId: string;
}

export interface World {
  readonly epoch: string;
  readonly scale: Scale;
  readonly seed: number;
  readonly colleagues: readonly Colleague[];
  readonly persons: readonly Person[];
  readonly companies: readonly Company[];
  readonly personRecords: readonly PersonRecord[];
  readonly companyRecords: readonly CompanyRecord[];
  readonly deals: readonly Deal[];
  readonly transactions: readonly Transaction[];
  readonly statusNotes: readonly StatusNote[];
  readonly tickets: readonly Ticket[];
  readonly activities: readonly Activity[];
  /** HubSpot notes tied to contacts that no longer exist. */
  readonly dangling: readonly { readonly noteId: string; readonly contactId: string }[];
  /** `<system>:<object>:<remote id>` → customer id. For tests and benchmarks; simulators and hub never see it. */
  readonly truth: ReadonlyMap<string, string>;
  /** How often each distortion occurs. */
  readonly distortions: ReadonlyMap<Distortion, number>;
  readonly counts: WorldCounts;
  readonly protagonist: Protagonist;
}

export interface WorldCounts {
  /** True customers: persons and companies. */
  readonly customers: number;
  readonly persons: number;
  readonly companies: number;
  /** Customers by the number of systems that know them. */
  readonly inOneSystem: number;
  readonly inTwoSystems: number;
  readonly inThreeSystems: number;
  /** Records by `<system>:<object>`, histories and roles included, lines, links and reference tables left out. */
  readonly byObject: Readonly<Record<string, number>>;
  /** The sum of `byObject`. */
  readonly sourceRecords: number;
}

/** Customer id → record id in one system, of the records other records may refer to: no duplicates, nothing archived. */
export interface RecordIds {
  readonly persons: ReadonlyMap<string, string>;
  readonly companies: ReadonlyMap<string, string>;
}

/** The record ids a seed resolves its references with. */
export function recordIdsIn(world: Pick<World, "personRecords" | "companyRecords">, system: System): RecordIds {
  const idsOf = (records: readonly (PersonRecord | CompanyRecord)[]): Map<string, string> => {
    const seats = records.map(({ seat }) => seat).filter((seat) => seat.system === system);
    return new Map(
      seats.filter((seat) => !seat.isDuplicate && !seat.isArchived).map(({ customerId, id }) => [customerId, id]),
    );
  };
  return { persons: idsOf(world.personRecords), companies: idsOf(world.companyRecords) };
}

/** The deals or tickets one system knows, each under its id there. */
export function knownIn<T extends { readonly ids: Partial<Record<System, string>> }>(
  happenings: readonly T[],
  system: System,
): { id: string; entry: T }[] {
  return happenings.flatMap((entry) => {
    const id = entry.ids[system];
    return id === undefined ? [] : [{ id, entry }];
  });
}
