import { remembered } from "../../lib/remembered.ts";
import { freeMailDomains } from "../../mapping/free-mail.ts";
import { singularOf } from "../compare/common-words.ts";
import type { FieldValues } from "../compare/levels.ts";
import { formalNames } from "../compare/name-forms.ts";
import { soundOf } from "../compare/similarity.ts";

/** How many names are kept in mind with how they sound and begin. */
const namesMax = 20_000;

/** What a part reads, and what it makes of each value; nothing where a value is too short to find anybody by. */
interface Part {
  field: string;
  of(value: string): string | readonly string[];
}

const itself = (value: string): string => value;

/** The parts that block keys are made of. */
const parts = {
  first_name: { field: "first_name", of: (name) => formalNames(firstWord(name)) },
  "first_name.start": {
    field: "first_name",
    of: (name) => formalNames(firstWord(name)).map((formal) => formal.slice(0, 1)),
  },
  "first_name.sound": { field: "first_name", of: (name) => formalNames(firstWord(name)).map(soundOf) },
  last_name: { field: "last_name", of: itself },
  "last_name.start": { field: "last_name", of: (name) => name.slice(0, 3) },
  "last_name.sound": { field: "last_name", of: (name) => name.split(" ").map(soundOf) },
  birth_date: { field: "birth_date", of: itself },
  "birth_date.year": { field: "birth_date", of: (date) => date.slice(0, 4) },
  "birth_date.day": { field: "birth_date", of: dayOf },
  national_id: { field: "national_id", of: itself },
  email: { field: "email", of: itself },
  /** The domain, where not anybody can have an address. */
  "email.host": { field: "email", of: (email) => own(email.slice(email.lastIndexOf("@") + 1)) },
  "email.start": { field: "email", of: (email) => longer(email.slice(0, email.lastIndexOf("@")), 5).slice(0, 6) },
  phone: { field: "phone", of: itself },
  "phone.end": { field: "phone", of: (phone) => phone.slice(-7) },
  street: { field: "street", of: (street) => withNumber(street, itself) },
  "street.sound": { field: "street", of: (street) => withNumber(street, (name) => soundOf(longestWord(name))) },
  "street.start": { field: "street", of: (street) => longer(streetName(street).replaceAll(" ", ""), 4).slice(0, 6) },
  "street.name": { field: "street", of: streetName },
  postal_code: { field: "place", of: (place) => place.slice(0, place.indexOf("|")) },
  city: { field: "place", of: (place) => place.slice(place.indexOf("|") + 1).replaceAll(" ", "") },
  employer: { field: "employer", of: (name) => name.replaceAll(" ", "") },
  company_name: { field: "company_name", of: (name) => name.replaceAll(" ", "") },
  "company_name.start": { field: "company_name", of: (name) => longer(name.replaceAll(" ", "").slice(0, 6), 3) },
  "company_name.word": { field: "company_name", of: (name) => telling(name) },
  "company_name.pair": { field: "company_name", of: wordPairs },
  "company_name.initials": { field: "company_name", of: initials },
  domain: { field: "domain", of: itself },
  "domain.site": { field: "domain", of: siteOf },
  tax_number: { field: "tax_number", of: itself },
} as const satisfies Record<string, Part>;

export type BlockPart = keyof typeof parts | "names.sound" | "names.start";

/**
 * The names of the parts; `names.sound` is how first and last name sound, in whichever order they stand, `names.start` how each word of
 * either begins: one of them is right where the other is missing, another or in the wrong column.
 */
export const blockParts: readonly BlockPart[] = [...Object.keys(parts).filter(isPart), "names.sound", "names.start"];

/** The values of one part, without empty ones. */
export function partValues(fields: FieldValues, part: BlockPart): string[] {
  if (part === "names.sound") return bothNames(fields);
  if (part === "names.start") return nameStarts(fields);
  const { field, of } = parts[part];
  const values = fields[field] ?? [];
  if (values.length === 1) {
    const made = of(values[0] ?? "");
    if (typeof made === "string") return made === "" ? [] : [made];
  }
  return [...new Set(values.flatMap((value) => of(value)))].filter((value) => value !== "");
}

/** The comparison field a part is made of: agreement on it is given among the pairs that a key finds. */
export function fieldsOfPart(part: BlockPart): readonly string[] {
  return part === "names.sound" || part === "names.start" ? ["first_name", "last_name"] : [parts[part].field];
}

/** A domain's registrable part, near enough: `de.firm.example` and `shop.firm.co.uk` are sites of `firm.example` and `firm.co.uk`. */
export function siteOf(domain: string): string {
  const labels = domain.split(".");
  const kept = labels.length > 2 && /^(com?|org|net|ac|gov|edu)$/.test(labels.at(-2) ?? "") ? 3 : 2;
  return labels.slice(-kept).join(".");
}

/**
 * By what a name and its short form meet: the letters of a short one, `IBM` and `P & G`, and the first letters of the words of a long one,
 * `Bank of America` with its filler and without. A short form's C may stand for the company or corporation that a name has lost.
 */
export function initials(name: string): string[] {
  const short = shortForm(name);
  if (short !== "") return short.length > 2 && short.endsWith("c") ? [short, short.slice(0, -1)] : [short];
  const words = name.split(" ").filter((word) => word !== "and" && word !== "the");
  const all = [words, words.filter((word) => !fillers.has(word))].map((each) => each.map((word) => word[0]).join(""));
  return [...new Set(all)].filter((letters) => letters.length > 1);
}

/** The letters of a name that may be short for another: of one short word, or of words of a letter or two; empty for any other. */
export function shortForm(name: string): string {
  const words = name.split(" ").filter((word) => word !== "and");
  const letters = words.join("");
  if (letters.length < 2 || letters.length > 6) return "";
  return words.length === 1 || words.every((word) => word.length < 3) ? letters : "";
}

/** Words that say nothing of whose name they stand in. */
export const fillers: ReadonlySet<string> = new Set([
  "and",
  "of",
  "the",
  "for",
  "de",
  "la",
  "le",
  "und",
  "et",
  "y",
  "in",
  "at",
]);

function own(domain: string): string {
  return freeMailDomains.has(domain) ? "" : domain;
}

function isPart(name: string): name is keyof typeof parts {
  return Object.hasOwn(parts, name);
}

function firstWord(name: string): string {
  const end = name.indexOf(" ");
  return end < 0 ? name : name.slice(0, end);
}

function longer(text: string, lengthMin: number): string {
  return text.length >= lengthMin ? text : "";
}

/** Month and day, the smaller first: two people who write them the other way round meet. */
function dayOf(date: string): string {
  const month = date.slice(5, 7);
  const day = date.slice(8, 10);
  return month < day ? `${month}${day}` : `${day}${month}`;
}

function withNumber(street: string, of: (name: string) => string): string {
  const bar = street.indexOf("|");
  const name = street.slice(bar + 1);
  return bar < 1 || name === "" ? "" : `${street.slice(0, bar)} ${of(name)}`;
}

function streetName(street: string): string {
  return street.slice(street.indexOf("|") + 1);
}

function longestWord(name: string): string {
  return name.split(" ").reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}

function telling(name: string): string[] {
  const words = name.split(" ").filter((word) => word.length > 2 && !fillers.has(word));
  return words.map(singularOf);
}

function wordPairs(name: string): string[] {
  const words = telling(name).sort();
  return words.flatMap((word, n) => words.slice(n + 1, n + 4).map((other) => `${word} ${other}`)).slice(0, 12);
}

function bothNames(fields: FieldValues): string[] {
  const firsts = soundsOf(fields.first_name);
  const lasts = soundsOf(fields.last_name);
  const pairs = firsts.flatMap((first) =>
    lasts.map((last) => (first < last ? `${first} ${last}` : `${last} ${first}`)),
  );
  // Ann and Anne sound alike: a key that stands twice would lead its record to itself.
  return pairs.length > 1 ? [...new Set(pairs)] : pairs;
}

function soundsOf(names: readonly string[] = []): readonly string[] {
  return names.length === 1 ? soundsOfName(names[0] ?? "") : names.flatMap(soundsOfName);
}

const soundsOfName = remembered(
  (name): readonly string[] => formalNames(firstWord(name)).map((formal) => soundOf(formal)),
  namesMax,
);

function nameStarts({ first_name = [], last_name = [] }: FieldValues): string[] {
  const found = new Set<string>();
  for (const name of first_name) for (const start of startsOfName(name)) found.add(start);
  for (const name of last_name) for (const start of startsOfName(name)) found.add(start);
  return [...found];
}

const startsOfName = remembered((name): readonly string[] => {
  const words = name.split(" ").filter((word) => word.length > 2);
  return words.flatMap((word) => formalNames(word).map((formal) => formal.slice(0, 3)));
}, namesMax);
