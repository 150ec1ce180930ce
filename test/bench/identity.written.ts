import { openTally, variantName, writtenName } from "../../src/connector/testing/adventureworks/distort.ts";
import type { Address, Company, Person } from "../../src/connector/testing/adventureworks/index.ts";
import { createRandom, type Random } from "../../src/connector/testing/adventureworks/random.ts";
import { type Comparable, comparableOf } from "../../src/identity/comparable.ts";

/*
 * The sample's people and companies as several systems would have written them. How often what is missing, changed or mistyped is set
 * from what CRM exports commonly show, in round numbers; no labelled set was looked at.
 */

const recordsEach = [1, 1, 2, 2, 3] as const;

/** Records of people, one to three each, by whose they are. */
export function writtenPersons(persons: readonly Person[], seed: number): Comparable[][] {
  const random = createRandom(seed).fork("persons");
  const tally = openTally();
  return persons.map((person) =>
    Array.from({ length: random.pick(recordsEach) }, () => {
      const { firstName, lastName } = writtenName(person, tally, random);
      const other = random.pick(persons);
      return comparableOf({
        kind: "person",
        identifiers: [],
        fields: {
          ...columns(firstName, lastName, random),
          ...(random.chance(0.35) && { birth_date: dateOf(person.birthDate, other.birthDate, random) }),
          ...(random.chance(0.8) && { emails: [{ email: emailOf(person, random) }] }),
          ...(random.chance(0.75) && { phone_numbers: [{ number: phoneOf(person.phone, other.phone, random) }] }),
          ...(random.chance(0.7) && { addresses: [addressOf(person.address, other.address, random)] }),
          ...employerOf(person, other, random),
        },
      });
    }),
  );
}

/** Records of companies, one to three each, by whose they are. */
export function writtenCompanies(companies: readonly Company[], seed: number): Comparable[][] {
  const random = createRandom(seed).fork("companies");
  return companies.map((company) =>
    Array.from({ length: random.pick(recordsEach) }, () => {
      const other = random.pick(companies);
      return comparableOf({
        kind: "company",
        identifiers: [],
        fields: {
          name: nameOf(company.name, random),
          ...(random.chance(0.7) && { domains: [random.chance(0.93) ? company.domain : `old-${company.domain}`] }),
          ...(random.chance(0.7) && { phone_numbers: [{ number: phoneOf(company.phone, other.phone, random) }] }),
          ...(random.chance(0.8) && { addresses: [addressOf(company.address, other.address, random)] }),
        },
      });
    }),
  );
}

function columns(first: string, last: string, random: Random): { first_name?: string; last_name?: string } {
  const thrown = random.next();
  if (thrown < 0.02) return { last_name: last };
  if (thrown < 0.03) return { first_name: first };
  if (thrown < 0.05) return { first_name: first.slice(0, 1), last_name: last };
  if (thrown < 0.055) return { first_name: last, last_name: first };
  if (thrown < 0.085) return { first_name: mistyped(first, random), last_name: last };
  if (thrown < 0.11) return { first_name: first, last_name: mistyped(last, random) };
  return { first_name: first, last_name: last };
}

function dateOf(date: string, other: string, random: Random): string {
  const thrown = random.next();
  if (thrown < 0.01) return other;
  const [year = "", month = "", day = ""] = date.split("-");
  if (thrown < 0.03 && Number(day) <= 12) return `${year}-${day}-${month}`;
  if (thrown < 0.05) return `${year}-${month}-0${random.int(1, 9)}`;
  if (thrown < 0.07) return `${year.slice(0, 3)}${random.int(0, 9)}-${month}-${day}`;
  return date;
}

function emailOf({ email, firstName, lastName, customerId }: Person, random: Random): string {
  const thrown = random.next();
  const [local = "", domain = ""] = email.split("@");
  if (thrown < 0.1) return `${local}@${random.pick(["oldmail.example", "post.example", "mail.example"])}`;
  if (thrown < 0.2) return `${firstName.slice(0, 1)}${lastName}${customerId.slice(-4)}@webmail.example`.toLowerCase();
  if (thrown < 0.23) return `${mistyped(local, random)}@${domain}`;
  return thrown < 0.24 ? `${local}@${mistyped(domain, random)}` : email;
}

function phoneOf(phone: string, other: string, random: Random): string {
  const thrown = random.next();
  if (thrown < 0.15) return random.chance(0.2) ? other : `${phone.slice(0, -7)}${random.int(2_000_000, 9_999_999)}`;
  if (thrown < 0.17) return phone.slice(-10);
  return thrown < 0.2 ? mistypedDigits(phone, random) : phone;
}

function addressOf(own: Address, other: Address, random: Random) {
  const moved = random.chance(0.2);
  const { street, city, postalCode } = moved ? other : own;
  return {
    ...(random.chance(0.95) && { line1: random.chance(0.08) ? mistyped(street, random) : street }),
    ...(random.chance(0.9) && { city: random.chance(0.03) ? mistyped(city, random) : city }),
    ...(random.chance(0.9) && { postal_code: random.chance(0.03) ? mistypedDigits(postalCode, random) : postalCode }),
  };
}

/** One in six has written another employer. */
function employerOf({ employer }: Person, other: Person, random: Random): { company_name?: string } {
  const written = random.chance(0.84) ? employer : other.employer;
  return written && random.chance(0.8) ? { company_name: nameOf(written, random) } : {};
}

function nameOf(name: string, random: Random): string {
  const thrown = random.next();
  if (thrown < 0.25) return variantName(name, random);
  const words = name.split(" ");
  if (thrown < 0.3 && words.length > 2) return words.slice(0, -1).join(" ");
  return thrown < 0.34 && words.length > 1 ? mistyped(name, random) : name;
}

/** One letter lost, doubled, exchanged with its neighbour or for another. */
function mistyped(text: string, random: Random): string {
  if (text.length < 3) return text;
  const at = random.int(1, text.length - 2);
  const [start, letter, next, end] = [text.slice(0, at), text.charAt(at), text.charAt(at + 1), text.slice(at + 2)];
  return random.pick([
    `${start}${next}${end}`,
    `${start}${letter}${letter}${next}${end}`,
    `${start}${next}${letter}${end}`,
    `${start}${random.pick("aeionrstl".split(""))}${next}${end}`,
  ]);
}

function mistypedDigits(text: string, random: Random): string {
  const at = random.int(Math.max(0, text.length - 5), text.length - 1);
  return `${text.slice(0, at)}${random.int(0, 9)}${text.slice(at + 1)}`;
}
