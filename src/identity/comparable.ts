import { freeMailDomains } from "../mapping/free-mail.ts";
import { mailboxOf } from "../model/record.ts";
import type { ComparedField, FieldValues } from "./compare/levels.ts";
import { isPlaceholderDate, isPlaceholderNumber } from "./compare/placeholders.ts";
import type { Party } from "./group/claims.ts";
import { localityOf } from "./normalise/addresses.ts";
import { companyNames, normaliseCompany } from "./normalise/company-names.ts";
import { ownMailboxes } from "./normalise/mailboxes.ts";
import { isMobile } from "./normalise/mobiles.ts";
import { personName } from "./normalise/person-names.ts";

export type PartyKind = "person" | "company";

/** What of a party is compared, normalised once: distinct sorted values a field; a field without values is left out. */
export interface Comparable {
  kind: PartyKind;
  fields: FieldValues;
}

/**
 * What of a party is compared.
 * @param kept gives the list to keep of a field's values: of the same ones it may be the same
 */
export function comparableOf(
  party: Party,
  kept: (field: string, values: readonly string[]) => readonly string[] = (_, values) => values,
): Comparable {
  const found = party.kind === "person" ? personValues(party) : companyValues(party);
  const fields: Record<string, readonly string[]> = {};
  for (const field in found) {
    const values = distinct(found[field as ComparedField] ?? []);
    if (values.length > 0) fields[field] = kept(field, values);
  }
  return { kind: party.kind, fields };
}

/** Sorted, without empty ones. */
function distinct(values: string[]): string[] {
  if (values.length > 1) return [...new Set(values)].filter((value) => value !== "").sort();
  return values[0] === "" ? [] : values;
}

type Values = Partial<Record<ComparedField, string[]>>;
type Person = Extract<Party, { kind: "person" }>;
type Company = Extract<Party, { kind: "company" }>;

function personValues({ fields, identifiers }: Person): Values {
  const emails = [...(fields.emails ?? []).map(({ email }) => email), ...stated(identifiers, "email")];
  // Field by field: to spread one object into another costs more than all that is in them.
  const { first_name, last_name, generation } = nameValues(fields);
  const { street, place } = localityValues(fields.addresses);
  return {
    first_name,
    last_name,
    generation,
    birth_date: [fields.birth_date ?? ""].filter((date) => !isPlaceholderDate(date)),
    email: ownMailboxes(emails, personName(fields)).map(emailOf),
    phone: phoneValues(fields.phone_numbers, identifiers),
    mobile: mobileValues(fields.phone_numbers, identifiers),
    street,
    place,
    employer: [normaliseCompany(fields.company_name)],
    national_id: identifiers.filter(({ type }) => nationalIds.has(type)).map(({ type, value }) => idOf(type, value)),
  };
}

function companyValues({ fields, identifiers }: Company): Values {
  const domains = [...(fields.domains ?? []), ...stated(identifiers, "domain")].map((domain) => domain.toLowerCase());
  const ids = identifiers.filter(({ type }) => companyIds.has(type));
  return {
    company_name: [...companyNames(fields.name), ...companyNames(fields.legal_name)],
    domain: domains.filter((domain) => !freeMailDomains.has(domain)),
    phone: phoneValues(fields.phone_numbers, identifiers),
    ...localityValues(fields.addresses),
    tax_number: [idOf("tax_number", fields.tax_number ?? ""), ...ids.map(({ type, value }) => idOf(type, value))],
  };
}

function stated(identifiers: Party["identifiers"], type: string): readonly string[] {
  if (identifiers.length === 0) return none;
  return identifiers.filter((identifier) => identifier.type === type).map(({ value }) => value);
}

function nameValues(fields: Person["fields"]) {
  const { first, last, generation } = personName(fields);
  return { first_name: [first], last_name: [last], generation: [generation] };
}

/** Lower case, without what follows a plus; Gmail ignores dots. Empty for a mailbox that is nobody's own. */
function emailOf(email: string): string {
  const mailbox = mailboxOf(email.trim().toLowerCase());
  const at = mailbox.lastIndexOf("@");
  const local = mailbox.slice(0, at);
  const host = mailbox.slice(at + 1);
  if (at < 1 || roleMailboxes.has(/[-_.]/.test(local) ? local.replaceAll(/[-_.]/g, "") : local)) return "";
  return dotlessHosts.has(host) ? `${local.replaceAll(".", "")}@gmail.com` : mailbox;
}

type PhoneNumbers = Person["fields"]["phone_numbers"];

function phoneValues(numbers: PhoneNumbers = [], identifiers: Party["identifiers"]): string[] {
  const own = numbers.filter(({ type }) => type !== "fax").map(({ number }) => number);
  return [...own, ...stated(identifiers, "phone")].map(plainNumber).filter(isNumber);
}

/** Of its numbers those that somebody carries: by the numbering plan, or as the record has it and nowhere otherwise. */
function mobileValues(numbers: PhoneNumbers = [], identifiers: Party["identifiers"]): string[] {
  if (numbers.length === 0 && identifiers.length === 0) return [];
  const said = (isSaid: (type: string) => boolean) =>
    numbers.filter(({ type }) => type && isSaid(type)).map(({ number }) => plainNumber(number));
  const others = said((type) => type !== "mobile");
  const called = said((type) => type === "mobile").filter((number) => isNumber(number) && !others.includes(number));
  return [...called, ...phoneValues(numbers, identifiers).filter(isMobile)];
}

function plainNumber(number: string): string {
  if (/^\+?\d*$/.test(number)) return number;
  return `${number.startsWith("+") ? "+" : ""}${number.replaceAll(/\D/g, "")}`;
}

const isNumber = (number: string): boolean => number.length >= 7 && !isPlaceholderNumber(number);

function localityValues(addresses: Person["fields"]["addresses"] = []) {
  const found = addresses.map(localityOf);
  return { street: found.map(({ street }) => street), place: found.map(({ place }) => place) };
}

/** Ids are compared with their own type only. Empty for what is no id: too short, or one digit over and over. */
function idOf(type: string, value: string): string {
  const plain = value.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const number = plain.replace(/^[a-z]{2}(?=\d{6,}$)/, "");
  return number.length < 5 || /^(.)\1*$/.test(number) || number === "123456789" ? "" : `${type}:${number}`;
}

const none: readonly string[] = [];
const nationalIds = new Set([
  "national_id",
  "ssn",
  "soc_sec_id",
  "social_security_number",
  "passport",
  "passport_number",
  "drivers_license",
  "drivers_license_number",
  "identity_card",
  "tax_number",
  "tax_id",
]);
const companyIds = new Set([
  "tax_number",
  "tax_id",
  "vat",
  "vat_number",
  "ein",
  "national_id",
  "registration_number",
  "company_number",
  "lei",
  "duns",
]);
const dotlessHosts = new Set(["gmail.com", "googlemail.com"]);
/** Mailboxes several people read, or that stand for none. */
const roleMailboxes = new Set(
  `accounting accounts admin administration anonymous billing bookings careers contact customerservice email enquiries finance hello
  help helpdesk hr info inquiries invoices it jobs mail mailbox marketing me media na news newsletter nobody noemail none noreply
  donotreply null office order orders postmaster press privacy purchasing reception root sales secretary service services shop staff
  support team test unknown webmaster welcome`.split(/\s+/),
);
