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

export type CrmObject = keyof typeof objects;

/** The object of a singular name (`contact`), a plural one or a type id (`0-1`). */
export function objectNamed(name: string): CrmObject | undefined {
  return byName.get(name.toLowerCase());
}

const names: CrmObject[] = ["companies", "contacts", "deals", "tickets", "notes", "emails", "calls", "meetings"];
const byName = new Map<string, CrmObject>(
  names.flatMap((object) =>
    [object, objects[object].singular, objects[object].typeId].map((name) => [name, object] as const),
  ),
);
