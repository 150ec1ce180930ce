import type { PreparedRecord } from "../compare/columns.ts";
import { missing } from "../compare/levels.ts";
import type { MatchRules } from "../match-rules.ts";
import type { PairScorer } from "../score/pair-scorer.ts";
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

/** Compares the pairs, and counts how often each pattern comes, in all and by blocking rule. */
export function patternsOf(
  pairs: TrainingPairs,
  rows: readonly PreparedRecord[],
  scorer: PairScorer,
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
    const [a, b] = [rows[pairs.left[n] ?? 0], rows[pairs.right[n] ?? 0]];
    if (!a || !b) continue;
    scorer.compare(a, b, found);
    for (let at = 0; at < found.length; at++) {
      const level = found[at] ?? missing;
      if (level !== missing) found[at] = places[at]?.[level] ?? missing;
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
    byRule.forEach((counts, rule) => {
      if ((rules & (1 << rule)) !== 0) counts[pattern] = (counts[pattern] ?? 0) + weight;
    });
  }
  return { ...patterns, byRule };
}
