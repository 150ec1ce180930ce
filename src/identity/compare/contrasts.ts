import { commonShareOf } from "./common-words.ts";
import type { CompanyParts } from "./company-parts.ts";
import { isSameWord } from "./company-words.ts";
import { isLetter, isNumber } from "./numerals.ts";
import { withinEdits } from "./similarity.ts";
import { withoutMeant } from "./trades.ts";

/** The words of each of two names that the other has not. */
export interface OwnWords {
  onlyA: readonly string[];
  onlyB: readonly string[];
}

/** Neighbouring words that only one name has, and the words they stand between: none at its ends. */
export interface Run {
  words: string[];
  before: string;
  after: string;
}

/**
 * Whether two names say something else in the same place, between the same words: Lincoln Elementary School and Lincoln High School. What
 * stands before one name and behind the other adds to it, and so does what goes on for long.
 */
export function areContrasted(a: CompanyParts, b: CompanyParts, { onlyA, onlyB }: OwnWords): boolean {
  const isSame = (one: string, other: string) =>
    one === other || (one !== "" && other !== "" && isSameWord(a, b, one, other));
  const others = runsOf(b, onlyB).filter(isBrief);
  if (others.length === 0) return false;
  return runsOf(a, onlyA).some(
    (one) =>
      isBrief(one) &&
      others.some((other) => {
        if (!isSame(one.before, other.before) || !isSame(one.after, other.after)) return false;
        if (isSplit(one.words, other.words)) return false;
        if (isAbbreviated(a, one.words, other.words) || isAbbreviated(b, other.words, one.words)) return false;
        return withoutMeant(one.words, other.words).every(isTold);
      }),
  );
}

/** A name's runs of words of its own. */
export function runsOf({ telling }: CompanyParts, own: readonly string[]): Run[] {
  const runs: Run[] = [];
  let before = "";
  let run: Run | undefined;
  for (const word of telling) {
    if (!own.includes(word)) {
      if (run) run.after = word;
      run = undefined;
      before = word;
    } else if (run) run.words.push(word);
    else {
      run = { words: [word], before, after: "" };
      runs.push(run);
    }
  }
  return runs;
}

/** More words are no name of a part of a house, but what somebody adds. */
const wordsMax = 2;
const isBrief = ({ words }: Run): boolean => words.length <= wordsMax;

/** Numbers and letters are told of apart, `Store 7` and `Store Lakeside`; that a firm has a house tells nothing of it. */
function isTold(words: readonly string[]): boolean {
  return words.some((word) => !isNumber(word) && !isLetter(word) && !vague.has(word));
}

const vague = new Set("building facility firm house location office place premises program programme site".split(" "));

/** Whether the same letters are parted into words otherwise, but for a typing error: the space that a letter was typed for. */
function isSplit(words: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [words.join(""), others.join("")];
  return words.length !== others.length && Math.min(one.length, other.length) >= 8 && withinEdits(one, other, 1);
}

/** Whether one of the words that another name has in their place is short for some of them: `CDC`, `HS`, `Sq`, `Inst`. */
function isAbbreviated({ order }: CompanyParts, words: readonly string[], others: readonly string[]): boolean {
  return others.some((short) => {
    if (short.length < 2 || short.length > 4) return false;
    return words.some((word) => isShort(short, word) || isInitials(short, order, order.indexOf(word)));
  });
}

function isInitials(short: string, order: readonly string[], from: number): boolean {
  const whole = order.slice(from, from + short.length);
  return whole.map((word) => word.charAt(0)).join("") === short;
}

/** A few letters of a word in their order, the first among them; none that is a common word itself. */
function isShort(short: string, word: string): boolean {
  if (word.length < short.length + 2 || word.charAt(0) !== short.charAt(0)) return false;
  if (commonShareOf(short) !== undefined) return false;
  let at = 0;
  for (const letter of word) if (letter === short[at]) at++;
  return at === short.length;
}
