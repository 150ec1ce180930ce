import { afterAll, beforeAll, expect, test } from "vitest";
import { buyingGroups } from "../../../src/hub/queries/buying-groups.ts";
import { companyFamily } from "../../../src/hub/queries/companies.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { customerIdOf } from "../../../src/pipeline/resolve/plan.ts";
import { append, remove } from "../../../src/store/writes.ts";
import { openEmptyHub, type SampleHub } from "../../console/sample-hub.ts";

/* What is looked through is limited: what is left out is told. */

const acme = "hubspot:companies:90";
const deal = "hubspot:deals:7";
const version = "2026-01-10T09:00:00.000Z";

let sample: SampleHub;
beforeAll(async () => {
  sample = await openEmptyHub();
  const record = (object: string, id: string, properties: object, associations: object = {}) => ({
    ...{ connection: "hubspot", object, remote_id: id, version, deleted: false },
    payload: { id, properties, createdAt: version, updatedAt: version, associations },
  });
  const records = [
    record("companies", "90", { name: "Acme", domain: "acme.example" }),
    record("deals", "7", { dealname: "Fleet" }, { companies: { results: [{ id: "90" }] } }),
  ];
  await processBatch(sample.hub.pipeline, { records, also: [] });
});
afterAll(() => sample.close());

const keys = (object: string, count: number) =>
  Array.from({ length: count }, (_, n) => `hubspot:${object}:${1_000 + n}`);

/** Associates records with one, as resolving would leave them. */
async function associate(from: readonly string[], to_key: string, role: string): Promise<void> {
  const standing = { valid_from: "", valid_to: "~" };
  const rows = from.map((from_key) => ({ from_key, to_key, role, source_key: from_key, ...standing }));
  await sample.hub.store.commit([append("associations", rows)]);
}

/** Makes each record a customer of its own. */
async function found(kind: "company" | "person", recordKeys: readonly string[]): Promise<void> {
  const made = recordKeys.map((record_key) => ({ record_key, id: customerIdOf(record_key) }));
  const link = ({ record_key, id }: (typeof made)[number]) => ({ record_key, customer_id: id, founder_id: id, kind });
  const customer = ({ record_key, id }: (typeof made)[number]) => ({ id, kind, name: record_key, golden: "{}" });
  await sample.hub.store.commit([
    append(
      "links",
      made.map((each) => ({ ...link(each), evidence: "{}", revision: 1 })),
    ),
    append(
      "customers",
      made.map((each) => ({ ...customer(each), first_seen_at: version, revision: 1 })),
    ),
  ]);
}

const family = () => companyFamily(sample.hub, customerIdOf(acme), [acme]);
const group = async () => (await buyingGroups(sample.hub, customerIdOf(acme), { limit: 5 })).items[0];

test("a company's family says that there are more than are shown; its people are none of it", async () => {
  await found("company", keys("companies", 201));
  await found("person", keys("contacts", 51));
  await associate(keys("contacts", 51), acme, "member");
  await associate(keys("companies", 200), acme, "parent");
  expect(await family()).toMatchObject({ parents: [], truncated: false });
  await associate(keys("companies", 201).slice(200), acme, "parent");
  const { subsidiaries, truncated } = await family();
  expect([subsidiaries.length, subsidiaries[0]?.name, truncated]).toEqual([200, "hubspot:companies:1000", true]);
});

test("a deal says that it has more people than are shown", async () => {
  await associate(keys("contacts", 50), deal, "deal");
  expect(await group()).toMatchObject({ record_key: deal, truncated: false });
  await associate(keys("contacts", 51).slice(50), deal, "deal");
  const { members = [], truncated } = (await group()) ?? {};
  expect([members.length, truncated]).toEqual([50, true]);
});

test("a deal says that more was done on it than is looked through", async () => {
  await sample.hub.store.commit([remove("associations", ["to_key"], [[deal]])]);
  await associate(keys("calls", 1_000), deal, "deal");
  expect(await group()).toMatchObject({ truncated: false });
  await associate(["hubspot:calls:1"], deal, "deal");
  expect(await group()).toMatchObject({ truncated: true });
});
