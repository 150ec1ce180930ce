import { afterAll, beforeAll, expect, test } from "vitest";
import { explainCustomer } from "../../../src/hub/queries/explain.ts";
import { pathBetween } from "../../../src/hub/queries/explain-link.ts";
import type { LinkEvidence } from "../../../src/identity/group/cluster.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { customerIdOf } from "../../../src/pipeline/resolve/plan.ts";
import type { Row } from "../../../src/store/tables.ts";
import { set } from "../../../src/store/writes.ts";
import { openEmptyHub, type SampleHub } from "../../console/sample-hub.ts";

/*
 * A customer of five records: 2 shares an e-mail address with 1, 3 is alike with 2, a person has linked 4 with 1, 5 was merged with 4.
 * Its links stand as resolving would leave them.
 */

const key = (n: number) => `hubspot:contacts:${n}`;
const rules = "v1";
const byPerson = { id: 1, by: "Kim", at: "2026-02-01T09:00:00.000Z", reason: "her sister says so" };
const evidence: LinkEvidence[] = [
  { claim: null, with: null, rules },
  { claim: "email:ann@a.example", with: key(1), rules },
  { claim: null, with: key(2), rules, match: { weight: 9.5, probability: 0.9986 } },
  { claim: null, with: key(1), rules, override: byPerson },
  { claim: `merged:${key(4)}`, with: key(4), rules },
];
const waterfall = {
  prior: -8,
  fields: [
    { field: "last_name", level: "exact", weight: 9.5, frequency: 1.5 },
    { field: "first_name", level: "short_form", weight: 6.5, frequency: 0 },
  ],
};
const customer = customerIdOf(key(1));

let sample: SampleHub;
beforeAll(async () => {
  sample = await openEmptyHub();
  const records = evidence.map((_, n) => ({
    ...{ connection: "hubspot", object: "contacts", remote_id: String(n + 1), deleted: false },
    version: "2026-01-01T09:00:00.000Z",
    payload: { id: String(n + 1), properties: { lastname: `Apart ${n}` } },
  }));
  await processBatch(sample.hub.pipeline, { records, also: [] });
  const links = await sample.hub.store.byKey(
    "links",
    "record_key",
    evidence.map((_, n) => key(n + 1)),
  );
  const joined = links.map((row): Row<"links"> => {
    const because = evidence[Number(row.record_key.slice(-1)) - 1];
    return { ...row, customer_id: customer, evidence: JSON.stringify(because) };
  });
  const match = { left_key: key(2), right_key: key(3), weight: 9.5, probability: 0.9986, apart: 0 };
  await sample.hub.store.commit([
    set("links", joined),
    set("matches", [{ ...match, document: JSON.stringify(waterfall) }]),
  ]);
});
afterAll(() => sample.close());

const steps = async (from: number, to: number) =>
  (await pathBetween(sample.hub, customer, { from: key(from), to: key(to) }))?.map((step) => [
    `${step.from.slice(-1)} ${step.to.slice(-1)}`,
    step.evidence.claim ?? step.evidence.override?.by ?? step.evidence.match?.probability,
    step.waterfall?.prior,
  ]);

test.each([
  [2, 1, [["2 1", "email:ann@a.example", undefined]]],
  [
    1,
    3,
    [
      ["1 2", "email:ann@a.example", undefined],
      ["2 3", 0.9986, -8],
    ],
  ],
  [
    3,
    5,
    [
      ["3 2", 0.9986, -8],
      ["2 1", "email:ann@a.example", undefined],
      ["1 4", "Kim", undefined],
      ["4 5", `merged:${key(4)}`, undefined],
    ],
  ],
  [4, 4, []],
])("the steps from record %i to %i are those that hang on one another", async (from, to, expected) => {
  expect(await steps(from, to)).toEqual(expected);
});

test("there is no way to a record of another customer", async () => {
  expect(await pathBetween(sample.hub, customer, { from: key(1), to: "hubspot:contacts:9" })).toBeNull();
});

test("a record that a score has joined is explained with what each field adds", async () => {
  const records = (await explainCustomer(sample.hub, customer))?.records ?? [];
  expect(records.map(({ waterfall: made }) => made)).toEqual([null, null, waterfall, null, null]);
});
