import { placeParts, streetParts } from "./compare-places.ts";
import { bitsOf, lettersOf } from "./similarity.ts";

/**
 * What tells, without a value itself, on which level it can stand with another: two numbers, kept beside each other for all fields of a
 * record, so that most fields are told apart before anything else of them is fetched from memory.
 */
export interface Marks {
  /** 32 bits each; null of a value that may stand on any level with any other. */
  of(value: string): Mark | null;
  /** Place of a level: two values with these marks stand on it or on a weaker one. */
  best(...marks: [one: number, two: number, otherOne: number, otherTwo: number]): number;
  /** Up to this place, as `best` gives it, two values may also be no evidence. */
  silentTo: number;
}

const neverSilent = -1;

type Mark = readonly [number, number];

function marksByText(textOf: (value: string) => string, silentTo: number): Marks {
  return {
    of: (value) => [hashOf(textOf(value)), 0],
    best: (one, _, otherOne) => (one === otherOne ? 0 : 1),
    silentTo,
  };
}

/** Of values that stand on the best level with none but their own text. */
export const textMarks: Marks = marksByText((text) => text, neverSilent);

/** An id says nothing of one of another type. */
export const idMarks: Marks = marksByText((id) => id, 1);

export const companyMarks: Marks = marksByText((name) => name.replaceAll(" ", ""), neverSilent);

/** Levels of `email`: four errors bring or take at most so many letters; only `numbered`, at one host, asks for fewer in common. */
export const emailMarks: Marks = {
  of(marked) {
    const at = marked.lastIndexOf("@");
    return [lettersOf(marked.slice(1, at)), hashOf(marked.slice(at + 1))];
  },
  best(letters, domain, otherLetters, otherDomain) {
    if (bitsOf(letters ^ otherLetters) > 4) return domain === otherDomain ? 4 : 5;
    return domain === otherDomain && letters === otherLetters ? 0 : 1;
  },
  silentTo: 1,
};

/** Levels of `phone`, by the last seven digits and how long the number is. */
export const phoneMarks: Marks = {
  of(phone) {
    const end = phone.slice(-7);
    if (phone.length > 15 || !/^\d{7}$/.test(end)) return null;
    return [digitsOf(end) | (phone.length << 28), hashOf(phone)];
  },
  best(end, number, otherEnd, otherNumber) {
    if (number === otherNumber) return 0;
    const apart = (end ^ otherEnd) & 0x0fffffff;
    if (apart === 0) return 1;
    const longer = Math.abs((end >>> 28) - (otherEnd >>> 28));
    return longer === 1 || (longer === 0 && differingDigits(apart) <= 2) ? 2 : 3;
  },
  silentTo: neverSilent,
};

/** Levels of `birth_date`; that two are `near` speaks for nobody. */
export const dateMarks: Marks = {
  of: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? [digitsOf(text.replaceAll("-", "")), 0] : null),
  best(date, _, otherDate) {
    const apart = date ^ otherDate;
    if (apart === 0) return 0;
    if (differingDigits(apart) <= 2) return 1;
    const sameYear = apart >>> 16 === 0;
    const isCrosswise = ((date >>> 8) & 255) === (otherDate & 255) && (date & 255) === ((otherDate >>> 8) & 255);
    if (sameYear && isCrosswise) return 1;
    // The first of January stands for any day of its year.
    if (sameYear && ((date & 0xffff) === 0x0101 || (otherDate & 0xffff) === 0x0101)) return 2;
    const same = Number(sameYear) + Number((apart & 0xff00) === 0) + Number((apart & 255) === 0);
    return same > 1 ? 2 : 3;
  },
  silentTo: neverSilent,
};

/** Levels of `street`: names agree that share most letters, or where one holds all words of the other. */
export const streetMarks: Marks = {
  of(street) {
    const { letters, joined } = streetParts(street);
    return [letters, lettersOf(joined)];
  },
  best(letters, core, otherLetters, otherCore) {
    if (core === otherCore) return 0;
    const isWithin = (core & ~otherLetters) === 0 || (otherCore & ~letters) === 0;
    return isWithin || bitsOf(letters ^ otherLetters) <= 6 ? 1 : 4;
  },
  silentTo: neverSilent,
};

/** Levels of `place`. */
export const placeMarks: Marks = {
  of(place) {
    const { postal, letters } = placeParts(place);
    return [postal === "" ? 0 : hashOf(postal), letters];
  },
  best(postal, city, otherPostal, otherCity) {
    const maybeOneCity = bitsOf(city ^ otherCity) <= 4;
    if (postal === otherPostal && postal !== 0) return maybeOneCity ? 0 : 1;
    return maybeOneCity || postal === 0 || otherPostal === 0 ? 2 : 3;
  },
  silentTo: 2,
};

/** Up to eight digits, four bits each. */
function digitsOf(text: string): number {
  let digits = 0;
  for (let at = 0; at < text.length; at++) digits = (digits << 4) | (text.charCodeAt(at) - 48);
  return digits;
}

/** How many digits differ, of what two such numbers have not in common. */
function differingDigits(apart: number): number {
  const halves = apart | (apart >>> 1);
  return bitsOf((halves | (halves >>> 2)) & 0x11111111);
}

/** 32 bits out of a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
