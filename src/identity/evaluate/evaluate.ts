import type { PartyKind } from "../comparable.ts";
import type { Party } from "../group/claims.ts";
import type { Cluster } from "../group/cluster.ts";
import { createMatching, type Matching } from "../matching.ts";
import { type IdentityRules, mergedFrom, withModel } from "../rules.ts";
import type { Match } from "../score/score.ts";
import { blockingCompleteness } from "./completeness.ts";
import {
  bCubedQuality,
  clusteredQuality,
  labelsOf,
  pairCount,
  type Quality,
  qualityOf,
  unlabelled,
} from "./metrics.ts";
import {
  addParty,
  clusterSet,
  emptySet,
  foundersOf,
  joinsOf,
  type MatchedSet,
  matchSet,
  type PartySet,
} from "./party-sets.ts";
import { refit } from "./refit.ts";

/** A party of which it is known whose record it is; an empty truth says that it is not known. */
export interface LabelledParty {
  /** Names the record: no two bear one. */
  key: string;
  party: Party;
  truth: string;
}

export interface EvaluationOptions {
  /** With the model that their scores are made by. */
  rules: IdentityRules;
  /** Seed for learning the weights anew from the records, not from their labels; absent: the rules' as they are. */
  trainingSeed?: number;
  /** How many wrong merges are shown, the worst first. */
  examplesMax?: number;
  /** Merge thresholds to judge as well, each from `thresholdMin` on. */
  thresholds?: readonly number[];
  /** Milliseconds by any clock. */
  elapsedMs(): number;
  /** Told what begins. */
  onStage?(stage: Stage): void;
  /** Told of each record by which one its customer was founded: their keys. */
  onFound?(key: string, founder: string): void;
}

export type Stage = "comparing" | "training" | "matching" | "clustering" | "judging";

/** Two records of different customers that were joined, by a shared claim or by their score. */
export interface WrongMerge {
  left_key: string;
  right_key: string;
  truth: readonly [string, string];
  claim: string | null;
  /** Null where the rules score nothing. */
  match: Match | null;
}

/** How well customers are found where scores merge from another probability on. */
export interface AtThreshold {
  merge: number;
  found_customers: number;
  /** Pairs whose score alone would merge them. */
  scored: Quality;
  clustered: Quality;
  b_cubed: Quality;
}

/** How well the rules find the customers of labelled records. */
export interface Evaluation {
  records: number;
  labelled: number;
  /** Customers by the labels, and as found. */
  customers: number;
  found_customers: number;
  true_pairs: number;
  /** How many records say each of the fields that are compared, in the order of the rules. */
  compared: Readonly<Record<string, number>>;
  /** Kinds whose weights were learned from these records. */
  trained: readonly PartyKind[];
  /** Pairs whose score alone would merge them. */
  at_merge: Quality;
  /** Those of them that are one customer in the end: a rival, a limit or a conflict of their groups keeps others apart. */
  merged: Quality;
  /** Pairs that are more probably one customer than not. */
  at_half: Quality;
  /** Pairs of records in one customer, by claims and scores together, as the hub would join them. */
  clustered: Quality;
  b_cubed: Quality;
  /** The same with each merge threshold that was asked for in the place of the rules' own. */
  thresholds: readonly AtThreshold[];
  blocking: { completeness: number; candidates: number; candidates_per_record: number; overfull: readonly string[] };
  wrong_merges: { count: number; examples: readonly WrongMerge[] };
  seconds: Record<Stage, number>;
}

/**
 * Finds the customers of labelled records as the hub would and compares them with the labels, which nothing else looks at.
 * Precision at the merge threshold is what counts first: a wrong merge is worse than a missed one.
 */
export function evaluate(parties: Iterable<LabelledParty>, options: EvaluationOptions): Evaluation {
  const { seconds, timed } = stopwatch(options);
  const labelled = timed("comparing", () => setsOf(parties, options.rules));
  const sets = labelled.map(({ set }) => set);
  const { rules, trained } = timed("training", () => trainedRules(sets, options));
  const matching = createMatching(rules);
  const matched = labelled.map(({ set, truths, start }) => ({
    ...timed("matching", () => matchSet(set, rules, half)),
    truths,
    start,
  }));
  const clusters = matched.map((each) => timed("clustering", () => clusterSet(each, rules, matching)));
  const found = foundLabels(labelled, clusters);
  if (options.onFound) for (const each of clusters) tellFound(each, options.onFound);
  return timed("judging", () => {
    const truth = labelsOf(labelled.flatMap(({ truths }) => truths));
    const labels = { truth, found };
    return {
      ...counts(labels),
      compared: comparedFields(sets, rules),
      trained,
      ...qualities(matched, labels, rules),
      thresholds: (options.thresholds ?? []).map((merge) => atThreshold(matched, truth, rules, merge)),
      blocking: blockingOf(matched, rules),
      wrong_merges: wrongMerges(matched, clusters, matching, options.examplesMax ?? 0),
      seconds,
    };
  });
}

/** Pairs from an even chance on are wanted for the figures, whatever the rules would show a person. */
const half = 0.5;
/** Below it two records are more probably not one customer. */
export const thresholdMin = half;

interface LabelledSet {
  set: PartySet;
  truths: string[];
  /** How many records there are in the sets before. */
  start: number;
}

type Judged = MatchedSet & LabelledSet;

function stopwatch({ elapsedMs, onStage }: EvaluationOptions) {
  const seconds: Record<Stage, number> = { comparing: 0, training: 0, matching: 0, clustering: 0, judging: 0 };
  const timed = <T>(stage: Stage, work: () => T): T => {
    onStage?.(stage);
    const begun = elapsedMs();
    const made = work();
    seconds[stage] += (elapsedMs() - begun) / 1_000;
    return made;
  };
  return { seconds, timed };
}

function setsOf(parties: Iterable<LabelledParty>, rules: IdentityRules): LabelledSet[] {
  const person: LabelledSet = { set: emptySet("person"), truths: [], start: 0 };
  const company: LabelledSet = { set: emptySet("company"), truths: [], start: 0 };
  for (const labelled of parties) {
    const { set, truths } = labelled.party.kind === "person" ? person : company;
    addParty(set, labelled, rules);
    truths.push(labelled.truth);
  }
  company.start = person.truths.length;
  return [person, company].filter(({ truths }) => truths.length > 0);
}

function trainedRules(sets: readonly PartySet[], { rules, trainingSeed: seed }: EvaluationOptions) {
  if (seed === undefined || !rules.model) return { rules, trained: [] };
  const learned = refit(sets, rules, { seed });
  return { rules: withModel(rules, learned.model), trained: learned.trained };
}

/** The customer each record was put into, in the order of the records: the place of its founder. */
function foundLabels(labelled: readonly LabelledSet[], clusters: readonly Cluster[][]): Int32Array {
  const found = new Int32Array(labelled.reduce((sum, { truths }) => sum + truths.length, 0));
  for (const [n, { set, start }] of labelled.entries()) {
    for (const [place, founder] of foundersOf(clusters[n] ?? [], set).entries()) found[start + place] = start + founder;
  }
  return found;
}

function tellFound(clusters: readonly Cluster[], onFound: (key: string, founder: string) => void): void {
  for (const { founder, members } of clusters)
    for (const { record_key } of members) onFound(record_key, founder.record_key);
}

interface Labels {
  truth: Int32Array;
  found: Int32Array;
}

function counts({ truth, found }: Labels) {
  const known = truth.filter((label) => label !== unlabelled);
  return {
    records: truth.length,
    labelled: known.length,
    customers: new Set(known).size,
    found_customers: new Set(found).size,
    true_pairs: pairCount(truth),
  };
}

function comparedFields(sets: readonly PartySet[], rules: IdentityRules): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const { kind, records } of sets) {
    for (const { field } of rules[kind].match?.comparisons ?? []) {
      const saying = records.filter(({ comparable }) => comparable.fields[field] !== undefined).length;
      if (saying > 0) amounts[field] = (amounts[field] ?? 0) + saying;
    }
  }
  return amounts;
}

/** Whether a pair is said to be one customer, by its probability and the places of its records among all. */
type Said = (pair: { kind: PartyKind; probability: number; left: number; right: number }) => boolean;

function qualities(matched: readonly Judged[], { truth, found }: Labels, rules: IdentityRules) {
  const merges: Said = ({ kind, probability }) => probability >= (rules[kind].match?.merge ?? 1);
  const of = (said: Said) => qualityOfPairs(matched, truth, said);
  return {
    at_merge: of(merges),
    merged: of((pair) => merges(pair) && found[pair.left] === found[pair.right]),
    at_half: of(({ probability }) => probability >= half),
    clustered: clusteredQuality(found, truth),
    b_cubed: bCubedQuality(found, truth),
  };
}

/** Quality of what is said of the scored pairs. */
function qualityOfPairs(matched: readonly Judged[], truth: Int32Array, isSaid: Said): Quality {
  const tally = { right: 0, said: 0, wanted: pairCount(truth) };
  for (const { set, start, pairs } of matched) {
    for (const [at, probability] of pairs.probability.entries()) {
      const [left, right] = [start + (pairs.a[at] ?? 0), start + (pairs.b[at] ?? 0)];
      if (truth[left] === unlabelled || truth[right] === unlabelled) continue;
      if (!isSaid({ kind: set.kind, probability, left, right })) continue;
      tally.said += 1;
      if (truth[left] === truth[right]) tally.right += 1;
    }
  }
  return qualityOf(tally);
}

function atThreshold(matched: readonly Judged[], truth: Int32Array, rules: IdentityRules, merge: number): AtThreshold {
  const other = mergedFrom(rules, merge);
  const matching = createMatching(other);
  const found = foundLabels(
    matched,
    matched.map((each) => clusterSet(each, other, matching)),
  );
  return {
    merge,
    found_customers: new Set(found).size,
    scored: qualityOfPairs(matched, truth, ({ probability }) => probability >= merge),
    clustered: clusteredQuality(found, truth),
    b_cubed: bCubedQuality(found, truth),
  };
}

function blockingOf(matched: readonly Judged[], rules: IdentityRules): Evaluation["blocking"] {
  const total = { pairs: 0, found: 0, candidates: 0, records: 0 };
  for (const { set, truths, overfull, pairs, candidates } of matched) {
    const comparables = set.records.map(({ comparable }) => comparable);
    const { match } = rules[set.kind];
    const blocked = match && { rules: match, overfull: new Set(overfull), pairs };
    const counted = blocked && blockingCompleteness(comparables, labelsOf(truths), blocked);
    total.pairs += counted?.pairs ?? 0;
    total.found += counted?.found ?? 0;
    total.candidates += candidates;
    total.records += set.records.length;
  }
  const { pairs, found, candidates, records } = total;
  return {
    completeness: pairs === 0 ? 1 : found / pairs,
    candidates,
    candidates_per_record: records === 0 ? 0 : candidates / records,
    overfull: matched.flatMap(({ overfull }) => overfull),
  };
}

/** Joins that brought records of different customers together, with their score, whether it was the score that joined them or not. */
function wrongMerges(
  matched: readonly Judged[],
  clusters: readonly Cluster[][],
  matching: Matching | null,
  examplesMax: number,
): Evaluation["wrong_merges"] {
  const wrong = matched.flatMap(({ set, truths }, n) => {
    return joinsOf(clusters[n] ?? []).flatMap(({ left, right, claim }): WrongMerge[] => {
      const [one = "", other = ""] = [truths[left], truths[right]];
      const [a, b] = [set.records[left], set.records[right]];
      if (one === other || one === "" || other === "" || !a || !b) return [];
      const match = matching?.score(a.comparable, b.comparable) ?? null;
      return [{ left_key: a.key, right_key: b.key, truth: [one, other], claim, match }];
    });
  });
  const weight = ({ match }: WrongMerge) => match?.weight ?? 0;
  wrong.sort((a, b) => weight(b) - weight(a) || (a.left_key < b.left_key ? -1 : 1));
  return { count: wrong.length, examples: wrong.slice(0, examplesMax) };
}
