import { expect, test } from "vitest";
import { personName } from "../../../src/identity/normalise/person-names.ts";
import { readingIn } from "../../../src/identity/normalise/readings.ts";
import { foldWords } from "../../../src/identity/normalise/words.ts";

test.each([
  ["김 민수", "kim minsu"],
  ["이 서연", "lee seoyeon"],
  ["राजेश कुमार शर्मा", "rajesh kumar sharma"],
  ["प्रिया गुप्ता", "priya gupta"],
  ["সুমন", "suman"],
  ["ராஜேஷ்", "rajesh"],
  ["రాజేష్", "rajesh"],
  ["రామ", "rama"], // southern names end in their vowel
  ["राम", "ram"],
  ["ヤマダ タロウ", "yamada taro"],
  ["しょうじ はっとり", "shoji hattori"],
  ["キョウコ", "kyoko"],
  ["គឹម តារា", "kim tara"],
  ["ចាន់ ហេង", "chan heng"],
  ["ანა ბერიძე", "ana beridze"],
  ["Արամ Հակոբյան", "aram hakobyan"],
  ["สมชาย", "สมชาย"], // not known
])("%s is read %s", (name, reading) => {
  expect(readingIn(foldWords(name).join(" "))).toBe(reading);
});

test.each([
  ["김민수", "김", "민수"],
  ["김 민수", "김", "민수"],
  ["남궁민수", "남궁", "민수"],
  ["이훈", "이", "훈"],
  ["민수 김씨네집", "김씨네집", "민수"], // no name
])("the name %s is %s, called %s", (full_name, last, first) => {
  expect(personName({ full_name })).toEqual({ first, last, generation: "" });
});

test("two syllables in the column of given names are one, and three a whole name", () => {
  expect(personName({ first_name: "민수" })).toEqual({ first: "민수", last: "", generation: "" });
  expect(personName({ first_name: "김민수" })).toEqual({ first: "민수", last: "김", generation: "" });
});
