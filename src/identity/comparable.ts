import { freeMailDomains } from "../mapping/free-mail.ts";
import { mailboxOf } from "../model/record.ts";
import type { ComparedField, FieldValues } from "./compare/levels.ts";
import { isPlaceholderDate, isPlaceholderNumber } from "./compare/placeholders.ts";
import type { Party } from "./group/claims.ts";
import { localityOf } from "./normalise/addresses.ts";
import { companyNames, normaliseCompany } from "./normalise/company-names.ts";
import { ownMailboxes } from "./normalise/mailboxes.ts";
import { isMobile } from "./normalise/mobiles.ts";
import { type PersonName, personName } from "./normalise/person-names.ts";

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
  const fields: Record<string, readonly string[]> = {};
  const note: Note = (field, found) => {
    const values = distinct(found);
    if (values.length > 0) fields[field] = kept(field, values);
  };
  if (party.kind === "person") notePerson(party, note);
  else noteCompany(party, note);
  return { kind: party.kind, fields };
}

/** Sorted, without empty ones. */
function distinct(values: string[]): readonly string[] {
  if (values.length > 1) return [...new Set(values)].filter((value) => value !== "").sort();
  return values[0] === "" ? none : values;
}

/** Told of the values of a field. */
type Note = (field: ComparedField, values: string[]) => void;
type Person = Extract<Party, { kind: "person" }>;
type Company = Extract<Party, { kind: "company" }>;

/*
 * Loops where lists could be mapped and filtered: this is done for each of a million records, and most of them say one thing of a field or
 * none.
 */

function notePerson({ fields, identifiers }: Person, note: Note): void {
  const name = personName(fields);
  const { birth_date = "", company_name } = fields;
  note("first_name", [name.first]);
  note("last_name", [name.last]);
  if (name.generation !== "") note("generation", [name.generation]);
  if (birth_date !== "" && !isPlaceholderDate(birth_date)) note("birth_date", [birth_date]);
  noteEmails(fields.emails, identifiers, { name, note });
  notePhones(fields.phone_numbers, identifiers, { withMobiles: true, note });
  noteLocalities(fields.addresses, note);
  if (company_name) note("employer", [normaliseCompany(company_name)]);
  if (identifiers.length > 0) note("national_id", idsOf(identifiers, nationalIds));
}

function noteCompany({ fields, identifiers }: Company, note: Note): void {
  note("company_name", companyNames(fields.name).concat(companyNames(fields.legal_name)));
  const domains = (fields.domains ?? none).concat(stated(identifiers, "domain")).map((domain) => domain.toLowerCase());
  if (domains.length > 0)
    note(
      "domain",
      domains.filter((domain) => !freeMailDomains.has(domain)),
    );
  notePhones(fields.phone_numbers, identifiers, { withMobiles: false, note });
  noteLocalities(fields.addresses, note);
  const ids = identifiers.length > 0 ? idsOf(identifiers, companyIds) : [];
  if (fields.tax_number) ids.push(idOf("tax_number", fields.tax_number));
  note("tax_number", ids);
}

function stated(identifiers: Party["identifiers"], type: string): readonly string[] {
  if (identifiers.length === 0) return none;
  return identifiers.filter((identifier) => identifier.type === type).map(({ value }) => value);
}

function idsOf(identifiers: Party["identifiers"], types: ReadonlySet<string>): string[] {
  const ids: string[] = [];
  for (const { type, value } of identifiers) if (types.has(type)) ids.push(idOf(type, value));
  return ids;
}

function noteEmails(
  emails: Person["fields"]["emails"] = [],
  identifiers: Party["identifiers"],
  { name, note }: { name: PersonName; note: Note },
): void {
  const found: string[] = [];
  for (const { email } of emails) found.push(email);
  for (const { type, value } of identifiers) if (type === "email") found.push(value);
  if (found.length > 0) note("email", ownMailboxes(found, name).map(emailOf));
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

function notePhones(
  numbers: PhoneNumbers = [],
  identifiers: Party["identifiers"],
  { withMobiles, note }: { withMobiles: boolean; note: Note },
): void {
  const phones: string[] = [];
  let called = false;
  for (const { type, number } of numbers) {
    called ||= type === "mobile";
    const plain = type === "fax" ? "" : plainNumber(number);
    if (isNumber(plain)) phones.push(plain);
  }
  for (const { type, value } of identifiers) {
    const plain = type === "phone" ? plainNumber(value) : "";
    if (isNumber(plain)) phones.push(plain);
  }
  if (withMobiles && (called || phones.some(isMobile))) {
    const mobiles = phones.filter(isMobile);
    note("phone", phones);
    note("mobile", called ? mobiles.concat(calledMobiles(numbers)) : mobiles);
  } else if (phones.length > 0) note("phone", phones);
}

/** The numbers that the record has as those of mobiles, and nowhere otherwise: somebody carries them, whatever the numbering plan. */
function calledMobiles(numbers: NonNullable<PhoneNumbers>): string[] {
  const said = (isSaid: (type: string) => boolean) =>
    numbers.filter(({ type }) => type && isSaid(type)).map(({ number }) => plainNumber(number));
  const others = said((type) => type !== "mobile");
  return said((type) => type === "mobile").filter((number) => isNumber(number) && !others.includes(number));
}

function plainNumber(number: string): string {
  if (/^\+?\d*$/.test(number)) return number;
  return `${number.startsWith("+") ? "+" : ""}${number.replaceAll(/\D/g, "")}`;
}

const isNumber = (number: string): boolean => number.length >= 7 && !isPlaceholderNumber(number);

function noteLocalities(addresses: Person["fields"]["addresses"] = [], note: Note): void {
  if (addresses.length === 0) return;
  const streets: string[] = [];
  const places: string[] = [];
  for (const address of addresses) {
    const { street, place } = localityOf(address);
    streets.push(street);
    places.push(place);
  }
  note("street", streets);
  note("place", places);
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
