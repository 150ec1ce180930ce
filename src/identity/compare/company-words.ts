import { commonShareOf, singularOf } from "./common-words.ts";
import type { CompanyParts, WordWeight } from "./company-parts.ts";
import { areTwoWords } from "./known-words.ts";
import { withinEdits } from "./similarity.ts";

/** What the words of two names, of which neither has the other's, have in common all the same. */
export interface RespelledWords {
  /** Of each word that is one though spelled in two ways. */
  same: readonly WordWeight[];
  onlyA: readonly string[];
  onlyB: readonly string[];
}

/**
 * Finds words that are one in another spelling: mistyped, shortened, in the plural, or two words written as one. The same both ways: which
 * name chooses first would matter, so the one that sorts first does.
 */
export function respelledWords(
  a: CompanyParts,
  b: CompanyParts,
  onlyA: readonly string[],
  onlyB: readonly string[],
): RespelledWords {
  if (!beginAlike(onlyA, onlyB)) return { same: [], onlyA, onlyB };
  if (a.text > b.text) {
    const { same, onlyA: others, onlyB: ones } = respelledWords(b, a, onlyB, onlyA);
    return { same, onlyA: ones, onlyB: others };
  }
  const [ones, others] = [[...onlyA], [...onlyB]];
  const same = [...joinedWords(a, b, ones, others), ...joinedWords(b, a, others, ones)];
  const rest = ones.filter((one) => {
    const other = others.find((each) => isSameWord(a, b, one, each));
    if (other === undefined) return true;
    same.push(lesser(weightOf(a, [one]), weightOf(b, [other])));
    others.splice(others.indexOf(other), 1);
    return false;
  });
  return { same, onlyA: rest, onlyB: others };
}

/** Whether any two words begin with one letter: words that are one do. */
function beginAlike(ones: readonly string[], others: readonly string[]): boolean {
  for (const one of ones) for (const other of others) if (one.charCodeAt(0) === other.charCodeAt(0)) return true;
  return false;
}

/** Takes out words that are two neighbours of the other name in one, and those; gives what they tell. */
function joinedWords(a: CompanyParts, b: CompanyParts, ones: string[], others: string[]): WordWeight[] {
  if (ones.length === 0 || others.length < 2) return [];
  return [...ones].flatMap((one) => {
    const at = b.order.findIndex((word, n) => one.startsWith(word) && `${word}${b.order[n + 1]}` === one);
    const parts = at < 0 ? [] : b.order.slice(at, at + 2);
    if (parts.length === 0 || !parts.every((word) => others.includes(word))) return [];
    ones.splice(ones.indexOf(one), 1);
    for (const word of new Set(parts)) others.splice(others.indexOf(word), 1);
    return [lesser(weightOf(a, [one]), weightOf(b, parts))];
  });
}

/** What words of a name tell together. */
export function weightOf({ weights }: CompanyParts, words: readonly string[]): WordWeight {
  const sum = { bits: 0, own: 0 };
  for (const word of words) add(sum, weights.get(word));
  return sum;
}

/** Adds what one word tells. */
export function add(sum: WordWeight, weight: WordWeight | undefined): void {
  sum.bits += weight?.bits ?? 0;
  sum.own += weight?.own ?? 0;
}

/** What the one and what the other tells at least. */
export function lesser(one: WordWeight, other: WordWeight): WordWeight {
  return { bits: Math.min(one.bits, other.bits), own: Math.min(one.own, other.own) };
}

/** Whether two words are one in two spellings. */
export function isSameWord(a: CompanyParts, b: CompanyParts, one: string, other: string): boolean {
  return one.charCodeAt(0) === other.charCodeAt(0) && isRespelled(a, b, one, other) && !/\d/.test(`${one}${other}`);
}

function isRespelled(a: CompanyParts, b: CompanyParts, one: string, other: string): boolean {
  if (singularOf(one) === singularOf(other)) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (isShortened(short, long)) return true;
  return isSlip(short, long) && !areTwo(a, b, one, other);
}

/** Typing errors: two in nine letters or more, one in fewer; in four and fewer no letter for another, unless they stand the other way round, `Tier` for `Tire`. */
function isSlip(short: string, long: string): boolean {
  if (short.length < 3 || !withinEdits(short, long, short.length >= 9 ? 2 : 1)) return false;
  return long.length > 4 || short.length < long.length || isTurned(short, long);
}

const isTurned = (one: string, other: string): boolean => [...one].sort().join("") === [...other].sort().join("");

/** Two words that many companies bear are no slips of each other. */
export function areTwo(a: CompanyParts, b: CompanyParts, one: string, other: string): boolean {
  return (a.common.has(one) && b.common.has(other)) || areTwoWords(one, other);
}

/**
 * Whether one word is short for another: its start, or some of its letters up to its last consonant, `intl` and `mfg`. Only of words that
 * are common in names: of names of people, one is often the start of another. Nor is a common word short for another, an inn for an
 * innovation, but where it has but another ending, `transport` and `transportation`.
 */
function isShortened(short: string, long: string): boolean {
  const [start, whole] = [singularOf(short), singularOf(long)];
  if (start.length < 3 || whole.length < start.length + 2 || commonShareOf(whole) === undefined) return false;
  if (commonShareOf(start) !== undefined) return endings.has(whole.slice(start.length)) && whole.startsWith(start);
  if (whole.startsWith(start)) return true;
  const consonants = whole.replaceAll(/[aeiouy]/g, "");
  if (start.at(-1) !== consonants.at(-1)) return false;
  let at = 0;
  for (const letter of whole) if (letter === start[at]) at++;
  return at === start.length;
}

/** What makes of a word another for the same thing. */
const endings = new Set(["al", "ation", "ational", "munication", "oratory"]);
