import { afterAll, beforeAll, expect, test } from "vitest";
import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { openThreeAccounts, type ThreeAccounts } from "./three-accounts.ts";

/** Doubles that nothing but the merge itself shows to be one: other names, other addresses. */
const person = (n: number) => ({
  Id: sfId("003", n),
  FirstName: `First ${n}`,
  LastName: `Last ${n}`,
  Email: `p${n}@one${n}.example`,
});
const firm = (n: number) => ({ Id: sfId("001", n), Name: `Firm ${n}`, Website: `https://firm${n}.example` });

const lead = (n: number) => ({
  ...person(n),
  Id: sfId("00Q", n),
  Company: `Firm ${n}`,
  Email: `l${n}@one${n}.example`,
});

const prefixOf = { Contact: "003", Account: "001", Lead: "00Q" };

let three: ThreeAccounts;
beforeAll(async () => {
  const salesforce = { Contact: [1, 2, 3, 4].map(person), Account: [1, 2, 3].map(firm), Lead: [5, 6].map(lead) };
  three = await openThreeAccounts({ hubspot: {}, salesforce, netsuite: {} }, "2026-03-18T12:00:00.000Z");
  await sync();
});
afterAll(() => three.close());

async function sync(): Promise<void> {
  three.clock.advance(60_000);
  await syncConnection(three.hub, "salesforce");
}

/** Which records of an object are one customer, by their numbers, and under which name. */
async function customers(object: keyof typeof prefixOf): Promise<Record<string, string[]>> {
  const names = new Map((await three.rows("customers")).map(({ id, name }) => [id, name]));
  const together: Record<string, string[]> = {};
  for (const { record_key, customer_id } of await three.rows("links")) {
    const n = [1, 2, 3, 4, 5, 6].find((each) => record_key === `salesforce:${object}:${sfId(prefixOf[object], each)}`);
    if (n === undefined) continue;
    const name = names.get(customer_id) ?? "";
    together[name] = [...(together[name] ?? []), String(n)].sort();
  }
  return together;
}

test("what Salesforce merges is one customer from then on, with the timelines of all", async () => {
  expect(Object.keys(await customers("Contact"))).toHaveLength(4);
  three.salesforce.state.merge("Contact", sfId("003", 2), sfId("003", 1));
  three.salesforce.state.merge("Account", sfId("001", 3), sfId("001", 2));
  await sync();
  expect(await customers("Contact")).toEqual({
    "First 2 Last 2": ["1", "2"],
    "First 3 Last 3": ["3"],
    "First 4 Last 4": ["4"],
  });
  expect(await customers("Account")).toEqual({ "Firm 1": ["1"], "Firm 3": ["2", "3"] });
  const [winner] = (await three.rows("customers")).filter(({ name }) => name === "First 2 Last 2");
  const timeline = (await three.rows("timeline")).filter(({ customer_id }) => customer_id === winner?.id);
  const kinds = new Map((await three.rows("events")).map(({ id, kind }) => [id, kind]));
  expect(
    timeline
      .map(
        ({ event_id, record_key }) =>
          `${record_key === `salesforce:Contact:${sfId("003", 1)}` ? 1 : 2} ${kinds.get(event_id)}`,
      )
      .sort(),
  ).toEqual(expect.arrayContaining(["1 contact.created", "1 record.merged", "2 contact.created"]));
});

test("so are leads, which have no id that other systems keep", async () => {
  three.salesforce.state.merge("Lead", sfId("00Q", 6), sfId("00Q", 5));
  await sync();
  expect(await customers("Lead")).toEqual({ "First 6 Last 6": ["5", "6"] });
});

test("so are those merged one after another", async () => {
  three.salesforce.state.merge("Contact", sfId("003", 3), sfId("003", 2));
  await sync();
  three.salesforce.state.merge("Contact", sfId("003", 4), sfId("003", 3));
  await sync();
  expect(await customers("Contact")).toEqual({ "First 4 Last 4": ["1", "2", "3", "4"] });
});
