import { expect, test } from "vitest";
import type { Comparable } from "../../../src/identity/comparable.ts";
import { createScorer } from "../../../src/identity/score/score.ts";
import { home, people, personOf, scorers, verdict } from "../../fixtures/identity/scored.ts";

const at = (employer: string, text: string): Comparable => ({
  kind: "person",
  fields: { ...personOf(text).fields, employer: [employer] },
});

const judged = (one: Comparable, other: Comparable) => {
  const { probability, fields } = scorers.person.score(one, other);
  const told = fields.find(({ field }) => field === "conflict") ?? fields.find(({ field }) => field === "shared");
  return [verdict(one, probability), told?.level];
};

test.each([
  ["review", "John Smith", "John Smith"],
  ["review", "John Smith · 1971-05-24", "John Smith · · john@smith.example"],
  ["review", "Bob Smith", "Robert Smith"],
  ["merge", "Irving Quackenbush", "Irving Quackenbush"], // a rare name
  ["merge", "John Quackenbush", "John Quackenbush"],
  // Something of one's own.
  ["merge", "John Smith · 1971-05-24", "John Smith · 1971-05-24"],
  ["merge", "John Smith · · john.smith@acme.example", "John Smith · · john.smith@acme.example"],
  ["merge", "John Smith · · · +491701234567", "John Smith · · · +491701234567"], // a mobile
  ["merge", `John Smith · · · · ${home}`, `John Smith · · · · ${home}`],
])("%s: an employer and a name are shared: %s and %s", (expected, one, other) => {
  expect(judged(at("acme tooling", one), at("acme tooling", other))[0]).toBe(expected);
});

test("what stands against a common name at one employer is told: there may be colleagues of that name", () => {
  expect(judged(at("acme tooling", "John Smith"), at("acme tooling", "John Smith"))).toEqual(["review", "colleagues"]);
  const town = "· · · · , Springfield, 62704";
  expect(judged(personOf(`John Smith ${town}`), personOf(`John Smith ${town}`))[1]).not.toBe("colleagues");
  // Who work for one firm mostly do in one town.
  expect(judged(at("acme tooling", `John Smith ${town}`), at("acme tooling", `John Smith ${town}`))[1]).toBe(
    "colleagues",
  );
});

test("where it was learned how many share an employer, one of many has more people of one name than one of few", () => {
  const { employer } = people.weights.comparisons;
  if (!employer) throw new Error("the model knows no employers");
  const frequencies = { rest: 0.0002, values: { "acme tooling": 0.1, "lee and sons": 0.0005 } };
  const scorer = createScorer(people.rules, {
    ...people.weights,
    mates: { colleagues: 16, workplace: 1, household: 1, family_mailbox: 0.1 },
    comparisons: { ...people.weights.comparisons, employer: { ...employer, frequencies } },
  });
  const probability = (firm: string, name: string) => scorer.score(at(firm, name), at(firm, name)).probability;
  expect(probability("acme tooling", "John Smith")).toBeLessThan(0.9);
  expect(probability("lee and sons", "John Smith")).toBeGreaterThan(people.rules.merge);
  expect(probability("acme tooling", "John Smith")).toBeLessThan(probability("acme tooling", "Irving Quackenbush"));
});

const landline = "+15123538633";

test.each([
  // Father and son, or one man twice.
  [
    ["review", "unsaid_generations"],
    `Irving Kusha Jr · · · ${landline} · ${home}`,
    `Irving Kusha · · · ${landline} · ${home}`,
  ],
  [["review", "unsaid_generations"], `Irving Kusha III · · · · ${home}`, `Irving Kusha · 1971-05-24 · · · ${home}`],
  // Something of one's own agrees: it was left out.
  [["merge", "household"], `Irving Kusha Jr · 1971-05-24 · · · ${home}`, `Irving Kusha · 1971-05-24 · · · ${home}`],
  [
    ["merge", "family_mailbox"],
    `Irving Kusha Jr · · ik@post.example · · ${home}`,
    `Irving Kusha · · ik@post.example · · ${home}`,
  ],
  [["merge", "household"], "Irving Kusha Jr · · · +491701234567", "Irving Kusha · · · +491701234567"],
  [["merge", "household"], `Irving Kusha Jr · · · · ${home} · 294669999`, `Irving Kusha · · · · ${home} · 294669999`],
  // Both say it, and a home does not explain that they say the same.
  [["merge", "household"], `John Smith Jr · · · ${landline}`, `John Smith Jr · · · ${landline}`],
  [["no", "generations"], `John Smith Jr · · · ${landline} · ${home}`, `John Smith Sr · · · ${landline} · ${home}`],
])("%s: of one name, where one says a generation: %s and %s", (expected, one, other) => {
  expect(judged(personOf(one), personOf(other))).toEqual(expected);
});

test.each([
  ["Jayden", "Hayden"],
  ["Eric", "Erica"],
  ["Jan", "Jane"],
  ["Daniel", "Daniela"],
  ["Tina", "Gina"],
  ["Mark", "Marsha"],
  ["Darla", "Darlene"],
  ["Ted", "Ned"], // both may be called Edward, and Theodore and Edmund as well
  ["Alex", "Sandra"],
])("twins called %s and %s are not merged, of one birth date, home and telephone", (one, other) => {
  const twin = (name: string) => personOf(`${name} Kusha · 1990-03-01 · · ${landline} · ${home}`);
  expect(judged(twin(one), twin(other))[0]).toBe("review");
});

test.each([
  ["Jayden", "Jaydne"], // a slip, and no name
  ["Hayden", "Haydn"],
  ["Caden", "Kaden"], // one sound
  ["Cheryl", "Sheryl"],
  ["Sean", "Shawn"],
  ["Callie", "Cal"],
  ["Bob", "Bert"], // Bob is Robert, whoever else Bert may be
])("one person may be called %s and %s", (one, other) => {
  expect(scorers.person.conflict(personOf(`${one} Kusha`), personOf(`${other} Kusha`))).toBeNull();
});
