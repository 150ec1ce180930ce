import type { CompanyParts, WordWeight } from "./company-parts.ts";
import { add, areTwo, lesser, respelledWords, weightOf } from "./company-words.ts";
import { isLetter, isNumber } from "./numerals.ts";
import { bitsOf, withinEdits } from "./similarity.ts";
import { areNumbered, areSisters } from "./sisters.ts";

/** Levels of `company_name`. */
const level = {
  exact: 0,
  respelled: 1,
  acronym: 2,
  contained: 3,
  overlap: 4,
  some: 5,
  branch: 6,
  sister: 7,
  different: 8,
};

/**
 * Two companies' names. Words weigh by how rare they are. A country that only one bears, or each another, makes two companies: mother and
 * subsidiary. So does a number, a letter or a trade of each: schools 3 and 5, the hotel's café and its restaurant.
 */
export function compareCompanies(a: CompanyParts, b: CompanyParts): number {
  if (a.joined === b.joined) return level.exact;
  if (a.short !== "" && a.short === b.short) return level.respelled;
  const shared = sharedWords(a, b);
  const { bits, onlyA, onlyB } = shared;
  if (bits > 0) {
    if (onlyA.length === 0 && onlyB.length === 0) return level.respelled;
    if (isBranch(onlyA, onlyB)) return level.branch;
  }
  const found = bits > 0 ? overlapLevel(a, b, shared) : level.different;
  const isSister = found !== level.different && areSisters(a, b, shared);
  if (!isSister && isRespelled(a, b, onlyA, onlyB)) return level.respelled;
  if (isAcronym(a, b)) return level.acronym;
  return isSister ? level.sister : found;
}

/**
 * How much it tells, in bits, what two names share at a level; undefined where they share no words. Of names that are one in whole also
 * that there is no other word in them, of a short form how long it is.
 */
export function toldByWords(a: CompanyParts, b: CompanyParts, at: number): number | undefined {
  if (at === level.acronym) return shortBits + letterBits * Math.max(a.short.length, b.short.length);
  if (!wordLevels.has(at)) return undefined;
  // One name may be written in fewer words than the other, `Bikeworld` and `Bike World`: it counts what either tells at least.
  if (at === level.exact) return lesser(weightOf(a, a.words), weightOf(b, b.words)).own + aloneBits;
  const shared = sharedWords(a, b);
  // Of a series, fund I to fund XX, all share the words: nobody is to be asked of each two of them for that.
  if (at === level.sister && areNumbered(a, b, shared)) return undefined;
  return at === level.respelled ? shared.own + aloneBits : shared.own;
}

/** What it tells that a name has no other words: one in eight names that hold them has not. */
const aloneBits = 3;

/** What it tells that one of two names is a short form, and each of its letters: words begin with some letters more often than with others. */
const shortBits = 3;
const letterBits = 4;

const wordLevels: ReadonlySet<number> = new Set([
  level.exact,
  level.respelled,
  level.contained,
  level.overlap,
  level.some,
  level.sister,
]);

/** Two employers' names: a branch of a firm is the firm. Levels of `employer`. */
export function compareEmployers(a: CompanyParts, b: CompanyParts): number {
  return employerLevels[compareCompanies(a, b)] ?? 4;
}

/** By level of `company_name`: exact 0, respelled 1, contained 2, some 3, different 4. */
const employerLevels: readonly number[] = [0, 1, 2, 2, 3, 3, 2, 3, 4];

function overlapLevel(a: CompanyParts, b: CompanyParts, { bits, onlyA, onlyB }: SharedWords): number {
  if ((onlyA.length === 0 || onlyB.length === 0) && bits >= tellingBits) return level.contained;
  const overlap = bits / (bits + weightOf(a, onlyA).bits + weightOf(b, onlyB).bits);
  if (overlap >= 0.5 && !(onlyA.includes(a.head) && onlyB.includes(b.head))) return level.overlap;
  return overlap >= 0.25 || bits >= tellingBits ? level.some : level.different;
}

/** What shared words must tell together, so that their being there at all says something. */
const tellingBits = 8;

/** What the words that two names share tell, in whatever spelling, and the words of each that the other has not. */
interface SharedWords extends WordWeight {
  onlyA: readonly string[];
  onlyB: readonly string[];
}

function sharedWords(a: CompanyParts, b: CompanyParts): SharedWords {
  // One word in two spellings begins with one letter in both.
  if ((a.starts & b.starts) === 0) return { bits: 0, own: 0, onlyA: a.words, onlyB: b.words };
  const shared = { bits: 0, own: 0 };
  const onlyA = a.words.filter((word) => !b.weights.has(word));
  const onlyB = b.words.filter((word) => !a.weights.has(word));
  for (const [word, weight] of a.weights) if (b.weights.has(word)) add(shared, weight);
  if (onlyA.length === 0 || onlyB.length === 0) return { bits: shared.bits, own: shared.own, onlyA, onlyB };
  const left = respelledWords(a, b, onlyA, onlyB);
  for (const weight of left.same) add(shared, weight);
  return { bits: shared.bits, own: shared.own, onlyA: left.onlyA, onlyB: left.onlyB };
}

function isBranch(onlyA: readonly string[], onlyB: readonly string[]): boolean {
  const beyond = [...onlyA, ...onlyB];
  return (
    beyond.some((word) => placeWords.has(word)) && beyond.every((word) => placeWords.has(word) || compass.has(word))
  );
}

/**
 * Typing errors in the words that differ, each in its own; a number is no typing error of another, nor is a short form, `P & G` and `P & O`, nor
 * one known word of another, `Import` and `Export`.
 */
function isRespelled(a: CompanyParts, b: CompanyParts, onlyA: readonly string[], onlyB: readonly string[]): boolean {
  if (a.short !== "" && b.short !== "" && Math.max(a.order.length, b.order.length) > 1) return false;
  if (bitsOf(a.letters ^ b.letters) > 4) return false;
  const differing = [...onlyA, ...onlyB];
  if (differing.some((word) => /\d/.test(word) || isNumber(word))) return false;
  if (onlyA.length !== onlyB.length) {
    const shorter = Math.min(a.joined.length, b.joined.length);
    return shorter >= 8 && withinEdits(a.joined, b.joined, 1) && !differing.some(isLetter);
  }
  const others = inOrder(b, onlyB);
  return inOrder(a, onlyA).every((word, n) => {
    const other = others[n] ?? "";
    return isSlip(word, other) && !areTwo(a, b, word, other);
  });
}

/** Words of a name as they stand, each once however often it is there. */
const inOrder = ({ order }: CompanyParts, words: readonly string[]): string[] =>
  [...new Set(order)].filter((word) => words.includes(word));

/** One typing error in five letters or more, two in ten or more. */
function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  return shorter >= 5 && withinEdits(one, other, shorter >= 10 ? 2 : 1);
}

function isAcronym(one: CompanyParts, other: CompanyParts): boolean {
  const [short, long] = one.short === "" ? [other, one] : [one, other];
  return short.short !== "" && long.short === "" && short.initials.some((letters) => long.initials.includes(letters));
}

/** Parts of places' names that are no place by themselves. */
const compass: ReadonlySet<string> = new Set(
  "central east eastern great latin middle new north south states united west western".split(" "),
);

/** Countries and regions as subsidiaries are named by them. */
const placeWords: ReadonlySet<string> = new Set(
  `africa america americas apac asia australia austria belgium brasil brazil britain canada china czech denmark deutschland emea espana
  europe finland france germany greece holland hong hungary iberia india indonesia ireland italia italy japan kingdom kong korea latam
  malaysia mexico netherlands nordic nordics norway osterreich pacific poland polska portugal romania scandinavia schweiz singapore
  spain suisse sweden switzerland taiwan thailand turkey uk us usa vietnam zealand`.split(/\s+/),
);
