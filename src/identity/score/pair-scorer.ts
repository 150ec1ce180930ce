import { type FieldValues, missing } from "../compare/levels.ts";
import { lexiconOf } from "../compare/lexicon.ts";
import { type PreparedRecords, prepareRecords } from "../compare/prepared.ts";
import { swappedNames } from "../compare/swaps.ts";
import type { MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { type Conflict, conflictsOf, strictest } from "./conflicts.ts";
import { combinedBits, foremost, type Sharing, sharingsOf } from "./sharing.ts";
import { type ComparisonWeights, toBits, toUnits, unitsOfProbability, weightsOf, wordUnitsMax } from "./weights.ts";

/** How two records compare, in units of weight. */
export interface PairDetails {
  units: number;
  prior: number;
  fields: readonly { field: string; level: string; units: number; frequency: number }[];
  /** What else than being one party explains the agreement, with what it takes away. */
  shared: { name: string; units: number } | null;
  /** The conflict that holds the pair down, with what it takes away. */
  conflict: { name: string; units: number } | null;
}

/** Compares prepared records, which are known by their numbers. What it has prepared it keeps, so that equal values are made ready once. */
export interface PairScorer {
  /** Gives the record's number. */
  prepare(record: { fields: FieldValues }): number;
  /** The weight in units; of pairs that cannot reach `unitsMin` one somewhere below it, sooner. */
  weigh(a: number, b: number, unitsMin: number): number;
  /** The same of two whose levels are known. */
  weighAt(levels: Uint8Array, a: number, b: number, unitsMin: number): number;
  details(a: number, b: number): PairDetails;
  /** Name of the conflict that keeps the two apart. */
  conflict(a: number, b: number): string | null;
  /** How much is kept. */
  size(): number;
}

/**
 * A scorer of prepared records. Throws when the model does not know what the rules compare.
 * @param records those that are prepared already, by the names and words of this model; none
 */
export function createPairScorer(
  rules: MatchRules,
  model: PartyModel,
  records: PreparedRecords = prepareRecords(rules, lexiconOf(model)),
): PairScorer {
  const compiled = compile(rules, model, records);
  const { conflicts } = compiled;
  const { levels, reach } = compiled;
  const evidence = records.columns.map(() => 0);
  const rarities = records.columns.map(() => 0);
  const apart = conflicts.filter(({ keepsApart }) => keepsApart);
  const weighAt: PairScorer["weighAt"] = (at, a, b, unitsMin) => {
    let most = compiled.prior;
    for (let n = 0; n < evidence.length; n++) most += reach[reachAt(n, at[n] ?? missing)] ?? 0;
    if (most < unitsMin) return most;
    for (let n = 0; n < evidence.length; n++) {
      const level = at[n] ?? missing;
      rarities[n] = rarity(compiled, n, level, a, b);
      evidence[n] = level === missing ? 0 : agreement(compiled, n, level) + (rarities[n] ?? 0);
    }
    apportion(compiled, at, evidence);
    const combined = combine(compiled, { levels: at, evidence, rarities }, unitsMin).units;
    return strictest(conflicts, combined, at)?.limit ?? combined;
  };
  return {
    prepare: ({ fields }) => records.add(fields),
    details(a, b) {
      records.compare(a, b, levels);
      return detailsOf(compiled, a, b, levels);
    },
    weigh(a, b, unitsMin) {
      const most = compareWhile(compiled, a, b, unitsMin);
      return most < unitsMin ? most : weighAt(levels, a, b, unitsMin);
    },
    weighAt,
    conflict(a, b) {
      records.compare(a, b, levels);
      return apart.find(({ holds }) => holds(levels))?.name ?? null;
    },
    size: records.size,
  };
}

interface Compiled {
  records: PreparedRecords;
  weights: readonly ComparisonWeights[];
  conflicts: readonly Conflict[];
  prior: number;
  sharings: readonly Sharing[];
  /** By `reachAt`: what a pair that stands there says at most, however rare its values are; 0 at `missing`. */
  reach: Int32Array;
  /** By comparison: what it says at most. */
  most: Int32Array;
  /** By comparison: what it says at most of two of whom only one has a value. */
  loneMost: Int32Array;
  /** Places of the comparisons in the order in which pairs are given up soonest; the two names stand apart. */
  order: Uint8Array;
  /** By comparison and number of values: what those say beyond their level who share them all. */
  knownRarities: readonly Map<number, number>[];
  /** Levels by comparison, of the pair that is looked at. */
  levels: Uint8Array;
  /** Sums by sharing, of the pair that is looked at. */
  outside: number[];
}

/** Where a comparison and a level stand in a list by both. */
const reachAt = (n: number, level: number): number => n * (missing + 1) + level;

function compile(rules: MatchRules, model: PartyModel, records: PreparedRecords): Compiled {
  const weights = weightsOf(rules, model);
  const reach = new Int32Array(weights.length * (missing + 1));
  const most = new Int32Array(weights.length);
  for (const [n, { units, rarest }] of weights.entries()) {
    const column = records.columns[n];
    for (const [level, each] of units.entries()) {
      const counted = column?.isCounted(level) ? (rarest[level] ?? 0) : 0;
      const reached = each + Math.max(counted, column?.isTold ? wordUnitsMax : 0);
      reach[reachAt(n, level)] = reached;
      most[n] = Math.max(most[n] ?? 0, reached);
    }
  }
  // To be sure that two differ costs the pair what they could have said.
  const loss = (n: number) => (most[n] ?? 0) - (weights[n]?.units.at(-1) ?? 0);
  const names = [records.swaps?.first, records.swaps?.last];
  const sharings = sharingsOf(rules, model.mates);
  const others = [...weights.keys()].filter((n) => !names.includes(n));
  return {
    records,
    weights,
    conflicts: conflictsOf(rules, model),
    prior: unitsOfProbability(model.prior),
    sharings,
    reach,
    most,
    order: Uint8Array.from(others.sort((a, b) => loss(b) - loss(a) || a - b)),
    knownRarities: weights.map(() => new Map()),
    levels: new Uint8Array(weights.length),
    loneMost: Int32Array.from(records.columns, ({ lone }, n) => Math.max(0, reach[reachAt(n, lone)] ?? 0)),
    outside: sharings.map(() => 0),
  };
}

/**
 * Compares two records while they can reach `unitsMin`, and gives what they can reach at most: it is below where they cannot, and then not
 * all levels are filled in. Names come first, since whether they stand crosswise is told from both.
 */
function compareWhile(compiled: Compiled, a: number, b: number, unitsMin: number): number {
  const { records, reach, order, levels } = compiled;
  const { width } = records.rows;
  const [one, other] = [a * width, b * width];
  let left = compiled.prior;
  for (let at = 0; at < order.length; at++) {
    const n = order[at] ?? 0;
    left += mostAt(compiled, n, one, other);
  }
  if (records.swaps) {
    const { first, last } = records.swaps;
    levels[first] = records.levelAt(first, one, other);
    levels[last] = records.levelAt(last, one, other);
    records.applySwaps(one, other, levels);
    left +=
      (reach[reachAt(first, levels[first] ?? missing)] ?? 0) + (reach[reachAt(last, levels[last] ?? missing)] ?? 0);
  }
  for (let at = 0; at < order.length; at++) {
    if (left < unitsMin) return left;
    const n = order[at] ?? 0;
    const level = records.levelAt(n, one, other);
    levels[n] = level;
    left += (reach[reachAt(n, level)] ?? 0) - mostAt(compiled, n, one, other);
  }
  return left;
}

/** What a comparison says of two rows at most, before they are compared: nothing where it has nothing to look at. */
function mostAt({ records: { rows }, most, loneMost }: Compiled, n: number, one: number, other: number): number {
  const isThere = (rows.numbers[one + n] ?? -1) >= 0;
  if (isThere !== (rows.numbers[other + n] ?? -1) >= 0) return loneMost[n] ?? 0;
  return isThere ? (most[n] ?? 0) : 0;
}

function agreement({ weights }: Compiled, n: number, level: number): number {
  return weights[n]?.units[level] ?? 0;
}

function rarity(compiled: Compiled, n: number, level: number, a: number, b: number): number {
  const { records, weights, knownRarities } = compiled;
  const frequency = weights[n]?.frequency;
  const column = records.columns[n];
  if (level === missing || !frequency || !column || !(column.isCounted(level) || column.isTold)) return 0;
  const [one, other] = [records.idAt(a, n), records.idAt(b, n)];
  const known = one === other && level === 0 ? knownRarities[n] : undefined;
  const found = known?.get(one);
  if (found !== undefined) return found;
  const made = frequency(level, column.shared(one, other, level), column.told(one, other, level));
  known?.set(one, made);
  return made;
}

/**
 * Where names stand in each other's column, last name speaks for both. What the first name says of it goes back to that: a household
 * explains a surname, and not that two of it bear one first name.
 */
function apportion({ records: { swaps }, weights }: Compiled, levels: Uint8Array, evidence: number[]): void {
  if (!swaps || levels[swaps.last] !== swappedNames) return;
  const own = weights[swaps.first]?.units[0] ?? 0;
  evidence[swaps.first] = own;
  evidence[swaps.last] = (evidence[swaps.last] ?? 0) - own;
}

/** What the comparisons say, in units: all in all, and of that for how rare the shared values are. */
interface Evidence {
  levels: Uint8Array;
  evidence: readonly number[];
  rarities: readonly number[];
}

/** Sums up what the comparisons say, with what sharing a home or an office explains of it. */
function combine(
  { prior, sharings, outside }: Compiled,
  { levels, evidence, rarities }: Evidence,
  unitsMin = Number.NEGATIVE_INFINITY,
): { units: number; shared: PairDetails["shared"] } {
  let sum = prior;
  for (const each of evidence) sum += each;
  if (sharings.length === 0 || sum < unitsMin) return { units: sum, shared: null };
  for (let at = 0; at < sharings.length; at++) {
    const { explained, by = -1, isLearned } = sharings[at] ?? {};
    if (by >= 0 && levels[by] === missing) {
      outside[at] = Number.POSITIVE_INFINITY;
      continue;
    }
    let units = (isLearned && rarities[by]) || 0;
    for (let n = 0; n < evidence.length; n++) if (explained?.[n] === 0) units += evidence[n] ?? 0;
    outside[at] = toBits(units);
  }
  const units = Math.min(sum, toUnits(combinedBits(toBits(sum), sharings, outside)));
  return { units, shared: units < sum ? { name: foremost(sharings, outside), units: units - sum } : null };
}

function detailsOf(compiled: Compiled, a: number, b: number, levels: Uint8Array): PairDetails {
  const { prior, weights, conflicts } = compiled;
  const compared = weights.map(({ field, names }, n) => {
    const level = levels[n] ?? missing;
    const frequency = rarity(compiled, n, level, a, b);
    return {
      field,
      level: names[level] ?? "",
      units: level === missing ? 0 : agreement(compiled, n, level),
      frequency,
      isMissing: level === missing,
    };
  });
  const evidence = compared.map((each) => each.units + each.frequency);
  apportion(compiled, levels, evidence);
  const { units, shared } = combine(compiled, {
    levels,
    evidence,
    rarities: compared.map(({ frequency }) => frequency),
  });
  const held = strictest(conflicts, units, levels);
  return {
    units: held?.limit ?? units,
    prior,
    fields: compared.filter(({ isMissing }) => !isMissing),
    shared,
    conflict: held && { name: held.name, units: held.limit - units },
  };
}
