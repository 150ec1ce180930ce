import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../src/connector/testing/adventureworks/random.ts";
import { matchAll, weighAll } from "../../src/identity/batch.ts";
import { blockKeysOf } from "../../src/identity/block/blocking.ts";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { createScorer } from "../../src/identity/score/score.ts";
import { groupBy } from "../../src/lib/group.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { type Smudged, smudgedPersons } from "../fixtures/identity/smudged.ts";

const { person, model } = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml"));
if (!person.match || !model) throw new Error("the shipped rules score nothing");
const weights = model.person;
/** Caps so low that keys of small sets pass them. */
const cap = 4;
const rules = { ...person.match, blocking: person.match.blocking.map((rule) => ({ ...rule, cap })) };

/** What matchAll is to find, the slow way: every pair that shares a key on no more records than allowed. */
function bySearch(records: readonly Smudged[]) {
  const holders = groupBy(
    records.flatMap((record) => blockKeysOf(record.comparable, rules).map((key) => ({ key, record }))),
    ({ key }) => key,
  );
  const overfull = [...holders].filter(([, { length }]) => length > cap).map(([key]) => key);
  const candidates = new Map<string, [Smudged, Smudged]>();
  for (const [key, found] of holders) {
    if (overfull.includes(key)) continue;
    for (const { record: a } of found)
      for (const { record: b } of found) if (a.key < b.key) candidates.set(`${a.key} ${b.key}`, [a, b]);
  }
  const scorer = createScorer(rules, weights);
  const pairs = [...candidates.values()]
    .map(([a, b]) => ({ a: a.key, b: b.key, match: scorer.score(a.comparable, b.comparable) }))
    .filter(({ match }) => match.probability >= rules.review)
    .sort((x, y) => (x.a === y.a ? (x.b < y.b ? -1 : 1) : x.a < y.a ? -1 : 1));
  return { pairs, overfull: overfull.sort(), candidates: candidates.size };
}

test.each([1, 2, 3])("all pairs that share a key are found and scored, of seed %d", (seed) => {
  const records = smudgedPersons(80, seed);
  const found = matchAll(records, rules, weights);
  expect(found).toEqual(bySearch(records));
  expect(found.pairs.length).toBeGreaterThan(40);
  expect(found.overfull.length).toBeGreaterThan(0);
});

test("weights alone are the same as with their parts, of seed 6", () => {
  const records = smudgedPersons(40, 6);
  const { pairs, ...rest } = weighAll(records, rules, weights);
  const weighed = Array.from(pairs.weight, (weight, at) => {
    const [a = "", b = ""] = [pairs.a[at], pairs.b[at]].map((place) => records[place ?? -1]?.key);
    return { a, b, weight, probability: pairs.probability[at] };
  });
  weighed.sort((x, y) => (`${x.a} ${x.b}` < `${y.a} ${y.b}` ? -1 : 1));
  const found = matchAll(records, rules, weights);
  const bare = found.pairs.map(({ a, b, match: { weight, probability } }) => ({ a, b, weight, probability }));
  expect({ ...rest, pairs: weighed }).toEqual({ ...found, pairs: bare });
});

test.each([[["email"]], [["email", "birth_date"]], [["birth_date", "email"]]] as const)(
  "a record with more keys than a rule may have is found by the first twelve: %j",
  (of) => {
    const emails = Array.from({ length: 14 }, (_, n) => `m${String(n).padStart(2, "0")}@firm.example`);
    const person = (key: string, email: readonly string[]) => {
      const comparable = { kind: "person", fields: { email, birth_date: ["1980-02-01"] } } as const;
      expect(blockKeysOf(comparable, { blocking })).toHaveLength(Math.min(12, email.length));
      return { key, comparable };
    };
    const blocking = [{ name: "some", of: [...of], cap: 4 }];
    const records = [person("many", emails), person("twelfth", emails.slice(11, 12)), person("last", emails.slice(13))];
    expect(matchAll(records, { ...rules, blocking }, weights).candidates).toBe(1);
  },
);

test("the order the records come in does not matter, seed 4", () => {
  const records = smudgedPersons(60, 4);
  const random = createRandom(4);
  const found = matchAll(records, rules, weights);
  for (let order = 0; order < 10; order++) expect(matchAll(random.shuffled(records), rules, weights)).toEqual(found);
});

test("a record whose names sound alike does not meet itself", () => {
  const person = (key: string, first_name: string[]) =>
    ({ key, comparable: { kind: "person", fields: { first_name, last_name: ["lee"] } } }) as const;
  const blocking = [{ name: "names", of: ["names.sound" as const], cap: 2 }];
  const found = matchAll([person("both", ["ann", "anne"]), person("one", ["ann"])], { ...rules, blocking }, weights);
  expect(found).toMatchObject({ candidates: 1, overfull: [] });
});

test("nobody and one alone match nobody", () => {
  expect(matchAll([], rules, weights)).toEqual({ pairs: [], overfull: [], candidates: 0 });
  expect(matchAll(smudgedPersons(1, 5).slice(0, 1), rules, weights).pairs).toEqual([]);
});
