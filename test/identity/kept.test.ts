import { expect, test } from "vitest";
import { lexiconOf } from "../../src/identity/compare/lexicon.ts";
import { prepareRecords } from "../../src/identity/compare/prepared.ts";
import { createMatching } from "../../src/identity/matching.ts";
import { shippedIdentity } from "../fixtures/pipeline/hub.ts";

/* What is kept ready for comparing takes no more memory the longer the values are that somebody sends. */

const { person } = shippedIdentity;
const { model } = shippedIdentity;
const long = "a".repeat(20_000);

test("of values that are kept ready a very long one counts as many, so that fewer of them are kept", () => {
  const { match } = person;
  if (!match || !model) throw new Error("the shipped rules score persons");
  const sizeAfter = (first_name: string) => {
    const records = prepareRecords(match, lexiconOf(model.person));
    records.add({ first_name: [first_name], last_name: ["lee"] });
    return records.size();
  };
  expect(sizeAfter("ann")).toBeLessThan(5);
  expect(sizeAfter(long)).toBeGreaterThan(150);
});

test("what is restored is made ready once, unless it is so long that many of them would fill the memory", () => {
  const matching = createMatching(shippedIdentity);
  const restored = (name: string) => matching?.restored("person", JSON.stringify({ first_name: [name] }));
  expect(restored("ann")).toBe(restored("ann"));
  expect(restored(long)).toEqual(restored(long));
  expect(restored(long)).not.toBe(restored(long));
});
