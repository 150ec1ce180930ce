import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delivery } from "../../../src/connector/index.ts";
import { reviveFailed } from "../../../src/hub/inbox/failures.ts";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import {
  changeInHubspot,
  contacts,
  heldClock,
  hubspotEntry,
  openWorld,
  removeFolder,
  serveHubspot,
  shopEntry,
  type TestHubspot,
  type World,
} from "../world.ts";

let clock: ReturnType<typeof heldClock>;
let hubspot: TestHubspot;
let world: World;
const connections = () => ({ hubspot: hubspotEntry(hubspot), shop: shopEntry });
beforeEach(async () => {
  clock = heldClock();
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(300) } });
  world = await openWorld(connections(), { clock });
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

/** HubSpot tells that something is the matter with a contact. */
function told(n: number, objectId: number | string, subscriptionType = "contact.propertyChange"): Delivery {
  const event = { eventId: n, portalId: 424242, subscriptionType, occurredAt: clock.now(), objectId };
  return { dedupe_key: `event ${n}`, onConflict: "ignore", body: JSON.stringify(event) };
}

function fromShop(id: string, more: object = {}): Delivery {
  const event = { id, type: "form", email: `${id}@example.com`, occurred_at: "2026-11-02T11:00:00.000Z", ...more };
  return { dedupe_key: id, onConflict: "refuse", body: JSON.stringify(event) };
}

const keep = (connection: string, ...deliveries: Delivery[]) => keepDeliveries(world.hub, connection, deliveries);
const drain = (connection = "hubspot", retry = false) => drainInbox(world.hub, connection, { retry });
const fetches = () => hubspot.requests.filter((request) => request.endsWith("/contacts/batch/read"));
const statuses = async () => Object.fromEntries((await world.rows("inbox")).map((row) => [row.dedupe_key, row.status]));
const openErrors = async () => (await world.rows("errors")).filter(({ status }) => status === "open");
/** Lets the transport's waits between its attempts pass. */
async function ticking<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => clock.advance(60_000), 1);
  return work.finally(() => clearInterval(timer));
}

test("events that only name records are fetched together, each record once", async () => {
  await keep("hubspot", ...Array.from({ length: 150 }, (_, n) => told(n, 1001 + (n % 120))));
  expect(await drain()).toEqual({ done: 150, failed: 0 });
  // Two for the records, three for what they were before, fifty at once.
  expect(fetches()).toHaveLength(5);
  expect(await world.rows("records")).toHaveLength(120);
  expect(await world.rows("customers")).toHaveLength(120);
  expect(new Set(Object.values(await statuses()))).toEqual(new Set(["done"]));
  expect(await drain()).toEqual({ done: 0, failed: 0 });
});

test("events by value go through the pipeline in the order they came", async () => {
  await keep("shop", fromShop("e1", { subject: "first" }), fromShop("e2"), fromShop("e3"));
  expect(await drain("shop")).toEqual({ done: 3, failed: 0 });
  expect((await world.rows("records")).map(({ record_key }) => record_key)).toEqual([
    "shop:events:e1",
    "shop:events:e2",
    "shop:events:e3",
  ]);
  expect((await world.rows("events")).map(({ kind }) => kind)).toEqual([
    "form.submitted",
    "form.submitted",
    "form.submitted",
  ]);
});

test("a record that is gone keeps what was known of it, marked deleted; so does one that is not found", async () => {
  await keep("hubspot", told(1, 1001), told(2, 1002));
  await drain();
  clock.advance(1_000);
  await changeInHubspot(hubspot, "DELETE", "/crm/v3/objects/contacts/1002");
  await keep("hubspot", told(3, 1001, "contact.deletion"), told(4, 1002));
  expect(await drain()).toEqual({ done: 2, failed: 0 });
  const rows = await world.rows("records");
  expect(rows.map(({ remote_id, deleted, fields }) => [remote_id, deleted, JSON.parse(fields).first_name])).toEqual([
    ["1001", 1, "Person 1"],
    ["1002", 1, "Person 2"],
  ]);
});

test("events about other things are done without a request", async () => {
  await keep("hubspot", told(1, 1001, "conversation.newMessage"));
  expect(await drain()).toEqual({ done: 1, failed: 0 });
  expect(hubspot.requests).toEqual([]);
});

test("while the vendor is away they wait, other connections go on; after ten attempts an error opens", async () => {
  hubspot.setDown(true);
  await keep("hubspot", told(1, 1001));
  await keep("shop", fromShop("e1"));
  expect(await ticking(drain("hubspot"))).toEqual({ done: 0, failed: 1 });
  expect(await drain("shop")).toEqual({ done: 1, failed: 0 });
  expect(await statuses()).toEqual({ "event 1": "waiting", e1: "done" });
  expect(await openErrors()).toEqual([]);

  expect(await drain("hubspot")).toEqual({ done: 0, failed: 0 }); // only tried again when that is asked for
  for (let n = 2; n <= 10; n++) expect(await ticking(drain("hubspot", true))).toEqual({ done: 0, failed: 1 });
  expect(await statuses()).toEqual({ "event 1": "failed", e1: "done" });
  expect(await openErrors()).toMatchObject([
    {
      connection: "hubspot",
      record_key: "hubspot:contacts:1001",
      step: "hook",
      class: "rejected",
      message: expect.stringContaining("given up after 10 attempts"),
    },
  ]);
});

test("what was given up is tried again once the vendor answers, and its error is resolved", async () => {
  hubspot.setDown(true);
  await keep("hubspot", told(1, 1001));
  for (let n = 1; n <= 10; n++) await ticking(drain("hubspot", true));
  hubspot.setDown(false);
  expect(await reviveFailed(world.hub, "hubspot")).toBe(1);
  expect(await drain("hubspot", true)).toEqual({ done: 1, failed: 0 });
  expect(await statuses()).toEqual({ "event 1": "done" });
  expect(await openErrors()).toEqual([]);
});

test("an id the vendor refuses does not hold up the others asked for with it", async () => {
  await keep("hubspot", told(1, 1001), told(2, "no-number-at-all"), told(3, 1003));
  const { failed } = await drain();
  expect(failed).toBeLessThanOrEqual(1);
  expect(await statuses()).toMatchObject({ "event 1": "done", "event 3": "done" });
});

test("a delivery that cannot be understood stays behind alone", async () => {
  const odd: Delivery = { dedupe_key: "odd", onConflict: "ignore", body: "{}" };
  await keep("hubspot", told(1, 1001), odd, told(2, 1002));
  expect(await drain()).toEqual({ done: 2, failed: 1 });
  expect(await statuses()).toEqual({ "event 1": "done", odd: "waiting", "event 2": "done" });
  for (let n = 2; n <= 10; n++) await drain("hubspot", true);
  expect(await statuses()).toMatchObject({ odd: "failed" });
  expect(await openErrors()).toMatchObject([{ record_key: "hubspot:inbox:odd", class: "internal" }]);
});

test("deliveries kept by a hub that was closed are worked off by the next one on the folder, once", async () => {
  await keep("hubspot", told(1, 1001), told(2, 1002));
  const { folder } = world;
  await world.close();
  world = await openWorld(connections(), { clock, folder });
  expect(await statuses()).toEqual({ "event 1": "waiting", "event 2": "waiting" });
  expect(await drain()).toEqual({ done: 2, failed: 0 });
  const events = await world.rows("events");
  await keep("hubspot", told(3, 1001));
  await drain();
  expect(await world.rows("events")).toEqual(events); // the same state again is no event
});
