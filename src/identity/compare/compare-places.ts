import { siteOf } from "../block/block-parts.ts";
import { missing } from "./levels.ts";
import { bitsOf, jaroWinkler, lettersOf, withinEdits } from "./similarity.ts";

/** Levels of `street`. */
const street = { exact: 0, similar: 1, next_door: 2, same_street: 3, different: 4 };

/** A street made ready for comparing. */
export interface StreetParts {
  number: string;
  name: string;
  letters: number;
  words: readonly string[];
  /** Those without what kind of street it is and where it lies; then as one text. */
  telling: readonly string[];
  core: string;
  /** The core as one word: `Lakeshore` is `Lake Shore`. */
  joined: string;
}

/** @param text `number|name` */
export function streetParts(text: string): StreetParts {
  const bar = text.indexOf("|");
  const name = text.slice(bar + 1);
  const words = name.split(" ");
  const named = words.filter((word) => !streetKinds.has(word));
  const telling = named.length > 0 ? named : words;
  return {
    number: text.slice(0, bar),
    name,
    letters: lettersOf(name),
    words,
    telling,
    core: telling.join(" "),
    joined: telling.join(""),
  };
}

/** Two streets with their numbers. */
export function compareStreets(a: StreetParts, b: StreetParts): number {
  const sameNumber = a.number !== "" && a.number === b.number;
  if (a.joined === b.joined) {
    if (sameNumber || (a.number === "" && b.number === "")) return a.core === "" ? street.different : street.exact;
    if (a.number === "" || b.number === "") return street.similar;
    return isSlip(a.number, b.number) ? street.next_door : street.same_street;
  }
  if (!namesAgree(a, b)) return street.different;
  return sameNumber ? street.similar : street.same_street;
}

function isSlip(a: string, b: string): boolean {
  return Math.min(a.length, b.length) > 2 && withinEdits(a, b, 1);
}

function namesAgree(a: StreetParts, b: StreetParts): boolean {
  const [few, many] = a.words.length < b.words.length ? [a, b] : [b, a];
  if (few.words.length < many.words.length && few.core.length > 3 && holdsAll(many.words, few.telling)) return true;
  if (bitsOf(a.letters ^ b.letters) > 6) return false;
  return jaroWinkler(a.core, b.core) >= 0.88 || jaroWinkler(a.name, b.name) >= 0.92;
}

function holdsAll(words: readonly string[], wanted: readonly string[]): boolean {
  for (const word of wanted) if (!words.includes(word)) return false;
  return true;
}

/** Kinds of street and points of the compass, as addresses are shortened. */
export const streetKinds: ReadonlySet<string> = new Set(
  "st av rd dr ln blvd ct pl sq ter cres cct cir cl hwy pkwy pde way n s e w ne nw se sw".split(" "),
);

/** Levels of `place`. */
const place = { exact: 0, postal_code: 1, city: 2, near: 3, different: 4 };

/** A place made ready for comparing. */
export interface PlaceParts {
  postal: string;
  city: string;
  letters: number;
}

/** @param text `postal code|city` */
export function placeParts(text: string): PlaceParts {
  const bar = text.indexOf("|");
  const city = text.slice(bar + 1);
  return { postal: text.slice(0, bar), city, letters: lettersOf(city) };
}

/** Postal code and city as one: who shares the code shares the city, so the two are never counted side by side. */
export function comparePlaces(a: PlaceParts, b: PlaceParts): number {
  const samePostal = a.postal !== "" && a.postal === b.postal;
  const sameCity = a.city !== "" && (a.city === b.city || isCitySlip(a, b));
  if (samePostal) return sameCity ? place.exact : place.postal_code;
  if (sameCity) return place.city;
  if ((a.postal === "" || b.postal === "") && (a.city === "" || b.city === "")) return missing;
  const near = a.postal.length > 3 && b.postal.length > 3 && withinEdits(a.postal, b.postal, 1);
  return near ? place.near : place.different;
}

function isCitySlip(a: PlaceParts, b: PlaceParts): boolean {
  if (Math.min(a.city.length, b.city.length) < 4 || bitsOf(a.letters ^ b.letters) > 4) return false;
  return withinEdits(a.city, b.city, 1) || jaroWinkler(a.city, b.city) >= 0.92;
}

/** A domain made ready for comparing. */
export interface SiteParts {
  domain: string;
  site: string;
}

export function siteParts(domain: string): SiteParts {
  return { domain, site: siteOf(domain) };
}

/** Two domains of companies: the same, or two sites of one registrable domain. */
export function compareSites(a: SiteParts, b: SiteParts): number {
  if (a.domain === b.domain) return 0;
  return a.site === b.site ? 1 : 2;
}
