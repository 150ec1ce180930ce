import { afterAll, beforeAll, expect, test } from "vitest";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { addPeople, createDesk, writeDeskMapping } from "../hub/desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, shopEntry, type World } from "../hub/world.ts";
import { fromShop, order } from "./senders.ts";

const server = await startPostgres();
let world: World;
beforeAll(async () => {
  const desk = createDesk();
  addPeople(desk, 5);
  const folder = newFolder();
  writeDeskMapping(folder);
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database({ icu: "en-US" }) };
  const connections = { desk: { connector: "desk" }, shop: shopEntry };
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
  for (const part of ["", "/journey", "/score", "/explain"]) await items(`/api/v1/customers/${id}${part}`);
  expect(await items(`/api/v1/customers/${id}/timeline?limit=1`)).toMatchObject([{ kind: "contact.created" }]);
  expect(await items("/api/v1/runs?limit=1")).toMatchObject([{ status: "done" }, { status: "done" }]);
  expect(await items("/api/v1/writebacks?limit=2")).toHaveLength(5);
  expect(await items("/api/v1/connections")).toMatchObject([{ id: "desk", status: "connected" }, { id: "shop" }]);
  world.metrics.observe(world.hub);
  const metrics = await world.app.request("/metrics", { headers: await world.as("viewer") });
  expect(await metrics.text()).toContain('journey_hub_errors_open{class="conflict"} 1');
});
