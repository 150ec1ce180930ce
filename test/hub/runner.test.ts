import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepDeliveries } from "../../src/hub/inbox-intake.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { set } from "../../src/store/writes.ts";
import {
  type Connections,
  changeInHubspot,
  contacts,
  eventually,
  heldClock,
  hubspotAppSecret,
  hubspotEntry,
  openWorld,
  publicUrl,
  removeFolder,
  serveHubspot,
  shopEntry,
  type TestHubspot,
  type World,
} from "./world.ts";

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

let hubspot: TestHubspot;
beforeEach(async () => {
  hubspot = await serveHubspot(systemClock, { objects: { contacts: contacts(3) } });
  toClose.push(hubspot.close);
});

async function openFor(connections: Connections, options: { clock?: typeof systemClock; folder?: string } = {}) {
  const world = await openWorld(connections, { clock: systemClock, ...options });
  toClose.push(async () => {
    await world.close();
    removeFolder(world.folder);
  });
  return world;
}

const stageInHubspot = (id: string) =>
  hubspot.simulator.state.records.get("contacts")?.get(id)?.properties.journey_hub_stage;
const syncs = async (world: World) => (await world.rows("runs")).filter(({ kind }) => kind === "sync");

test("from the start, connections are pulled, customers derived and stages written back by themselves", async () => {
  const world = await openFor({ hubspot: hubspotEntry(hubspot, { schedule: "1h" }) });
  await world.runner.start();
  expect(world.runner.state()).toBe("running");
  await eventually("three customers with a score", async () => (await world.rows("scores")).length === 3);
  await eventually("their write-backs", async () => (await world.rows("writebacks")).length === 3);
  expect((await world.rows("writebacks")).map(({ status }) => status)).toEqual(["sent", "sent", "sent"]);
  expect(await world.rows("connections")).toMatchObject([{ id: "hubspot", status: "connected", account: "424242" }]);
  await world.runner.stop();
  expect(world.runner.state()).toBe("stopped");
});

test("a webhook that HubSpot signs leads to the changed customer, in HubSpot as well", async () => {
  const world = await openFor({ hubspot: hubspotEntry(hubspot) });
  await world.runner.start();
  await world.runner.syncNow("hubspot").done;
  // The tunnel that makes the hub's public address reach it.
  const server = createServer(getRequestListener(world.app.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  toClose.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const targetUrl = `${publicUrl}/hooks/hubspot`;
  const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/hubspot`;
  const subscriptions = [{ subscriptionType: "contact.propertyChange", propertyName: "lifecyclestage" }];
  hubspot.simulator.subscribe({ appId: 7, clientSecret: hubspotAppSecret, targetUrl, subscriptions });
  await changeInHubspot(hubspot, "PATCH", "/crm/v3/objects/contacts/1002", {
    properties: { lifecyclestage: "opportunity" },
  });
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => realFetch(input === targetUrl ? local : input, init);
  try {
    expect(await hubspot.simulator.deliver()).toMatchObject({ delivered: 1 });
  } finally {
    globalThis.fetch = realFetch;
  }
  await eventually("the change on the timeline", async () =>
    (await world.rows("events")).some(({ kind }) => kind === "lifecycle.changed"),
  );
  await eventually("the delivery to be done", async () => (await world.rows("inbox"))[0]?.status === "done");
  await eventually("the stage in HubSpot", () => stageInHubspot("1002") !== undefined);
});

test("what a killed hub left is taken up: its runs are closed, its waiting deliveries worked off", async () => {
  const first = await openWorld({ shop: shopEntry }, { clock: systemClock });
  const delivery = { id: "e1", type: "form", email: "a@example.com", occurred_at: "2026-11-02T11:00:00.000Z" };
  await keepDeliveries(first.hub, "shop", [
    { dedupe_key: "e1", onConflict: "refuse", body: JSON.stringify(delivery), occurred_at: null },
  ]);
  const row = { connection: "shop", kind: "sync", status: "running", counts: "{}", ended_at: null, message: null };
  await first.hub.store.commit([set("runs", [{ ...row, id: randomUUID(), started_at: first.hub.now() }])]);
  await first.hub.close();

  const world = await openFor({ shop: shopEntry }, { folder: first.folder });
  await world.runner.start();
  expect(await world.rows("runs")).toMatchObject([{ status: "failed", message: expect.stringContaining("stopped") }]);
  await eventually("the delivery to be done", async () => (await world.rows("inbox"))[0]?.status === "done");
});

test("connections that fail are shown as such and stop nobody else", async () => {
  const away = await serveHubspot(systemClock);
  toClose.push(away.close);
  const wrong = hubspotEntry(away, { schedule: "1h" });
  const world = await openFor({
    wrong: { ...wrong, config: { ...wrong.config, access_token: "pat-na1-of-nobody" } },
    unset: { connector: "hubspot", config: { access_token: "$" + "{env:NOT_SET_ANYWHERE}" } },
    hubspot: hubspotEntry(hubspot, { schedule: "1h" }),
  });
  await world.runner.start();
  await eventually("the good one's records", async () => (await world.rows("records")).length === 3);
  await eventually("the bad one's status", async () => (await world.rows("connections")).length === 2);
  const reply = await world.app.request("/api/v1/connections", { headers: await world.as("viewer") });
  const { items } = (await reply.json()) as { items: { id: string; status: string; message: string | null }[] };
  expect(items.map(({ id, status }) => [id, status])).toEqual([
    ["wrong", "needs_attention"],
    ["unset", "needs_attention"],
    ["hubspot", "connected"],
  ]);
  expect(items[1]?.message).toContain("NOT_SET_ANYWHERE, which is not set");
});

test("a connection is polled on its schedule, never twice at once", async () => {
  const clock = heldClock();
  const world = await openFor({ hubspot: hubspotEntry(hubspot, { schedule: "5m", writeback: false }) }, { clock });
  await world.runner.start();
  await eventually("the first sync", async () => (await syncs(world))[0]?.status === "done");
  const [first, again] = [world.runner.syncNow("hubspot"), world.runner.syncNow("hubspot")];
  expect(again.run_id).toBe(first.run_id);
  await first.done;
  expect(await syncs(world)).toHaveLength(2);

  await eventually("the poll to wait", () => clock.sleeping() > 0);
  clock.advance(299_000);
  expect(await syncs(world)).toHaveLength(2);
  clock.advance(1_000);
  await eventually(
    "the next poll",
    async () => (await syncs(world)).filter(({ status }) => status === "done").length === 3,
  );
});

test("timers fall due while nothing is received", async () => {
  const clock = heldClock();
  const world = await openFor({ hubspot: hubspotEntry(hubspot, { writeback: false }) }, { clock });
  await world.runner.start();
  await world.runner.syncNow("hubspot").done;
  const tick = async (what: string, holds: () => Promise<boolean>, stepMs: number) =>
    eventually(what, async () => {
      clock.advance(stepMs);
      return holds();
    });
  await tick("the first derivation", async () => (await world.rows("scores")).length === 3, 100);
  const [timer] = await world.rows("timers");
  if (!timer) throw new Error("the default rules set timers");
  const waitMs = Date.parse(timer.due_at) - clock.now();
  clock.advance(waitMs);
  const derivedAt = async () =>
    (await world.rows("scores")).find((row) => row.customer_id === timer.customer_id)?.as_of;
  await tick("the derivation at the timer", async () => ((await derivedAt()) ?? "") >= timer.due_at, 86_400_000);
});

test("stopping ends a long sync between two commits, and the next run goes on from there", async () => {
  const many = await serveHubspot(systemClock, { objects: { contacts: contacts(2_000) } });
  toClose.push(many.close);
  const world = await openFor({ hubspot: hubspotEntry(many) });
  await world.runner.start();
  const job = world.runner.syncNow("hubspot");
  await eventually("the first records", async () => (await world.rows("records")).length > 0);
  await world.runner.stop();
  await expect(job.done).rejects.toThrow("The hub was stopped during this run");
  expect(await syncs(world)).toMatchObject([{ status: "failed", message: expect.stringContaining("was stopped") }]);
  const before = (await world.rows("records")).length;
  expect(before).toBeLessThan(2_000);
  await world.hub.close();

  const next = await openFor({ hubspot: hubspotEntry(many) }, { folder: world.folder });
  await next.runner.syncNow("hubspot").done;
  expect(await next.rows("records")).toHaveLength(2_000);
});
