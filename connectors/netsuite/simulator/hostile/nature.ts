import type { Random, TroubleDeclaration } from "journey-hub/connector/testing";
import type { NetsuiteBehaviour } from "../options.ts";

/** The troubles that are how an account always is, by name. */
export const natureTroubles: readonly TroubleDeclaration[] = [
  nature(
    "account-time-zone",
    "dates are of the zone and in the format of the account's users; chosen with the account, whose clients are told by their settings",
    "airbyte#79653; salto PR 3308",
  ),
  nature(
    "row-cap",
    "a query gives three pages of rows in all, as NetSuite gives 100,000",
    "Oracle section_156414087576",
  ),
  nature(
    "unstable-ties",
    "rows that ORDER BY leaves tied come in another order with every page",
    "Oracle section_158394344595",
  ),
  nature("deletions-by-day", "deletions are dated by the day alone", "crm-apis 3.2; unverified"),
  nature(
    "deletions-withheld",
    "the role may not see table deletedrecord",
    "SOAP getDeleted needs the permission Deleted Records (Oracle section_N3497592)",
  ),
  nature("withheld-as-500", "a column the role may not see is refused with 500 UNEXPECTED_ERROR", "hotglue client.py"),
  nature("skewed-clock", "the account's clock is up to three minutes off", "reliability plan, faulty peers"),
  nature(
    "validation-rule",
    "a script of the account refuses every write to some customers and contacts",
    "user event scripts; wording unverified",
  ),
  nature("duplicate-rule", "a customer with the name of another is refused", "UNIQUE_CUST_ID_REQD; unverified"),
];

/** A trouble the account begins and ends while it lives: a column vanishes for the role, and may come back. */
export const schemaTrouble: TroubleDeclaration = {
  name: "withheld-column",
  kind: "life",
  about: "a column is withheld from the role or given back, while records keep their stamps",
  source: "crm-apis 3.2 (Record or Field was not found); reliability plan, removed field",
};

/** A trouble of being read: something happens in the account between two requests of one reading. */
export const meanwhileTrouble: TroubleDeclaration = {
  name: "meanwhile",
  kind: "life",
  about: "a record is made, changed, merged or deleted between two requests, within the same second as they",
  source: "reliability plan, record deleted or merged between list and get",
};

function nature(name: string, about: string, source: string): TroubleDeclaration {
  return { name, kind: "nature", about, source };
}

/** How the simulator behaves under those troubles. */
export function behaviourUnder(shows: (name: string) => boolean, chance: Random, pageSize: number): NetsuiteBehaviour {
  return {
    rowsMax: shows("row-cap") ? 3 * pageSize : 100_000,
    hiddenRecords: shows("deletions-withheld") ? ["deletedrecord"] : [],
    deletionDates: shows("deletions-by-day") ? "day" : "second",
    tieOrder: shows("unstable-ties") ? chance.next : undefined,
  };
}

/** How far the account's clock is off. */
export function skewUnder(shows: (name: string) => boolean, chance: Random): number {
  const seconds = chance.int(-180, 180);
  return shows("skewed-clock") ? seconds * 1_000 : 0;
}

/** Columns that come and go: read by every client, needed by none to go on. */
export const withheldColumns = [
  "customer.phone",
  "customer.url",
  "customer.terms",
  "contact.title",
  "contact.email",
  "employee.title",
  "opportunity.projectedtotal",
  "transaction.memo",
  "transaction.foreigntotal",
  "supportcase.priority",
] as const;
