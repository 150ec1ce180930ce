import { levelsOf, missing } from "../compare/levels.ts";
import type { ConflictRule, MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { standingLevels, unitsOfProbability } from "./weights.ts";

/** A conflict of the rules, ready for use. */
export interface Conflict {
  name: string;
  /** Units that a pair in it has at most. */
  limit: number;
  keepsApart: boolean;
  holds(levels: Uint8Array): boolean;
}

/** The conflicts of the rules, ready for use, without those that are void by what a model has learned. */
export function conflictsOf(rules: MatchRules, learned: Learned): Conflict[] {
  return rules.conflicts.filter((rule) => !isVoid(rule, learned)).map((rule) => compileConflict(rule, rules));
}

type Learned = Pick<PartyModel, "mates" | "comparisons">;

/** Whether there are hardly any of all those who could be taken for one another but for the conflict, and enough that are one and stand so. */
function isVoid({ mates_min = {}, own_min = 0, when }: ConflictRule, { mates, comparisons }: Learned): boolean {
  const kinds = Object.entries(mates_min);
  if (kinds.length === 0 || kinds.some(([name, least]) => (mates[name] ?? least) >= least)) return false;
  const own = Object.entries(when).reduce((share, [field, levels]) => {
    const sharesOf = comparisons[field]?.levels ?? {};
    return share * levels.reduce((sum, level) => sum + (sharesOf[level]?.m ?? 0), 0);
  }, 1);
  return own >= own_min;
}

/** So much of the rules as tells whether two records are kept apart: with both names where one is asked, since they may stand crosswise. */
export function rulesApart(rules: MatchRules): MatchRules {
  const conflicts = rules.conflicts.filter(({ keeps_apart }) => keeps_apart);
  const asked = new Set(
    conflicts.flatMap(({ when, unless = [] }) => [when, ...unless].flatMap((each) => Object.keys(each))),
  );
  const names = ["first_name", "last_name"];
  if (names.some((name) => asked.has(name))) for (const name of names) asked.add(name);
  return { ...rules, conflicts, shared: [], comparisons: rules.comparisons.filter(({ field }) => asked.has(field)) };
}

/** The conflict that holds a pair down most, of those that hold; null where the pair is below all of them by itself. */
export function strictest(conflicts: readonly Conflict[], units: number, levels: Uint8Array): Conflict | null {
  let found: Conflict | null = null;
  for (const each of conflicts) {
    if (each.limit < (found?.limit ?? units) && each.holds(levels)) found = each;
  }
  return found;
}

function compileConflict({ name, when, unless = [], at_most, keeps_apart }: ConflictRule, rules: MatchRules): Conflict {
  const standsOn = compileStanding(when, rules);
  const excuses = unless.map((each) => compileStanding(each, rules));
  return {
    name,
    limit: unitsOfProbability(at_most),
    keepsApart: keeps_apart === true,
    holds: (levels) => stands(standsOn, levels) && !excuses.some((excuse) => stands(excuse, levels)),
  };
}

function stands(standing: ReturnType<typeof compileStanding>, levels: Uint8Array): boolean {
  return standing.every(({ n, places }) => places[levels[n] ?? missing] === 1);
}

/** By comparison, the places of the catalogue that are one of the levels named, or count as one: a level may be named that is not weighed by itself. */
function compileStanding(
  standing: ConflictRule["when"],
  { comparisons }: MatchRules,
): { n: number; places: Uint8Array }[] {
  return comparisons.flatMap(({ field, levels }, n) => {
    const named = standing[field];
    if (!named) return [];
    const places = new Uint8Array(missing + 1);
    const counted = standingLevels(field, levels);
    levelsOf(field).forEach((level, place) => {
      places[place] = named.includes(level) || named.includes(counted[place] ?? level) ? 1 : 0;
    });
    return [{ n, places }];
  });
}
