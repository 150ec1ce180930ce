import type { CompanyParts } from "./company-parts.ts";
import { areContrasted, type OwnWords, runsOf } from "./contrasts.ts";
import { inDigits, isDigits, isLetter, isNumber } from "./numerals.ts";
import { isBody, isTrade, withoutMeant } from "./trades.ts";

/**
 * Whether two names that share words are those of two in one house. Each has a number, a letter, a point of the compass or a trade that the
 * other has not: school 3 and school 5, team A and team B, the house east and the house south, the café and the bar. Or each says something
 * else in the same place, or one is a body beside the other, as its foundation is.
 */
export function areSisters(a: CompanyParts, b: CompanyParts, own: OwnWords): boolean {
  const { onlyA, onlyB } = own;
  if (isBeside(a, b, onlyA) || isBeside(b, a, onlyB)) return true;
  if (onlyA.length === 0 || onlyB.length === 0) return false;
  if (areNumbered(a, b, own)) return true;
  if ([isPoint, isTrade].some((isOfKind) => areOfKind(own, isOfKind))) return true;
  return isLong(a) && isLong(b) && areContrasted(a, b, own);
}

/** Each has a word of a kind, and they do not mean the same. */
function areOfKind({ onlyA, onlyB }: OwnWords, isOfKind: (word: string) => boolean): boolean {
  if (!onlyA.some(isOfKind) || !onlyB.some(isOfKind)) return false;
  return withoutMeant(onlyA, onlyB).every((words) => words.some(isOfKind));
}

/** A firm and its foundation, a school and its parents' association: two bodies. Of a bank and trust the trust is none by itself. */
function isBeside(one: CompanyParts, other: CompanyParts, own: readonly string[]): boolean {
  if (!own.some(isBody) || one.order.includes("bank") || other.words.some(isBody)) return false;
  return runsOf(one, own).some(({ words, before, after }) => (before === "" || after === "") && words.some(isBody));
}

/** Whether each has a number, or at its end a letter, that the other has not: fund I and fund II. */
export function areNumbered(a: CompanyParts, b: CompanyParts, { onlyA, onlyB }: OwnWords): boolean {
  if (isLong(a) && isLong(b) && [onlyA, onlyB].every((words) => words.length === 1 && words.every(isLetter)))
    return true;
  const [ones, others] = [numbersIn(a, onlyA), numbersIn(b, onlyB)];
  return ones.length > 0 && others.length > 0 && !ones.some((one) => others.includes(one));
}

/** Numbers that tell one of several: what a name begins with is part of it, and a letter is a number at its end. */
function numbersIn({ order }: CompanyParts, words: readonly string[]): string[] {
  const counting = words.filter(
    (word) => word !== order[0] && (word.length > 1 || word === order.at(-1) || isDigits(word)),
  );
  return counting.filter(isNumber).map(inDigits);
}

/** Of a short form each letter stands for a word. */
const isLong = ({ short }: CompanyParts): boolean => short === "";

const points = new Set(
  ["east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"].flatMap((point) => [
    point,
    `${point}ern`,
    `${point}side`,
  ]),
);
const isPoint = (word: string): boolean => points.has(word);
