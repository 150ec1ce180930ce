import { eachCandidates, indexKeys, overfullKeys } from "./block/key-index.ts";
import type { Comparable } from "./comparable.ts";
import type { MatchRules } from "./match-rules.ts";
import type { PartyModel } from "./model.ts";
import { createPairScorer } from "./score/pair-scorer.ts";
import { type Match, matchOf } from "./score/score.ts";
import { unitsOfProbability } from "./score/weights.ts";

/** A pair of records as probable as people are asked about, or more; `a` sorts first. */
export interface MatchedPair {
  a: string;
  b: string;
  match: Match;
}

export interface Matches {
  /** Sorted by their keys. */
  pairs: MatchedPair[];
  /** Block keys on too many records: they found nobody. */
  overfull: readonly string[];
  /** How many pairs were compared. */
  candidates: number;
}

/**
 * Finds and scores all pairs of a set of one kind, in memory: what the incremental way must come to, whatever the order. A pair is
 * compared when it shares a block key that is not over-full.
 */
export function matchAll(
  records: readonly { key: string; comparable: Comparable }[],
  rules: MatchRules,
  model: PartyModel,
): Matches {
  const sorted = [...records].sort((a, b) => (a.key < b.key ? -1 : 1));
  const comparables = sorted.map(({ comparable }) => comparable);
  const scorer = createPairScorer(rules, model);
  const rows = comparables.map(scorer.prepare);
  const index = indexKeys(comparables, rules);
  // Units are rounded: a pair on the threshold is looked at closely, and judged by its probability.
  const unitsMin = unitsOfProbability(rules.review) - 1;
  const pairs: MatchedPair[] = [];
  let candidates = 0;
  eachCandidates(index, (n, { others, count }) => {
    candidates += count;
    const [a, row] = [sorted[n], rows[n]];
    const found: number[] = [];
    for (let at = 0; at < count; at++) {
      const other = others[at] ?? 0;
      const otherRow = rows[other];
      if (row && otherRow && scorer.weigh(row, otherRow, unitsMin) >= unitsMin) found.push(other);
    }
    for (const other of found.sort((x, y) => x - y)) {
      const [b, otherRow] = [sorted[other], rows[other]];
      if (!a || !b || !row || !otherRow) continue;
      const match = matchOf(scorer.details(row, otherRow));
      if (match.probability >= rules.review) pairs.push({ a: a.key, b: b.key, match });
    }
  });
  return { pairs, overfull: overfullKeys(index, comparables, rules), candidates };
}
