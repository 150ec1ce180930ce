import { afterAll, expect, test } from "vitest";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { fromShop, order } from "../api/senders.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { createDesk, type Person, writeDeskMapping } from "../hub/desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, shopEntry } from "../hub/world.ts";

const postgres = await startPostgres();
afterAll(() => postgres.stop());

const person = (id: string, more: Partial<Person>): Person => ({
  ...{ id, first: "Ann", last: "Miller", email: `${id.replace("\0", "")}@acme.example` },
  ...{ at: "2026-10-01T08:00:00.000Z", ...more },
});

test.each([
  { database: "SQLite", environment: async () => ({}) },
  { database: "Postgres", environment: async () => ({ JOURNEY_HUB_DATABASE_URL: await postgres.database() }) },
])("on $database, characters that no database or no person likes hold up nobody", async ({ environment }) => {
  const desk = createDesk();
  const odd = [
    person("p1", { first: "A\0nn", email: "p\x001@acme.example", phase: "no\0ne" }),
    person("p\x002", { last: "back\\u0000slash" }),
    person("p3", { first: "\ud800", last: "\u202eRight to left" }),
    person("p4", { first: "\\", last: "\u0000" }),
  ];
  for (const one of odd) desk.people.set(one.id, one);
  const folder = newFolder();
  writeDeskMapping(folder);
  const world = await openWorld(
    { desk: { connector: "desk" }, shop: shopEntry },
    { clock: heldClock(), folder, environment: await environment(), connectors: [desk.connector] },
  );
  const send = async (body: string) => (await world.app.request("/hooks/shop", fromShop(body))).status;
  expect([
    await send(order({ id: "e\x001" })),
    await send(order({ id: "e2", email: "a\0b@acme.example", page: "\0" })),
    await send(order({ id: "e3" })),
  ]).toEqual([400, 200, 200]);
  expect(await drainInbox(world.hub, "shop", { retry: true })).toEqual({ done: 2, failed: 0 });

  expect(await syncConnection(world.hub, "desk")).toMatchObject({ in: 4, stored: 4, failed: 0 });
  expect(await syncConnection(world.hub, "desk")).toMatchObject({ stored: 0, events: 0 });
  const people = (await world.rows("records")).filter(({ connection }) => connection === "desk");
  expect(people.map(({ remote_id }) => remote_id).sort()).toEqual(["p1", "p3", "p4", "p␀2"]);
  const names = (await world.rows("customers")).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["A␀nn Miller", "Ann back\\u0000slash", "\\ ␀"]));
  await deriveAll(world.hub);
  expect((await verifyHub(world.hub)).flatMap(({ examples }) => examples)).toEqual([]);
  await world.close();
  removeFolder(folder);
});
