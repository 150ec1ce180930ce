import { fieldsOfPart } from "../block/block-parts.ts";
import { missing, neverFor } from "../compare/levels.ts";
import type { MatchRules } from "../match-rules.ts";
import type { ComparisonModel } from "../model.ts";
import { combinedBits, type Sharing, sharingsOf } from "../score/sharing.ts";
import { assumedFor } from "../score/weights.ts";
import type { Patterns } from "./patterns.ts";

/** By comparison and level as the rules list them. */
export type Shares = number[][];

export interface Estimate {
  m: Shares;
  u: Shares;
  prior: number;
  /** By name of a sharing: pairs that share it and are two, for each pair that is one customer. */
  mates: Readonly<Record<string, number>>;
}

/** What is assumed before anything is learned. */
export function assumedEstimate({ comparisons, shared }: MatchRules, records: number): Estimate {
  const assumed = comparisons.map(({ field, levels }) => [...assumedFor(field, levels).values()]);
  return {
    m: assumed.map((levels) => levels.map(({ m }) => m)),
    u: assumed.map((levels) => levels.map(({ u }) => u)),
    prior: Math.min(0.3, 1 / Math.max(records, 4)),
    mates: Object.fromEntries(shared.map(({ name, mates }) => [name, mates])),
  };
}

/**
 * Learns from compared pairs, without labels: u from pairs drawn at random, m by expectation maximisation, one blocking rule after the
 * other without the fields that the rule itself made agree, the prior from how many matches are expected among all candidates.
 */
export function estimate(
  candidates: Patterns,
  random: Patterns,
  { rules, records, before }: { rules: MatchRules; records: number; before: Estimate },
): Estimate {
  const assumed = assumedEstimate(rules, records);
  const u = learnU(random, assumed, before);
  const m = learnM(candidates, { rules, records }, { assumed: { ...assumed, mates: before.mates }, u });
  const fitted = { m: m.map((levels, n) => withinReason(levels, u[n] ?? [], rules.comparisons[n]?.levels ?? [])), u };
  return { ...fitted, ...learnShares(candidates, { ...assumed, ...fitted }, { rules, records }) };
}

/** The estimate as a model keeps it. */
export function comparisonModels({ m, u }: Estimate, { comparisons }: MatchRules): Record<string, ComparisonModel> {
  return Object.fromEntries(
    comparisons.map(({ field, levels }, n) => [
      field,
      {
        levels: Object.fromEntries(
          levels.map((level, at) => [level, { m: rounded(m[n]?.[at] ?? 0), u: rounded(u[n]?.[at] ?? 0) }]),
        ),
      },
    ]),
  );
}

/** Six digits: more than the records can tell, and the same text wherever it is computed. */
export const rounded = (share: number): number => Number(Math.max(share, 1e-12).toPrecision(6));

function learnU(random: Patterns, assumed: Estimate, before: Estimate): Shares {
  const counts = assumed.u.map((levels) => levels.map(() => 0));
  const probabilityOf = judgeOf(before, { sharings: [], excluded: [] });
  random.levels.forEach((levels, pattern) => {
    // A pair drawn at random may be one customer; so far as it is, it says nothing of two.
    const isOne = probabilityOf(levels);
    addPattern(counts, levels, (random.weights[pattern] ?? 0) * (1 - isOne));
  });
  return counts.map((levels, n) => weighedU(levels, assumed.u[n] ?? []));
}

/** Coincidences as rare as these are not seen in a sample: what is assumed of them counts as much as so many pairs. */
const rareShare = 0.001;
const assumedPairs = 20_000;
/** What is assumed of all others gives way to few pairs. */
const assumedPairsOfCommon = 20;

function weighedU(counts: readonly number[], assumed: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const isRare = assumed.map((u) => u < rareShare);
  const rare = counts.map((count, at) => (count + (assumed[at] ?? 0) * assumedPairs) / (all + assumedPairs));
  const common = counts.map((count, at) => (isRare[at] ? 0 : count + (assumed[at] ?? 0) * assumedPairsOfCommon));
  const left = 1 - rare.reduce((sum, share, at) => sum + (isRare[at] ? share : 0), 0);
  const commonSum = common.reduce((sum, count) => sum + count, 0);
  return rare.map((share, at) => (isRare[at] ? share : (left * (common[at] ?? 0)) / commonSum));
}

const roundsMax = 30;
const assumedMatches = 10;

function learnM(
  candidates: Patterns,
  { rules, records }: { rules: MatchRules; records: number },
  { assumed, u }: { assumed: Estimate; u: Shares },
): Shares {
  const counts = assumed.m.map((levels) => levels.map((m) => m * assumedMatches));
  const sharings = sharingsOf(rules, assumed.mates);
  rules.blocking.forEach(({ of }, rule) => {
    const given = new Set(of.flatMap(fieldsOfPart));
    const excluded = rules.comparisons.map(({ field }) => given.has(field));
    const weights = candidates.byRule[rule] ?? [];
    const learned = maximise(candidates.levels, weights, { assumed, u, excluded, sharings });
    learned.forEach((levels, n) => {
      if (!excluded[n]) for (const [at, count] of levels.entries()) counts[n] = addTo(counts[n] ?? [], at, count);
    });
  });
  const m = counts.map(normalised);
  const isBound = counts.map((levels) => levels.reduce((sum, count) => sum + count, 0) < 2 * assumedMatches);
  if (!isBound.includes(true)) return m;
  return learnBound(candidates, { ...assumed, m, u }, { rules, isBound, sharings, records });
}

interface Binding {
  rules: MatchRules;
  /** By comparison: no rule that finds anything leaves it free to differ. */
  isBound: readonly boolean[];
  sharings: readonly Sharing[];
  records: number;
}

/**
 * Learns of fields that every rule makes agree, as names where records hold hardly anything else: of what is found on a level so much is
 * taken for matches as chance does not bring among all pairs. On levels that speak against two records no rule leads matches together: of
 * these what was assumed holds.
 */
function learnBound(
  { levels: patterns, weights }: Patterns,
  assumed: Estimate,
  { rules, isBound, sharings, records }: Binding,
): Shares {
  const isKept = rules.comparisons.map(({ levels }, n) => levels.map((level) => !isBound[n] || neverFor.has(level)));
  let { m, prior } = assumed;
  for (let round = 0; round < roundsMax; round++) {
    const counts = assumed.m.map((levels) => levels.map((share) => share * assumedMatches));
    const probabilityOf = judgeOf({ ...assumed, m, prior }, { sharings, excluded: [] });
    let matches = 0;
    patterns.forEach((levels, pattern) => {
      const expected = (weights[pattern] ?? 0) * probabilityOf(levels);
      addPattern(counts, levels, expected);
      matches += expected;
    });
    prior = priorOf(matches, records);
    m = counts.map((levels, n) => besideKept(levels, assumed.m[n] ?? [], isKept[n] ?? []));
  }
  return m;
}

/** What is kept as it is, and what that leaves as the counts share it out. */
function besideKept(counts: readonly number[], kept: readonly number[], isKept: readonly boolean[]): number[] {
  const left = 1 - kept.reduce((sum, share, at) => sum + (isKept[at] ? share : 0), 0);
  const counted = counts.reduce((sum, count, at) => sum + (isKept[at] ? 0 : count), 0);
  return counts.map((count, at) => (isKept[at] ? (kept[at] ?? 0) : (left * count) / counted));
}

/** Expected matches by comparison and level among the pairs of one blocking rule. */
function maximise(
  patterns: readonly Uint8Array[],
  weights: readonly number[],
  {
    assumed,
    u,
    excluded,
    sharings,
  }: { assumed: Estimate; u: Shares; excluded: readonly boolean[]; sharings: readonly Sharing[] },
): Shares {
  let m = assumed.m;
  let prior = 0.2;
  let counts: Shares = [];
  const met = [...patterns.keys()].filter((pattern) => (weights[pattern] ?? 0) !== 0);
  for (let round = 0; round < roundsMax; round++) {
    counts = m.map((levels) => levels.map(() => 0));
    let [matches, all] = [assumedMatches * 0.2, assumedMatches];
    const probabilityOf = judgeOf({ ...assumed, m, u, prior }, { sharings, excluded });
    for (const pattern of met) {
      const levels = patterns[pattern] ?? none;
      const weight = weights[pattern] ?? 0;
      const expected = weight * probabilityOf(levels);
      addPattern(counts, levels, expected);
      matches += expected;
      all += weight;
    }
    prior = Math.min(0.99, matches / all);
    m = counts.map((levels, n) =>
      normalised(levels.map((count, at) => count + (assumed.m[n]?.[at] ?? 0) * assumedMatches)),
    );
  }
  return counts;
}

/** No customer has more records than this on average, nor do fewer than one in so many share theirs. */
const matchesARecord = { max: 8, min: 0.02 };
const matesAMatch = { max: 50, min: 0.001 };
/** How many mates there are differs a hundredfold from base to base: what is assumed counts as much as so few matches. */
const assumedMatchesOfMates = 2;

/** How many of all pairs are one customer, and how many two who share something: whatever explains most of the candidates. */
function learnShares(
  candidates: Patterns,
  assumed: Estimate,
  { rules, records }: { rules: MatchRules; records: number },
): Pick<Estimate, "prior" | "mates"> {
  const sharings = sharingsOf(rules, assumed.mates);
  const names = sharings.map(({ name }) => name);
  const odds = candidates.levels.map((levels) => explanations(levels, assumed, sharings));
  let prior = assumed.prior;
  let mates = names.map((name) => assumed.mates[name] ?? 1);
  for (let round = 0; round < roundsMax; round++) {
    let matches = 0;
    const shared = names.map(() => 0);
    const parts = names.map(() => 0);
    for (let pattern = 0; pattern < odds.length; pattern++) {
      const { one, two } = odds[pattern] ?? { one: 0, two: names.map(() => 0) };
      const weight = candidates.weights[pattern] ?? 0;
      let others = 0;
      for (let n = 0; n < two.length; n++) {
        parts[n] = prior * (mates[n] ?? 1) * (two[n] ?? 0);
        others += parts[n] ?? 0;
      }
      const all = 1 + prior * one + others;
      matches += (weight * prior * one) / all;
      for (let n = 0; n < two.length; n++) shared[n] = (shared[n] ?? 0) + (weight * (parts[n] ?? 0)) / all;
    }
    mates = shared.map((each, n) => {
      const expected = assumedMatchesOfMates * (assumed.mates[names[n] ?? ""] ?? 1);
      const learned = (each + expected) / (matches + assumedMatchesOfMates);
      return Math.min(Math.max(learned, matesAMatch.min), matesAMatch.max);
    });
    prior = priorOf(matches, records);
  }
  return { prior, mates: Object.fromEntries(names.map((name, n) => [name, rounded(mates[n] ?? 1)])) };
}

function priorOf(matches: number, records: number): number {
  const pairs = Math.max(1, (records * (records - 1)) / 2);
  const within = Math.min(Math.max(matches, records * matchesARecord.min), records * matchesARecord.max);
  return Math.min(0.3, within / pairs);
}

/** How much better than chance a pattern is explained by being one customer, and by being two who share something. */
function explanations(
  levels: Uint8Array,
  { m, u }: Estimate,
  sharings: readonly Sharing[],
): { one: number; two: number[] } {
  let one = 1;
  const two = sharings.map(() => 1);
  for (let n = 0; n < levels.length; n++) {
    const level = levels[n] ?? missing;
    if (level === missing) continue;
    const odds = (m[n]?.[level] ?? 1) / (u[n]?.[level] ?? 1);
    one *= odds;
    for (const [at, { explained }] of sharings.entries()) if (explained[n] === 1) two[at] = (two[at] ?? 1) * odds;
  }
  for (const [at, { by }] of sharings.entries()) if (by >= 0 && (levels[by] ?? missing) === missing) two[at] = 0;
  return { one, two };
}

/** Tells how probably pairs of a pattern are one party's, by the fields that are not excluded. */
function judgeOf(
  { m, u, prior }: Estimate,
  { sharings, excluded }: { sharings: readonly Sharing[]; excluded: readonly boolean[] },
): (levels: Uint8Array) => number {
  const bits = m.map((levels, n) => levels.map((share, level) => Math.log2(share / (u[n]?.[level] ?? 1))));
  const priorBits = Math.log2(prior / (1 - prior));
  const evidence = sharings.map(() => 0);
  return (levels) => {
    evidence.fill(0);
    let all = priorBits;
    for (let n = 0; n < levels.length; n++) {
      const level = levels[n] ?? missing;
      if (level === missing || excluded[n]) continue;
      const each = bits[n]?.[level] ?? 0;
      all += each;
      for (let at = 0; at < sharings.length; at++)
        if (sharings[at]?.explained[n] === 0) evidence[at] = (evidence[at] ?? 0) + each;
    }
    for (let at = 0; at < sharings.length; at++) {
      const { by = -1 } = sharings[at] ?? {};
      if (by >= 0 && (levels[by] ?? missing) === missing) evidence[at] = Number.POSITIVE_INFINITY;
    }
    return 1 / (1 + 2 ** -combinedBits(all, sharings, evidence));
  };
}

/** Of a pattern that is not there nothing is said. */
const none = new Uint8Array(0);

function addPattern(counts: Shares, levels: Uint8Array, weight: number): void {
  for (let n = 0; n < levels.length; n++) {
    const level = levels[n] ?? missing;
    if (level !== missing) addTo(counts[n] ?? [], level, weight);
  }
}

function addTo(counts: number[], level: number, weight: number): number[] {
  counts[level] = (counts[level] ?? 0) + weight;
  return counts;
}

function normalised(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}

/** Whatever the records say: to agree wholly never speaks against two records, to differ never for them. */
function withinReason(m: readonly number[], u: readonly number[], levels: readonly string[]): number[] {
  return m.map((share, at) => {
    if (at === 0) return Math.max(share, u[0] ?? 0);
    return neverFor.has(levels[at] ?? "") ? Math.min(share, u[at] ?? 1) : share;
  });
}
