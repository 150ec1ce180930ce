import type { PartyKind } from "../comparable.ts";
import { type MatchModel, matchModelOf, type PartyModel } from "../model.ts";
import type { IdentityRules } from "../rules.ts";
import { trainModel } from "../train/train.ts";
import type { PartySet } from "./party-sets.ts";

/** Of fewer records than this nothing can be learned that the shipped weights do not know better. */
export const trainingRecordsMin = 500;

export interface Refit {
  model: MatchModel;
  /** The kinds that had enough records; the others' weights are as they were. */
  trained: readonly PartyKind[];
}

/**
 * Weights learned anew from records, kind by kind, without labels; the same for the same records and seed. Throws Error for rules that
 * score nothing.
 * @param onProgress told how much of a kind's training is done, 0 to 1
 */
export function refit(
  sets: readonly PartySet[],
  rules: IdentityRules,
  { seed, onProgress }: { seed: number; onProgress?: (kind: PartyKind, share: number) => void },
): Refit {
  const { model } = rules;
  if (!model) throw new Error("the identity file has no match: part, so there are no weights to learn");
  const trained: PartyKind[] = [];
  const learned = (kind: PartyKind): PartyModel => {
    const { match } = rules[kind];
    const all = sets.filter((set) => set.kind === kind).flatMap((set) => set.records);
    const records = all.filter(({ comparable }) => Object.keys(comparable.fields).length > 0);
    if (!match || records.length < trainingRecordsMin) return model[kind];
    trained.push(kind);
    return trainModel(
      records.map(({ comparable }) => comparable),
      match,
      { seed, onProgress: (share) => onProgress?.(kind, share) },
    );
  };
  return { model: matchModelOf(learned("person"), learned("company")), trained };
}
