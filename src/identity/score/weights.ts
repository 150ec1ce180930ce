import { assumedShares, type ComparedField, levelsOf } from "../compare/levels.ts";
import type { MatchRules } from "../match-rules.ts";
import type { FrequencyTable, PartyModel } from "../model.ts";

/** Weights are counted in whole units of this many to a bit, so that sums do not depend on the order they are made in. */
const unitsPerBit = 10_000;

/** Bits in whole units. */
export const toUnits = (bits: number): number => Math.round(bits * unitsPerBit);
/** Units in bits. */
export const toBits = (units: number): number => units / unitsPerBit;

/** What a value is worth beyond its level at most: where the model was not trained it may be less rare. */
const rarityUnitsMax: number = toUnits(6);

/** Odds of a probability in units. */
export function unitsOfProbability(probability: number): number {
  const odds = Math.min(Math.max(probability, 1e-12), 1 - 1e-12);
  return toUnits(Math.log2(odds / (1 - odds)));
}

/** The probability of odds in units. */
export function probabilityOf(units: number): number {
  return 1 / (1 + 2 ** -toBits(units));
}

/** What one comparison is worth. */
export interface ComparisonWeights {
  field: ComparedField;
  /** Name of the level each place of the catalogue counts as. */
  names: readonly string[];
  /** Units by place of the catalogue. */
  units: readonly number[];
  /**
   * Units for a shared value: what it says more, or less, than agreement in general. A value that the model does not list may be told by
   * its words, in bits. Null where the rules do not ask how rare it is.
   */
  frequency: ((place: number, value: string | undefined, told?: number) => number) | null;
  /** By place, what `frequency` gives at most, if it gives anything. */
  rarest: readonly number[];
}

/** What each comparison of the rules is worth by the model; throws when the model does not know one. */
export function weightsOf({ comparisons }: Pick<MatchRules, "comparisons">, model: PartyModel): ComparisonWeights[] {
  return comparisons.map(({ field, levels, frequency }) => {
    const learned = model.comparisons[field];
    const names = standingLevels(field, levels);
    const shares = names.map((level) => {
      const found = learned?.levels[level];
      if (!found) throw new Error(`the model knows nothing of ${field} ${level}`);
      return found;
    });
    const table = frequency ? learned?.frequencies : undefined;
    const least = table && Object.values(table.values).reduce((found, each) => Math.min(found, each), table.rest);
    const rarityOf = (place: number, share: number) =>
      Math.min(rarityUnitsMax, toUnits(Math.log2((shares[place]?.u ?? 1) / share)));
    const byWords = (place: number, told: number) => wordUnits(told, names[place] ?? "", shares[place]?.u ?? 1);
    return {
      field,
      names,
      units: shares.map(({ m, u }) => toUnits(Math.log2(m / u))),
      frequency: table ? frequencyOf(table, rarityOf, byWords) : null,
      rarest: shares.map((_, place) => (least === undefined ? 0 : Math.max(0, rarityOf(place, least)))),
    };
  });
}

function frequencyOf(
  { rest, values }: FrequencyTable,
  rarityOf: (place: number, share: number) => number,
  byWords: (place: number, told: number) => number,
): NonNullable<ComparisonWeights["frequency"]> {
  const listed = new Map(Object.entries(values));
  return (place, value, told) => {
    const share = value === undefined ? undefined : listed.get(value);
    if (share !== undefined) return rarityOf(place, share);
    if (told !== undefined) return byWords(place, told);
    return value === undefined ? 0 : rarityOf(place, rest);
  };
}

/** What words are worth beyond their level at most, and at least: those of one name are no independent coincidences. */
export const wordUnitsMax: number = toUnits(4);

/** What names have in common as a rule, in bits: those that are one in whole about one word of their own, those that are so in part less. */
const usualBits = { whole: 13, part: 6 };

/**
 * Names that are one in whole are as rare as their words together, those of which one is short for the other as rare as its letters; of
 * those that are so in part, it counts what they share beyond chance.
 */
function wordUnits(told: number, level: string, u: number): number {
  const isWhole = level === "exact" || level === "respelled";
  const usual = isWhole || level === "acronym" ? Math.min(-Math.log2(u), usualBits.whole) : usualBits.part;
  return Math.max(-wordUnitsMax, Math.min(wordUnitsMax, toUnits(told - usual)));
}

/** For each level of the catalogue the one it counts as under rules that name only some: the next weaker. */
export function standingLevels(field: ComparedField, listed: readonly string[]): string[] {
  const all = levelsOf(field);
  return all.map((_, place) => all.slice(place).find((level) => listed.includes(level)) ?? "different");
}

/** The shares assumed for a listed level before training: those of all levels that count as it. */
export function assumedFor(field: ComparedField, listed: readonly string[]): Map<string, { m: number; u: number }> {
  const sums = new Map(listed.map((level) => [level, { m: 0, u: 0 }]));
  standingLevels(field, listed).forEach((level, place) => {
    const shares = assumedShares(field, levelsOf(field)[place] ?? level);
    const sum = sums.get(level);
    if (!sum) return;
    sum.m += shares.m;
    sum.u += shares.u;
  });
  return sums;
}
