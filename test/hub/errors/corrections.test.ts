import { afterEach, expect, test } from "vitest";
import { fixError, unfixError } from "../../../src/hub/errors/fix.ts";
import { listCorrections } from "../../../src/hub/queries/corrections.ts";
import { syncConnection } from "../../../src/hub/sync.ts";
import { changeInHubspot } from "../world.ts";
import { type InboxWorld, openInboxWorld } from "./inbox-world.ts";
import { breakMappings } from "./mappings.ts";

/* Contacts 1001, 1003 and 1005 have no job title, which the broken files cannot do without. */

let world: InboxWorld;
afterEach(() => world.end());

const olga = { by: "Olga", reason: "her card says so" };
const listed = async (state?: "stands" | "ended") =>
  (await listCorrections(world.hub, { state, limit: 10 })).items.map(
    ({ record_key, state }) => `${record_key} ${state}`,
  );

async function fixAll(): Promise<Map<string, string>> {
  world = await openInboxWorld(breakMappings);
  await syncConnection(world.hub, "hubspot");
  const ids = new Map((await world.open()).map(({ id, record_key }) => [record_key.slice(-4), id]));
  for (const [contact, id] of [...ids].sort()) {
    await fixError(world.hub, id, { set: { "properties.jobtitle": `Buyer ${contact}` }, ...olga });
  }
  return ids;
}

async function change(contact: string, properties: Record<string, string>): Promise<void> {
  world.clock.advance(3_600_000);
  await changeInHubspot(world.hubspot, "PATCH", `/crm/v3/objects/contacts/${contact}`, { properties });
  await syncConnection(world.hub, "hubspot");
}

test("corrections are listed with record, values, who, when and why, and what takes them back", async () => {
  const ids = await fixAll();
  const { items, next_cursor } = await listCorrections(world.hub, { limit: 2 });
  expect(items[0]).toEqual({
    record_key: "hubspot:contacts:1005",
    connection: "hubspot",
    ...olga,
    at: world.hub.now(),
    state: "stands",
    taken_back: null,
    changes: [{ path: "properties.jobtitle", sent: null, corrected: "Buyer 1005" }],
    error_id: ids.get("1005"),
  });
  const rest = await listCorrections(world.hub, { limit: 2, cursor: next_cursor ?? "" });
  expect([...items, ...rest.items].map(({ record_key }) => record_key.slice(-4))).toEqual(["1005", "1003", "1001"]);
  expect(rest.next_cursor).toBeNull();
  expect((await listCorrections(world.hub, { connection: "shop", limit: 2 })).items).toEqual([]);
});

test("one that a newer version carries on stands, once; one in whose place the vendor said something, or that was taken back, does not", async () => {
  const ids = await fixAll();
  await change("1001", { firstname: "Anna" });
  await change("1003", { jobtitle: "Chief" });
  await unfixError(world.hub, ids.get("1005") ?? "", { by: "Vera", reason: "it was her brother's card" });
  expect((await listed()).sort()).toEqual([
    "hubspot:contacts:1001 stands",
    "hubspot:contacts:1003 replaced",
    "hubspot:contacts:1005 taken_back",
  ]);
  expect(await listed("stands")).toEqual(["hubspot:contacts:1001 stands"]);
  expect((await listed("ended")).sort()).toEqual([
    "hubspot:contacts:1003 replaced",
    "hubspot:contacts:1005 taken_back",
  ]);
  const { items } = await listCorrections(world.hub, { state: "ended", limit: 10 });
  expect(items.find(({ state }) => state === "taken_back")).toMatchObject({ ...olga, taken_back: { by: "Vera" } });
});
