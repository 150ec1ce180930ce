/** The CRM objects this portal knows, with the facts that differ from one to the next. */
export const objectTypes = [
  "contacts",
  "companies",
  "deals",
  "tickets",
  "notes",
  "emails",
  "calls",
  "meetings",
] as const;
export type StandardType = (typeof objectTypes)[number];
/** An object of the portal's own, by its full name: `p424242_membership`. */
export type CustomType = `p${string}_${string}`;
export type ObjectType = StandardType | CustomType;
export type PipelineObject = "deals" | "tickets";

export interface ObjectTypeFacts {
  singular: string;
  /** HubSpot's object type id, also accepted in paths: `/crm/v3/objects/0-3` is deals. */
  typeId: string;
  /** The stamp a write moves. Contacts alone say `lastmodifieddate`. */
  modified: "lastmodifieddate" | "hs_lastmodifieddate";
  created: "createdate" | "hs_createdate";
  /** Returned when a request names no properties. */
  shown: readonly string[];
  /** What the `query` of a search looks into. */
  searched: readonly string[];
  /** Refused on create when absent. */
  required: readonly string[];
}

const facts: Record<StandardType, ObjectTypeFacts> = {
  contacts: {
    singular: "contact",
    typeId: "0-1",
    modified: "lastmodifieddate",
    created: "createdate",
    shown: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
    searched: ["firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "company"],
    required: [],
  },
  companies: {
    singular: "company",
    typeId: "0-2",
    modified: "hs_lastmodifieddate",
    created: "createdate",
    shown: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
    searched: ["name", "domain", "website", "phone"],
    required: [],
  },
  deals: {
    singular: "deal",
    typeId: "0-3",
    modified: "hs_lastmodifieddate",
    created: "createdate",
    shown: [
      "amount",
      "closedate",
      "createdate",
      "dealname",
      "dealstage",
      "hs_lastmodifieddate",
      "hs_object_id",
      "pipeline",
    ],
    searched: ["dealname", "dealstage", "pipeline", "description", "dealtype"],
    required: [],
  },
  tickets: {
    singular: "ticket",
    typeId: "0-5",
    modified: "hs_lastmodifieddate",
    created: "createdate",
    shown: [
      "content",
      "createdate",
      "hs_lastmodifieddate",
      "hs_object_id",
      "hs_pipeline",
      "hs_pipeline_stage",
      "hs_ticket_category",
      "hs_ticket_priority",
      "subject",
    ],
    searched: ["subject", "content", "hs_pipeline_stage", "hs_ticket_category"],
    required: ["hs_pipeline_stage"],
  },
  notes: engagement("note", "0-46", ["hs_note_body"]),
  emails: engagement("email", "0-49", ["hs_email_subject", "hs_email_text"]),
  calls: engagement("call", "0-48", ["hs_call_title", "hs_call_body"]),
  meetings: engagement("meeting", "0-47", ["hs_meeting_title", "hs_meeting_body"]),
};

/** What differs from one object type to the next; those of the portal's own are all alike. */
export function factsOf(type: ObjectType): ObjectTypeFacts {
  if (!isCustomType(type)) return facts[type];
  const singular = type.replace(/^p\d*_/, "");
  return { ...engagement(singular, type, []), required: [] };
}

/**
 * Resolves a path segment: plural, singular or type id; undefined when HubSpot would not know it. Of an object of a portal's own only its
 * full name is simulated, and whether the portal has it is the portal's to say.
 * @example objectTypeOf("0-3") // "deals"
 */
export function objectTypeOf(segment: string): ObjectType | undefined {
  return bySpelling.get(segment.toLowerCase()) ?? (isCustomType(segment) ? segment : undefined);
}

/** Whether a name is one that an object of a portal's own has. */
export function isCustomType(name: string): name is CustomType {
  return /^p\d+_[a-z0-9_]+$/.test(name);
}

function engagement(singular: string, typeId: string, searched: string[]): ObjectTypeFacts {
  return {
    singular,
    typeId,
    modified: "hs_lastmodifieddate",
    created: "hs_createdate",
    shown: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    searched,
    required: ["hs_timestamp"],
  };
}

const bySpelling = new Map<string, StandardType>(
  objectTypes.flatMap((type) => [
    [type, type],
    [facts[type].singular, type],
    [facts[type].typeId, type],
  ]),
);
