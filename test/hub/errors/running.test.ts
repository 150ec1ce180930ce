import { afterAll, expect, test } from "vitest";
import { applyWritebacks, deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  changeInHubspot,
  contacts,
  eventually,
  hubspotEntry,
  newFolder,
  openWorld,
  removeFolder,
  serveHubspot,
} from "../world.ts";
import { breakMappings, mendMappings } from "./mappings.ts";

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test("in a running hub a retry is followed by what it makes possible: customers are derived, refused values sent again", async () => {
  const hubspot = await serveHubspot(systemClock, { objects: { contacts: contacts(3) } });
  const folder = newFolder();
  const world = await openWorld({ hubspot: hubspotEntry(hubspot) }, { clock: systemClock, folder });
  closing.push(() => removeFolder(folder), hubspot.close, world.close);
  await syncConnection(world.hub, "hubspot");
  await deriveAll(world.hub);
  await changeInHubspot(hubspot, "DELETE", "/crm/v3/objects/contacts/1003");
  await applyWritebacks(world.hub, "hubspot");
  const applies = async () => {
    const runs = (await world.rows("runs")).filter(({ kind, status }) => kind === "apply" && status === "done");
    return runs.map(({ counts }) => JSON.parse(counts).refused as number).filter((refused) => refused > 0);
  };
  expect(await applies()).toEqual([1]);
  await world.runner.start();

  await world.runner.retryNow({ step: "writeback" }).done;
  await eventually("the refusal of the second attempt", async () => (await applies()).length === 2);
  expect(
    (await world.rows("errors")).filter(({ step, status }) => step === "writeback" && status === "open"),
  ).toHaveLength(1);
});

test("what passes in a running hub is derived by itself, and what comes then is mapped by the same files", async () => {
  const hubspot = await serveHubspot(systemClock, { objects: { contacts: contacts(3) } });
  const folder = newFolder();
  breakMappings(folder);
  const world = await openWorld({ hubspot: hubspotEntry(hubspot) }, { clock: systemClock, folder });
  closing.push(() => removeFolder(folder), hubspot.close, world.close);
  await syncConnection(world.hub, "hubspot");
  expect(await world.rows("customers")).toEqual([]);
  await world.runner.start();
  mendMappings(folder);
  await world.runner.retryNow({}).done;
  await eventually("three scores", async () => (await world.rows("scores")).length === 3);
  await changeInHubspot(hubspot, "POST", "/crm/v3/objects/contacts", { properties: { email: "new@acme.example" } });
  expect(await syncConnection(world.hub, "hubspot")).toMatchObject({ failed: 0 });
  expect(await world.rows("customers")).toHaveLength(4);
});
