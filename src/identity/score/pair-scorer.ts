import { type Column, createColumn, type PreparedRecord } from "../compare/columns.ts";
import { type FieldValues, missing } from "../compare/levels.ts";
import { lexiconOf } from "../compare/lexicon.ts";
import { createSwaps, type Swaps } from "../compare/swaps.ts";
import type { ConflictRule, MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { combinedBits, foremost, type Sharing, sharingsOf } from "./sharing.ts";
import {
  type ComparisonWeights,
  rarityUnitsMax,
  standingLevels,
  toBits,
  toUnits,
  unitsOfProbability,
  weightsOf,
} from "./weights.ts";

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

/** Compares prepared records. What it has prepared it keeps, so that equal values are made ready once. */
export interface PairScorer {
  columns: readonly Column[];
  prepare(record: { fields: FieldValues }): PreparedRecord;
  /** Fills in the place of the level of each comparison, `missing` where there is no evidence. */
  compare(a: PreparedRecord, b: PreparedRecord, levels: Uint8Array): void;
  /** The weight in units; of pairs that cannot reach `unitsMin` one somewhere below it, sooner. */
  weigh(a: PreparedRecord, b: PreparedRecord, unitsMin: number): number;
  details(a: PreparedRecord, b: PreparedRecord): PairDetails;
  /** Name of the conflict that keeps the two apart. */
  conflict(a: PreparedRecord, b: PreparedRecord): string | null;
  /** The same with the weights of another model whose names and words are the same: what is prepared stays good. */
  reweighed(model: PartyModel): PairScorer;
  /** How many values are kept. */
  size(): number;
}

/** A scorer of prepared records. Throws when the model does not know what the rules compare. */
export function createPairScorer(rules: MatchRules, model: PartyModel): PairScorer {
  const lexicon = lexiconOf(model);
  const columns = rules.comparisons.map(({ field }) => createColumn(field, lexicon));
  return scorerOf(rules, compile(rules, model, { columns, swaps: createSwaps(rules) }));
}

function scorerOf(rules: MatchRules, compiled: Compiled): PairScorer {
  const { columns, swaps, conflicts } = compiled;
  const levels = new Uint8Array(columns.length);
  const evidence = columns.map(() => 0);
  return {
    columns,
    compare: (a, b, into) => compare(compiled, a, b, into),
    prepare({ fields }) {
      const row = columns.map((column) => column.idOf(fields));
      row.push(swaps?.idOf(fields) ?? -1);
      return row;
    },
    details(a, b) {
      compare(compiled, a, b, levels);
      return detailsOf(compiled, a, b, levels);
    },
    weigh(a, b, unitsMin) {
      compare(compiled, a, b, levels);
      let units = compiled.prior;
      for (let n = 0; n < columns.length; n++) units += agreement(compiled, n, levels);
      if (units + compiled.rarest < unitsMin) return units;
      for (let n = 0; n < columns.length; n++) {
        evidence[n] = agreement(compiled, n, levels) + rarity(compiled, n, levels[n] ?? missing, a, b);
      }
      const combined = combine(compiled, evidence, unitsMin).units;
      return strictest(conflicts, combined, levels)?.limit ?? combined;
    },
    conflict(a, b) {
      compare(compiled, a, b, levels);
      return conflicts.find(({ keepsApart, holds }) => keepsApart && holds(levels))?.name ?? null;
    },
    reweighed: (model) => scorerOf(rules, compile(rules, model, compiled)),
    size: () => columns.reduce((sum, column) => sum + column.size(), swaps?.size() ?? 0),
  };
}

interface Compiled {
  columns: readonly Column[];
  swaps: Swaps | null;
  weights: readonly ComparisonWeights[];
  conflicts: readonly Conflict[];
  prior: number;
  sharings: readonly Sharing[];
  /** What the rarity of values can add at most. */
  rarest: number;
}

function compile(
  rules: MatchRules,
  model: PartyModel,
  { columns, swaps }: Pick<Compiled, "columns" | "swaps">,
): Compiled {
  return {
    columns,
    swaps,
    weights: weightsOf(rules, model),
    conflicts: rules.conflicts.map((rule) => compileConflict(rule, rules)),
    prior: unitsOfProbability(model.prior),
    sharings: sharingsOf(rules, model.mates),
    rarest: rarityUnitsMax * rules.comparisons.filter(({ frequency }) => frequency).length,
  };
}

function compare({ columns, swaps }: Compiled, a: PreparedRecord, b: PreparedRecord, into: Uint8Array): void {
  for (let n = 0; n < columns.length; n++) {
    const one = a[n] ?? -1;
    const other = b[n] ?? -1;
    into[n] = one < 0 || other < 0 ? missing : (columns[n]?.compare(one, other) ?? missing);
  }
  swaps?.apply(a, b, into);
}

function agreement({ weights }: Compiled, n: number, levels: Uint8Array): number {
  const level = levels[n] ?? missing;
  return level === missing ? 0 : (weights[n]?.units[level] ?? 0);
}

function rarity(
  { columns, weights }: Compiled,
  n: number,
  level: number,
  a: PreparedRecord,
  b: PreparedRecord,
): number {
  const frequency = weights[n]?.frequency;
  if (level === missing || !frequency) return 0;
  const value = columns[n]?.shared(a[n] ?? -1, b[n] ?? -1, level);
  return value === undefined ? 0 : frequency(level, value);
}

/** Sums up what the comparisons say, with what sharing a home or an office explains of it. */
function combine(
  { prior, sharings }: Compiled,
  evidence: readonly number[],
  unitsMin = Number.NEGATIVE_INFINITY,
): { units: number; shared: PairDetails["shared"] } {
  let sum = prior;
  for (const each of evidence) sum += each;
  if (sharings.length === 0 || sum < unitsMin) return { units: sum, shared: null };
  const outside = sharings.map(({ explained }) => {
    let units = 0;
    for (let n = 0; n < evidence.length; n++) if (explained[n] === 0) units += evidence[n] ?? 0;
    return toBits(units);
  });
  const units = Math.min(sum, toUnits(combinedBits(toBits(sum), sharings, outside)));
  return { units, shared: units < sum ? { name: foremost(sharings, outside), units: units - sum } : null };
}

function detailsOf(compiled: Compiled, a: PreparedRecord, b: PreparedRecord, levels: Uint8Array): PairDetails {
  const { prior, weights, conflicts } = compiled;
  const compared = weights.map(({ field, names }, n) => {
    const level = levels[n] ?? missing;
    const frequency = rarity(compiled, n, level, a, b);
    return {
      field,
      level: names[level] ?? "",
      units: agreement(compiled, n, levels),
      frequency,
      isMissing: level === missing,
    };
  });
  const { units, shared } = combine(
    compiled,
    compared.map((each) => each.units + each.frequency),
  );
  const held = strictest(conflicts, units, levels);
  return {
    units: held?.limit ?? units,
    prior,
    fields: compared.filter(({ isMissing }) => !isMissing),
    shared,
    conflict: held && { name: held.name, units: held.limit - units },
  };
}

interface Conflict {
  name: string;
  /** Units that a pair in it has at most. */
  limit: number;
  keepsApart: boolean;
  holds(levels: Uint8Array): boolean;
}

/** The conflict that holds a pair down most, of those that hold; null where the pair is below all of them by itself. */
function strictest(conflicts: readonly Conflict[], units: number, levels: Uint8Array): Conflict | null {
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

/** By comparison, the places of the catalogue that count as one of the levels named. */
function compileStanding(
  standing: ConflictRule["when"],
  { comparisons }: MatchRules,
): { n: number; places: Uint8Array }[] {
  return comparisons.flatMap(({ field, levels }, n) => {
    const named = standing[field];
    if (!named) return [];
    const places = new Uint8Array(missing + 1);
    standingLevels(field, levels).forEach((level, place) => {
      places[place] = named.includes(level) ? 1 : 0;
    });
    return [{ n, places }];
  });
}
