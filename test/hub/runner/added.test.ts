import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import type { ConnectionCheck } from "../../../src/hub/check.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { addPeople, createDesk, type Desk, writeDeskMapping } from "../desk.ts";
import {
  type Connections,
  eventually,
  newFolder,
  openWorld,
  publicUrl,
  removeFolder,
  shopEntry,
  type World,
} from "../world.ts";

/* A connection that is written into journey-hub.yaml beside a hub that runs: proving it takes it into use. The tests build on one another. */

let desk: Desk;
let folder: string;
let world: World;
beforeAll(async () => {
  desk = createDesk();
  folder = newFolder();
  writeDeskMapping(folder);
  addPeople(desk, 2);
  world = await openWorld({ shop: shopEntry }, { clock: systemClock, folder, connectors: [desk.connector] });
  await world.runner.start();
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
});

const deskEntry = { connector: "desk", schedule: "1h", config: { token: "canary-of-the-new-desk" } };

/** As an editor or `connect` writes it. */
const write = (connections: Connections) =>
  writeFileSync(
    join(folder, "journey-hub.yaml"),
    stringify({ apiVersion: "journey-hub/v1", public_url: publicUrl, connections }),
  );

async function prove(id: string): Promise<ConnectionCheck> {
  const path = `/api/v1/connections/${id}/check`;
  const reply = await world.app.request(path, { method: "POST", headers: await world.as("operator") });
  return (await reply.json()) as ConnectionCheck;
}

const idsShown = async () => {
  const reply = await world.app.request("/api/v1/connections", { headers: await world.as("viewer") });
  return ((await reply.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
};

test("one whose credentials are refused is not taken", async () => {
  write({ shop: shopEntry, desk: deskEntry });
  desk.isDown = true;
  expect(await prove("desk")).toMatchObject({ failure: { needs: "time" }, restart: true, added: false });
  expect(await idsShown()).toEqual(["shop"]);
  desk.isDown = false;
});

test("while a mapping file has a mistake it waits: what works stays in use", async () => {
  writeFileSync(join(folder, "mappings", "desk", "people.yaml"), "to: contact\n");
  expect(await prove("desk")).toMatchObject({ failure: null, restart: true, added: false });
  expect(await idsShown()).toEqual(["shop"]);
  writeDeskMapping(folder);
});

test("it is pulled, mapped, derived and written back to at once, and its secrets are hidden", async () => {
  expect(await prove("desk")).toMatchObject({ account: "desk-1", failure: null, restart: false, added: true });
  expect(await idsShown()).toEqual(["shop", "desk"]);
  await eventually("the write-backs", () => desk.written.size === 2);
  world.log.info("about canary-of-the-new-desk");
  expect(world.logged.join("")).toContain("about [hidden]");
  expect(await prove("desk")).toMatchObject({ restart: false, added: false });
  expect(world.runner.state()).toBe("running");
});

test("its webhooks are taken", async () => {
  write({ shop: shopEntry, desk: deskEntry, site: shopEntry });
  const hook = () => world.app.request("/hooks/site", { method: "POST", body: "{}" });
  expect((await hook()).status).toBe(404);
  expect(await prove("site")).toMatchObject({ added: true });
  expect((await hook()).status).toBe(401); // unsigned
});
