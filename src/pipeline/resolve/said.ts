import { normaliseName } from "../../identity/compare/names.ts";
import type { Party } from "../../identity/group/claims.ts";
import { type GoldenField, goldenFields } from "../../identity/survivorship.ts";
import type { RecordFields } from "../../model/kinds.ts";

export type GoldenJson = string | number | boolean | Readonly<Record<string, string>>;

type Reader<K extends "contact" | "company"> = (fields: RecordFields<K>) => GoldenJson | GoldenJson[] | undefined;

const ofPerson: Readonly<Partial<Record<GoldenField, Reader<"contact">>>> = {
  name: ({ full_name }) => full_name,
  first_name: ({ first_name }) => first_name,
  last_name: ({ last_name }) => last_name,
  title: ({ title }) => title,
  department: ({ department }) => department,
  email: ({ emails }) => emails?.map(({ email }) => email),
  phone: ({ phone_numbers }) => phone_numbers?.map(({ number }) => number),
  address: ({ addresses }) => addresses?.map(withoutGaps),
  country: ({ addresses }) => addresses?.[0]?.country,
  company_name: ({ company_name }) => company_name,
  lifecycle_stage: ({ lifecycle_stage }) => lifecycle_stage,
  lead_status: ({ lead_status }) => lead_status,
  lead_source: ({ lead_source }) => lead_source,
  opted_out: ({ opted_out }) => opted_out,
};

const ofCompany: Readonly<Partial<Record<GoldenField, Reader<"company">>>> = {
  name: ({ name }) => name,
  domain: ({ domains }) => domains?.[0],
  industry: ({ industry }) => industry,
  type: ({ type }) => type,
  number_of_employees: ({ number_of_employees }) => number_of_employees,
  annual_revenue: ({ annual_revenue }) => annual_revenue?.amount,
  phone: ({ phone_numbers }) => phone_numbers?.map(({ number }) => number),
  address: ({ addresses }) => addresses?.map(withoutGaps),
  country: ({ addresses }) => addresses?.[0]?.country,
  lifecycle_stage: ({ lifecycle_stage }) => lifecycle_stage,
};

/** What a party record says of a field of the customer it is; of e-mails, phones and addresses all it has, its first one first. */
export function saidBy(party: Party, field: GoldenField): readonly GoldenJson[] {
  const said = party.kind === "person" ? ofPerson[field]?.(party.fields) : ofCompany[field]?.(party.fields);
  if (said === undefined) return nothing;
  return Array.isArray(said) ? said : [said];
}

const nothing: readonly GoldenJson[] = [];

function withoutGaps(address: NonNullable<RecordFields<"contact">["addresses"]>[number]): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const [part, value] of Object.entries(address)) if (value !== undefined) parts[part] = value;
  return parts;
}

/** @example isGoldenField("phone") // true */
export function isGoldenField(field: string): field is GoldenField {
  return [...goldenFields.person, ...goldenFields.company].some((known) => known === field);
}

/** True of fields that a customer may have several of: others beside the first have not lost against it. */
export function isListed(field: GoldenField): boolean {
  return field === "email" || field === "phone" || field === "address";
}

/**
 * What two ways of writing one value have in common: e-mails without case, phones by their digits, names without case, accents and signs.
 * @example sameAs("first_name", "JOSÉ") === sameAs("first_name", "Jose") // true
 */
export function sameAs(field: GoldenField, value: GoldenJson): string {
  if (typeof value === "object") return sameAddress(value);
  if (typeof value !== "string") return JSON.stringify(value);
  if (field === "email" || field === "domain") return value.trim().toLowerCase();
  if (field === "phone") return value.replaceAll(/[^\d+]/g, "").replace(/^00/, "+");
  return asNames.has(field) ? normaliseName(value) || value : value;
}

const asNames: ReadonlySet<GoldenField> = new Set([
  "name",
  "first_name",
  "last_name",
  "title",
  "department",
  "company_name",
  "industry",
]);

function sameAddress(address: Readonly<Record<string, string>>): string {
  return addressParts.map((part) => normaliseName(address[part])).join("|");
}

const addressParts = ["line1", "line2", "city", "state", "postal_code", "country"];
