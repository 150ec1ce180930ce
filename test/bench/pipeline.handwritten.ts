/* The rest of the limit's mapping: what contacts are in map.handwritten.ts, companies, e-mails and notes are here. */

import { htmlText } from "../../src/mapping/transforms/texts.ts";
import type { MappedRecord } from "../../src/model/index.ts";

interface Payload {
  id: string;
  properties: Record<string, string>;
  createdAt: string;
  updatedAt: string;
  associations: { contacts: { results: { id: string }[] } };
}

/** An e-mail or note by hand, as mappings/hubspot/emails.yaml and notes.yaml give it. */
export function activityByHand(
  object: string,
  { id, properties, createdAt, updatedAt, associations }: Payload,
): MappedRecord<"activity"> {
  const contacts = associations.contacts.results.map((contact) => `contacts:${contact.id}`);
  const isInbound = properties.hs_email_direction === "INCOMING_EMAIL";
  const common = {
    occurred_at: properties.hs_timestamp || createdAt,
    status: "done" as const,
    owner_ref: `owners:${properties.hubspot_owner_id}`,
    ...(contacts[0] && { contact_ref: contacts[0] }),
  };
  const fields: MappedRecord<"activity">["fields"] =
    object === "notes"
      ? { type: "note", direction: "none", body: htmlText(properties.hs_note_body ?? ""), ...common }
      : {
          type: "email",
          direction: isInbound ? "inbound" : "outbound",
          subject: properties.hs_email_subject,
          body: htmlText(properties.hs_email_text ?? ""),
          ...common,
        };
  const native: Record<string, string> =
    object === "notes"
      ? {}
      : { direction: properties.hs_email_direction ?? "", status: properties.hs_email_status ?? "" };
  return {
    ...bare("activity", id, properties.hs_createdate ?? createdAt, properties.hs_lastmodifieddate ?? updatedAt),
    fields,
    native,
    associations: contacts.map((to) => ({ to, role: "contact" })),
  };
}

/** A company by hand, as mappings/hubspot/companies.yaml gives it for what the bench sends. */
export function companyByHand({ id, properties, createdAt, updatedAt }: Payload): MappedRecord<"company"> {
  const domains = [properties.domain ?? ""];
  const fields: MappedRecord<"company">["fields"] = {
    name: properties.name,
    domains,
    websites: [properties.website ?? ""],
    industry: properties.industry?.toLowerCase(),
    type: "prospect",
    number_of_employees: Number(properties.numberofemployees),
    addresses: [{ type: "other", city: properties.city, state: properties.state, postal_code: properties.zip }],
    owner_ref: `owners:${properties.hubspot_owner_id}`,
    lifecycle_stage: lifecycle[properties.lifecyclestage ?? ""],
  };
  return {
    ...bare("company", id, createdAt, properties.hs_lastmodifieddate ?? updatedAt),
    fields,
    native: { type: properties.type ?? "", lifecycle_stage: properties.lifecyclestage ?? "" },
    identifiers: domains.map((value) => ({ type: "domain", value })),
    observed: { stage: null, stage_date: null, score: null, grade: null, reason: null },
  };
}

const lifecycle: Record<string, MappedRecord<"company">["fields"]["lifecycle_stage"]> = {
  subscriber: "subscriber",
  lead: "lead",
  marketingqualifiedlead: "marketing_qualified_lead",
  salesqualifiedlead: "sales_qualified_lead",
  opportunity: "opportunity",
  customer: "customer",
};

function bare<K extends "activity" | "company">(kind: K, remote_id: string, createdAt: string, updatedAt: string) {
  return {
    kind,
    remote_id,
    remote_created_at: createdAt,
    remote_updated_at: updatedAt,
    remote_url: null,
    deleted: false,
    merged_into: null,
    identifiers: [],
    associations: [],
    custom_fields: {},
    observed: null,
  };
}
