import { describe, expect, test } from "vitest";
import { type Evaluation, evaluate, type LabelledParty } from "../../../src/identity/evaluate/evaluate.ts";
import { partyOf } from "../../../src/identity/group/claims.ts";
import type { RecordFields } from "../../../src/model/kinds.ts";
import type { Identifier } from "../../../src/model/record.ts";
import { plantedRecords } from "../../fixtures/identity/planted/plant.ts";
import { shippedIdentity } from "../../fixtures/pipeline/hub.ts";

function person(
  key: string,
  truth: string,
  fields: RecordFields<"contact">,
  identifiers: Identifier[] = [],
): LabelledParty {
  const party = partyOf({ kind: "contact", fields, identifiers });
  if (!party) throw new Error("a contact is a party");
  return { key, truth, party };
}

const named = (first_name: string, last_name: string, email: string) => ({
  first_name,
  last_name,
  emails: [{ email }],
});
const sold = { type: "salesforce_contact", value: "003000000000001" };

/** Ann is found, Bob is missed; Cid and Dot, who have nothing in common, bear one id by mistake; whose Eve is, is not known. */
const people = [
  person("ann 1", "ann", named("Ann", "Archer", "ann@archer.example")),
  person("ann 2", "ann", named("Ann", "Archer", "ann@archer.example")),
  person("bob 1", "bob", named("Robert", "Baker", "bob@baker.example")),
  person("bob 2", "bob", { first_name: "Bo", last_name: "Vandermeer" }),
  person("cid", "cid", { first_name: "Cid", last_name: "Cooper" }, [sold]),
  person("dot", "dot", { first_name: "Dorothy", last_name: "Dyer" }, [sold]),
  person("eve", "", named("Ann", "Archer", "ann@archer.example")),
];

type More = { examplesMax?: number; thresholds?: number[] };
const evaluated = (parties: readonly LabelledParty[], more: More = {}): Evaluation => {
  let clockMs = 0;
  return evaluate(parties, { rules: shippedIdentity, elapsedMs: () => (clockMs += 1_000), ...more });
};

describe("an evaluation", () => {
  const found = evaluated(people, { examplesMax: 5 });

  test("counts records, customers and pairs by the labels alone", () => {
    expect(found).toMatchObject({ records: 7, labelled: 6, customers: 4, true_pairs: 2, trained: [] });
  });

  test("judges customers as the hub would join them, by claims and scores", () => {
    expect(found.clustered).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(found.b_cubed).toMatchObject({ precision: 5 / 6, recall: 5 / 6 });
  });

  test("judges scores apart from claims: nobody would merge Cid and Dot for theirs", () => {
    expect(found.at_half.precision).toBe(1);
    expect(found.at_half.recall).toBe(0.5);
  });

  test("tells what scores enough from what is merged: who could be the father or the son is neither", () => {
    const home = {
      addresses: [{ street: "12 Sundial Crescent", postal_code: "30301", city: "Atlanta", country: "US" }],
    };
    const quill = { first_name: "Ambrose", last_name: "Quillfeather", ...home };
    const three = evaluated([
      person("father", "father", { ...quill, birth_date: "1948-03-02" }),
      person("son", "son", { ...quill, birth_date: "1979-08-21" }),
      person("either", "son", quill),
    ]);
    expect(three.at_merge.precision).toBe(0.5);
    expect(three.merged).toEqual({ precision: 1, recall: 0, f1: 0 });
  });

  test("shows a wrong merge with the claim that made it and what the score says of the two", () => {
    const { count, examples } = found.wrong_merges;
    expect(count).toBe(1);
    expect(examples[0]).toMatchObject({ truth: ["dot", "cid"], claim: "salesforce_contact:003000000000001" });
    expect(examples[0]?.match?.probability).toBeLessThan(0.5);
  });

  test("judges other merge thresholds by the pairs and the customers that each would give", () => {
    const fay = { first_name: "Fay", last_name: "Hollingsworth-Quaid" };
    const two = [
      person("fay 1", "fay", { ...fay, birth_date: "1970-04-05" }),
      person("fay 2", "fay", { first_name: "F", last_name: "Hollingsworth-Quaid", birth_date: "1970-04-06" }),
    ];
    const { clustered, thresholds } = evaluated(two, { thresholds: [0.5, 0.99] });
    const missed = { precision: 1, recall: 0, f1: 0 };
    expect(clustered).toEqual(missed);
    expect(thresholds).toMatchObject([
      { merge: 0.5, found_customers: 1, scored: { recall: 1 }, clustered: { precision: 1, recall: 1 } },
      { merge: 0.99, found_customers: 2, scored: missed, clustered: missed },
    ]);
  });

  test("counts the true pairs that blocking leads together", () => {
    expect(found.blocking.completeness).toBe(0.5);
    expect(found.blocking.overfull).toEqual([]);
  });

  test("tells how long each stage took, by the clock it was given", () => {
    expect(found.seconds).toEqual({ comparing: 1, training: 1, matching: 1, clustering: 1, judging: 1 });
  });
});

describe("on planted records, of which seed 11 makes six hundred", () => {
  const parties = [...plantedRecords({ records: 600, seed: 11 })].map((record): LabelledParty => {
    const party = partyOf(record);
    if (!party) throw new Error(`${record.key} is no party`);
    return { key: record.key, truth: record.truth, party };
  });
  const found = evaluated(parties);

  test("the order in which they come changes nothing", () => {
    expect(evaluated([...parties].reverse())).toEqual(found);
  });

  test("the shipped rules merge hardly anybody wrongly", () => {
    expect(found.at_merge.precision).toBeGreaterThanOrEqual(0.99);
    expect(found.clustered.precision).toBeGreaterThanOrEqual(0.985);
    expect(found.clustered.recall).toBeGreaterThan(0.7);
  });
});
