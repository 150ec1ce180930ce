import type { MatchRules } from "../match-rules.ts";
import type { Column } from "./columns.ts";
import { areSwapped, type SpelledName, spelledName } from "./compare-names.ts";
import { levelsOf, missing } from "./levels.ts";

/** First and last name compared crosswise, for records that have them in each other's column. */
export interface Swaps {
  /** Places of first and last name among the comparisons. */
  first: number;
  last: number;
  /**
   * Where the names disagree as they stand and agree crosswise, last name says `swapped` for both, and first name nothing. Where one of the
   * four is missing and two agree crosswise, both say nothing.
   */
  apply(a: number, b: number, levels: Uint8Array, idAt: IdAt): void;
}

/** Number of a record's values in a column; -1 where it has none. */
type IdAt = (row: number, place: number) => number;

/** Null where the rules do not ask for it. */
export function createSwaps({ comparisons }: MatchRules, columns: readonly Column[]): Swaps | null {
  const first = comparisons.findIndex(({ field }) => field === "first_name");
  const last = comparisons.findIndex(({ field, levels }) => field === "last_name" && levels.includes("swapped"));
  if (first < 0 || last < 0) return null;
  const spelledFirst = spelledIn(columns[first]);
  const spelledLast = spelledIn(columns[last]);
  return {
    first,
    last,
    apply(a, b, levels, idAt) {
      const firsts = levels[first] ?? missing;
      const lasts = levels[last] ?? missing;
      // `missing` is beyond all levels, so it passes for disagreement.
      if (firsts < disagreeing || lasts < disagreeing) return;
      const one = [spelledFirst(idAt(a, first)), spelledLast(idAt(a, last))] as const;
      const other = [spelledFirst(idAt(b, first)), spelledLast(idAt(b, last))] as const;
      if (!areSwapped(one, other)) return;
      levels[last] = firsts === missing || lasts === missing ? missing : swappedNames;
      levels[first] = missing;
    },
  };
}

/** Names of a column made ready, by the number of a record's values: each when it is first asked for. */
function spelledIn(column: Column | undefined): (id: number) => SpelledName {
  const known: (SpelledName | undefined)[] = [];
  const none = spelledName("");
  return (id) => {
    if (id < 0 || !column) return none;
    const found = known[id] ?? spelledName(column.firstOf(id));
    while (known.length < id) known.push(undefined);
    known[id] = found;
    return found;
  };
}

/** Place of the level of `last_name` on which two names stand crosswise. */
export const swappedNames: number = levelsOf("last_name").indexOf("swapped");
/** From `similar` on, of both names. */
const disagreeing = 3;
