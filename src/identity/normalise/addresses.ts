import { remembered } from "../../lib/remembered.ts";
import { readCountry } from "../../mapping/transforms/countries.ts";
import type { RecordFields } from "../../model/kinds.ts";
import { foldWords } from "./words.ts";

type Address = NonNullable<RecordFields<"contact">["addresses"]>[number];

/** What of an address is compared: `number|name` of the street and `postal code|city`, either part may be empty. */
export interface Locality {
  street: string;
  place: string;
}

/** An address reduced to what is compared. @example localityOf({ line1: "12 Main Street", city: "Leeds" }) // { street: "12|main st", place: "|leeds" } */
export function localityOf({ line1, line2, postal_code, city }: Address): Locality {
  return locality([line1?.trim() || line2, postal_code, city].join(divider));
}

const divider = "\u0001";

/** A household's, an office's and a customer's records have one address. */
const locality = remembered((written): Locality => {
  const [line = "", postal_code = "", stated = ""] = written.split(divider);
  const { street, rest } = splitLine(line);
  const parts = streetParts(street, { postal_code, city: stated });
  const postal = postalOf(postal_code) || (rest === "" ? parts.postal : (postalIn(rest) ?? parts.postal));
  const city = foldWords(stated).join(" ") || cityIn(rest) || parts.city;
  return {
    street: parts.number === "" && parts.name === "" ? "" : `${parts.number}|${parts.name}`,
    place: postal === "" && city === "" ? "" : `${postal}|${city}`,
  };
}, 10_000);

/** A whole address written in one line: the street is the first part with a number and a word, else the first that names a street. */
function splitLine(line: string): { street: string; rest: string } {
  if (/^\d[^,\n(]*$/.test(line)) return { street: line, rest: "" };
  const parts = line
    .replaceAll(/\([^()]*\)/g, " ")
    .replace(/^\s*(?:#|(?:no|nr|number)\b\.?)\s*(\d+)\s*,?/iu, "$1 ")
    .split(/[,\n]/)
    .map((part) => part.trim());
  const named = parts.map((part) => /\p{L}{2}/u.test(part) && !isUnit(part));
  const isStreet = [
    (part: string) => /(?:^|\s)\d+\p{L}?(?=\s|$)/u.test(part),
    (part: string) => /\d/.test(part),
    (part: string) => parts.length > 1 && foldWords(part).some((word) => isKind(word)),
  ];
  const found = isStreet.map((holds) => parts.findIndex((part, n) => named[n] && holds(part))).find((at) => at >= 0);
  if (found === undefined) return { street: line, rest: "" };
  return { street: parts[found] ?? "", rest: parts.slice(found + 1).join(",") };
}

const shortened = (word: string): string => shortWords.get(word) ?? word;
const isUnit = (part: string): boolean => unitWords.has(foldWords(part)[0] ?? "");
const isKind = (word: string): boolean => streetKinds.has(shortened(word));

interface StreetLine {
  number: string;
  name: string;
  /** What follows the street without a comma. */
  postal: string;
  city: string;
}

function streetParts(street: string, { postal_code, city }: Address): StreetLine {
  let words = withoutUnits(withoutCrossing(foldWords(withoutRange(street.replaceAll("#", " unit ")))));
  const end = words.at(-1) ?? "";
  const endsInPostal = !postal_code && words.length > 3 && /^\d{5}$/.test(end);
  if (endsInPostal) words = words.slice(0, -1);
  const at = words.findIndex((word) => /^\d+[a-z]?$/.test(word));
  const number = words[at] ?? "";
  let name = words.filter((_, n) => n !== at);
  // What a building is called stands before its number.
  if (at > 0 && name.slice(at).length > 1 && name.slice(at).some(isKind)) name = name.slice(at);
  const length = city ? name.length : streetLength(name);
  return {
    number,
    name: name
      .slice(0, length)
      .map((word) => shortWords.get(word) ?? word.replace(/^(\d+)(st|nd|rd|th)$/, "$1"))
      .map((word) => word.replace(/(?<=\p{L}{3})(?:strasse|str)$/u, " st"))
      .join(" "),
    postal: endsInPostal ? end : "",
    city: cityOf(name.slice(length).join(" ")),
  };
}

/** Of several houses the first: `12-14 Main Street`, and `7146-48`, written short. */
function withoutRange(street: string): string {
  return street.replace(/\b(\d+) ?[-–] ?(\d+)\b/, (whole, from: string, to: string) => {
    const last = to.length < from.length ? `${from.slice(0, from.length - to.length)}${to}` : to;
    const houses = Number(last) - Number(from);
    // Numbers on one side of a street are odd, or even. In some towns a hyphen stands within one number.
    return houses > 0 && houses <= 20 && houses % 2 === 0 ? from : whole;
  });
}

/**
 * How many words are the street's: those up to what kind of street it is and where it lies, if more follow. A kind before another one is
 * part of the name; `St` before the name is a saint, and `Street 128` has a number for its name.
 */
function streetLength(words: readonly string[]): number {
  const start = words.findIndex((word) => !compass.has(shortened(word)));
  if (leadingKinds.has(words[start] ?? "")) return words.length;
  const isNumbered = isKind(words[start] ?? "") && /^\d+$/.test(words[start + 1] ?? "");
  const kind = isNumbered ? start + 1 : words.findLastIndex((word, n) => n > start && isKind(word));
  if (kind < 0) return words.length;
  const length = kind + 1 + (compass.has(shortened(words[kind + 1] ?? "")) ? 1 : 0);
  return words.slice(length).some((word) => /^\p{L}{3}/u.test(word)) ? length : words.length;
}

/** Of a house on a street the street alone: not what it is near, nor the streets between which it lies. */
function withoutCrossing(words: readonly string[]): readonly string[] {
  const hasKind = (from: number, to: number) => words.slice(from, to).some(isKind);
  // `at` and `off` are part of some names; they lead from one street to another.
  const isCrossing = (word: string, n: number) =>
    nearby.has(word) || ((word === "at" || word === "off") && (hasKind(0, n) || hasKind(n, words.length)));
  const at = words.findIndex((word, n) => n > 1 && isCrossing(word, n));
  return at > 0 && /^\d/.test(words[0] ?? "") ? words.slice(0, at) : words;
}

const nearby = new Set("between betw btwn near nr opposite opp corner cnr".split(" "));

/** A unit is a word and what follows it, and a storey what stands before. */
function withoutUnits(words: readonly string[]): string[] {
  const isIn = (at: number) => unitWords.has(words[at] ?? "");
  return words.filter((word, n) => !isIn(n) && !isIn(n - 1) && !(storeys.has(word) && isIn(n + 1)));
}

function postalOf(code: string): string {
  if (/^\d{5}$/.test(code)) return code;
  const plain = code
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  return /^\d{9}$/.test(plain) ? plain.slice(0, 5) : plain;
}

/** Codes of five or six digits, and those of Canada and the United Kingdom. */
const postalCode = /\b(?:\d{5,6}|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2})\b/giu;

function postalIn(rest: string): string | undefined {
  const found = [...rest.matchAll(postalCode)].at(-1)?.[0];
  return found && postalOf(found);
}

/** The city stands beside the code, or else first after the street. */
function cityIn(rest: string): string {
  const parts = rest.split(",");
  const coded = parts.filter((part) => part.search(postalCode) >= 0);
  return [...coded.slice(-1), ...parts].map(cityOf).find((city) => city !== "") ?? "";
}

/** A part without what is a code, a state's two letters, a unit or, after the city, a country. */
function cityOf(part: string): string {
  const words = withoutUnits(foldWords(part.replaceAll(postalCode, " "))).filter(
    (word) => !/\d/.test(word) && word.length > 2,
  );
  return withoutCountry(words).join(" ");
}

/** Not of New Jersey or New Mexico, which are named after others. */
function withoutCountry(words: readonly string[]): readonly string[] {
  const length = [2, 1].find((count) => count < words.length && isCountry(words.slice(-count)));
  return length === undefined || words.at(-length - 1) === "new" ? words : words.slice(0, -length);
}

/** By name: three letters are as well those of a place. */
function isCountry(words: readonly string[]): boolean {
  const name = words.join(" ");
  return name.length > 3 && readCountry(name) !== undefined;
}

const unitWords = new Set(
  "apt apartment appt basement bld bldg building fl flat floor level penthouse rear rm room ste suite unit".split(" "),
);
const storeys = new Set("1st 2nd 3rd 4th first fourth ground lower main second third top upper".split(" "));

const compass = new Set("n s e w ne nw se sw".split(" "));
/** Kinds of street that end its name, and those that begin it. */
const streetKinds = new Set("st av rd dr ln blvd ct pl sq ter cres cct cir cl hwy pkwy pde way ul".split(" "));
const leadingKinds = new Set(
  "allee avenida calle camino carrer chemin piazza plaza quai rua rue strada via".split(" "),
);

/** What streets are called, where they lie and which one it is, as they are shortened. */
const shortWords = new Map(
  Object.entries({
    street: "st",
    str: "st",
    strasse: "st",
    saint: "st",
    avenue: "av",
    ave: "av",
    road: "rd",
    drive: "dr",
    lane: "ln",
    boulevard: "blvd",
    boul: "blvd",
    blv: "blvd",
    bvd: "blvd",
    court: "ct",
    place: "pl",
    square: "sq",
    terrace: "ter",
    tce: "ter",
    crescent: "cres",
    circuit: "cct",
    circle: "cir",
    close: "cl",
    highway: "hwy",
    parkway: "pkwy",
    parade: "pde",
    mount: "mt",
    north: "n",
    south: "s",
    east: "e",
    west: "w",
    northeast: "ne",
    northwest: "nw",
    southeast: "se",
    southwest: "sw",
    ulitsa: "ul",
    ulica: "ul",
    first: "1",
    second: "2",
    third: "3",
    fourth: "4",
    fifth: "5",
    sixth: "6",
    seventh: "7",
    eighth: "8",
    ninth: "9",
    tenth: "10",
  }),
);
