import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { set } from "../../../src/store/writes.ts";
import { addPeople, createDesk, type Desk, writeDeskMapping } from "../desk.ts";
import {
  type Connections,
  changeInHubspot,
  contacts,
  eventually,
  heldClock,
  hubspotAppSecret,
  hubspotEntry,
  newFolder,
  openWorld,
  removeFolder,
  serveHubspot,
  shopEntry,
  type World,
  type WorldOptions,
} from "../world.ts";

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

let desk: Desk;
let folder: string;
beforeEach(() => {
  desk = createDesk();
  folder = newFolder();
  toClose.push(() => removeFolder(folder));
  writeDeskMapping(folder);
});

async function open(connections: Connections, clock: Clock = systemClock, more: Partial<WorldOptions> = {}) {
  const world = await openWorld(connections, { clock, folder, connectors: [desk.connector], ...more });
  toClose.push(world.close);
  return world;
}

const deskEntry = (more: object = {}) => ({ connector: "desk", ...more });
const runs = async (world: World, kind = "sync") => (await world.rows("runs")).filter((run) => run.kind === kind);
const done = async (world: World) => (await runs(world)).filter(({ status }) => status === "done").length;

test("from the start, connections are pulled, customers derived and stages written back by themselves", async () => {
  addPeople(desk, 3);
  const world = await open({ desk: deskEntry({ schedule: "1h" }) });
  await world.runner.start();
  expect(world.runner.state()).toBe("running");
  await eventually("the write-backs", () => desk.written.size === 3);
  expect(desk.written.get("p1")).toMatchObject({ stage: expect.any(String), score: expect.any(Number) });
  expect(await world.rows("connections")).toMatchObject([{ id: "desk", status: "connected", account: "desk-1" }]);
  await world.runner.stop();
  expect(world.runner.state()).toBe("stopped");
});

test("a webhook that HubSpot signs leads to the changed customer, in HubSpot as well", async () => {
  let listener: RequestListener | null = null;
  const server = createServer((request, reply) => listener?.(request, reply));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  toClose.push(() => server.close());
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hubspot = await serveHubspot(systemClock, { objects: { contacts: contacts(3) } });
  toClose.push(hubspot.close);
  const world = await open({ hubspot: hubspotEntry(hubspot) }, systemClock, { publicUrl });
  listener = getRequestListener(world.app.fetch);
  await world.runner.start();

  hubspot.simulator.subscribe({
    appId: 7,
    clientSecret: hubspotAppSecret,
    targetUrl: `${publicUrl}/hooks/hubspot`,
    subscriptions: ["firstname", "lifecyclestage"].map((propertyName) => ({
      subscriptionType: "contact.propertyChange",
      propertyName,
    })),
  });
  const change = async (properties: object) => {
    await changeInHubspot(hubspot, "PATCH", "/crm/v3/objects/contacts/1002", { properties });
    expect(await hubspot.simulator.deliver()).toMatchObject({ delivered: 1 });
  };
  await change({ firstname: "Ada" });
  await eventually("the contact", async () => (await world.rows("customers"))[0]?.name === "Ada Miller");
  await change({ lifecyclestage: "opportunity" });
  await eventually("the change on the timeline", async () =>
    (await world.rows("events")).some(({ kind }) => kind === "lifecycle.changed"),
  );
  const inHubspot = () => hubspot.simulator.state.tables.contacts.find("1002")?.properties;
  await eventually("the stage in HubSpot", () => inHubspot()?.journey_hub_stage !== undefined);
  expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["done", "done"]);
});

test("what a killed hub left is taken up: its runs are closed, its waiting deliveries worked off", async () => {
  const first = await open({ shop: shopEntry });
  const delivery = { id: "e1", type: "form", email: "a@example.com", occurred_at: "2026-11-02T11:00:00.000Z" };
  await keepDeliveries(first.hub, "shop", [{ dedupe_key: "e1", onConflict: "refuse", body: JSON.stringify(delivery) }]);
  const row = {
    connection: "shop",
    kind: "sync",
    owner: "a killed process",
    status: "running",
    counts: "{}",
    ended_at: null,
    message: null,
    failure: null,
  };
  await first.hub.store.commit([set("runs", [{ ...row, id: randomUUID(), started_at: first.hub.now() }])]);
  await first.close();

  const world = await open({ shop: shopEntry });
  await world.runner.start();
  expect(await runs(world)).toMatchObject([{ status: "failed", message: expect.stringContaining("stopped") }]);
  await eventually("the delivery to be done", async () => (await world.rows("inbox"))[0]?.status === "done");
});

test("connections that fail are shown as such and stop nobody else", async () => {
  addPeople(desk, 3);
  const wrong = { connector: "hubspot", config: { access_token: "pat-na1-of-nobody", base_url: "http://127.0.0.1:1" } };
  const world = await open({
    refused: { ...wrong, schedule: "1h" }, // a private address that nothing allows
    unset: { connector: "hubspot", config: { access_token: "$" + "{env:NOT_SET_ANYWHERE}" } },
    desk: deskEntry({ schedule: "1h" }),
  });
  await world.runner.start();
  await eventually("the good one's records", async () => (await world.rows("records")).length === 3);
  await eventually("both status", async () => (await world.rows("connections")).length === 2);
  const reply = await world.app.request("/api/v1/connections", { headers: await world.as("viewer") });
  const { items } = (await reply.json()) as { items: { id: string; status: string; message: string | null }[] };
  expect(items.map(({ id, status }) => [id, status])).toEqual([
    ["refused", "needs_attention"],
    ["unset", "needs_attention"],
    ["desk", "connected"],
  ]);
  expect(items[0]?.message).toContain("name the host under allowedHosts");
  expect(items[1]?.message).toContain("NOT_SET_ANYWHERE, which is not set");
});

test("a connection is polled on its schedule, never twice at once", async () => {
  addPeople(desk, 1);
  const clock = heldClock();
  const world = await open({ desk: deskEntry({ schedule: "5m", writeback: false, audit: "off" }) }, clock);
  await world.runner.start();
  // The poll, the look at journey-hub.yaml and the derivation rest: the first sync is through, and not only its run.
  await eventually("the first sync", async () => (await done(world)) === 1 && clock.sleeping() > 2);
  const [first, again] = [world.runner.syncNow("desk"), world.runner.syncNow("desk")];
  expect(again.run_id).toBe(first.run_id);
  await first.done;
  expect(await done(world)).toBe(2);

  clock.advance(299_000);
  expect(await runs(world)).toHaveLength(2);
  clock.advance(1_000);
  await eventually("the next poll", async () => (await done(world)) === 3);
});

test("a source that was away is read again at the next poll; its open deliveries are then done", async () => {
  addPeople(desk, 1);
  const clock = heldClock();
  const world = await open({ desk: deskEntry({ schedule: "5m", writeback: false }) }, clock);
  desk.isDown = true;
  await world.runner.start();
  await eventually("the failed sync", async () => (await runs(world))[0]?.status === "failed");
  expect(await world.rows("connections")).toMatchObject([
    { status: "failed", message: expect.stringMatching(/^The desk is closed for repairs\. Nothing is lost/) },
  ]);
  desk.isDown = false;
  await eventually("the good sync", async () => {
    clock.advance(60_000);
    return (await done(world)) > 0;
  });
  expect(await world.rows("connections")).toMatchObject([{ status: "connected", message: null }]);
});

test("timers fall due while nothing is received", async () => {
  addPeople(desk, 1);
  const clock = heldClock();
  const world = await open({ desk: deskEntry({ writeback: false }) }, clock);
  await world.runner.start();
  await world.runner.syncNow("desk").done;
  const asOf = async () => (await world.rows("scores"))[0]?.as_of ?? "";
  const within = async (stepMs: number, what: string, holds: () => Promise<boolean>) =>
    eventually(what, async () => {
      clock.advance(stepMs);
      return holds();
    });
  await within(100, "the first derivation", async () => (await asOf()) !== "");
  const [timer] = await world.rows("timers");
  if (!timer) throw new Error("the default rules set timers");
  await within(86_400_000, "the derivation at the timer", async () => (await asOf()) >= timer.due_at);
});

test("stopping ends a long sync between two commits, and the next run goes on from there", async () => {
  addPeople(desk, 2_000);
  const world = await open({ desk: deskEntry() });
  await world.runner.start();
  const job = world.runner.syncNow("desk");
  await eventually("the first records", async () => (await world.rows("records")).length > 0);
  await world.close();
  await expect(job.done).rejects.toThrow("The hub was stopped during this run");

  const next = await open({ desk: deskEntry() });
  expect(await runs(next)).toMatchObject([{ status: "failed", message: expect.stringContaining("was stopped") }]);
  expect((await next.rows("records")).length).toBeLessThan(2_000);
  await next.runner.syncNow("desk").done;
  expect(await next.rows("records")).toHaveLength(2_000);
});
