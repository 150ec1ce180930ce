import { expect, test } from "vitest";
import { compareEmails, comparePhones, emailParts } from "../../../src/identity/compare/compare-ids.ts";
import { compareStreets, streetParts } from "../../../src/identity/compare/compare-places.ts";
import { type ComparedField, levelsOf } from "../../../src/identity/compare/levels.ts";
import { sketches } from "../../../src/identity/compare/sketches.ts";

const emails = ["ann", "anne", "ann.lee", "ann.lee2", "annlee1234567", "bob", "b.marsh", "robert.marsh", "z"].flatMap(
  (local) =>
    ["gmail.com", "gmial.com", "acme.example", "acme.example.org", "mail.acme.example"].map(
      (host) => `${local}@${host}`,
    ),
);
const phones = [
  "1",
  "123456",
  "0203123456",
  "+442031234567",
  "+442031234576",
  "+442031234467",
  "2031234567",
  "+4420312345678",
];
const streets = [
  "12|main st",
  "12|main",
  "12|north main st",
  "|st",
  "|",
  "3|lake shore dr",
  "3|lakeshore dr",
  "5|elm av",
  "5|elmwood av",
];

const cases: [ComparedField, readonly string[], (a: string, b: string) => number][] = [
  ["email", emails.flatMap((each) => [`=${each}`, `-${each}`]), (a, b) => compareEmails(emailParts(a), emailParts(b))],
  ["phone", [...phones, ...variants(phones)], comparePhones],
  ["street", [...streets, ...variants(streets.slice(0, 3))], (a, b) => compareStreets(streetParts(a), streetParts(b))],
];

test.each(cases)(
  "what sketches of two values of %s tell apart differs, and they tell some",
  (field, values, compare) => {
    const sketch = sketches[field];
    let told = 0;
    for (const a of values) {
      for (const b of values) {
        const [one, more] = sketch?.of(a) ?? [0, 0];
        const [other, moreOfOther] = sketch?.of(b) ?? [0, 0];
        if (a === b || more === 0 || moreOfOther === 0 || !sketch?.differ(one, more, other, moreOfOther)) continue;
        told++;
        expect([a, b, levelsOf(field)[compare(a, b)]]).toEqual([a, b, "different"]);
      }
    }
    expect(told).toBeGreaterThan(0);
  },
);

/** Each text with a letter lost, doubled, changed and exchanged with the next, wherever it stands. */
function variants(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    [...text].flatMap((letter, at) => [
      `${text.slice(0, at)}${text.slice(at + 1)}`,
      `${text.slice(0, at)}${letter}${text.slice(at)}`,
      `${text.slice(0, at)}7${text.slice(at + 1)}`,
      `${text.slice(0, at)}${text[at + 1] ?? ""}${letter}${text.slice(at + 2)}`,
    ]),
  );
}
