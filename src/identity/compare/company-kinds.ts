import { isTrade } from "./trades.ts";

/** Kinds of words by which companies of one name are told apart, one bit each. */
export const kindOf = { letter: 1, number: 2, point: 4, trade: 8, place: 16 };

/** Those of which each of two companies has its own. */
export const kindsOfSisters: number = kindOf.letter | kindOf.number | kindOf.point | kindOf.trade;

/** Of which kinds there are words. */
export function kindsOf(words: readonly string[]): number {
  let kinds = 0;
  for (const word of words) {
    if (isLetter(word)) kinds |= kindOf.letter;
    if (isNumber(word)) kinds |= kindOf.number;
    if (isPoint(word)) kinds |= kindOf.point;
    if (isTrade(word)) kinds |= kindOf.trade;
    if (placeWords.has(word)) kinds |= kindOf.place;
  }
  return kinds;
}

export const isLetter = (word: string): boolean => /^[a-z]$/.test(word);
export const isNumber = (word: string): boolean => /^(\d+|i{1,3}|iv|vi{0,3}|ix|x)$/.test(word);
export const isPoint = (word: string): boolean => points.has(word);
const points = new Set("east eastern north northern south southern west western".split(" "));

/** Parts of places' names that are no place by themselves. */
export const compass: ReadonlySet<string> = new Set(
  "central east eastern great latin middle new north south states united west western".split(" "),
);

/** Countries and regions as subsidiaries are named by them. */
export const placeWords: ReadonlySet<string> = new Set(
  `africa america americas apac asia australia austria belgium brasil brazil britain canada china czech denmark deutschland emea espana
  europe finland france germany greece holland hong hungary iberia india indonesia ireland italia italy japan kingdom kong korea latam
  malaysia mexico netherlands nordic nordics norway osterreich pacific poland polska portugal romania scandinavia schweiz singapore
  spain suisse sweden switzerland taiwan thailand turkey uk us usa vietnam zealand`.split(/\s+/),
);
