import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/connector/testing/adventureworks/random.ts";
import { matchAll } from "../../../src/identity/batch.ts";
import { comparableOf } from "../../../src/identity/comparable.ts";
import type { PartyModel } from "../../../src/identity/model.ts";
import { loadIdentityRules } from "../../../src/identity/rules.ts";
import { createScorer } from "../../../src/identity/score/score.ts";
import { trainModel } from "../../../src/identity/train/train.ts";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { firmNames } from "../../fixtures/identity/firm-names.ts";
import { companyRules } from "../../fixtures/identity/scored.ts";
import { smudgedPersons } from "../../fixtures/identity/smudged.ts";

const { match: rules } = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")).person;
if (!rules) throw new Error("the shipped rules score nothing");

const records = smudgedPersons(500, 21);
const comparables = records.map(({ comparable }) => comparable);
const trained = trainModel(comparables, rules, { seed: 1 });

const bits = (model: PartyModel, field: string, level: string): number => {
  const { m = Number.NaN, u = Number.NaN } = model.comparisons[field]?.levels[level] ?? {};
  return Math.log2(m / u);
};

test("the same records in any order and the same seed give the same bytes, seed 3", () => {
  const random = createRandom(3);
  for (let order = 0; order < 3; order++) {
    const shuffled = random.shuffled(comparables).map(({ kind, fields }) => ({
      kind,
      fields: Object.fromEntries(random.shuffled(Object.entries(fields))),
    }));
    expect(JSON.stringify(trainModel(shuffled, rules, { seed: 1 }))).toBe(JSON.stringify(trained));
  }
});

test("weights are learned from records without labels: planted pairs are found, and hardly any other", () => {
  const { pairs } = matchAll(records, rules, trained);
  const personOf = new Map(records.map(({ key, person }) => [key, person]));
  const merged = pairs.filter(({ match }) => match.probability >= rules.merge);
  const right = merged.filter(({ a, b }) => personOf.get(a) === personOf.get(b));
  const planted = records.flatMap((a, n) => records.slice(n + 1).filter((b) => a.person === b.person)).length;
  expect(right.length / merged.length).toBeGreaterThan(0.99);
  expect(right.length / planted).toBeGreaterThan(0.85);
});

test("agreement speaks for two records and difference against them", () => {
  for (const field of ["first_name", "last_name", "birth_date", "email", "phone", "street", "place"]) {
    expect(bits(trained, field, "exact")).toBeGreaterThan(0);
    expect(bits(trained, field, "different")).toBeLessThanOrEqual(0);
  }
  expect(bits(trained, "email", "exact")).toBeGreaterThan(bits(trained, "first_name", "exact"));
});

test("how often values were found wrong tells how much a difference weighs", () => {
  const first = new Map([...records].reverse().map(({ person, comparable }) => [person, comparable]));
  const faithful = records.flatMap(({ person }) => first.get(person) ?? []);
  const model = trainModel(faithful, rules, { seed: 1 });
  expect(bits(model, "email", "different")).toBeLessThan(bits(trained, "email", "different"));
});

test("a name is as frequent as the customers who bear it, not as their records", () => {
  const copies = Array.from({ length: 40 }, () =>
    comparableOf({
      kind: "person",
      identifiers: [],
      fields: {
        first_name: "Zebulon",
        last_name: "Quackenbush",
        emails: [{ email: "zq@post.example" }],
        birth_date: "1950-02-03",
      },
    }),
  );
  const model = trainModel([...comparables, ...copies], rules, { seed: 1 });
  expect(model.comparisons.last_name?.frequencies?.values.quackenbush).toBeUndefined();
  expect(model.comparisons.first_name?.frequencies?.values.ann).toBeGreaterThan(0.02);
});

test("of records that hold a name and nothing else it is learned what agreement on it is worth, and how many are one firm", () => {
  const firms = firmNames(250, 3);
  const model = trainModel(
    firms.map(({ comparable }) => comparable),
    companyRules,
    { seed: 1 },
  );
  const firmOf = new Map(firms.map(({ key, firm }) => [key, firm]));
  const { pairs } = matchAll(firms, companyRules, model);
  const isRight = ({ a, b }: { a: string; b: string }) => firmOf.get(a) === firmOf.get(b);
  const planted = firms.flatMap((a, n) => firms.slice(n + 1).filter((b) => a.firm === b.firm)).length;
  const all = (firms.length * (firms.length - 1)) / 2;
  expect(pairs.filter(isRight).length / pairs.length).toBeGreaterThan(0.97);
  expect(pairs.filter(isRight).length / planted).toBeGreaterThan(0.9);
  expect(model.prior * all).toBeGreaterThan(planted * 0.7);
  expect(model.prior * all).toBeLessThan(planted * 1.3);
  const merged = pairs.filter(({ match }) => match.probability >= companyRules.merge);
  expect(merged.every(isRight)).toBe(true);
  expect(merged.length / planted).toBeGreaterThan(0.4);
});

test("a birth date on many customers, which stands for none, says less than another", () => {
  const firstOfJanuary = comparables.map(({ kind, fields }, n) => ({
    kind,
    fields: n % 4 === 0 && fields.birth_date ? { ...fields, birth_date: ["1980-01-01"] } : fields,
  }));
  const { frequencies } = trainModel(firstOfJanuary, rules, { seed: 1 }).comparisons.birth_date ?? {};
  expect(Object.keys(frequencies?.values ?? {})).toEqual(["1980-01-01"]);
  expect(frequencies?.values["1980-01-01"]).toBeGreaterThan(20 * (frequencies?.rest ?? Number.NaN));
});

test("how many share a home is learned: more where families are among the records", () => {
  const families = comparables.map(({ kind, fields }) => ({
    kind,
    fields: {
      last_name: fields.last_name ?? [],
      phone: fields.phone ?? [],
      street: fields.street ?? [],
      place: fields.place ?? [],
      first_name: ["ingrid"],
    },
  }));
  const model = trainModel([...comparables, ...families], rules, { seed: 1 });
  expect(model.mates.household).toBeGreaterThan(10 * (trained.mates.household ?? Number.NaN));
});

test("what is assumed of mates gives way to a few hundred records that hold none", () => {
  expect(trained.mates.household).toBeLessThan(0.05);
  expect(trained.mates.workplace).toBeLessThan(0.3);
});

test.each([0, 1, 2])("of %d records a model is what is assumed of all", (count) => {
  const model = trainModel(comparables.slice(0, count), rules, { seed: 1 });
  const [ann, other] = comparables;
  if (!ann || !other) throw new Error("no records");
  expect(bits(model, "email", "exact")).toBeGreaterThan(10);
  expect(createScorer(rules, model).score(ann, other).probability).toBeLessThan(1);
});

test("how far training is goes up to one", () => {
  const shares: number[] = [];
  trainModel(comparables.slice(0, 100), rules, { seed: 1, onProgress: (share) => shares.push(share) });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});
