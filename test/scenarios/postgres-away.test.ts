import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { syncConnection } from "../../src/hub/sync.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { fromShop, order } from "../api/senders.ts";
import { visit } from "../console/visitor.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { addPeople, createDesk, type Desk, writeDeskMapping } from "../hub/desk.ts";
import { eventually, newFolder, openWorld, removeFolder, shopEntry, type World } from "../hub/world.ts";

/* A hub at work on a Postgres server that goes away beneath it and comes back, as for an upgrade. */

vi.setConfig({ testTimeout: 180_000 }); // a fraction of it on a free machine

let server: Awaited<ReturnType<typeof startPostgres>>;
let desk: Desk;
let world: World;
beforeEach(async () => {
  server = await startPostgres();
  desk = createDesk();
  const folder = newFolder();
  writeDeskMapping(folder);
  const connections = { desk: { connector: "desk", schedule: "1s", audit: "1s" }, shop: shopEntry };
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database({ icu: "en-US" }) };
  world = await openWorld(connections, { clock: systemClock, folder, environment, connectors: [desk.connector] });
});
afterEach(async () => {
  await world.close();
  removeFolder(world.folder);
  await server.stop();
});

const ask = async (path: string, headers: Record<string, string> = {}) => {
  const reply = await world.app.request(path, { headers });
  return { status: reply.status, type: reply.headers.get("content-type"), body: await reply.text() };
};
const deliver = async (id: string) => world.app.request("/hooks/shop", fromShop(order({ id })));
const amount = async (table: "records" | "scores" | "writebacks" | "events") => (await world.rows(table)).length;

test("it answers 503 while the server is away, lives on, and goes on by itself with nothing lost or doubled", async () => {
  addPeople(desk, 300);
  const viewer = await world.as("viewer");
  const visitor = await visit(world.hub);
  await world.runner.start();
  expect((await deliver("e1")).status).toBe(200);
  await eventually("a part of the pull", async () => (await amount("records")) >= 100);
  await server.goAway();

  addPeople(desk, 400);
  const refused = await deliver("e2");
  expect([refused.status, refused.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(await refused.json()).toMatchObject({ detail: "The data store cannot be used now." });
  expect(await ask("/readyz")).toMatchObject({ status: 503, type: "application/problem+json" });
  expect(await ask("/healthz")).toMatchObject({ status: 200 });
  expect(await ask("/api/v1/customers", viewer)).toMatchObject({ status: 503, type: "application/problem+json" });
  expect(await visitor.see("/customers")).toMatchObject({
    status: 503,
    text: expect.stringContaining("Nothing is lost"),
  });
  const told = (text: string) => world.logged.filter((line) => line.includes(text)).length;
  await eventually(
    "turns of its loops meanwhile",
    () => told('"job":"sync desk"') > 2 && told("the audit is tried again") > 2,
  );
  expect(world.runner.state()).toBe("running");

  await server.comeBack();
  await eventually("a delivery to be taken", async () => (await deliver("e2")).status === 200);
  await eventually("all people", async () => (await amount("records")) === 402);
  await eventually("everybody's score", async () => (await amount("scores")) === 400);
  await eventually("what is written back", () => desk.written.size === 400);
  expect(await ask("/readyz")).toMatchObject({ status: 200 });
  await world.runner.stop();
  expect((await world.rows("inbox")).map(({ dedupe_key, status, attempts }) => [dedupe_key, status, attempts])).toEqual(
    [
      ["e1", "done", 0],
      ["e2", "done", 0],
    ],
  );
  expect(await amount("events")).toBe(402);
  const runs = await world.rows("runs");
  expect(runs.filter(({ ended_at, status }) => ended_at === null || status === "running")).toEqual([]);
  expect(runs.map(({ message }) => message).join()).toContain("The Postgres server cannot be used now");
  expect(await syncConnection(world.hub, "desk")).toMatchObject({ stored: 0, events: 0 });
  const [{ state, records } = { state: "", records: 0 }] = await world.rows("cursors");
  expect([JSON.parse(state).mode, records >= 400]).toEqual(["changes", true]);
});
