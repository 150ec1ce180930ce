/** The tables a seed may fill. `opportunity` is stored in `transaction` (type Opprtnty) and can be seeded through either. */
export const tableNames = [
  "customer",
  "contact",
  "opportunity",
  "transaction",
  "transactionline",
  "nexttransactionlinelink",
  "supportcase",
  "employee",
  "systemnote",
  "subsidiary",
  "currency",
  "entitystatus",
  "supportcasestatus",
  "deletedrecord",
] as const;

export type StandardTable = (typeof tableNames)[number];
/** The table of a record type the account's own people made. */
export type CustomTable = `customrecord_${string}`;
export type TableName = StandardTable | CustomTable;

/** Whether a table is of the account's own. */
export const isCustomTable = (name: string): name is CustomTable => name.startsWith("customrecord_");

/** Lower-case column names; ids as number or digits, booleans 'T' or 'F', instants as ISO 8601, dates as YYYY-MM-DD. */
export type NetsuiteRow = Record<string, string | number | null>;

/** How an account writes dates on screen, which is also how SuiteQL returns and reads them without a mask. */
export type AccountDateFormat =
  | "MM/DD/YYYY"
  | "DD/MM/YYYY"
  | "M/D/YYYY"
  | "D/M/YYYY"
  | "YYYY-MM-DD"
  | "DD.MM.YYYY"
  | "DD-Mon-YYYY";

/** All of one account's state. Tables of reference rows left out get the rows a fresh account has. */
export interface NetsuiteSeed {
  accountId: string;
  /** IANA name of the company's time zone. */
  timeZone: string;
  dateFormat: AccountDateFormat;
  tables: Partial<Record<TableName, NetsuiteRow[]>>;
}

/** What a fresh account holds: the statuses journeys are read from, one currency and one subsidiary. */
export const referenceRows: Partial<Record<TableName, NetsuiteRow[]>> = {
  entitystatus: [
    { id: 6, name: "Unqualified", stage: "LEAD", probability: 0 },
    { id: 7, name: "Qualified", stage: "LEAD", probability: 10 },
    { id: 8, name: "In Discussion", stage: "PROSPECT", probability: 20 },
    { id: 9, name: "Identified Decision Makers", stage: "PROSPECT", probability: 30 },
    { id: 10, name: "Proposal", stage: "PROSPECT", probability: 50 },
    { id: 11, name: "In Negotiation", stage: "PROSPECT", probability: 75 },
    { id: 12, name: "Purchasing", stage: "PROSPECT", probability: 90 },
    { id: 13, name: "Closed Won", stage: "CUSTOMER", probability: 100 },
    { id: 14, name: "Closed Lost", stage: "PROSPECT", probability: 0 },
    { id: 15, name: "Renewal", stage: "CUSTOMER", probability: 100 },
    { id: 16, name: "Lost Customer", stage: "CUSTOMER", probability: 0 },
  ],
  supportcasestatus: [
    { id: 1, name: "Not Started", stage: "OPEN" },
    { id: 2, name: "In Progress", stage: "OPEN" },
    { id: 3, name: "Escalated", stage: "ESCALATED" },
    { id: 4, name: "Re-Opened", stage: "OPEN" },
    { id: 5, name: "Closed", stage: "CLOSED" },
  ],
  currency: [{ id: 1, name: "US Dollar", symbol: "USD", exchangerate: 1, isbasecurrency: "T" }],
  subsidiary: [{ id: 1, name: "Parent Company", fullname: "Parent Company", currency: 1, country: "US" }],
};
