import { remembered } from "../../lib/remembered.ts";
import { isMarked } from "../normalise/romanise.ts";
import { inPlainLetters } from "../normalise/words.ts";
import { areTwoWords } from "./known-words.ts";
import { areNoSlips, areOneName, areTwoNames, mayAbbreviate } from "./name-forms.ts";
import { withinEdits } from "./similarity.ts";

/** How many names are kept in mind with what they are reduced to. */
const namesMax = 20_000;

/** A name reduced to what is compared: no accents, no case, letters and digits only; `ß` is `ss` and `ø` is `o`. */
export function normaliseName(name: string | undefined): string {
  return name ? reducedName(name) : "";
}

const reducedName = remembered((name) => {
  const lower = name.toLowerCase();
  return /^[a-z0-9]+$/.test(lower) ? lower : lettersAndDigits(name);
}, namesMax);

function lettersAndDigits(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
  return inPlainLetters(plain);
}

export interface PartyName {
  first: string;
  /** Of a person with several surnames, or one of several words: the words with hyphens between them. */
  last: string;
}

/**
 * Whether two names may be one person's (or, with `last` only, one company's): a part that is missing agrees with everything, a typing
 * error is forgiven, a first name agrees with its short forms, one of several surnames with all of them, and so do first and last name
 * that stand in each other's column.
 */
export function namesAgree(a: PartyName, b: PartyName): boolean {
  if (partsAgree(a.last, b.last, sameLastName) && partsAgree(a.first, b.first, sameFirstName)) return true;
  return a.first !== "" && a.last !== "" && a.first === b.last && a.last === b.first;
}

function partsAgree(a: string, b: string, same: (a: string, b: string) => boolean): boolean {
  return a === "" || b === "" || a === b || same(a, b);
}

function sameFirstName(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) > 1 && (isMarked(a) || isMarked(b))) return false;
  if (areTwoNames(a, b) || areNoSlips(a, b)) return false;
  if (a.startsWith(b) || b.startsWith(a) || areOneName(a, b)) return true;
  return (a.length === 1 && mayAbbreviate(a, b)) || (b.length === 1 && mayAbbreviate(b, a)) || similar(a, b);
}

function sameLastName(a: string, b: string): boolean {
  return similar(a, b) || isOneOf(a, b) || isOneOf(b, a);
}

function isOneOf(last: string, several: string): boolean {
  return last.length > 2 && !last.includes("-") && several.split("-").includes(last);
}

/**
 * One typing error in four letters or more, two in eight or more, in the whole and in each word: another number or letter is no typing error
 * ("School 5" and "School 7"), nor is a word more ("Acme" and "Acme UK") or another known one ("Northside Printing" and "Southside Painting").
 */
function similar(a: string, b: string): boolean {
  const [words, others] = [a.split(" "), b.split(" ")];
  if (words.length !== others.length || !isSlip(a, b)) return false;
  return words.length === 1 || words.every((word, n) => isSlipOfWord(word, others[n] ?? ""));
}

function isSlipOfWord(a: string, b: string): boolean {
  return a === b || (a.charAt(0) === b.charAt(0) && isSlip(a, b) && !areTwoWords(a, b));
}

function isSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  return withinEdits(a, b, shorter >= 8 ? 2 : shorter >= 4 ? 1 : 0);
}
