import { eachCandidates, indexKeys, overfullKeys } from "./block/key-index.ts";
import type { Comparable } from "./comparable.ts";
import type { MatchRules } from "./match-rules.ts";
import type { PartyModel } from "./model.ts";
import { createPairScorer, type PairScorer } from "./score/pair-scorer.ts";
import { type Match, matchOf } from "./score/score.ts";
import { probabilityOf, toBits, unitsOfProbability } from "./score/weights.ts";

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

type Keyed = readonly { key: string; comparable: Comparable }[];

/** Of the same, what is kept of a million records: no parts of the scores. */
export interface MatchWeights extends Omit<Matches, "pairs"> {
  pairs: { a: string; b: string; weight: number; probability: number }[];
}

/**
 * Finds and scores all pairs of a set of one kind, in memory: what the incremental way must come to, whatever the order. A pair is
 * compared when it shares a block key that is not over-full.
 */
export function matchAll(records: Keyed, rules: MatchRules, model: PartyModel): Matches {
  const { found, scorer, ...rest } = foundPairs(records, rules, model);
  return { pairs: found.map(({ a, b, rows }) => ({ a, b, match: matchOf(scorer.details(...rows)) })), ...rest };
}

/** As `matchAll`, without telling why. */
export function weighAll(records: Keyed, rules: MatchRules, model: PartyModel): MatchWeights {
  const { found, scorer: _, ...rest } = foundPairs(records, rules, model);
  const pairs = found.map(({ a, b, units }) => ({ a, b, weight: toBits(units), probability: probabilityOf(units) }));
  return { pairs, ...rest };
}

interface FoundPair {
  a: string;
  b: string;
  /** Their rows in the scorer. */
  rows: readonly [number, number];
  units: number;
}

function foundPairs(
  records: Keyed,
  rules: MatchRules,
  model: PartyModel,
): Omit<Matches, "pairs"> & { found: FoundPair[]; scorer: PairScorer } {
  const ordered = byName(records);
  const comparables = ordered.map(({ comparable }) => comparable);
  const index = indexKeys(comparables, rules);
  const scorer = createPairScorer(rules, model);
  const rows = Int32Array.from(comparables, scorer.prepare);
  const keyOf = (n: number) => ordered[n]?.key ?? "";
  // Units are rounded: a pair on the threshold is looked at closely, and judged by its probability.
  const unitsMin = unitsOfProbability(rules.review) - 1;
  let candidates = 0;
  const found: FoundPair[] = [];
  eachCandidates(index, (n, { others, count }) => {
    candidates += count;
    for (let at = 0; at < count; at++) {
      const other = others[at] ?? 0;
      const [row, otherRow] = [rows[n] ?? 0, rows[other] ?? 0];
      const units = scorer.weigh(row, otherRow, unitsMin);
      if (units < unitsMin || probabilityOf(units) < rules.review) continue;
      const [key, otherKey] = [keyOf(n), keyOf(other)];
      if (key < otherKey) found.push({ a: key, b: otherKey, rows: [row, otherRow], units });
      else found.push({ a: otherKey, b: key, rows: [otherRow, row], units });
    }
  });
  found.sort((x, y) => (x.a === y.a ? (x.b < y.b ? -1 : 1) : x.a < y.a ? -1 : 1));
  return { found, scorer, overfull: overfullKeys(index, comparables, rules), candidates };
}

/** Those of one name beside each other: they are compared with each other most, and what lies together in memory is read sooner. */
function byName(records: Keyed): Keyed {
  const named = records.map((record) => {
    const { last_name, company_name } = record.comparable.fields;
    return { record, name: (last_name ?? company_name)?.[0] ?? "" };
  });
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.record.key < b.record.key ? -1 : 1));
  return named.map(({ record }) => record);
}
