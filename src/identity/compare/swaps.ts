import type { MatchRules } from "../match-rules.ts";
import { lettersOfValue } from "./columns.ts";
import { areSwapped, type SpelledName, slipBits, spelledName } from "./compare-names.ts";
import { type FieldValues, levelsOf, missing } from "./levels.ts";
import { bitsOf, soundOf } from "./similarity.ts";
import { lacks } from "./sketches.ts";

/** First and last name compared crosswise, for records that have them in each other's column. */
export interface Swaps {
  /** Places of first and last name among the comparisons. */
  first: number;
  last: number;
  /** Number of a record's two names; -1 where both are missing. */
  idOf(fields: FieldValues): number;
  /** The letters of its first name, and of its last; 0 of one that is missing. */
  lettersOf(id: number): readonly [number, number];
  /** Whether `apply` may change the levels, by the letters alone: those of each record's two names lie at these places. */
  mayApply(levels: Uint8Array, letters: Int32Array, one: number, other: number): boolean;
  /**
   * Where the names disagree as they stand and agree crosswise, last name says `swapped` for both, and first name nothing. Where one of the
   * four is missing and two agree crosswise, both say nothing. A whole name that is the first part of the other makes `contained` of two
   * surnames that differ. In two scripts a name that agrees says nothing where the other sounds otherwise: a Kim is any of very many.
   */
  apply(a: number, b: number, levels: Uint8Array): void;
  size(): number;
}

/** Null where the rules do not ask for it. */
export function createSwaps({ comparisons }: MatchRules): Swaps | null {
  const first = comparisons.findIndex(({ field }) => field === "first_name");
  const last = comparisons.findIndex(({ field, levels }) => field === "last_name" && levels.includes("swapped"));
  if (first < 0 || last < 0) return null;
  const ids = new Map<string, number>();
  const names: (readonly [SpelledName, SpelledName])[] = [];
  let written = 0;
  return {
    first,
    last,
    idOf(fields) {
      const [one, other] = [fields.first_name?.[0], fields.last_name?.[0]];
      if (one === undefined && other === undefined) return -1;
      const key = `${one ?? ""}|${other ?? ""}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      ids.set(key, names.length);
      written += key.length;
      names.push([spelledName(one ?? ""), spelledName(other ?? "")]);
      return names.length - 1;
    },
    lettersOf(id) {
      const [one, other] = names[id] ?? [];
      return [one?.letters ?? 0, other?.letters ?? 0];
    },
    mayApply(levels, letters, one, other) {
      const firsts = levels[first] ?? missing;
      const lasts = levels[last] ?? missing;
      if (firsts === missing || lasts === missing) return true;
      if (lasts < disagreeingLasts) return false;
      const [a, lastOfA] = [letters[one] ?? 0, letters[one + 1] ?? 0];
      const [b, lastOfB] = [letters[other] ?? 0, letters[other + 1] ?? 0];
      return firsts < disagreeingFirsts
        ? !lacks(a, lastOfB) || !lacks(b, lastOfA)
        : bitsOf(a ^ lastOfB) <= slipBits || bitsOf(lastOfA ^ b) <= slipBits;
    },
    apply(a, b, levels) {
      const firsts = levels[first] ?? missing;
      const lasts = levels[last] ?? missing;
      if (lasts < disagreeingLasts && firsts !== missing) return;
      const one = names[a];
      const other = names[b];
      if (!one || !other) return;
      if (lasts === missing && soundsOtherwise(one[1], other[1])) levels[first] = missing;
      if (firsts === missing && soundsOtherwise(one[0], other[0])) levels[last] = missing;
      if (lasts < disagreeingLasts) return;
      // `missing` is beyond all levels, so it passes for disagreement.
      if (firsts < disagreeingFirsts) {
        if (lasts !== missing && (beginsWith(one, other) || beginsWith(other, one))) levels[last] = containedName;
        return;
      }
      if (!areSwapped(one, other)) return;
      levels[last] = [...one, ...other].some(({ text }) => text === "") ? missing : swappedNames;
      levels[first] = missing;
    },
    size: () => names.length + Math.floor(written / lettersOfValue),
  };
}

/** Of two names in two scripts, which are not told to be two by how they are spelled. */
function soundsOtherwise(a: SpelledName, b: SpelledName): boolean {
  if (a.isForeign === b.isForeign || a.text === "" || b.text === "") return false;
  return soundOf(a.text) !== soundOf(b.text);
}

/** Whether a name in one column begins with the whole of another: Susan Meyer Thomas was Susan Meyer, María García López is María García. */
function beginsWith(a: readonly [SpelledName, SpelledName], b: readonly [SpelledName, SpelledName]): boolean {
  const [{ text: firsts }] = a;
  const [{ text: first }, { text: last }] = b;
  if (last.length < 3 || firsts.length !== first.length + 1 + last.length) return false;
  return firsts.startsWith(first) && firsts.endsWith(last) && firsts.charAt(first.length) === " ";
}

/** Place of the level of `last_name` on which two names stand crosswise. */
export const swappedNames: number = levelsOf("last_name").indexOf("swapped");
const containedName: number = levelsOf("last_name").indexOf("contained");
/** From which level on names disagree. */
const disagreeingFirsts: number = levelsOf("first_name").indexOf("similar");
const disagreeingLasts: number = containedName;
