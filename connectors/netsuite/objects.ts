/** What the connector knows of an object: where its rows are and which of its columns are not plain texts and numbers. */
export interface NetsuiteObject {
  name: string;
  /** SuiteQL's table. */
  table: string;
  /** The transaction type of its rows, for those that share the table `transaction`. */
  type?: string;
  /** The column that tells when a row was changed last. */
  stamp: "lastmodifieddate" | "lastmodified";
  /** Columns that hold a day. */
  dates: ReadonlySet<string>;
  /** Columns that hold a day with its time. */
  dateTimes: ReadonlySet<string>;
  /** Select fields that mappings read by name: the id behind them differs from account to account. */
  named: ReadonlySet<string>;
  /** Select fields whose record mappings read as `<column>_<column>`, with its table. */
  lookups: Readonly<Record<string, string>>;
  /** Fields that other tables link to the row. */
  links: readonly LinkName[];
  /** What table `deletedrecord` calls it. */
  deletedAs: readonly string[];
  /** The permission the role needs to see it. */
  permission: string;
}

/** `source`: the transaction it was made from (createdfrom, createdfrom_type); `payment`: the invoice it pays (appliedto). */
export type LinkName = "source" | "payment";

const words = (text = ""): ReadonlySet<string> => new Set(text.split(" ").filter(Boolean));

interface Traits {
  table?: string;
  type?: string;
  stamp?: NetsuiteObject["stamp"];
  dates?: string;
  dateTimes: string;
  named?: string;
  lookups?: Record<string, string>;
  links?: readonly LinkName[];
  deletedAs?: readonly string[];
  permission: string;
}

function object(
  name: string,
  { table = name, stamp = "lastmodifieddate", dates, dateTimes, named, lookups = {}, ...traits }: Traits,
): NetsuiteObject {
  const { links = [], deletedAs = [name], ...rest } = traits;
  const kinds = { dates: words(dates), dateTimes: words(dateTimes), named: words(named) };
  return { name, table, stamp, ...rest, ...kinds, lookups, links, deletedAs };
}

/** A record type of the account's own (`customrecord_membership`), whose columns the account itself must tell. */
export function customRecord(name: string): NetsuiteObject {
  return object(name, {
    stamp: "lastmodified",
    dateTimes: "created lastmodified",
    permission: `Lists → Custom Record Entries, or Custom Record → ${name}`,
  });
}

const stageDate = "custentity_journey_hub_stage_date";
const transactionDates = "trandate duedate closedate expectedclosedate actualclosedate shipdate actualshipdate";

function transaction(
  name: string,
  type: string,
  permission: string,
  links: readonly LinkName[] = ["source"],
): NetsuiteObject {
  return object(name, {
    table: "transaction",
    type,
    dates: transactionDates,
    dateTimes: "createddate lastmodifieddate",
    named: "leadsource terms paymentmethod",
    lookups: { currency: "currency" },
    links,
    permission: `Transactions → ${permission}`,
  });
}

/** Every object that is read; owners come first. */
export const objects = {
  employee: object("employee", {
    dates: "hiredate releasedate birthdate",
    dateTimes: "datecreated lastmodifieddate",
    permission: "Lists → Employees",
  }),
  customer: object("customer", {
    dates: "firstsaledate lastsaledate firstorderdate lastorderdate startdate enddate",
    dateTimes: `datecreated lastmodifieddate ${stageDate}`,
    named: "terms leadsource category",
    lookups: { entitystatus: "entitystatus", subsidiary: "subsidiary", currency: "currency" },
    // A customer may have been deleted while it was still a lead.
    deletedAs: ["customer", "lead", "prospect"],
    permission: "Lists → Customers",
  }),
  contact: object("contact", {
    dateTimes: `datecreated lastmodifieddate ${stageDate}`,
    named: "contactsource category",
    lookups: { subsidiary: "subsidiary" },
    permission: "Lists → Contacts",
  }),
  opportunity: object("opportunity", {
    dates: transactionDates,
    dateTimes: "createddate lastmodifieddate",
    named: "leadsource winlossreason forecasttype",
    lookups: { currency: "currency", entitystatus: "entitystatus", subsidiary: "subsidiary" },
    permission: "Transactions → Opportunity",
  }),
  estimate: transaction("estimate", "Estimate", "Estimate"),
  salesorder: transaction("salesorder", "SalesOrd", "Sales Order"),
  invoice: transaction("invoice", "CustInvc", "Invoice"),
  customerpayment: transaction("customerpayment", "CustPymt", "Customer Payment", ["payment"]),
  creditmemo: transaction("creditmemo", "CustCred", "Credit Memo"),
  supportcase: object("supportcase", {
    dateTimes:
      "startdate enddate createddate lastmodifieddate lastmessagedate lastcustomermessagedate lastreopeneddate firstresponsedate",
    named: "category origin priority issue product",
    lookups: { status: "supportcasestatus", subsidiary: "subsidiary" },
    permission: "Lists → Cases",
  }),
} satisfies Record<string, NetsuiteObject>;
