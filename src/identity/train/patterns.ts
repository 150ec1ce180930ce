import { missing } from "../compare/levels.ts";
import type { PreparedRecords } from "../compare/prepared.ts";
import type { MatchRules } from "../match-rules.ts";
import { standingLevels } from "../score/weights.ts";
import type { TrainingPairs } from "./training-pairs.ts";

/** Pairs by how they compare: the same levels in all fields are one pattern, and patterns are few. */
export interface Patterns {
  /** By pattern and comparison: place of the level among those the rules list, `missing` for no evidence. */
  levels: readonly Uint8Array[];
  /** By pattern: how many pairs it stands for. */
  weights: number[];
  /** By blocking rule, then by pattern. */
  byRule: number[][];
}

/** Pairs with how they compare. */
export interface ComparedPairs {
  pairs: TrainingPairs;
  /** By pair: the place of the level of each comparison in the catalogue. */
  levels: readonly Uint8Array[];
}

/** Compares the pairs; those compared before only where another model's knowledge makes another level of it. */
export function comparePairs(pairs: TrainingPairs, records: PreparedRecords, before?: ComparedPairs): ComparedPairs {
  const width = records.columns.length;
  const all = new Uint8Array(pairs.left.length * width);
  const levels = Array.from(pairs.left, (left, n) => {
    const own = before?.levels[n] ?? all.subarray(n * width, (n + 1) * width);
    records.compare(left, pairs.right[n] ?? 0, own, before && records.learned);
    return own;
  });
  return { pairs, levels };
}

/** Counts how often each pattern comes, in all and by blocking rule. */
export function patternsOf(
  { pairs, levels: compared }: ComparedPairs,
  { comparisons, blocking }: MatchRules,
): Patterns {
  const places = comparisons.map(({ field, levels }) =>
    standingLevels(field, levels).map((level) => levels.indexOf(level)),
  );
  const known = new Map<string, number>();
  const patterns: { levels: Uint8Array[]; weights: number[] } = { levels: [], weights: [] };
  const byRule = blocking.map((): number[] => []);
  const found = new Uint8Array(comparisons.length);
  for (let n = 0; n < pairs.left.length; n++) {
    for (let at = 0; at < found.length; at++) {
      const level = compared[n]?.[at] ?? missing;
      found[at] = level === missing ? missing : (places[at]?.[level] ?? missing);
    }
    const key = String.fromCharCode(...found);
    let pattern = known.get(key);
    if (pattern === undefined) {
      pattern = known.size;
      known.set(key, pattern);
      patterns.levels.push(found.slice());
    }
    const weight = pairs.weights[n] ?? 1;
    patterns.weights[pattern] = (patterns.weights[pattern] ?? 0) + weight;
    const rules = pairs.rules[n] ?? 0;
    for (let rule = 0; rule < byRule.length; rule++) {
      const counts = byRule[rule];
      if (counts && (rules & (1 << rule)) !== 0) counts[pattern] = (counts[pattern] ?? 0) + weight;
    }
  }
  return { ...patterns, byRule };
}
