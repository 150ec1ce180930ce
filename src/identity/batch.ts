import { eachCandidates, indexKeys, overfullKeys } from "./block/key-index.ts";
import type { Comparable } from "./comparable.ts";
import type { MatchRules } from "./match-rules.ts";
import type { PartyModel } from "./model.ts";
import type { WeighedPairs } from "./pairs.ts";
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
  pairs: WeighedPairs;
}

/**
 * Finds and scores all pairs of a set of one kind, in memory: what the incremental way must come to, whatever the order. A pair is
 * compared when it shares a block key that is not over-full.
 */
export function matchAll(records: Keyed, rules: MatchRules, model: PartyModel): Matches {
  const { ordered, found, rows, scorer, ...rest } = foundPairs(records, rules, model);
  const keyOf = (n: number) => ordered[n]?.record.key ?? "";
  const pairs = found.a.map((a, at): MatchedPair => {
    const b = found.b[at] ?? 0;
    return { a: keyOf(a), b: keyOf(b), match: matchOf(scorer.details(rows[a] ?? 0, rows[b] ?? 0)) };
  });
  return { pairs: pairs.sort((x, y) => (x.a === y.a ? (x.b < y.b ? -1 : 1) : x.a < y.a ? -1 : 1)), ...rest };
}

/** As `matchAll`, without telling why. */
export function weighAll(records: Keyed, rules: MatchRules, model: PartyModel): MatchWeights {
  const { ordered, found, overfull, candidates } = foundPairs(records, rules, model);
  const placeOf = (n: number) => ordered[n]?.place ?? 0;
  const pairs = {
    a: Int32Array.from(found.a, placeOf),
    b: Int32Array.from(found.b, placeOf),
    weight: Float64Array.from(found.units, toBits),
    probability: Float64Array.from(found.units, probabilityOf),
  };
  return { pairs, overfull, candidates };
}

interface FoundPairs extends Omit<Matches, "pairs"> {
  ordered: readonly Placed[];
  /** Which of the ordered records, and what their score is in units. */
  found: { a: number[]; b: number[]; units: number[] };
  /** Of the ordered records, in the scorer. */
  rows: Int32Array;
  scorer: PairScorer;
}

function foundPairs(records: Keyed, rules: MatchRules, model: PartyModel): FoundPairs {
  const ordered = byName(records);
  const comparables = ordered.map(({ record }) => record.comparable);
  const index = indexKeys(comparables, rules);
  const scorer = createPairScorer(rules, model);
  const rows = Int32Array.from(comparables, scorer.prepare);
  const keyOf = (n: number) => ordered[n]?.record.key ?? "";
  // Units are rounded: a pair on the threshold is looked at closely, and judged by its probability.
  const unitsMin = unitsOfProbability(rules.review) - 1;
  let candidates = 0;
  const found: FoundPairs["found"] = { a: [], b: [], units: [] };
  eachCandidates(index, (n, { others, count }) => {
    candidates += count;
    for (let at = 0; at < count; at++) {
      const other = others[at] ?? 0;
      const units = scorer.weigh(rows[n] ?? 0, rows[other] ?? 0, unitsMin);
      if (units < unitsMin || probabilityOf(units) < rules.review) continue;
      const isFirst = keyOf(n) < keyOf(other);
      found.a.push(isFirst ? n : other);
      found.b.push(isFirst ? other : n);
      found.units.push(units);
    }
  });
  return { ordered, found, rows, scorer, overfull: overfullKeys(index, comparables, rules), candidates };
}

interface Placed {
  record: Keyed[number];
  /** Its place in the set. */
  place: number;
  name: string;
}

/** Those of one name beside each other: they are compared with each other most, and what lies together in memory is read sooner. */
function byName(records: Keyed): Placed[] {
  const named = records.map((record, place) => {
    const { last_name, company_name } = record.comparable.fields;
    return { record, place, name: (last_name ?? company_name)?.[0] ?? "" };
  });
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.record.key < b.record.key ? -1 : 1));
}
