import { expect, test } from "vitest";
import { companyParts } from "../../../src/identity/compare/company-parts.ts";
import { respelledWords } from "../../../src/identity/compare/company-words.ts";
import type { Lexicon } from "../../../src/identity/compare/lexicon.ts";

const lexicon: Lexicon = { isEstablished: () => false, rarityOf: () => 10, ownBits: 11, isCommon: () => false };
const partsOf = (name: string) => companyParts(name, lexicon);

test("a word that stands twice takes no other with it where it is written as one", () => {
  const [one, other] = [partsOf("borabora"), partsOf("bora bora velodrome")];
  const { onlyA, onlyB } = respelledWords(one, other, one.words, other.words);
  expect([onlyA, onlyB]).toEqual([[], ["velodrome"]]);
});
