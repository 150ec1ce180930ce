import { type CompiledCondition, compileCondition } from "./conditions.ts";
import { compileDecay, compileRepeat, type Decay, type Repeat } from "./decay.ts";
import type { DecayFile, DimensionFile, ScoreFile, ScoreRuleFile } from "./grammar.ts";
import { Watchlist } from "./watch.ts";

const never = Number.POSITIVE_INFINITY;

export type Limit = (points: number) => number;

export interface ScoreRule {
  id: string;
  index: number;
  /** Its place among the sums: a group, or the dimension itself. */
  sum: number;
  dimension: string;
  limit: Limit;
  isVeto: boolean;
  why: string | undefined;
  points: number;
  bands: ScoreRuleFile["bands"];
  bandField: string | null;
  condition: CompiledCondition;
  /** Present when every occurrence counts by itself; absent when the rule counts while its condition holds. */
  perEvent: { decay: Decay; repeat: Repeat } | null;
}

/** A score file ready to run; made once, used for every subject. */
export interface CompiledScore {
  name: string;
  version: string;
  watchlist: Watchlist;
  rules: ScoreRule[];
  /** Group sums with their limits, each belonging to a dimension. */
  sums: { dimension: string; limit: Limit }[];
  dimensions: { name: string; limit: Limit }[];
  total: Limit;
  /** A dimension's grades, best first. */
  grades: { dimension: string; steps: [label: string, least: number][] }[];
  top: number;
}

/** Compiles a score file that has passed lint; `version` is its rule version. */
export function compileScoreFile({ metadata, spec }: ScoreFile, version: string): CompiledScore {
  const score: CompiledScore = {
    name: metadata.name,
    version,
    watchlist: new Watchlist(),
    rules: [],
    sums: [],
    dimensions: [],
    total: limitOf({ floor: spec.range.min, cap: spec.range.max }),
    grades: Object.entries(spec.grades).map(([dimension, steps]) => ({
      dimension,
      steps: Object.entries(steps).sort(([, a], [, b]) => b - a),
    })),
    top: spec.explain?.top ?? 3,
  };
  for (const [name, dimension] of Object.entries(spec.dimensions)) addDimension(score, name, dimension);
  return score;
}

function addDimension(score: CompiledScore, name: string, dimension: DimensionFile): void {
  score.dimensions.push({ name, limit: limitOf(dimension) });
  const loose: Summed = { rules: dimension.rules ?? [] };
  for (const part of [...(dimension.groups ?? []), loose]) addSum(score, part, { dimension: name, ...dimension });
}

interface Summed {
  cap?: number | undefined;
  floor?: number | undefined;
  decay?: DecayFile | undefined;
  rules: ScoreRuleFile[];
}

function addSum(
  score: CompiledScore,
  part: Summed,
  within: { dimension: string; decay?: DecayFile | undefined },
): void {
  const { dimension } = within;
  const sum = score.sums.push({ dimension, limit: limitOf(part) }) - 1;
  const decay = part.decay ?? within.decay;
  for (const rule of part.rules) score.rules.push(compileRule(rule, { score, dimension, sum, decay }));
}

interface Place {
  score: CompiledScore;
  dimension: string;
  sum: number;
  decay: DecayFile | undefined;
}

function compileRule(rule: ScoreRuleFile, { score, dimension, sum, decay }: Place): ScoreRule {
  const { when } = rule;
  const perEvent = "event" in when && when.within === undefined;
  return {
    id: rule.id,
    index: score.watchlist.nextRule(),
    sum,
    dimension,
    limit: limitOf(rule),
    isVeto: rule.veto === true,
    why: rule.why,
    points: rule.points ?? 0,
    bands: rule.bands,
    bandField: rule.bands && "field" in when ? when.field : null,
    condition: compileCondition(when, score.watchlist),
    perEvent: perEvent
      ? { decay: compileDecay(rule.decay ?? decay ?? "none"), repeat: compileRepeat(rule.repeat) }
      : null,
  };
}

function limitOf({ cap, floor }: { cap?: number | undefined; floor?: number | undefined }): Limit {
  const most = cap ?? never;
  const least = floor ?? -never;
  return (points) => Math.max(least, Math.min(most, points));
}
