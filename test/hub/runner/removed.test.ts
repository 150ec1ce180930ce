import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { SourceError } from "../../../src/connector/index.ts";
import { addPeople, createDesk, type Desk, writeDeskMapping } from "../desk.ts";
import {
  type Connections,
  eventually,
  heldClock,
  newFolder,
  openWorld,
  publicUrl,
  removeFolder,
  shopEntry,
  shopSecret,
  type World,
} from "../world.ts";

/* A connection that is taken out of journey-hub.yaml beside a hub that runs is left alone. The tests build on one another. */

const clock = heldClock();
const deskEntry = { connector: "desk", schedule: "1m", audit: "1h" };
let desk: Desk;
let folder: string;
let world: World;
beforeAll(async () => {
  desk = createDesk();
  folder = newFolder();
  writeDeskMapping(folder);
  addPeople(desk, 2);
  world = await openWorld({ desk: deskEntry, shop: shopEntry }, { clock, folder, connectors: [desk.connector] });
  await world.runner.start();
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
});

const newSettings = { ...deskEntry, schedule: "2m" };
const file = () => join(folder, "journey-hub.yaml");
const write = (connections: Connections) =>
  writeFileSync(file(), stringify({ apiVersion: "journey-hub/v1", public_url: publicUrl, connections }));
const soon = (what: string, holds: () => boolean | Promise<boolean>) =>
  eventually(what, () => {
    clock.advance(500);
    return holds();
  });
/** What comes after a rest, which a write-back takes as it took time. */
const long = (what: string, holds: () => boolean | Promise<boolean>) =>
  soon(what, () => {
    clock.advance(60_000);
    return holds();
  });
const asked = async (method: string, path: string) =>
  world.app.request(`/api/v1/connections${path}`, { method, headers: await world.as("operator") });
const syncs = async (status: string) =>
  (await world.rows("runs")).filter((run) => run.connection === "desk" && run.kind === "sync" && run.status === status);
const leavings = () => world.logged.filter((line) => line.includes("names it no more")).length;
const check = async () => expect((await asked("POST", "/desk/check")).status).toBe(200);
/** A pull that ends when it is told to. */
async function heldPull(): Promise<() => void> {
  let answer: (() => void) | null = null;
  desk.opening = () =>
    new Promise<void>((resolve) => {
      answer = resolve;
    });
  await soon("a pull under way", () => answer !== null);
  return () => {
    desk.opening = async () => undefined;
    answer?.();
  };
}

/** Names it again and takes it out while it is pulled; gives what lets the pull go on. */
async function takenOutAnew(): Promise<() => void> {
  write({ desk: deskEntry, shop: shopEntry });
  await check();
  const release = await heldPull();
  const times = leavings();
  write({ shop: shopEntry });
  await soon("that it is seen", () => leavings() === times + 1);
  return release;
}
async function delivered(body: string): Promise<number> {
  const headers = { "x-signature": createHmac("sha256", shopSecret).update(body).digest("hex") };
  return (await world.app.request("/hooks/shop", { method: "POST", headers, body })).status;
}
/** How often the desk is read while so many minutes pass. */
async function readsWithin(minutes: number): Promise<number> {
  const before = desk.reads;
  for (let minute = 0; minute < minutes; minute++) {
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return desk.reads - before;
}
const isGone = () => !world.hub.connectionIds().includes("desk");

test("it is pulled and written to no more, and known no more, while the others go on", async () => {
  await soon("two syncs", async () => (await syncs("done")).length >= 2);
  await soon("a write-back", () => desk.written.size === 2);
  write({ shop: shopEntry });
  await soon("that it is gone", isGone);
  expect(await readsWithin(120)).toBe(0);
  expect((await asked("POST", "/desk/sync")).status).toBe(404);
  const { items } = (await (await asked("GET", "")).json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual(["shop"]);
  expect(await delivered('{"id":"1"}')).toBe(200);
  expect(world.runner.state()).toBe("running");
  expect(await world.rows("customers")).toHaveLength(2); // what came of it stays
});

test("named again and proven, it goes on where it was", async () => {
  addPeople(desk, 3);
  write({ desk: deskEntry, shop: shopEntry });
  expect((await asked("POST", "/desk/check")).status).toBe(200);
  await soon("its third person", async () => (await world.rows("customers")).length === 3);
  await soon("the write-back", () => desk.written.size === 3);
});

test("what was derived of it and could not be written before it was taken out is written when it is named again", async () => {
  desk.written.set = () => {
    throw new SourceError("retry", "closed for repairs");
  };
  const at = new Date(clock.now()).toISOString();
  desk.people.set("ann", { id: "ann", first: "Ann", last: "Lee", email: "ann@acme.example", at });
  const failed = async () => (await world.rows("runs")).filter((run) => run.message?.includes("closed for repairs"));
  await long("a write-back that fails", async () => (await failed()).length > 0);
  write({ shop: shopEntry });
  await soon("that it is gone", isGone);
  Reflect.deleteProperty(desk.written, "set");
  write({ desk: deskEntry, shop: shopEntry });
  await check();
  await long("the write-back", () => desk.written.has("ann"));
});

test("a pull that is under way ends after the commit it is in, and says why", async () => {
  addPeople(desk, 5_000);
  const at = new Date(clock.now()).toISOString();
  for (const [id, person] of desk.people) desk.people.set(id, { ...person, at });
  const release = await heldPull();
  const times = leavings();
  const [pulling] = await syncs("running");
  write({ shop: shopEntry });
  await soon("that it is seen", () => leavings() === times + 1);
  expect(isGone()).toBe(false);
  release();
  await soon("that it is gone", isGone);
  const ended = (await syncs("failed")).find(({ id }) => id === pulling?.id);
  expect(ended?.message).toMatch(/^The connection was taken out of journey-hub.yaml during this run; what it had/);
  const landed = JSON.parse(ended?.counts ?? "{}").stored;
  expect(landed).toBeGreaterThan(0);
  expect(landed).toBeLessThan(5_000);
  expect((await world.rows("connections")).find(({ id }) => id === "desk")?.status).toBe("connected");
  expect(world.runner.state()).toBe("running");
});

test("taken into use with other settings and taken out again while its last pull is ending, it is gone", async () => {
  const release = await takenOutAnew();
  write({ desk: newSettings, shop: shopEntry });
  await soon("its new settings in use", () => world.hub.file.connections.desk?.schedule === "2m");
  write({ shop: shopEntry });
  for (let looks = 0; looks < 4; looks++) {
    clock.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  release();
  await soon("that it is gone", isGone);
  expect(await readsWithin(30)).toBe(0);
  expect(world.runner.state()).toBe("running");
});

test("it goes on when journey-hub.yaml is half written at the moment its last pull has ended", async () => {
  const release = await takenOutAnew();
  writeFileSync(file(), "apiVersion: journey-hub/v1\nconnections: {");
  const pulls = (await syncs("done")).length;
  release();
  await soon("that the pull has ended", async () => (await syncs("running")).length === 0);
  write({ desk: deskEntry, shop: shopEntry });
  await soon("another pull", async () => (await syncs("done")).length > pulls);
  expect(isGone()).toBe(false);
});

test("nothing is taken for it that its sender still delivers, until it is named again", async () => {
  expect(await delivered('{"id":"2"}')).toBe(200);
  const kept = (await world.rows("inbox")).length;
  write({ desk: deskEntry });
  await soon("that it is gone", () => !world.hub.connectionIds().includes("shop"));
  expect(await delivered('{"id":"3"}')).toBe(404);
  expect(await world.rows("inbox")).toHaveLength(kept);
  write({ desk: deskEntry, shop: shopEntry });
  expect((await asked("POST", "/shop/check")).status).toBe(200);
  expect(await delivered('{"id":"3"}')).toBe(200);
});

test("what came by a key that is public is believed no more than before once its connection is taken out", async () => {
  write({ desk: deskEntry, site: { connector: "tracking", config: { write_key: "a-key-in-every-page" } } });
  expect((await asked("POST", "/site/check")).status).toBe(200);
  expect(world.hub.isPublic("site")).toBe(true);
  write({ desk: deskEntry });
  await soon("that it is gone", () => !world.hub.connectionIds().includes("site"));
  expect(world.hub.isPublic("site")).toBe(true);
});
