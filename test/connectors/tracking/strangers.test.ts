import { afterAll, beforeAll, expect, test } from "vitest";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { groupBy } from "../../../src/lib/group.ts";
import { createDesk, writeDeskMapping } from "../../hub/desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, shopEntry, type World } from "../../hub/world.ts";

/*
 * What a stranger can do who has read the write key out of a page: tell of visitors, and no more. The records of the CRM stay whose they are,
 * whatever the calls claim. The public connection's name comes before the CRM's, so that its records come first wherever order counts.
 */

const publicKey = "write-key-in-the-page-1";
const serversKey = "write-key-of-our-servers";
const at = "2026-10-01T08:00:00.000Z";

let world: World;
beforeAll(async () => {
  const folder = newFolder();
  writeDeskMapping(folder);
  const desk = createDesk();
  for (const [id, first, last, email] of people) desk.people.set(id, { id, first, last, email, at });
  const connections = {
    app: { connector: "tracking", config: { write_key: publicKey } },
    desk: { connector: "desk" },
    servers: { connector: "tracking", config: { write_key: serversKey, key_is_public: false } },
    shop: shopEntry,
  };
  world = await openWorld(connections, { clock: heldClock(), folder, connectors: [desk.connector] });
  await syncConnection(world.hub, "desk");
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
});

/** In the CRM: p1 and p2 are one by their address alone, p3 and p4 by their initial as well, the others are each somebody. */
const people: [id: string, first: string, last: string, email: string][] = [
  ["p1", "", "", "ann@acme.example"],
  ["p2", "Ann", "Smith", "ann@acme.example"],
  ["p3", "Jon", "Smith", "jon@acme.example"],
  ["p4", "J.", "Smith", "jon@acme.example"],
  ["p5", "Kim", "Lee", "kim@acme.example"],
  ["p6", "Kim", "Lee", "kim.lee@globex.example"],
  ["p7", "Mia", "Wong", "mia@acme.example"],
  ["p8", "Mia", "Wong", "mia.wong@globex.example"],
];

/** Identifies of users with these traits, each a call by itself. */
async function identify(key: string, told: readonly (readonly [userId: string, traits: object])[]): Promise<void> {
  const batch = told.map(([userId, traits]) => ({ type: "identify", userId, traits }));
  const body = JSON.stringify({ writeKey: key, batch });
  expect((await world.app.request("/v1/batch", { method: "POST", body })).status).toBe(200);
  for (const id of ["app", "servers"]) await drainInbox(world.hub, id, { retry: false });
}

/** Records as groups: those of one customer beside each other. */
async function together(...ids: string[]): Promise<string[]> {
  const rows = await world.hub.store.byKey(
    "links",
    "record_key",
    ids.map((id) => `desk:people:${id}`),
  );
  const customers = groupBy(rows, ({ customer_id }) => customer_id);
  return [...customers.values()].map((group) =>
    group
      .map(({ record_key }) => record_key.slice("desk:people:".length))
      .sort()
      .join("+"),
  );
}

const customersOf = async (recordKey: string) =>
  (await world.hub.store.byKey("memberships", "record_key", [recordKey])).map(({ customer_id }) => customer_id);
const customerOf = async (id: string) =>
  (await world.hub.store.byKey("links", "record_key", [`desk:people:${id}`]))[0]?.customer_id;

test("thirteen users who name one address do not part those who are one by it", async () => {
  expect(await together("p1", "p2")).toEqual(["p1+p2"]);
  const users = Array.from({ length: 13 }, (_, n) => [`s${n}`, { email: "ann@acme.example" }] as const);
  await identify(publicKey, users.slice(0, 11));
  expect(await together("p1", "p2")).toEqual(["p1+p2"]);
  await identify(publicKey, users.slice(11));
  expect(await together("p1", "p2")).toEqual(["p1+p2"]);
});

test("nor do they take from the customer what another system tells of the address", async () => {
  const survey = { id: "nps-1", type: "nps", email: "ann@acme.example", rating: 9, occurred_at: at };
  await keepDeliveries(world.hub, "shop", [
    { dedupe_key: "nps-1", onConflict: "refuse", body: JSON.stringify(survey) },
  ]);
  await drainInbox(world.hub, "shop", { retry: false });
  expect(await customersOf("shop:events:nps-1")).toEqual([await customerOf("p1")]);
});

test("a user whose name agrees with one of two does not part them", async () => {
  expect(await together("p3", "p4")).toEqual(["p3+p4"]);
  await identify(publicKey, [["jane", { email: "jon@acme.example", firstName: "Jane", lastName: "Smith" }]]);
  expect(await together("p3", "p4")).toEqual(["p3+p4"]);
});

test("a user who names the addresses of two customers is the one's or the other's, and the two stay two", async () => {
  await identify(publicKey, [
    ["both", { email: "kim@acme.example" }],
    ["both", { email: "kim.lee@globex.example", plan: "gold" }],
  ]);
  expect(await together("p5", "p6")).toEqual(["p5", "p6"]);
});

test("by a key that only our own servers have, the two are one", async () => {
  await identify(serversKey, [
    ["mia", { email: "mia@acme.example" }],
    ["mia", { email: "mia.wong@globex.example", plan: "gold" }],
  ]);
  expect(await together("p7", "p8")).toEqual(["p7+p8"]);
});

test("all of it is as a replay makes it", async () => {
  await deriveAll(world.hub);
  expect((await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0)).toEqual([]);
});
