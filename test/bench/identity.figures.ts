import type { Evaluation } from "../../src/identity/evaluate/evaluate.ts";
import { round } from "./measure.ts";

/** What one evaluation gives, as it is printed. */
export interface Figures {
  records: number;
  customers: number;
  truePairs: number;
  model: "shipped" | "trained";
  /** Of the pairs whose score merges them; the first thing to look at. */
  precisionAtMerge: number;
  /** Of those of them that were merged: rivals, limits and conflicts of groups keep others apart. */
  precisionMerged: number;
  f1AtMerge: number;
  f1AtHalf: number;
  clusteredPrecision: number;
  clusteredF1: number;
  /** Of customers made of all pairs that are more probably one than not; null where that was not asked for. */
  clusteredF1AtHalf: number | null;
  bCubedF1: number;
  completeness: number;
  candidatesPerRecord: number;
  overfull: number;
  wrongMerges: number;
  /** Records a second of the processor's time that are normalised, blocked, scored and clustered, training left out. */
  perSecond: number;
  seconds: Record<string, number>;
  rssMb: number;
}

/** The processor's time of this process: what else the machine does meanwhile does not count. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The figures of an evaluation; `makingSeconds` is what it took to make the records, which is not the engine's. */
export function figuresOf(found: Evaluation, makingSeconds = 0): Figures {
  const { seconds, blocking } = found;
  const [halved] = found.thresholds;
  const comparing = Math.max(0, seconds.comparing - makingSeconds);
  const worked = comparing + seconds.matching + seconds.clustering;
  return {
    records: found.records,
    customers: found.customers,
    truePairs: found.true_pairs,
    model: found.trained.length > 0 ? "trained" : "shipped",
    precisionAtMerge: round(found.at_merge.precision, 4),
    precisionMerged: round(found.merged.precision, 4),
    f1AtMerge: round(found.at_merge.f1, 4),
    f1AtHalf: round(found.at_half.f1, 4),
    clusteredPrecision: round(found.clustered.precision, 4),
    clusteredF1: round(found.clustered.f1, 4),
    clusteredF1AtHalf: halved ? round(halved.clustered.f1, 4) : null,
    bCubedF1: round(found.b_cubed.f1, 4),
    completeness: round(blocking.completeness, 4),
    candidatesPerRecord: round(blocking.candidates_per_record, 1),
    overfull: blocking.overfull.length,
    wrongMerges: found.wrong_merges.count,
    perSecond: Math.round(found.records / worked),
    seconds: {
      comparing: round(comparing),
      training: round(seconds.training),
      matching: round(seconds.matching),
      clustering: round(seconds.clustering),
    },
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** What a set's figures are to reach, by their names. */
export type Targets = Partial<Record<"precisionAtMerge" | "f1AtHalf" | "clusteredF1AtHalf" | "perSecond", number>>;

const targetNames = {
  precisionAtMerge: "P merge",
  f1AtHalf: "F1 ≥ .5",
  clusteredF1AtHalf: "at .5",
  perSecond: "rec/s",
};

/** Each target with whether it is met. @example targetsText({ f1AtHalf: 0.92 }, figures) // "F1 ≥ .5 0.92 met" */
export function targetsText(targets: Targets, figures: Figures): string {
  const names = Object.keys(targetNames) as (keyof typeof targetNames)[];
  const told = names.flatMap((name) => {
    const [target, figure] = [targets[name], figures[name]];
    if (target === undefined || figure === null) return [];
    return [`${targetNames[name]} ${target} ${figure >= target ? "met" : "missed"}`];
  });
  return told.join(", ");
}
