/*
 * The limits: what a careful programmer would write by hand for one purpose, calling the same libraries through the same functions
 * (e-mail, phone, instants), with no mapping file, no drift beyond the enums, no look at types the API does not send.
 */

import { readEmail, readPhone } from "../../src/mapping/transforms/contact-points.ts";
import { readCountry } from "../../src/mapping/transforms/countries.ts";
import { readDate, readInstant } from "../../src/mapping/transforms/instants.ts";
import type { MappedRecord } from "../../src/model/index.ts";
import type { HubspotContact } from "./map.contacts.ts";

const lifecycle = {
  subscriber: "subscriber",
  lead: "lead",
  marketingqualifiedlead: "marketing_qualified_lead",
  salesqualifiedlead: "sales_qualified_lead",
  opportunity: "opportunity",
  customer: "customer",
  evangelist: "evangelist",
  other: "other",
} as const;
const statuses = {
  NEW: "open",
  OPEN: "open",
  ATTEMPTED_TO_CONTACT: "working",
  IN_PROGRESS: "working",
  CONNECTED: "working",
  OPEN_DEAL: "qualified",
  UNQUALIFIED: "unqualified",
  BAD_TIMING: "closed",
} as const;
const roles: Record<string, string> = { contact_to_company: "primary", contact_to_company_unlabeled: "member" };

type Fields = MappedRecord<"contact">["fields"];

/** A contact by hand: gives exactly what mappings/hubspot/contacts.yaml gives. */
export function contactByHand(payload: HubspotContact): { record: MappedRecord<"contact">; drift: object[] } {
  const properties = payload.properties;
  const drift: object[] = [];
  const native: Record<string, string> = {};
  const fields: Fields = {};
  const country = readCountry(properties.hs_country_region_code || properties.country || undefined);
  addText(fields, "first_name", properties.firstname);
  addText(fields, "last_name", properties.lastname);
  addText(fields, "title", properties.jobtitle);
  const born = properties.date_of_birth ? readDate(properties.date_of_birth, "UTC") : undefined;
  if (born) fields.birth_date = born;
  const identifiers: MappedRecord["identifiers"] = [];
  addEmails(fields, identifiers, properties);
  addPhones(fields, identifiers, properties, country);
  addAddress(fields, properties, country);
  addText(fields, "company_name", properties.company);
  if (properties.associatedcompanyid) fields.company_ref = `companies:${properties.associatedcompanyid}`;
  if (properties.hubspot_owner_id) fields.owner_ref = `owners:${properties.hubspot_owner_id}`;
  addEnums(fields, native, drift, properties);
  addText(fields, "lead_source", properties.hs_analytics_source);
  const active = properties.notes_last_updated || properties.hs_analytics_last_visit_timestamp;
  const activeAt = active ? readInstant(active, "UTC") : undefined;
  if (activeAt) fields.last_activity_at = activeAt;
  addConversion(fields, properties);
  addText(fields, "language", properties.hs_language);
  if (properties.hs_email_optout) fields.opted_out = properties.hs_email_optout === "true";
  const record: MappedRecord<"contact"> = {
    kind: "contact",
    remote_id: payload.id,
    remote_created_at: readInstant(payload.createdAt, "UTC") ?? null,
    remote_updated_at: readInstant(properties.lastmodifieddate || payload.updatedAt, "UTC") ?? null,
    remote_url: null,
    deleted: payload.archived,
    merged_into: null,
    fields,
    identifiers,
    associations: companiesOf(payload),
    custom_fields: {},
    native,
    observed: {
      stage: properties.journey_hub_stage || null,
      stage_date: properties.journey_hub_stage_date
        ? (readInstant(properties.journey_hub_stage_date, "UTC") ?? null)
        : null,
      score: properties.journey_hub_score ? Number(properties.journey_hub_score) : null,
      grade: properties.journey_hub_grade || null,
      reason: properties.journey_hub_why || null,
    },
  };
  return { record, drift };
}

type Properties = HubspotContact["properties"];
type TextField = "first_name" | "last_name" | "title" | "company_name" | "lead_source" | "language";

function addText(fields: Fields, name: TextField, value: string | null | undefined): void {
  const text = value?.trim();
  if (text) fields[name] = text;
}

function addEmails(fields: Fields, identifiers: MappedRecord["identifiers"], properties: Properties): void {
  const emails: NonNullable<Fields["emails"]> = [];
  const email = properties.email ? readEmail(properties.email) : undefined;
  if (email) {
    emails.push({ email, type: "primary", is_primary: true, opted_out: properties.hs_email_optout === "true" });
    identifiers.push({ type: "email", value: email });
  }
  for (const piece of properties.hs_additional_emails?.split(";") ?? []) {
    const other = readEmail(piece);
    if (!other || emails.some((known) => known.email === other)) continue;
    emails.push({ email: other, type: "other" });
    identifiers.push({ type: "email", value: other });
  }
  if (emails.length > 0) fields.emails = emails;
}

function addPhones(
  fields: Fields,
  identifiers: MappedRecord["identifiers"],
  properties: Properties,
  country: string | undefined,
): void {
  const numbers: NonNullable<Fields["phone_numbers"]> = [];
  const phone = properties.phone ? readPhone(properties.phone, country) : undefined;
  if (phone) numbers.push({ number: phone, type: "work" });
  const mobile = properties.mobilephone ? readPhone(properties.mobilephone, country) : undefined;
  if (mobile && mobile !== phone) numbers.push({ number: mobile, type: "mobile" });
  if (numbers.length > 0) fields.phone_numbers = numbers;
  for (const { number } of numbers) identifiers.push({ type: "phone", value: number });
}

function addAddress(fields: Fields, properties: Properties, country: string | undefined): void {
  const { address, city, state, zip } = properties;
  if (!address && !city && !state && !zip && !country) return;
  fields.addresses = [
    {
      type: "work",
      ...(address && { line1: address.trim() }),
      ...(city && { city: city.trim() }),
      ...(state && { state: state.trim() }),
      ...(zip && { postal_code: zip.trim() }),
      ...(country && { country }),
    },
  ];
}

function addEnums(fields: Fields, native: Record<string, string>, drift: object[], properties: Properties): void {
  const stage = properties.lifecyclestage;
  if (stage) {
    native.lifecycle_stage = stage;
    if (isKey(stage, lifecycle)) fields.lifecycle_stage = lifecycle[stage];
    else {
      fields.lifecycle_stage = "other";
      drift.push({ field: "lifecycle_stage", value: stage, reason: "unknown_value" });
    }
  }
  const status = properties.hs_lead_status;
  if (!status) return;
  native.lead_status = status;
  if (isKey(status, statuses)) fields.lead_status = statuses[status];
  else drift.push({ field: "lead_status", value: status, reason: "unknown_value" });
}

function isKey<Table extends object>(word: string, table: Table): word is Extract<keyof Table, string> {
  return Object.hasOwn(table, word);
}

function addConversion(fields: Fields, properties: Properties): void {
  const name = properties.recent_conversion_event_name;
  const at = properties.recent_conversion_date ? readInstant(properties.recent_conversion_date, "UTC") : undefined;
  const count = properties.num_conversion_events ? Number(properties.num_conversion_events) : undefined;
  if (!name && !at && count === undefined) return;
  fields.last_conversion = {
    ...(name && { name: name.trim() }),
    ...(at && { at }),
    ...(count !== undefined && { count }),
  };
}

function companiesOf(payload: HubspotContact): MappedRecord["associations"] {
  const { associations } = payload;
  if (!isFound(associations)) return [];
  return associations.companies.results.map(({ id, type }) => ({ to: `companies:${id}`, role: roles[type] ?? type }));
}

function isFound(found: unknown): found is { companies: { results: { id: string; type: string }[] } } {
  return typeof found === "object" && found !== null && "companies" in found;
}
