/** What a column can hold: text, ids, dates and date-times are strings in the API's own notation. */
export type FieldValue = string | number | boolean | null;

/** One stored record, under the API's field names; absent fields are null. */
export type SalesforceRow = { Id: string } & Record<string, FieldValue>;

/** The objects this org has. */
export const objectNames = [
  "Account",
  "Contact",
  "Lead",
  "Opportunity",
  "OpportunityContactRole",
  "OpportunityHistory",
  "OpportunityFieldHistory",
  "OpportunityStage",
  "Case",
  "CaseHistory",
  "LeadHistory",
  "ContactHistory",
  "Task",
  "Event",
  "User",
  "Organization",
] as const;

/** An object an administrator made. */
export type CustomObjectName = `${string}__c`;
export type StandardName = (typeof objectNames)[number];
export type SObjectName = StandardName | CustomObjectName;

/** Everything an org is filled with: rows by object, dates as `2024-09-24T03:26:07.000+0000` or `2024-09-24`. */
export type SalesforceSeed = {
  orgId: string;
  objects: { [name in StandardName]?: SalesforceRow[] } & { [name: CustomObjectName]: SalesforceRow[] };
};

/** An instant in the API's notation, `2024-09-24T03:26:07.000+0000`, from epoch milliseconds. */
export function dateTimeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "+0000");
}

/** The vendor's clock has one-second resolution: the stamp a write made at this instant carries. */
export function stampText(epochMs: number): string {
  return dateTimeText(Math.floor(epochMs / 1000) * 1000);
}

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const dateTimePattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,3})?(Z|[+-]\d{2}:?\d{2})$/;

/** True for a calendar date that exists, written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const match = datePattern.exec(text);
  if (!match) return false;
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().slice(0, 10) === text;
}

/** Epoch milliseconds of an ISO date-time with seconds and a zone (`Z`, `+00:00`, `+0000`); null when it is none. */
export function parseDateTime(text: string): number | null {
  const match = dateTimePattern.exec(text);
  if (!match) return null;
  const [, date = "", hour = "", minute = "", second = "", fraction = "", zone = ""] = match;
  if (!isDate(date)) return null;
  const colonZone = zone === "Z" || zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const epochMs = Date.parse(`${date}T${hour}:${minute}:${second}${fraction}${colonZone}`);
  return Number.isNaN(epochMs) ? null : epochMs;
}
