import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import { linkRecords, revokeOverrides, separateRecords } from "../../src/hub/identity/overrides.ts";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { applyWritebacks, checkConnection, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { append, clear } from "../../src/store/writes.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { addPeople, createDesk, writeDeskMapping } from "../hub/desk.ts";
import {
  heldClock,
  hubspotEntry,
  newFolder,
  openWorld,
  removeFolder,
  serveHubspot,
  shopEntry,
  type World,
} from "../hub/world.ts";
import { fromShop, order } from "./senders.ts";
import { site, writeKey } from "./tracking.ts";

const server = await startPostgres();
let world: World;
beforeAll(async () => {
  const desk = createDesk();
  addPeople(desk, 5);
  const folder = newFolder();
  writeDeskMapping(folder);
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database({ icu: "en-US" }) };
  const connections = { desk: { connector: "desk" }, shop: shopEntry, web: site };
  world = await openWorld(connections, { clock: heldClock(), folder, environment, connectors: [desk.connector] });
  await syncConnection(world.hub, "desk");
  await deriveAll(world.hub);
  await applyWritebacks(world.hub, "desk");
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
  await server.stop();
});

/** All pages of a list; of a single thing, that. */
async function items(path: string, cursor: string | null = null): Promise<Record<string, unknown>[]> {
  const page = cursor === null ? path : `${path}&cursor=${cursor}`;
  const reply = await world.app.request(page, { headers: await world.as("viewer") });
  expect([page, reply.status]).toEqual([page, 200]);
  const body = (await reply.json()) as { items?: Record<string, unknown>[]; next_cursor?: string | null };
  const rest = body.next_cursor ? await items(path, body.next_cursor) : [];
  return [...(body.items ?? [body]), ...rest];
}

test("on Postgres, deliveries are kept once, refused with other content, and worked off", async () => {
  const send = async (body: string) => (await world.app.request("/hooks/shop", fromShop(body))).status;
  expect([await send(order()), await send(order()), await send(order({ email: "b@acme.example" }))]).toEqual([
    200, 200, 409,
  ]);
  expect(await drainInbox(world.hub, "shop", { retry: true })).toEqual({ done: 1, failed: 0 });
  expect(await items("/api/v1/errors?status=open&limit=1")).toMatchObject([{ class: "conflict" }]);
  expect(await items("/api/v1/errors/groups?status=open")).toMatchObject([{ class: "conflict", amount: 1 }]);
});

test("on Postgres, every list and look-up answers as on SQLite", async () => {
  const names = ["Person 1 Miller", "Person 2 Miller", "Person 3 Miller", "Person 4 Miller", "Person 5 Miller"];
  expect((await items("/api/v1/customers?limit=2")).map(({ name }) => name)).toEqual(names);
  expect(await items("/api/v1/customers?q=SON%204")).toMatchObject([{ name: "Person 4 Miller" }]);
  expect(await items("/api/v1/customers?identifier=email:person2@acme.example")).toHaveLength(1);
  const [first] = await world.rows("stage_intervals");
  expect(await items(`/api/v1/customers?limit=3&stage=${first?.stage}`)).toHaveLength(5);
  const id = customerIdOf("desk:people:p1");
  const single = ["", "/journey", "/score", "/explain", "/explain/fields/email", "/pins"];
  for (const part of single) await items(`/api/v1/customers/${id}${part}`);
  expect(await items(`/api/v1/customers/${id}/buying-groups?limit=1`)).toEqual([]);
  expect(await items(`/api/v1/customers/${id}/timeline?limit=1`)).toMatchObject([{ kind: "contact.created" }]);
  expect(await items("/api/v1/runs?limit=1")).toMatchObject([{ status: "done" }, { status: "done" }]);
  expect(await items("/api/v1/writebacks?limit=2")).toHaveLength(5);
  expect(await items("/api/v1/connections")).toMatchObject([
    { id: "desk", status: "connected" },
    { id: "shop" },
    { id: "web" },
  ]);
  world.metrics.observe(world.hub);
  const metrics = await world.app.request("/metrics", { headers: await world.as("viewer") });
  expect(await metrics.text()).toContain('journey_hub_errors_open{class="conflict"} 1');
});

test("on Postgres, pairs for review and decisions come a page at a time, in order", async () => {
  const match = (left: string, right: string, weight: number) => {
    const [left_key, right_key] = [`desk:people:${left}`, `desk:people:${right}`];
    return { left_key, right_key, weight, probability: 0.9, apart: 1, document: '{"prior":-10,"fields":[]}' };
  };
  const matches = [match("p2", "p3", 3.25), match("p1", "p2", 3.25), match("p1", "p3", 4.1)];
  await world.hub.store.commit([clear("matches"), append("matches", matches)]);
  expect((await items("/api/v1/reviews?limit=1&kind=person")).map(({ left, right }) => [left, right])).toMatchObject([
    [{ record_key: "desk:people:p1" }, { record_key: "desk:people:p3", customer: { name: "Person 3 Miller" } }],
    [{ record_key: "desk:people:p1" }, { record_key: "desk:people:p2" }],
    [{ record_key: "desk:people:p2" }, { record_key: "desk:people:p3" }],
  ]);
  const [left, right] = ["desk:people:p1", "desk:people:p3"];
  const author = { by: "Olga", reason: "she asked" };
  await separateRecords(world.hub, { left, right }, author);
  await linkRecords(world.hub, { left, right }, author);
  const found = await items("/api/v1/overrides?limit=1");
  expect(found).toMatchObject([
    { id: 2, kind: "must_link", revoked_at: null },
    { id: 1, revoked_by: "Olga" },
  ]);
  expect(await items("/api/v1/reviews?limit=1&kind=person")).toHaveLength(2);
  await revokeOverrides(world.hub, [2], author);
});

test("on Postgres, what an anonymous visitor did joins the customer, once", async () => {
  const who = { writeKey, anonymousId: "a browser" };
  const calls = [
    { type: "page", messageId: "m1", name: "Prices" },
    { type: "identify", messageId: "m2", userId: "u1", traits: { email: "Person3@acme.example" } },
  ];
  for (const { type, ...call } of [...calls, ...calls]) {
    const reply = await world.app.request(`/v1/${type}`, { method: "POST", body: JSON.stringify({ ...who, ...call }) });
    expect(reply.status).toBe(200);
    await drainInbox(world.hub, "web", { retry: true });
  }
  const [customer] = await items("/api/v1/customers?identifier=user_id:u1&limit=1");
  expect(customer).toMatchObject({ name: "Person 3 Miller" });
  const timeline = await items(`/api/v1/customers/${customer?.id}/timeline?limit=50`);
  expect(timeline.map(({ title }) => title)).toEqual(
    expect.arrayContaining(["Page viewed: Prices", "Activity: Identified"]),
  );
  expect(timeline.filter(({ title }) => title === "Page viewed: Prices")).toHaveLength(1);
});

test("on Postgres, processes renew a connection's tokens once between them, where each refresh token is good once", async () => {
  const hubspot = await serveHubspot(systemClock);
  hubspot.simulator.state.settings.switches.rotateRefreshTokens = true;
  const environment = {
    JOURNEY_HUB_DATABASE_URL: await server.database(),
    JOURNEY_HUB_KEY: Buffer.alloc(32, 7).toString("base64"),
  };
  const { clientId: client_id, clientSecret: client_secret, refreshTokens } = demoCredentials;
  const config = { base_url: hubspot.url, client_id, client_secret, refresh_token: refreshTokens[0] };
  const connections = { crm: hubspotEntry(hubspot, { config }) };
  const both = [await openWorld(connections, { clock: systemClock, environment })];
  both.push(await openWorld(connections, { clock: systemClock, environment }));
  for (let round = 0; round < 3; round++) {
    hubspot.simulator.expireTokens();
    const checks = await Promise.all(both.map(({ hub }) => checkConnection(hub, "crm")));
    expect(checks.map(({ account }) => account)).toEqual(["424242", "424242"]);
  }
  expect(hubspot.requests.filter((request) => request.endsWith("/token"))).toHaveLength(3);
  for (const { folder, close } of both) {
    await close();
    removeFolder(folder);
  }
  await hubspot.close();
});
