import type { MatchRules } from "../match-rules.ts";
import { areSwapped, type SpelledName, spelledName } from "./compare-names.ts";
import { type FieldValues, levelsOf, missing } from "./levels.ts";

/** First and last name compared crosswise, for records that have them in each other's column. */
export interface Swaps {
  /** Places of first and last name among the comparisons. */
  first: number;
  last: number;
  /** Number of a record's two names; -1 where both are missing. */
  idOf(fields: FieldValues): number;
  /**
   * Where the names disagree as they stand and agree crosswise, last name says `swapped` for both, and first name nothing. Where one of the
   * four is missing and two agree crosswise, both say nothing.
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
      names.push([spelledName(one ?? ""), spelledName(other ?? "")]);
      return names.length - 1;
    },
    apply(a, b, levels) {
      const firsts = levels[first] ?? missing;
      const lasts = levels[last] ?? missing;
      // `missing` is beyond all levels, so it passes for disagreement.
      if (firsts < disagreeing || lasts < disagreeing) return;
      const one = names[a];
      const other = names[b];
      if (!one || !other || !areSwapped(one, other)) return;
      levels[last] = firsts === missing || lasts === missing ? missing : swappedNames;
      levels[first] = missing;
    },
    size: () => names.length,
  };
}

/** Place of the level of `last_name` on which two names stand crosswise. */
export const swappedNames: number = levelsOf("last_name").indexOf("swapped");
/** From `similar` on, of both names. */
const disagreeing = 3;
