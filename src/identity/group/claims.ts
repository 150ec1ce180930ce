import { freeMailDomains } from "../../mapping/free-mail.ts";
import type { RecordFields, RecordKind } from "../../model/kinds.ts";
import { type Identifier, isKind, isMerge, mailboxOf, mergedIdentifier } from "../../model/record.ts";
import { isPlaceholderDate, isPlaceholderNumber } from "../compare/placeholders.ts";
import { localityOf } from "../normalise/addresses.ts";
import { normaliseCompany } from "../normalise/company-names.ts";
import { ownMailboxes } from "../normalise/mailboxes.ts";
import { isTitle, personName } from "../normalise/person-names.ts";
import { type ClaimRule, type IdentityRules, mergedRule } from "../rules.ts";

/** A claim in the form it is kept and compared: `email:ann@example.com`. */
export interface Claim {
  rule: ClaimRule;
  /** Place of the rule in the file: lower is stronger. */
  priority: number;
  text: string;
}

/** What of a record identity looks at. */
export type Party = { identifiers: readonly Identifier[] } & (
  | { kind: "person"; fields: RecordFields<"contact"> }
  | { kind: "company"; fields: RecordFields<"company"> }
);

/** The party behind a record; null for what is never a customer (deals, tickets, documents …). */
export function partyOf(record: {
  kind: RecordKind;
  fields: RecordFields;
  identifiers: readonly Identifier[];
}): Party | null {
  const { identifiers } = record;
  if (isKind(record, "contact")) return { kind: "person", fields: record.fields, identifiers };
  if (isKind(record, "company")) return { kind: "company", fields: record.fields, identifiers };
  return null;
}

/** What a party claims by one rule at most: a record with a hundred addresses is a list, and not a person who has them. */
const claimsOfRuleMax = 12;

/** The claims a party makes, without blocked values. A deleted record keeps its claims: its past stays with its customer. */
export function claimsOf(party: Party, rules: IdentityRules): Claim[] {
  const { claims, blocked } = rules[party.kind];
  const found: Claim[] = [];
  for (const { type, value } of party.identifiers) if (type === mergedIdentifier) found.push(mergeWith(value));
  // Several rules may ask for one part.
  const asked: string[] = [];
  const answers: (readonly string[])[] = [];
  const valuesOf = (part: string): readonly string[] => {
    const at = asked.indexOf(part);
    const known = at < 0 ? allowedValues(party, part, blocked) : (answers[at] ?? none);
    if (at < 0) answers[asked.push(part) - 1] = known;
    return known;
  };
  for (let priority = 0; priority < claims.length; priority++) {
    const rule = claims[priority];
    if (rule) for (const text of textsOf(rule, valuesOf)) found.push({ rule, priority, text });
  }
  return found;
}

function textsOf({ type, of }: ClaimRule, valuesOf: (part: string) => readonly string[]): readonly string[] {
  const parts = [type];
  for (const [at, part] of of.entries()) {
    // Most records have none of most parts, and one of the others.
    const values = valuesOf(part);
    if (values.length === 0) return none;
    if (values.length > 1) return combined(parts, of.slice(at), valuesOf);
    parts.push(...values);
  }
  // Put together at once: what is put together step by step keeps every step in memory.
  return [parts.join(":")];
}

function combined(start: string[], of: readonly string[], valuesOf: (part: string) => readonly string[]): string[] {
  let found = [start];
  for (const part of of) {
    const values = valuesOf(part);
    found = found.flatMap((parts) => values.map((value) => [...parts, value])).slice(0, claimsOfRuleMax);
  }
  return [...new Set(found.map((parts) => parts.join(":")))];
}

type Blocked = IdentityRules["person"]["blocked"];

const none: readonly string[] = [];

/** By which rules a party has more to claim than counts, and how much it has; `made` are the claims it makes. */
export function claimsDropped(
  party: Party,
  made: readonly Claim[],
  rules: IdentityRules,
): { type: string; values: number; counted: number }[] {
  if (made.length < claimsOfRuleMax) return [];
  const { claims, blocked } = rules[party.kind];
  return claims.flatMap((rule) => {
    const values = rule.of.reduce((product, part) => product * allowedValues(party, part, blocked).length, 1);
    return values > claimsOfRuleMax ? [{ type: rule.type, values, counted: claimsOfRuleMax }] : [];
  });
}

/** The values of one part of a claim that are not blocked. */
function allowedValues(party: Party, part: string, blocked: Blocked): readonly string[] {
  const values = partValues(party, part);
  for (const value of values)
    if (isBlocked(part, value, blocked)) return values.filter((each) => !isBlocked(part, each, blocked));
  return values;
}

/**
 * The claim of having been merged with a record. That record holds it as well, without its being kept: hardly any record is ever merged,
 * and one that was may not know of it.
 */
export function mergeWith(recordKey: string): Claim {
  return { rule: mergedRule, priority: -1, text: `${mergedIdentifier}:${recordKey}` };
}

/** The records that claims of a merge name: they hold them too. @example namedIn(["merged:hub:contacts:7"]) // ["hub:contacts:7"] */
export function namedIn(texts: readonly string[]): string[] {
  return texts.filter(isMerge).map((text) => text.slice(mergedIdentifier.length + 1));
}

function isBlocked(part: string, value: string, blocked: Blocked): boolean {
  if (value === "" || blocked.values.includes(value)) return true;
  return part === "email" && blocked.email_local_parts.includes(value.slice(0, value.indexOf("@")));
}

function partValues(party: Party, part: string): readonly string[] {
  const own = party.kind === "person" ? personPart(party, part) : companyPart(party.fields, part);
  if (own.length < 2 && !isStated(party, part)) return own;
  const stated = party.identifiers.filter(({ type }) => type === part).map(({ value }) => value);
  return [...new Set([...own, ...(part === "email" ? mailboxesOf(party, stated) : stated)])];
}

function isStated({ identifiers }: Party, part: string): boolean {
  for (const { type } of identifiers) if (type === part) return true;
  return false;
}

function mailboxesOf({ kind, fields }: Party, emails: readonly string[]): readonly string[] {
  const mailboxes = emails.map(mailboxOf);
  return kind === "person" && mailboxes.length > 0 ? ownMailboxes(mailboxes, personName(fields)) : mailboxes;
}

function personPart(party: Extract<Party, { kind: "person" }>, part: string): readonly string[] {
  const { fields } = party;
  if (part === "email" && fields.emails)
    return mailboxesOf(
      party,
      fields.emails.map(({ email }) => email),
    );
  if (part === "phone") return telephones(fields);
  if (part === "first_name") return present(givenName(fields));
  if (part === "last_name") return present(surname(fields));
  if (part === "birth_date") return present(birthday(fields));
  if (part === "postal_code") return postalCodes(fields);
  if (part === "company_name") return present(normaliseCompany(fields.company_name));
  return none;
}

function telephones({ phone_numbers = [] }: RecordFields<"contact"> | RecordFields<"company">): readonly string[] {
  const found: string[] = [];
  for (const { number } of phone_numbers) if (!isPlaceholderNumber(number)) found.push(number);
  return found;
}

/** An initial or a title is anybody's of the family. */
function givenName(fields: RecordFields<"contact">): string {
  const first = personName(fields).first.replaceAll(" ", "");
  return /^[a-z]$/.test(first) || isTitle(first) ? "" : first;
}

/** The first of January mostly stands for a date of which only the year is known: many of one name were born in it. */
function birthday({ birth_date = "" }: RecordFields<"contact">): string {
  return birth_date.endsWith("-01-01") || isPlaceholderDate(birth_date) ? "" : birth_date;
}

/** Father and son claim two names: with what tells them apart. */
function surname(fields: RecordFields<"contact">): string {
  const { last, generation } = personName(fields);
  return last === "" ? "" : `${last.replaceAll(" ", "")}${generation}`;
}

function companyPart(fields: RecordFields<"company">, part: string): readonly string[] {
  if (part === "domain") return (fields.domains ?? []).filter((domain) => !freeMailDomains.has(domain));
  if (part === "tax_number") return present(fields.tax_number);
  if (part === "company_name") return present(normaliseCompany(fields.name));
  if (part === "phone") return telephones(fields);
  if (part === "street") return streets(fields);
  if (part === "postal_code") return postalCodes(fields);
  return none;
}

/** Streets with a number: `12 main st`. */
function streets({ addresses = [] }: RecordFields<"company">): string[] {
  const found = addresses.map((address) => localityOf(address).street.split("|"));
  return found.flatMap(([number, name]) => (number && name ? `${number} ${name}` : []));
}

function postalCodes({ addresses = [] }: RecordFields<"contact">): readonly string[] {
  return addresses.flatMap(({ postal_code }) => present(postal_code?.replaceAll(/[\s-]/g, "").toLowerCase()));
}

function present(value: string | undefined): readonly string[] {
  return value ? [value] : none;
}
