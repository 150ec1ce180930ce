import { afterAll, beforeAll, expect, test } from "vitest";
import type { HubspotRow } from "../../connectors/hubspot/simulator/index.ts";
import { explanationText } from "../../src/cli/explain-text.ts";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../src/hub/inbox/intake.ts";
import { explainCustomer } from "../../src/hub/queries/explain.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import {
  changeInHubspot,
  contacts,
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";

type Mergeable = "contacts" | "companies";

/** Doubles that nothing but the merge itself shows to be one: other names, other addresses. */
const firms = [2001, 2002, 2003, 2004, 2005].map(
  (id): HubspotRow => ({
    id: String(id),
    properties: { name: `Firm ${id} of ${id}`, domain: `firm${id}.example` },
    createdAt: "2026-01-05T08:00:00.000Z",
    updatedAt: "2026-10-01T08:00:00.000Z",
  }),
);
const dayMs = 86_400_000;

const clock = virtualClock(noon);
let hubspot: TestHubspot;
let world: World;
beforeAll(async () => {
  const people = contacts(14).map((row) => ({
    ...row,
    properties: { ...row.properties, lastname: `Miller${row.id}` },
  }));
  hubspot = await serveHubspot(clock, { objects: { contacts: people, companies: firms } });
  world = await openWorld({ hubspot: hubspotEntry(hubspot) }, { clock });
  await sync();
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

const switches = () => hubspot.simulator.state.settings.switches;

async function sync(afterMs = 60_000): Promise<void> {
  clock.advance(afterMs);
  await syncConnection(world.hub, "hubspot");
}

async function merge(object: Mergeable, winner: number, loser: number): Promise<void> {
  clock.advance(1_000);
  const body = { primaryObjectId: String(winner), objectIdToMerge: String(loser) };
  await changeInHubspot(hubspot, "POST", `/crm/v3/objects/${object}/merge`, body);
}

/** The ids of all records of the customer that one belongs to. */
async function together(object: Mergeable, id: number): Promise<string[]> {
  const links = await world.rows("links");
  const own = links.find(({ record_key }) => record_key === `hubspot:${object}:${id}`);
  const prefix = `hubspot:${object}:`;
  return links
    .filter(({ customer_id }) => customer_id === own?.customer_id)
    .map(({ record_key }) => record_key.slice(prefix.length))
    .sort();
}

/** Where records went, by their ids; null: they are there. */
async function winners(object: Mergeable, ...ids: number[]): Promise<(string | null)[]> {
  const rows = new Map((await world.rows("records")).map((row) => [row.record_key, row]));
  return ids.map((id) => {
    const row = rows.get(`hubspot:${object}:${id}`);
    return row?.deleted === 1 ? row.merged_into : null;
  });
}

async function timelineOf(object: Mergeable, id: number): Promise<string[]> {
  const links = await world.rows("links");
  const own = links.find(({ record_key }) => record_key === `hubspot:${object}:${id}`);
  const events = new Map((await world.rows("events")).map((event) => [event.id, event]));
  const placed = (await world.rows("timeline")).filter(({ customer_id }) => customer_id === own?.customer_id);
  return placed.map(({ event_id }) => `${events.get(event_id)?.kind} ${events.get(event_id)?.record_key}`).sort();
}

test("a merge found by search makes one customer with both pasts, who is called as the winner is", async () => {
  await merge("contacts", 1002, 1001);
  await merge("contacts", 1004, 1003);
  await sync();
  expect(await together("contacts", 1001)).toEqual(["1001", "1002"]);
  expect(await winners("contacts", 1001, 1002)).toEqual(["1002", null]);
  expect(await timelineOf("contacts", 1002)).toEqual(
    expect.arrayContaining([
      "contact.created hubspot:contacts:1001",
      "contact.created hubspot:contacts:1002",
      "record.merged hubspot:contacts:1001",
    ]),
  );
  const [customer] = (await world.rows("customers")).filter(({ name }) => name.startsWith("Person 2 "));
  expect(customer?.name).toBe("Person 2 Miller1002");
  const explanation = await explainCustomer(world.hub, customer?.id ?? "");
  expect(explanation && explanationText(explanation)).toMatch(
    /hubspot:contacts:1002 +was merged with hubspot:contacts:1001 at its source/,
  );
});

test("merges one after another, seen each or all at once, lead to one customer", async () => {
  expect(await together("contacts", 1003)).toEqual(["1003", "1004"]);
  await merge("contacts", 1005, 1004);
  await merge("contacts", 1007, 1006);
  await merge("contacts", 1008, 1007);
  await sync();
  expect(await together("contacts", 1003)).toEqual(["1003", "1004", "1005"]);
  expect(await together("contacts", 1006)).toEqual(["1006", "1007", "1008"]);
  expect(await winners("contacts", 1003, 1004, 1006, 1007)).toEqual(["1005", "1005", "1008", "1008"]);
});

test("companies are joined as well, also where HubSpot makes a third record of two", async () => {
  await merge("companies", 2002, 2001);
  switches().mergeMakesNewId = true;
  await merge("companies", 2004, 2003);
  await sync();
  expect(await together("companies", 2001)).toEqual(["2001", "2002"]);
  const ids = await together("companies", 2003);
  const [third, ...more] = ids.filter((id) => id !== "2003" && id !== "2004");
  expect([ids.length, more]).toEqual([3, []]);
  expect(await winners("companies", 2003, 2004)).toEqual([third, third]);
});

test("a webhook of a merge brings the winner, and word of the loser with it", async () => {
  await merge("contacts", 1009, 1010);
  const told = {
    eventId: 1,
    portalId: 424242,
    subscriptionType: "contact.merge",
    occurredAt: clock.now(),
    objectId: 1009,
    primaryObjectId: 1009,
    mergedObjectIds: [1010],
    newObjectId: null,
  };
  await keepDeliveries(world.hub, "hubspot", [
    { dedupe_key: "merge", onConflict: "ignore", body: JSON.stringify(told) },
  ]);
  expect(await drainInbox(world.hub, "hubspot", { retry: false })).toEqual({ done: 1, failed: 0 });
  expect(await together("contacts", 1010)).toEqual(["1009", "1010"]);
  expect(await winners("contacts", 1010)).toEqual(["1009"]);
});

test("so does one about the loser, whose id leads to the winner", async () => {
  await merge("contacts", 1011, 1012);
  const told = { eventId: 2, portalId: 424242, subscriptionType: "contact.propertyChange", occurredAt: clock.now() };
  const body = JSON.stringify({ ...told, objectId: 1012 });
  await keepDeliveries(world.hub, "hubspot", [{ dedupe_key: "loser", onConflict: "ignore", body }]);
  await drainInbox(world.hub, "hubspot", { retry: false });
  expect(await together("contacts", 1012)).toEqual(["1011", "1012"]);
  expect(await winners("contacts", 1012)).toEqual(["1011"]);
});

test("a merge that search does not show is found by the daily reading, and said to be one", async () => {
  switches().searchLagMs = 30 * dayMs;
  await merge("contacts", 1014, 1013);
  await sync(2 * dayMs);
  expect(await together("contacts", 1013)).toEqual(["1013", "1014"]);
  expect(await winners("contacts", 1013)).toEqual(["1014"]);
  expect(await timelineOf("contacts", 1014)).toContain("record.merged hubspot:contacts:1013");
});

test("all of this is what a replay of the raw records gives", async () => {
  await deriveAll(world.hub);
  expect((await verifyHub(world.hub)).flatMap(({ examples }) => examples)).toEqual([]);
});
