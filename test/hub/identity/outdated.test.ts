import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { syncConnection } from "../../../src/hub/sync.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { openConsole } from "../../console/visitor.ts";
import { addPeople, createDesk, writeDeskMapping } from "../desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, type World } from "../world.ts";

/* A hub whose identity file is edited between two starts; the tests build on one another. */

const desk = createDesk();
const clock = heldClock();
const folder = newFolder();
let world: World;

const open = () =>
  openWorld({ desk: { connector: "desk", config: {} } }, { clock, folder, connectors: [desk.connector] });

/** Starts the hub anew on the shipped identity file, of which one text is changed. */
async function reopen(from: string, to: string): Promise<void> {
  await world.close();
  const shipped = readFileSync(new URL("../../../mappings/identity/default.yaml", import.meta.url), "utf8");
  mkdirSync(join(folder, "mappings", "identity"), { recursive: true });
  writeFileSync(join(folder, "mappings", "identity", "default.yaml"), shipped.replace(from, to));
  world = await open();
}

async function asked(): Promise<unknown> {
  const reply = await world.app.request("/api/v1/identity", { headers: await world.as("viewer") });
  return ((await reply.json()) as { outdated: unknown }).outdated;
}

/** One of the desk's people is changed there and pulled. */
async function change(id: string): Promise<void> {
  clock.advance(60_000);
  const known = desk.people.get(id);
  if (!known) throw new Error(`there is no ${id}`);
  desk.people.set(id, { ...known, phase: "lead", at: new Date(clock.now()).toISOString() });
  await syncConnection(world.hub, "desk");
}

const outdated = (customers: number) => ({
  customers,
  more: false,
  message: `identity rules changed since ${customers} customers were joined: run \`journey-hub replay\``,
});

beforeAll(async () => {
  writeDeskMapping(folder);
  world = await open();
  addPeople(desk, 12);
  await syncConnection(world.hub, "desk");
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
});

test("customers that were joined by the rules in use are not outdated", async () => {
  expect(await asked()).toBeNull();
});

test("those joined before the identity file was edited are counted, whether asked before the edit or not", async () => {
  await reopen("{ name: first, of: [first_name], cap: 20 }", "{ name: first, of: [last_name.sound], cap: 20 }");
  expect(await asked()).toEqual(outdated(12));
});

test("the console says so on its first page", async () => {
  const { app, as, close } = openConsole({ hub: world.hub, advance: clock.advance, close: async () => undefined });
  const page = await (await app.request("/", { headers: await as("viewer") })).text();
  expect(page).toContain("The identity rules changed since 12 customers were joined: run `journey-hub replay`");
  await close();
});

test("a record that lands anew is joined, and found, by the rules in use", async () => {
  await change("p3");
  expect(await asked()).toEqual(outdated(11));
  const { matching } = world.hub.pipeline;
  const row = (await world.rows("comparables")).find(({ record_key }) => record_key === "desk:people:p3");
  const wanted = row && matching?.keysOf(matching.restored("person", row.document)).keys();
  const stored = (await world.rows("block_keys")).filter(({ first_seq }) => first_seq === row?.first_seq);
  expect(stored.map(({ key }) => key)).toEqual(expect.arrayContaining([...(wanted ?? ["none"])]));
});

test("what landed meanwhile is outdated when the edit is taken back", async () => {
  await reopen("", "");
  expect(await asked()).toEqual({ ...outdated(1), message: expect.stringContaining("since 1 customer was joined") });
});

test("a replay joins all by the rules in use", async () => {
  await replay(world.hub.pipeline);
  expect(await asked()).toBeNull();
});
