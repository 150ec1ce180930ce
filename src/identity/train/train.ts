import { indexKeys } from "../block/key-index.ts";
import type { Comparable } from "../comparable.ts";
import type { Column, PreparedRecord } from "../compare/columns.ts";
import type { MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { createPairScorer, type PairScorer } from "../score/pair-scorer.ts";
import { unitsOfProbability } from "../score/weights.ts";
import { assumedEstimate, comparisonModels, type Estimate, estimate, rounded } from "./estimate.ts";
import { type Customers, columnFrequencies, wordFrequencies } from "./frequencies.ts";
import { patternsOf } from "./patterns.ts";
import { drawCandidates, drawRandom, type TrainingPairs } from "./training-pairs.ts";

/** Twice: what is learned first tells which records are one customer, and so how frequent values really are. */
const rounds = 2;

/**
 * Learns the weights of one kind of party from its own records, without labels. The same records in any order and the same seed give the
 * same model, byte for byte; of no records, what is assumed of all.
 */
export function trainModel(
  records: readonly Comparable[],
  rules: MatchRules,
  { seed, onProgress }: { seed: number; onProgress?: (share: number) => void },
): PartyModel {
  const sorted = inOrder(records);
  const index = indexKeys(sorted, rules);
  const candidates = drawCandidates(index, seed);
  const random = drawRandom(sorted.length, seed);
  onProgress?.(0.2);
  const known = { records: sorted, rules, seed };
  let learned = assumedEstimate(rules, sorted.length);
  let model = firstModel(learned, known);
  for (let round = 1; round <= rounds; round++) {
    const scorer = createPairScorer(rules, model);
    const rows = sorted.map(scorer.prepare);
    learned = estimate(patternsOf(candidates, rows, scorer, rules), patternsOf(random, rows, scorer, rules), {
      rules,
      records: sorted.length,
      before: learned,
    });
    onProgress?.(0.2 + (0.7 * (round - 0.5)) / rounds);
    const judging = scorer.reweighed({ ...model, ...weightsIn(learned, model, rules) });
    const customers = resolve(candidates, rows, judging, rules);
    model = modelOf(learned, known, { customers, rows, columns: scorer.columns });
    onProgress?.(0.2 + (0.7 * round) / rounds);
  }
  onProgress?.(1);
  return model;
}

/** By what they hold, so that it does not matter in which order they came. */
function inOrder(records: readonly Comparable[]): Comparable[] {
  const texts = records.map((record) => ({ record, text: textOf(record) }));
  return texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ record }) => record);
}

function textOf({ fields }: Comparable): string {
  return Object.keys(fields)
    .sort()
    .map((field) => `${field}=${fields[field]?.join("\u0001")}`)
    .join("\u0002");
}

function weightsIn(
  learned: Estimate,
  before: PartyModel,
  rules: MatchRules,
): Pick<PartyModel, "prior" | "mates" | "comparisons"> {
  const comparisons = comparisonModels(learned, rules);
  for (const [field, comparison] of Object.entries(comparisons)) {
    const frequencies = before.comparisons[field]?.frequencies;
    if (frequencies) comparison.frequencies = frequencies;
  }
  return { prior: rounded(learned.prior), mates: learned.mates, comparisons };
}

interface Known {
  records: readonly Comparable[];
  rules: MatchRules;
  seed: number;
}

/** Before anything is learned each record is a customer of its own. */
function firstModel(assumed: Estimate, known: Known): PartyModel {
  const customers = Int32Array.from(known.records.keys());
  const bare = modelOf(assumed, known, { customers, rows: [], columns: [] });
  const { columns, prepare } = createPairScorer(known.rules, bare);
  return modelOf(assumed, known, { customers, rows: known.records.map(prepare), columns });
}

function modelOf(
  learned: Estimate,
  { records, rules, seed }: Known,
  { customers, rows, columns }: { customers: Customers; rows: readonly PreparedRecord[]; columns: readonly Column[] },
): PartyModel {
  const comparisons = comparisonModels(learned, rules);
  const bare = {
    prior: rounded(learned.prior),
    mates: learned.mates,
    trained_on: { records: records.length, customers: new Set(customers).size },
    seed,
  };
  const words = wordFrequencies(records, customers);
  rules.comparisons.forEach(({ field, frequency }, place) => {
    const [column, comparison] = [columns[place], comparisons[field]];
    if (!frequency || !column || !comparison) return;
    comparison.frequencies = columnFrequencies(column, rows, {
      place,
      customers,
      coincidence: learned.u[place]?.[0] ?? 1,
    });
  });
  return { ...bare, comparisons, words };
}

/** Puts the pairs that are as good as certain together: each record's customer, by the number of its first record. */
function resolve(
  { left, right }: TrainingPairs,
  rows: readonly PreparedRecord[],
  scorer: PairScorer,
  { merge }: MatchRules,
): Customers {
  const customers = Int32Array.from(rows.keys());
  const unitsMin = unitsOfProbability(merge);
  for (let n = 0; n < left.length; n++) {
    const [a, b] = [rows[left[n] ?? 0], rows[right[n] ?? 0]];
    if (!a || !b || scorer.weigh(a, b, unitsMin) < unitsMin) continue;
    const [one, other] = [firstOf(customers, left[n] ?? 0), firstOf(customers, right[n] ?? 0)];
    customers[Math.max(one, other)] = Math.min(one, other);
  }
  return customers.map((_, record) => firstOf(customers, record));
}

function firstOf(customers: Customers, record: number): number {
  let first = record;
  while ((customers[first] ?? first) !== first) first = customers[first] ?? first;
  customers[record] = first;
  return first;
}
