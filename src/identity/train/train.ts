import { indexKeys } from "../block/key-index.ts";
import type { Comparable } from "../comparable.ts";
import { lexiconOf } from "../compare/lexicon.ts";
import { type PreparedRecords, prepareRecords } from "../compare/prepared.ts";
import type { MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { createPairScorer, type PairScorer } from "../score/pair-scorer.ts";
import { unitsOfProbability } from "../score/weights.ts";
import { assumedEstimate, comparisonModels, type Estimate, estimate, rounded } from "./estimate.ts";
import { type Customers, columnFrequencies, wordFrequencies } from "./frequencies.ts";
import { inOrder } from "./order.ts";
import { type ComparedPairs, comparePairs, patternsOf } from "./patterns.ts";
import { drawCandidates, drawRandom } from "./training-pairs.ts";

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
  // Before anything is learned each record is a customer of its own.
  const alone = Int32Array.from(sorted.keys());
  const bare = modelOf(learned, known, { customers: alone, firms: alone, prepared: null });
  let prepared = prepareRecords(rules, lexiconOf(bare));
  for (const { fields } of sorted) prepared.add(fields);
  let model = modelOf(learned, known, { customers: alone, firms: alone, prepared });
  let compared: ComparedPairs | undefined;
  let comparedAtRandom: ComparedPairs | undefined;
  for (let round = 1; round <= rounds; round++) {
    prepared = prepared.relearned(lexiconOf(model));
    compared = comparePairs(candidates, prepared, compared);
    comparedAtRandom = comparePairs(random, prepared, comparedAtRandom);
    learned = estimate(patternsOf(compared, rules), patternsOf(comparedAtRandom, rules), {
      rules,
      records: sorted.length,
      before: learned,
    });
    onProgress?.(0.2 + (0.7 * (round - 0.5)) / rounds);
    const judging = createPairScorer(rules, { ...model, ...weightsIn(learned, model, rules) }, prepared);
    model = modelOf(learned, known, {
      customers: resolve(compared, sorted.length, judging, rules.merge),
      firms: resolve(compared, sorted.length, judging, evenChance),
      prepared,
    });
    onProgress?.(0.2 + (0.7 * round) / rounds);
  }
  onProgress?.(1);
  return model;
}

/**
 * Names of firms are mostly all that is known of them, so that hardly a pair is certain: counted over certain customers alone, a firm's own
 * words would be as frequent as it has records.
 */
const evenChance = 0.5;

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

function modelOf(
  learned: Estimate,
  { records, rules, seed }: Known,
  { customers, firms, prepared }: { customers: Customers; firms: Customers; prepared: PreparedRecords | null },
): PartyModel {
  const comparisons = comparisonModels(learned, rules);
  const bare = {
    prior: rounded(learned.prior),
    mates: learned.mates,
    trained_on: { records: records.length, customers: new Set(customers).size },
    seed,
  };
  const words = wordFrequencies(records, firms);
  rules.comparisons.forEach(({ field, frequency }, place) => {
    const comparison = comparisons[field];
    if (!frequency || !prepared || !comparison) return;
    comparison.frequencies = columnFrequencies(prepared, place, {
      customers: field === "company_name" ? firms : customers,
      coincidence: learned.u[place]?.[0] ?? 1,
    });
  });
  return { ...bare, comparisons, words };
}

/** Puts the pairs of this probability or more together: each record's customer, by the number of its first record. */
function resolve(
  { pairs: { left, right }, levels }: ComparedPairs,
  records: number,
  scorer: PairScorer,
  probabilityMin: number,
): Customers {
  const customers = new Int32Array(records).map((_, record) => record);
  const unitsMin = unitsOfProbability(probabilityMin);
  for (let n = 0; n < left.length; n++) {
    const [a, b] = [left[n] ?? 0, right[n] ?? 0];
    const at = levels[n];
    if (!at || scorer.weighAt(at, a, b, unitsMin) < unitsMin) continue;
    const [one, other] = [firstOf(customers, a), firstOf(customers, b)];
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
