/** HubSpot contacts as its API sends them: 30 properties, realistic lengths, no two alike. */

export interface HubspotContact extends Record<string, unknown> {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
}

const firstNames = ["Maria", "Jon", "Élodie", "Sven", "Aiko", "Tom", "Fatima", "Lee"];
const lastNames = ["Johnson", "Yang", "Müller", "Okafor", "Garcia", "Smith", "Rossi", "Haddad"];
const cities = ["Bothell", "Seattle", "Portland", "Austin"];
const stages = [
  "subscriber",
  "lead",
  "marketingqualifiedlead",
  "salesqualifiedlead",
  "opportunity",
  "customer",
  "98112233",
];
const statuses = ["NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", null];
const sources = ["ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "OFFLINE"];

/** `count` contacts, the same for the same count. */
export function hubspotContacts(count: number): HubspotContact[] {
  return Array.from({ length: count }, (_, index) => hubspotContact(index));
}

function hubspotContact(index: number): HubspotContact {
  const first = pick(firstNames, index);
  const last = pick(lastNames, index >> 3);
  const modified = new Date(Date.UTC(2024, 0, 1) + index * 61_337).toISOString();
  return {
    id: String(100_000 + index),
    properties: {
      email: `${first}.${last}${index}@Example${index % 500}.com`,
      hs_additional_emails: index % 10 === 0 ? `${first}${index}@mail.example.org;old${index}@example.net` : null,
      firstname: `${first} `,
      lastname: last,
      jobtitle: index % 3 === 0 ? null : " Head of Purchasing",
      phone: `(425) 555-${String(index % 10_000).padStart(4, "0")} x${index}`,
      mobilephone:
        index % 3 === 0 ? `+1 206 ${String(200 + (index % 700))} ${String(index % 9973).padStart(4, "0")}` : null,
      address: `${index} Yosemite Ct.`,
      city: index % 5 === 0 ? null : pick(cities, index),
      state: "Washington",
      zip: String(10_000 + (index % 80_000)),
      country: "United States",
      hs_country_region_code: "US",
      company: index % 4 === 0 ? null : `Company ${index % 500}`,
      associatedcompanyid: String(index % 500),
      hubspot_owner_id: String(index % 12),
      lifecyclestage: pick(stages, index),
      hs_lead_status: pick(statuses, index),
      hs_analytics_source: pick(sources, index),
      hs_language: "en-us",
      notes_last_updated: modified,
      num_conversion_events: String(index % 4),
      recent_conversion_event_name: index % 4 === 0 ? null : "Request a quote",
      recent_conversion_date: index % 4 === 0 ? null : modified,
      hs_email_optout: index % 7 === 0 ? "true" : "false",
      date_of_birth: "1971-04-18",
      lastmodifieddate: modified,
      journey_hub_stage: "decision",
      journey_hub_score: String(index % 100),
      journey_hub_grade: "B2",
    },
    createdAt: "2023-11-20T08:00:00.000Z",
    updatedAt: modified,
    archived: false,
    associations: { companies: { results: [{ id: String(index % 500), type: "contact_to_company" }] } },
  };
}

function pick<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}
