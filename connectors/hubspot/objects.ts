/** The CRM objects that are read, with what differs from one to the next. */
export const objects = {
  companies: { singular: "company", typeId: "0-2", stamp: "hs_lastmodifieddate" },
  // Contacts alone call their stamp otherwise.
  contacts: { singular: "contact", typeId: "0-1", stamp: "lastmodifieddate" },
  deals: { singular: "deal", typeId: "0-3", stamp: "hs_lastmodifieddate" },
  tickets: { singular: "ticket", typeId: "0-5", stamp: "hs_lastmodifieddate" },
  notes: { singular: "note", typeId: "0-46", stamp: "hs_lastmodifieddate" },
  emails: { singular: "email", typeId: "0-49", stamp: "hs_lastmodifieddate" },
  calls: { singular: "call", typeId: "0-48", stamp: "hs_lastmodifieddate" },
  meetings: { singular: "meeting", typeId: "0-47", stamp: "hs_lastmodifieddate" },
} as const;

export type StandardObject = keyof typeof objects;
/** An object of the account's own, by its full name (`p424242_membership`, `p_membership`) or its type id (`2-1001`). */
export type CustomObject = `p${string}_${string}` | `2-${string}`;
export type CrmObject = StandardObject | CustomObject;

/** The object of a singular name (`contact`), a plural one or a type id (`0-1`). */
export function objectNamed(name: string): StandardObject | undefined {
  return byName.get(name.toLowerCase());
}

/** Whether a name is one that an account's own object can have. */
export function isCustomObject(name: string): name is CustomObject {
  return /^(?:p\d*_\w{1,200}|2-\d{1,20})$/.test(name);
}

/** The property that tells when a record was changed last. */
export function stampOfObject(object: CrmObject): string {
  return isCustomObject(object) ? "hs_lastmodifieddate" : objects[object].stamp;
}

const names: StandardObject[] = ["companies", "contacts", "deals", "tickets", "notes", "emails", "calls", "meetings"];
const byName = new Map<string, StandardObject>(
  names.flatMap((object) =>
    [object, objects[object].singular, objects[object].typeId].map((name) => [name, object] as const),
  ),
);
