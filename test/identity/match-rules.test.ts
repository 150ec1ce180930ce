import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blockKeysOf } from "../../src/identity/block/blocking.ts";
import { comparableOf } from "../../src/identity/comparable.ts";
import { matchRules } from "../../src/identity/match-rules.ts";
import { formatMatchModel, loadMatchModel, readMatchModel } from "../../src/identity/model.ts";
import { readIdentityRules } from "../../src/identity/rules.ts";
import { createScorer } from "../../src/identity/score/score.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

const folder = join(packageRoot, "mappings", "identity");
const shipped = readFileSync(join(folder, "default.yaml"), "utf8");

test.each([
  ["does not know a part", "of: [email.start]", "of: [email.local]", /person\.match\.blocking\.2\.of\.0: /],
  ["does not know a field", "{ field: generation,", "{ field: shoe_size,", /person\.match\.comparisons\.3\.field: /],
  [
    "does not know a level",
    "[exact, same_site, different]",
    "[exact, near, different]",
    /company\.match\.comparisons\.2\.levels\.1: domain knows the levels exact, same_site, different/,
  ],
  [
    "has levels out of order",
    "[exact, same_site, different]",
    "[same_site, exact, different]",
    /levels come best first/,
  ],
  ["has no last level", "[exact, same_site, different]", "[exact, same_site]", /the last level must be different/],
  ["compares a field twice", "field: generation,", "field: email,", /comparisons\.5\.field: email is there twice/],
  ["lets a conflict merge", "at_most: 0.3, keeps", "at_most: 0.99, keeps", /at_most: must be below merge/],
  [
    "names what is shared by another field",
    "by: employer,",
    "by: email,",
    /person\.match\.shared\.\d\.by: must be one of `of`/,
  ],
  ["asks a conflict for unknown mates", "{ workplace: 0.3 }", "{ work: 0.3 }", /mates_min\.work: shared has no work/],
  [
    "names a conflict's level wrongly",
    "when: { email: [numbered] }",
    "when: { email: [mail] }",
    /the comparisons have no mail/,
  ],
  ["asks after it merges", "review: 0.5", "review: 0.995", /person\.match\.review: must be below merge/],
  ["misspells a key", "cap: 30 }", "cup: 30 }", /unknown key 'cup'/],
])("an identity file that %s is refused with the place", (_, before, after, message) => {
  const found = readIdentityRules(shipped.replace(before, after), "x.yaml");
  const texts = Array.isArray(found) ? found.map(({ line, message: text }) => `${line > 1} ${text}`) : [];
  expect(texts.join("\n")).toMatch(message);
  expect(texts.join("\n")).toMatch(/^true /);
});

const rules = matchRules.parse({
  merge: 0.99,
  review: 0.5,
  model: "default",
  blocking: [
    { name: "mail", of: ["email"], cap: 2 },
    { name: "name_place", of: ["last_name.sound", "first_name", "postal_code"], cap: 9 },
    { name: "names", of: ["names.sound"], cap: 4 },
  ],
  comparisons: [{ field: "email", levels: ["exact", "different"] }],
});

describe("block keys", () => {
  const keysOf = (first_name: string, last_name: string, postal_code?: string, ...emails: string[]) =>
    blockKeysOf(
      comparableOf({
        kind: "person",
        identifiers: [],
        fields: {
          first_name,
          last_name,
          emails: emails.map((email) => ({ email })),
          ...(postal_code && { addresses: [{ postal_code }] }),
        },
      }),
      rules,
    );

  test("each rule gives a key for each of its values, none where a part is missing", () => {
    expect(keysOf("Bob", "Marsh", "62704", "b@x.example", "a@x.example")).toEqual([
      "person|mail|a@x.example",
      "person|mail|b@x.example",
      "person|name_place|562|robert|62704",
      "person|names|562 6163",
    ]);
    expect(keysOf("Bob", "Marsh")).toEqual(["person|names|562 6163"]);
  });

  test("names that sound alike, short forms and swapped names meet", () => {
    expect(keysOf("Rob", "Marche", "62704")).toContain("person|name_place|562|robert|62704");
    expect(keysOf("Marsh", "Bob")).toContain("person|names|562 6163");
  });

  test("a name meets itself by how any of its words begins, whatever stands in its column and beside it", () => {
    const startsOf = (first_name: string, last_name: string) =>
      blockKeysOf(comparableOf({ kind: "person", identifiers: [], fields: { first_name, last_name } }), {
        blocking: [{ name: "names", of: ["names.start"], cap: 9 }],
      });
    expect(startsOf("Isla Bob", "Marsh-O")).toEqual(["person|names|isl", "person|names|mar", "person|names|rob"]);
    expect(startsOf("Marrsh", "Lee")).toContain("person|names|mar");
    expect(startsOf("Al", "Marsh")).toEqual(["person|names|mar"]);
  });

  test("a street meets itself without its number", () => {
    const keysAt = (line1: string) =>
      blockKeysOf(comparableOf({ kind: "person", identifiers: [], fields: { addresses: [{ line1 }] } }), {
        blocking: [{ name: "street", of: ["street.start"], cap: 9 }],
      });
    expect(keysAt("12 Elmwood Street")).toEqual(["person|street|elmwoo"]);
    expect(keysAt("Elm wood Street 21")).toEqual(["person|street|elmwoo"]);
    expect(keysAt("12 Elm")).toEqual([]);
  });

  test("a city meets itself wherever its blanks stand", () => {
    const keysAt = (city: string) =>
      blockKeysOf(comparableOf({ kind: "person", identifiers: [], fields: { addresses: [{ city }] } }), {
        blocking: [{ name: "city", of: ["city"], cap: 9 }],
      });
    expect(keysAt("Leslie Vale")).toEqual(["person|city|leslievale"]);
    expect(keysAt("Lesliev ale")).toEqual(["person|city|leslievale"]);
  });

  test("a party of very many values has a dozen keys of a rule at most", () => {
    const many = Array.from({ length: 40 }, (_, n) => `a${n}@x.example`);
    expect(keysOf("Bob", "Marsh", undefined, ...many)).toHaveLength(13);
  });
});

describe("a model", () => {
  const file = join(folder, "default.model.json");
  const text = readFileSync(file, "utf8");

  test("that ships is one, and reads back as the bytes it was written with", () => {
    const model = loadMatchModel(file);
    expect(formatMatchModel(model)).toBe(text);
    expect(readMatchModel(text, file).version).toBe(model.version);
  });

  test("has another version when a weight is another", () => {
    const changed = text.replace(/"prior": [\d.e-]+/, '"prior": 0.001');
    expect(readMatchModel(changed, file).version).not.toBe(loadMatchModel(file).version);
  });

  test.each([
    ["is no JSON", "{", /m\.json is not JSON: /],
    ["lacks a kind of party", '{ "apiVersion": "journey-hub/v1", "kind": "MatchModel" }', /m\.json person: /],
    ["has a share that is none", text.replace(/"prior": [\d.e-]+/, '"prior": 0'), /m\.json person\.prior: /],
    ["has what no model has", text.replace('"kind"', '"king": 1, "kind"'), /m\.json .*king/],
  ])("that %s is refused", (_, content, message) => {
    expect(() => readMatchModel(content, "m.json")).toThrow(message);
  });

  test("that does not know what the rules compare is refused", () => {
    const { person } = loadMatchModel(file);
    const { email: _, ...comparisons } = person.comparisons;
    expect(() => createScorer(rules, { ...person, comparisons })).toThrow("the model knows nothing of email exact");
  });
});
