import { expect, test } from "vitest";
import { foldWords } from "../../../src/identity/normalise/words.ts";

test.each([
  ["", []],
  [" 12b  Main-Street, ", ["12b", "main", "street"]],
  ["O'Brien St. John", ["obrien", "st", "john"]],
  ["O’Brien-Núñez", ["obrien", "nunez"]],
  ["Łódź Straße 5", ["lodz", "strasse", "5"]],
  ["K\u212Aelvin _x", ["kkelvin", "x"]],
  ["東京 2丁目", ["東京", "2丁目"]],
  ["សុខា នារី", ["សុខា", "នារី"]], // vowels stand as marks
  ["राजेश", ["राजेश"]],
  ["김민수", ["김민수"]],
  ["ガブリエル", ["ガブリエル"]],
  ["مُحَمَّد", ["محمد"]], // vowels that are mostly left out
  ["Йодль", ["иодль"]],
])("the words of %j", (text, words) => {
  expect(foldWords(text)).toEqual(words);
});
