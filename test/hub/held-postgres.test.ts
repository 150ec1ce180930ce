import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refuseWhileHeld, settleHeld } from "../../src/hub/held.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { addPeople, createDesk, writeDeskMapping } from "./desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, type World } from "./world.ts";

const server = await startPostgres();
const folder = newFolder();
const people = 250; // more than are mapped in one commit
let world: World;
beforeAll(async () => {
  const desk = createDesk();
  addPeople(desk, people);
  writeDeskMapping(folder);
  rewrite("first_name: first", "frist_name: first");
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database({ icu: "en-US" }) };
  const connectors = [desk.connector];
  world = await openWorld({ desk: { connector: "desk" } }, { clock: heldClock(), folder, environment, connectors });
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
  await server.stop();
});

function rewrite(from: string, to: string): void {
  const file = join(folder, "mappings", "desk", "people.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
}

const openErrors = async () => (await world.rows("errors")).filter(({ status }) => status === "open");

test("on Postgres too, records wait for their mapping and are mapped when it is mended, while the hub runs", async () => {
  expect(await syncConnection(world.hub, "desk")).toMatchObject({ failed: 0 });
  expect(await openErrors()).toMatchObject([{ class: "mapping", record_key: "" }]);
  expect(await settleHeld(world.hub)).toBe(0);
  await expect(refuseWhileHeld(world.hub)).rejects.toThrow(/desk\/people\.yaml:\d+:\d+ .*frist_name/);

  rewrite("frist_name: first", "first_name: first");
  expect(await settleHeld(world.hub)).toBe(people);
  await refuseWhileHeld(world.hub);
  expect(await openErrors()).toEqual([]);
  await deriveAll(world.hub);
  expect(await world.rows("customers")).toHaveLength(people);
  expect((await verifyHub(world.hub)).flatMap(({ examples }) => examples)).toEqual([]);

  rewrite("first_name: first", "frist_name: first");
  expect(await settleHeld(world.hub)).toBe(0);
  expect(await openErrors()).toEqual([]); // what works is not taken out of use by a mistake made meanwhile
});
