import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import type { PartyModel } from "../model.ts";
import { rulesApart } from "./conflicts.ts";
import { createPairScorer, type PairDetails, type PairScorer } from "./pair-scorer.ts";
import { probabilityOf, toBits, unitsOfProbability } from "./weights.ts";

/** What one field says, in bits (log2 of the odds): for agreement in general, and for how rare the shared value is. */
export interface FieldWeight {
  field: string;
  level: string;
  weight: number;
  frequency: number;
}

/** How sure it is that two records are one customer: weight = prior + Σ(weight + frequency), probability = 1 / (1 + 2^-weight). */
export interface Match {
  probability: number;
  weight: number;
  prior: number;
  /**
   * What one of the two does not have is left out. Last stand, with what they take away, `shared`: a home or an office explains part of the
   * agreement, and `conflict`.
   */
  fields: readonly FieldWeight[];
}

export interface Scorer {
  /** Symmetric and pure: the same answer whenever, wherever and in whichever order. */
  score(a: Comparable, b: Comparable): Match;
  /** The score if it reaches this probability, else null: most pairs are far below, and need not be worked out in full. */
  scoreFrom(a: Comparable, b: Comparable, probabilityMin: number): Match | null;
  /** The conflict that keeps two records apart also where others lie between them; null for none. */
  conflict(a: Comparable, b: Comparable): string | null;
}

/** How much a scorer keeps ready before it starts afresh, counted in values. */
const keptMax = 200_000;

/**
 * A scorer of one kind of party. Throws when the model does not know what the rules compare.
 * @example createScorer(rules.person.match, model.person).score(ann, anne).probability // 0.998…
 */
export function createScorer(rules: MatchRules, model: PartyModel): Scorer {
  const whole = createPreparing(rules, model);
  // Clusters ask many records of conflicts that are never scored, and of few of their fields.
  const apart = createPreparing(rulesApart(rules), model);
  return {
    score: (a, b) => whole(a, b, (pairs, left, right) => matchOf(pairs.details(left, right))),
    scoreFrom: (a, b, probabilityMin) =>
      whole(a, b, (pairs, left, right) => {
        // Units are rounded: a pair on the threshold is looked at closely, and judged by its probability.
        const unitsMin = unitsOfProbability(probabilityMin) - 1;
        if (pairs.weigh(left, right, unitsMin) < unitsMin) return null;
        const match = matchOf(pairs.details(left, right));
        return match.probability < probabilityMin ? null : match;
      }),
    conflict: (a, b) => apart(a, b, (pairs, left, right) => pairs.conflict(left, right)),
  };
}

type Compared<T> = (pairs: PairScorer, left: number, right: number) => T;

/** Prepares records as they are compared, each once until too much is kept. */
function createPreparing(
  rules: MatchRules,
  model: PartyModel,
): <T>(a: Comparable, b: Comparable, compared: Compared<T>) => T {
  let pairs = createPairScorer(rules, model);
  let prepared = new WeakMap<Comparable, number>();
  const prepare = (comparable: Comparable): number => {
    const known = prepared.get(comparable);
    if (known !== undefined) return known;
    const row = pairs.prepare(comparable);
    prepared.set(comparable, row);
    return row;
  };
  return (a, b, compared) => {
    if (pairs.size() > keptMax) {
      pairs = createPairScorer(rules, model);
      prepared = new WeakMap();
    }
    return compared(pairs, prepare(a), prepare(b));
  };
}

/** A comparison in bits, as it is shown and kept. */
export function matchOf({ units, prior, fields, shared, conflict }: PairDetails): Match {
  const weights = fields.map(
    (each): FieldWeight => ({
      field: each.field,
      level: each.level,
      weight: toBits(each.units),
      frequency: toBits(each.frequency),
    }),
  );
  for (const [field, found] of Object.entries({ shared, conflict })) {
    if (found) weights.push({ field, level: found.name, weight: toBits(found.units), frequency: 0 });
  }
  return { probability: probabilityOf(units), weight: toBits(units), prior: toBits(prior), fields: weights };
}
