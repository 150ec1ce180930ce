import type { GoldenValue } from "../../model/customer.ts";
import type { StoredRecord } from "../../model/record.ts";
import { partyOf } from "./claims.ts";

/**
 * A customer's fields out of its records: of each field the value of the record that changed last, with the record it came from
 * and the values that lost. Deleted records count only where no other has the field.
 */
export function goldenValues(members: readonly StoredRecord[]): Record<string, GoldenValue> {
  const newestFirst = [...members].sort(
    (a, b) =>
      Number(a.deleted) - Number(b.deleted) ||
      compare(b.changed_at, a.changed_at) ||
      compare(a.record_key, b.record_key),
  );
  const golden: Record<string, GoldenValue> = {};
  for (const record of newestFirst) {
    for (const [field, value] of Object.entries(partyFields(record))) {
      const held = golden[field];
      const { record_key } = record;
      if (!held) golden[field] = { value, record_key, rule: "most_recent", losers: [] };
      else if (held.value !== value) held.losers.push({ value, record_key });
    }
  }
  return golden;
}

/** The customer's display name. */
export function goldenName(golden: Readonly<Record<string, GoldenValue>>): string {
  const text = (field: string) => (typeof golden[field]?.value === "string" ? golden[field].value : "");
  return text("name") || `${text("first_name")} ${text("last_name")}`.trim() || text("email") || text("domain");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Scalar = string | number | boolean;

/** The fields of a party that make the customer, each one value; empty ones left out. */
function partyFields(record: StoredRecord): Record<string, Scalar> {
  const party = partyOf(record);
  if (!party) return {};
  const fields = party.kind === "person" ? personFields(party.fields) : companyFields(party.fields);
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Scalar] => entry[1] !== undefined),
  );
}

function personFields(fields: Extract<NonNullable<ReturnType<typeof partyOf>>, { kind: "person" }>["fields"]) {
  const email = fields.emails?.[0]?.email;
  return {
    name: fields.full_name,
    first_name: fields.first_name,
    last_name: fields.last_name,
    title: fields.title,
    department: fields.department,
    email,
    email_domain: email?.slice(email.indexOf("@") + 1),
    phone: fields.phone_numbers?.[0]?.number,
    country: fields.addresses?.[0]?.country,
    company_name: fields.company_name,
    lifecycle_stage: fields.lifecycle_stage,
    lead_status: fields.lead_status,
    lead_source: fields.lead_source,
    opted_out: fields.opted_out,
  };
}

function companyFields(fields: Extract<NonNullable<ReturnType<typeof partyOf>>, { kind: "company" }>["fields"]) {
  return {
    name: fields.name,
    domain: fields.domains?.[0],
    industry: fields.industry,
    type: fields.type,
    number_of_employees: fields.number_of_employees,
    annual_revenue: fields.annual_revenue?.amount,
    phone: fields.phone_numbers?.[0]?.number,
    country: fields.addresses?.[0]?.country,
    lifecycle_stage: fields.lifecycle_stage,
  };
}
