import { fillers, initials, shortForm } from "../block/block-parts.ts";
import type { Lexicon } from "./lexicon.ts";
import { lettersOf } from "./similarity.ts";

/** A company's name made ready for comparing. */
export interface CompanyParts {
  text: string;
  /** All words as one. */
  joined: string;
  letters: number;
  /** With which letters its telling words begin, as `lettersOf` has them. */
  starts: number;
  /** As they stand, and those that tell something, sorted. */
  order: readonly string[];
  words: readonly string[];
  /** Those, as they stand. */
  telling: readonly string[];
  /** The first of those: who begins with a word of its own is called otherwise, `Delta Air Lines` and `United Air Lines`. */
  head: string;
  weights: ReadonlyMap<string, WordWeight>;
  /** Words that many companies bear. */
  common: ReadonlySet<string>;
  /** Its letters where it may be short for another name, else what its own short form may be. */
  short: string;
  initials: readonly string[];
}

/** What words tell, in bits. */
export interface WordWeight {
  /** How rare they are. */
  bits: number;
  /** How much they say of whose name it is: down to half of it where many bear them, since such words go together in many names. */
  own: number;
}

/** @param text words without legal form, as normaliseCompany gives them */
export function companyParts(text: string, lexicon: Lexicon): CompanyParts {
  const order = text.split(" ");
  const all = [...new Set(order)].sort();
  const own = all.filter((word) => !fillers.has(word) && !isGroup(word));
  const words = own.length > 0 ? own : all;
  const telling = words === all ? order : order.filter((word) => words.includes(word));
  const head = telling[0] ?? "";
  const common = new Set(words.filter(lexicon.isCommon));
  const weigh = (word: string): WordWeight => {
    const bits = Math.min(lexicon.rarityOf(word), word.length * bitsOfLetter);
    return { bits, own: Math.min(bits, Math.max(bits / 2, 2 * bits - lexicon.ownBits)) };
  };
  const joined = text.replaceAll(" ", "");
  return {
    text,
    joined,
    letters: lettersOf(joined),
    starts: lettersOf(words.map((word) => word.charAt(0)).join("")),
    order,
    words,
    telling,
    head,
    weights: new Map(words.map((word) => [word, weigh(word)])),
    common,
    short: shortForm(text),
    initials: initials(text),
  };
}

/** There are no more words of one letter than letters. */
const bitsOfLetter = 5;

/** A group's name is its firm's: "Volvo Group" and "Volvo". */
const isGroup = (word: string): boolean => word === "group" || word === "grp";
