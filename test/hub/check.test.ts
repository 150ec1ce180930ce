import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConnector, SourceError } from "journey-hub/connector";
import { expect, test } from "vitest";
import { z } from "zod";
import { auditConnection } from "../../src/hub/audit/connection.ts";
import { checkAsWritten } from "../../src/hub/check.ts";
import { applyWritebacks, checkConnection, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { writeDeskMapping } from "./desk.ts";
import { contacts, eventually, hubspotEntry, newFolder, noon, openWorld, removeFolder, serveHubspot } from "./world.ts";

/** A vendor that repeats the secret it refuses, as some do. */
const desk = {
  id: "desk",
  title: "Desk",
  config: z.strictObject({ pin: z.string().meta({ secret: true }) }),
  limits: () => ({ concurrency: 1 }),
  open: ({ pin }) => pin,
  check: async (pin) => {
    throw new SourceError("stop", `The desk does not know ${pin}`, { remedy: `Ask for another than ${pin}.` });
  },
  streams: { people: { object: "people", pages: async () => ({ records: [], next: null }) } },
} satisfies Parameters<typeof defineConnector<{ pin: string }, string>>[0];
const connector = defineConnector(desk);

test.each([
  ["the settings at work", "the-pin-at-work"],
  ["settings that were written since", "the-pin-written-since"],
])("a check that fails does not tell the secrets of %s", async (_, pin) => {
  const folder = newFolder();
  writeDeskMapping(folder);
  const desk = { connector: "desk", config: { pin: "the-pin-at-work" } };
  const world = await openWorld({ desk }, { clock: virtualClock(noon), folder, connectors: [connector] });
  const file = join(folder, "journey-hub.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("the-pin-at-work", pin));
  const headers = { ...(await world.as("operator")), "content-type": "application/json" };
  const reply = await world.app.request("/api/v1/connections/desk/check", { method: "POST", headers });
  expect(await reply.json()).toMatchObject({
    failure: { message: "The desk does not know [hidden]", remedy: "Ask for another than [hidden]." },
  });
  await world.close();
  removeFolder(folder);
});

test("settings that were proven late do not take the place of those written meanwhile", async () => {
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const patient = defineConnector({
    ...desk,
    check: async (pin) => {
      if (pin === "the-slow-pin") await slow;
      return { id: "desk-1", name: pin };
    },
  });
  const folder = newFolder();
  writeDeskMapping(folder);
  const entry = (pin: string) => ({ connector: "desk", config: { pin } });
  const world = await openWorld(
    { desk: entry("the-first-pin") },
    { clock: virtualClock(noon), folder, connectors: [patient] },
  );
  const file = join(folder, "journey-hub.yaml");
  const replaced = (before: string, after: string) =>
    writeFileSync(file, readFileSync(file, "utf8").replace(before, after));
  replaced("the-first-pin", "the-slow-pin");
  const late = checkAsWritten(world.hub, "desk");
  await eventually("the slow check", () => world.hub.tried("desk") !== undefined);
  replaced("the-slow-pin", "the-last-pin");
  expect(await checkAsWritten(world.hub, "desk")).toMatchObject({ name: "the-last-pin", changed: true });
  release();
  expect(await late).toMatchObject({ name: "the-last-pin", restart: false, changed: false });
  expect(world.hub.connection("desk").config).toEqual({ pin: "the-last-pin" });
  await world.close();
  removeFolder(folder);
});

test("a hub that is started with the key of another account pulls, writes back and compares not a single record", async () => {
  const clock = virtualClock(noon);
  const [own, other] = [
    await serveHubspot(clock, { objects: { contacts: contacts(2) } }),
    await serveHubspot(clock, { portalId: 515151, objects: { contacts: contacts(3) } }),
  ];
  const folder = newFolder();
  const first = await openWorld({ crm: hubspotEntry(own) }, { clock, folder });
  await checkConnection(first.hub, "crm");
  await syncConnection(first.hub, "crm");
  const before = await first.rows("records");
  await first.close();
  const { config, ...entry } = hubspotEntry(other);
  const opens = { ...entry, config: { ...config, portal_id: "515151" } };
  const again = await openWorld({ crm: opens }, { clock, folder });
  const mixed = "This opens HubSpot account 515151, and the connection crm holds the records of 424242";
  for (const mixing of [checkConnection, syncConnection, applyWritebacks, auditConnection]) {
    await expect(mixing(again.hub, "crm"), mixing.name).rejects.toThrow(mixed);
  }
  expect(before.filter(({ object }) => object === "contacts")).toHaveLength(2);
  expect(await again.rows("records")).toEqual(before);
  expect(await again.rows("connections")).toMatchObject([{ account: "424242", status: "needs_attention" }]);
  await again.close();
  await Promise.all([own.close(), other.close()]);
  removeFolder(folder);
});
