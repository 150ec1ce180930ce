import type { PartyModel } from "../model.ts";
import { commonShareOf } from "./common-words.ts";
import { givenNames } from "./given-names.ts";

/** What comparing takes from the model. */
export interface Lexicon {
  /** Whether many people, or several customers, bear a first name: then it is a name, and no slip of another. */
  isEstablished(name: string): boolean;
  /** How much it tells, in bits, that a company's name holds a word. */
  rarityOf(word: string): number;
  /** From how many bits on a word is its firm's own: as rare as a word that a small base has on two firms, which tells no more. */
  ownBits: number;
  /** Whether many companies' names hold a word: then it is no slip of another. */
  isCommon(word: string): boolean;
}

/** On how many customers a first name, or a word, is established. */
const establishedMin = 5;

/** One name in two thousand. */
const ownBitsMax = 11;

/** A lexicon out of a model. */
export function lexiconOf({ comparisons, words, trained_on }: PartyModel): Lexicon {
  const listed = new Map(Object.entries(comparisons.first_name?.frequencies?.values ?? {}));
  const wordShares = new Map(Object.entries(words.values));
  const rarest = wordShares.size > 0 ? Math.min(...wordShares.values()) : words.rest;
  const shareOf = (word: string) => wordShares.get(word) ?? Math.max(words.rest, commonShareOf(word) ?? 0);
  const shareMin = (establishedMin - 0.5) / Math.max(trained_on.customers, 1);
  return {
    isEstablished: (name) => givenNames.has(name) || (listed.get(name) ?? 0) > shareMin,
    ownBits: Math.min(ownBitsMax, -Math.log2(rarest)),
    rarityOf: (word) => -Math.log2(shareOf(word)),
    isCommon: (word) => commonShareOf(word) !== undefined || (wordShares.get(word) ?? 0) > shareMin,
  };
}
