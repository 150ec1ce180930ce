import { join } from "node:path";
import { expect, test } from "vitest";
import { blockKeysOf } from "../../../src/identity/block/blocking.ts";
import { createStoredKeys } from "../../../src/identity/block/stored-keys.ts";
import { loadIdentityRules } from "../../../src/identity/rules.ts";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { smudgedPersons } from "../../fixtures/identity/smudged.ts";

const { match } = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")).person;
if (!match) throw new Error("the shipped rules score nothing");
const keysOf = createStoredKeys("person", match);

test.each([1, 2])("two records share as many stored keys of each rule as texts of keys, of seed %d", (seed) => {
  const records = smudgedPersons(60, seed).map(({ comparable }) => ({
    stored: [...keysOf(comparable)].map(([key, { name }]) => `${name} ${key}`),
    texts: blockKeysOf(comparable, match).map((text) => ({ name: text.split("|", 2).join("|"), text })),
  }));
  let shared = 0;
  for (const one of records) {
    for (const other of records) {
      const same = one.stored.filter((key) => other.stored.includes(key)).map((key) => key.split(" ")[0]);
      const texts = new Set(other.texts.map(({ text }) => text));
      const wanted = one.texts.filter(({ text }) => texts.has(text)).map(({ name }) => name);
      expect(same.sort()).toEqual(wanted.sort());
      shared += one === other ? 0 : same.length;
    }
  }
  expect(shared).toBeGreaterThan(500);
});

test("a stored key bears its rule's cap", () => {
  const rules = smudgedPersons(60, 4).flatMap(({ comparable }) => [...keysOf(comparable).values()]);
  const caps = new Map(match.blocking.map(({ name, cap }) => [`person|${name}`, cap]));
  expect(rules.map(({ cap }) => cap)).toEqual(rules.map(({ name }) => caps.get(name)));
  expect(new Set(rules.map(({ cap }) => cap)).size).toBeGreaterThan(3);
});

test("stored keys are whole numbers that JSON holds", () => {
  const keys = smudgedPersons(200, 3).flatMap(({ comparable }) => [...keysOf(comparable).keys()]);
  expect(keys.filter((key) => !Number.isSafeInteger(key) || key < 0)).toEqual([]);
  expect(Math.max(...keys)).toBeGreaterThan(2 ** 52);
});

test("keys of one record that have a value in common lie beside each other: all its keys are in two thirds as many places", () => {
  const pages = smudgedPersons(200, 5).map(({ comparable }) => {
    const keys = [...keysOf(comparable).keys()];
    return { keys: keys.length, pages: new Set(keys.map((key) => Math.floor(key / 2 ** 39))).size };
  });
  const sum = (of: "keys" | "pages") => pages.reduce((total, each) => total + each[of], 0);
  expect(sum("pages") / sum("keys")).toBeLessThan(2 / 3);
});
