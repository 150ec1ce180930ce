import { readingIn } from "../normalise/readings.ts";
import { isForeign, isMarked, skeletonOf } from "../normalise/romanise.ts";
import { missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";
import { areNoSlips, areOneName, areTwoNames, mayAbbreviate, mayBeOfTwo } from "./name-forms.ts";
import { bitsOf, jaroWinkler, lettersOf, soundOf, withinEdits } from "./similarity.ts";

/** A name made ready for comparing. */
export interface NameParts {
  /** In Latin letters, where it is known how it is read. */
  text: string;
  words: readonly string[];
  letters: number;
  digits: string;
  sound: string;
  /** Written in other letters: that it differs from one in Latin letters says nothing. */
  isForeign: boolean;
  /** Its consonants, where it has no vowels after its first letter: as Arabic writes it, or shortened; else null. */
  skeleton: string | null;
}

export function nameParts(written: string): NameParts {
  const isOther = isForeign(written);
  const text = isOther ? readingIn(written) : written;
  const words = text.split(" ");
  return {
    text,
    words,
    letters: lettersOf(text),
    digits: text.replaceAll(/\D/g, ""),
    sound: soundOf(text),
    isForeign: isOther,
    skeleton: text.length > 2 && !/[aeiouy]/.test(text.slice(1)) ? skeletonOf(text) : null,
  };
}

/** So much of a name as tells whether it is another but for a slip. */
export type SpelledName = Pick<NameParts, "text" | "letters" | "isForeign">;

export function spelledName(written: string): SpelledName {
  const isOther = isForeign(written);
  const text = isOther ? readingIn(written) : written;
  return { text, letters: lettersOf(text), isForeign: isOther };
}

/** Levels of `first_name`. */
const first = { exact: 0, initial: 1, short_form: 2, one_error: 3, similar: 4, alike: 5, other: 6, different: 7 };
/** Levels of `last_name`. */
const last = { exact: 0, swapped: 1, one_error: 2, contained: 3, similar: 4, alike: 5, different: 6 };

/**
 * Two first names. A short form, an initial or a first word agrees; two names that both are borne by several customers and sound different
 * (Mark and Mary) are two names, however few letters lie between them, as are Paul and Paula; where only one is, the other may be a slip of it.
 */
export function compareFirstNames(a: NameParts, b: NameParts, lexicon: Lexicon): number {
  const level = compareSpelledFirst(a, b, lexicon);
  return a.isForeign !== b.isForeign && level > first.similar ? missing : level;
}

function compareSpelledFirst(a: NameParts, b: NameParts, lexicon: Lexicon): number {
  if (a.text === b.text) return first.exact;
  if (areTwoNames(a.text, b.text)) return first.other;
  if (isShortForm(a, b)) return shortFormOf(a, b);
  if (a.sound !== b.sound && lexicon.isEstablished(a.text) && lexicon.isEstablished(b.text)) return first.other;
  const likeness = likenessOf(a, b);
  if (likeness !== "different" && areNoSlips(a.text, b.text)) return first.other;
  if (first[likeness] < first.alike || !isTwiceMistyped(a, b)) return first[likeness];
  return lexicon.isEstablished(a.text) === lexicon.isEstablished(b.text) ? first[likeness] : first.similar;
}

function shortFormOf(a: NameParts, b: NameParts): number {
  if (Math.min(a.text.length, b.text.length) === 1) return first.initial;
  return a.sound !== b.sound && mayBeOfTwo(a.words[0] ?? "", b.words[0] ?? "") ? first.alike : first.short_form;
}

/** Two slips after the first letter, in five letters or more: so a name that many bear becomes one that hardly anybody does. */
function isTwiceMistyped(a: NameParts, b: NameParts): boolean {
  if (a.text.charAt(0) !== b.text.charAt(0) || Math.min(a.text.length, b.text.length) < 5) return false;
  return a.digits === b.digits && bitsOf(a.letters ^ b.letters) <= 4 && withinEdits(a.text, b.text, 2);
}

/** Two last names. One of two joined names agrees. */
export function compareLastNames(a: NameParts, b: NameParts): number {
  const level = compareSpelledLast(a, b);
  return a.isForeign !== b.isForeign && level > last.similar ? missing : level;
}

function compareSpelledLast(a: NameParts, b: NameParts): number {
  if (a.text === b.text) return last.exact;
  const likeness = likenessOf(a, b);
  if (likeness === "one_error") return last.one_error;
  if (isContained(a, b)) return last.contained;
  return last[likeness];
}

/**
 * Whether first and last name stand in each other's column, so far as they are there. One of the two is the same but for a slip of one
 * letter; the other is alike at least, where it is there.
 */
export function areSwapped(a: readonly [SpelledName, SpelledName], b: readonly [SpelledName, SpelledName]): boolean {
  const [first, last] = a;
  const [otherFirst, otherLast] = b;
  const firstsThere = first.text !== "" && otherLast.text !== "";
  const lastsThere = last.text !== "" && otherFirst.text !== "";
  if (!firstsThere || !lastsThere) {
    return (firstsThere && sameButForASlip(first, otherLast)) || (lastsThere && sameButForASlip(last, otherFirst));
  }
  if (sameButForASlip(first, otherLast)) return areAlike(last, otherFirst);
  return sameButForASlip(last, otherFirst) && areAlike(first, otherLast);
}

function areAlike(a: SpelledName, b: SpelledName): boolean {
  return sameButForASlip(a, b) || (bitsOf(a.letters ^ b.letters) <= 6 && jaroWinkler(a.text, b.text) >= 0.85);
}

/** How many letters one slip can bring or take. */
export const slipBits = 2;

function sameButForASlip(a: SpelledName, b: SpelledName): boolean {
  if (a.text === b.text) return true;
  if (bitsOf(a.letters ^ b.letters) > slipBits || Math.min(a.text.length, b.text.length) < 4) return false;
  return withinEdits(a.text, b.text, 1);
}

function isShortForm(a: NameParts, b: NameParts): boolean {
  // Anna Maria may be called Anna; Anna Maria and Anna Marie are two.
  if (areOneName(a.words[0] ?? "", b.words[0] ?? ""))
    return a.words.length === 1 || b.words.length === 1 || sameInitials(a, b);
  const [short, long] = a.text.length < b.text.length ? [a, b] : [b, a];
  if (short.text.length === 1) return mayAbbreviate(short.text, long.words[0] ?? "");
  return short.text.length > 2 && long.text.startsWith(short.text) && !isMarked(long.text);
}

function sameInitials({ words: a }: NameParts, { words: b }: NameParts): boolean {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  return few.slice(1).every((word, n) => {
    const other = many[n + 1] ?? "";
    return word === other || (Math.min(word.length, other.length) === 1 && word.charAt(0) === other.charAt(0));
  });
}

function isContained({ words: a }: NameParts, { words: b }: NameParts): boolean {
  if (a.length === b.length) return false;
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  return few.some((word) => word.length > 2 && many.includes(word));
}

function likenessOf(a: NameParts, b: NameParts): "one_error" | "similar" | "alike" | "different" {
  if (areOneSkeleton(a, b)) return "one_error";
  // A number is no slip of another: "Contact 1" and "Contact 2" are two.
  if (!mayBeAlike(a, b) || a.digits !== b.digits) return "different";
  const shorter = Math.min(a.text.length, b.text.length);
  // Without vowels one letter makes another name: Hasan and Husain.
  if (a.skeleton !== null && b.skeleton !== null) return "alike";
  if (shorter > 3 && withinEdits(a.text, b.text, 1)) return "one_error";
  const likeness = jaroWinkler(a.text, b.text);
  // Three letters more are no slip: Darla and Darletta.
  if (likeness >= 0.9 && Math.abs(a.text.length - b.text.length) < 3) return "similar";
  return likeness >= 0.8 ? "alike" : "different";
}

/** The same consonants where one of the two, and not the other, has no vowels. */
function areOneSkeleton(a: NameParts, b: NameParts): boolean {
  if ((a.skeleton === null) === (b.skeleton === null)) return false;
  const [one, other] = [a.skeleton ?? skeletonOf(a.text), b.skeleton ?? skeletonOf(b.text)];
  return one.length > 2 && one === other && a.text.charAt(0) === b.text.charAt(0);
}

/** Whether the letters that one has and the other lacks leave room for a likeness of .8, a common start counted in. */
function mayBeAlike(a: NameParts, b: NameParts): boolean {
  const common = Math.min(
    a.text.length - bitsOf(a.letters & ~b.letters),
    b.text.length - bitsOf(b.letters & ~a.letters),
  );
  if (common <= 0) return false;
  const jaroMax = (common / a.text.length + common / b.text.length + 1) / 3;
  let start = 0;
  while (start < 4 && a.text.charCodeAt(start) === b.text.charCodeAt(start)) start++;
  return jaroMax + start * 0.1 * (1 - jaroMax) >= 0.8;
}
