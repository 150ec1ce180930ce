import type { FrequencyTable, PartyModel } from "../model.ts";
import { givenNames } from "./given-names.ts";

/** What comparing takes from the model. */
export interface Lexicon {
  /** Whether many people, or several customers, bear a first name: then it is a name, and no slip of another. */
  isEstablished(name: string): boolean;
  /** How much it tells, in bits, that a company's name holds a word. */
  rarityOf(word: string): number;
}

/** On how many customers a first name is established. */
const establishedMin = 5;

/** A lexicon out of a model. */
export function lexiconOf({ comparisons, words, trained_on }: PartyModel): Lexicon {
  const listed = new Map(Object.entries(comparisons.first_name?.frequencies?.values ?? {}));
  const wordFrequency = frequenciesOf(words);
  const shareMin = (establishedMin - 0.5) / Math.max(trained_on.customers, 1);
  return {
    isEstablished: (name) => givenNames.has(name) || (listed.get(name) ?? 0) > shareMin,
    rarityOf: (word) => -Math.log2(wordFrequency(word)),
  };
}

/** Gives the share of customers with a value. */
export function frequenciesOf({ rest, values }: FrequencyTable): (value: string) => number {
  const listed = new Map(Object.entries(values));
  return (value) => listed.get(value) ?? rest;
}
