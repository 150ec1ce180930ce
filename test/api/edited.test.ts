import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NotTaken } from "../../src/hub/edited.ts";
import { eventually } from "../hub/world.ts";
import { ask, clock, closeDesk, desk, get, openDesk, world } from "./desk-api.ts";

/* A sync asked of a running hub whose rule files were edited meanwhile; the tests build on one another. */

beforeAll(openDesk);
afterAll(closeDesk);

const file = () => join(world.folder, "mappings", "desk", "people.yaml");
const rewrite = (change: (text: string) => string) =>
  writeFileSync(file(), change(readFileSync(file(), "utf8")).replace(/examples:[\s\S]*/, ""));

const allTaken = { mapping_mistake: null, rules_edited: false, new_connections: [] };

let lastRun = "";

/** Pulls the desk, to which one more person came, and tells how that one is named. */
async function sync(person: number): Promise<{ name: unknown; notTaken: NotTaken }> {
  clock.advance(60_000);
  const [id, at] = [`p${person}`, new Date(clock.now()).toISOString()];
  desk.people.set(id, { id, first: `Person ${person}`, last: "Miller", email: `${id}@acme.example`, at });
  let started: { run_id: string } & NotTaken = { run_id: lastRun, ...allTaken };
  // The run before may be at its last touches, and is the answer then.
  await eventually("a run of its own", async () => {
    started = JSON.parse((await ask("POST", "/api/v1/connections/desk/sync")).text);
    return started.run_id !== lastRun;
  });
  const { run_id, ...notTaken } = started;
  lastRun = run_id;
  await eventually("its end", async () => (await get(`/api/v1/runs/${run_id}`)).body.status === "done");
  const [record] = await world.hub.store.byKey("records", "record_key", [`desk:people:p${person}`]);
  return { name: record && JSON.parse(record.fields).first_name, notTaken };
}

test("maps what comes by the edited files", async () => {
  expect(await sync(31)).toEqual({ name: "Person 31", notTaken: allTaken });
  rewrite((text) => text.replace("first_name: first", "first_name: last"));
  expect(await sync(32)).toEqual({ name: "Miller", notTaken: allTaken });
});

test("says where a file has a mistake, and goes on with those it had", async () => {
  rewrite((text) => text.replace("first_name: last", "frist_name: first"));
  expect(await sync(33)).toEqual({
    name: "Miller",
    notTaken: {
      mapping_mistake: expect.stringMatching(/^They are not used yet: .*people\.yaml:8:3 .*frist_name/),
      rules_edited: false,
      new_connections: [],
    },
  });
  rewrite((text) => text.replace("frist_name: first", "first_name: first"));
  expect(await sync(34)).toEqual({ name: "Person 34", notTaken: allTaken });
});

test("says that other rules are read at the next start", async () => {
  const folder = join(world.folder, "mappings", "scores");
  mkdirSync(folder, { recursive: true });
  const shipped = readFileSync(new URL("../../mappings/scores/default.yaml", import.meta.url), "utf8");
  writeFileSync(join(folder, "default.yaml"), shipped);
  expect(await sync(35)).toEqual({ name: "Person 35", notTaken: { ...allTaken, rules_edited: true } });
});

test("names connections that it does not know yet, and none while the file cannot be read", async () => {
  const file = join(world.folder, "journey-hub.yaml");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace("connections:", "connections:\n  site: { connector: webhook }"));
  expect((await sync(36)).notTaken).toMatchObject({ new_connections: ["site"] });
  writeFileSync(file, `${before}\n  - half a line: [`);
  expect((await sync(37)).notTaken).toMatchObject({ new_connections: [] });
  writeFileSync(file, before);
});
