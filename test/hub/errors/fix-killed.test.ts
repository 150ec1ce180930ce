import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixError } from "../../../src/hub/errors/fix.ts";
import { listErrors } from "../../../src/hub/queries/errors.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  contacts,
  hubspotEntry,
  newFolder,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
} from "../world.ts";
import { breakMappings } from "./mappings.ts";

/** Contacts that cannot be mapped: none of them has a job title. */
const all = 120;
const folder = newFolder();
let hubspot: TestHubspot;
beforeAll(async () => {
  const rows = contacts(all).map((row) => ({ ...row, properties: { ...row.properties, hs_language: "en" } }));
  hubspot = await serveHubspot(systemClock, { objects: { contacts: rows } });
  breakMappings(folder);
});
afterAll(async () => {
  await hubspot.close();
  removeFolder(folder);
});

const open = () => openWorld({ hubspot: hubspotEntry(hubspot) }, { clock: systemClock, folder });

/** Corrects in a process of its own, and kills it in the middle. @returns the records of which it had said that they are corrected. */
async function fixAndKill(after: number): Promise<string[]> {
  const script = fileURLToPath(new URL("fixing-hub.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=journey-hub-source", "--import", "tsx", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "close");
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    if (said.length === after) child.kill("SIGKILL");
  }
  await gone;
  return said;
}

test("killed amid corrections, each is kept whole or not at all, none that was acknowledged is lost, and the rest can be made", async () => {
  const first = await open();
  expect(await syncConnection(first.hub, "hubspot")).toMatchObject({ failed: all });
  await first.close();
  const said = [...(await fixAndKill(20)), ...(await fixAndKill(35))];

  const world = await open();
  const raw = await world.rows("raw_records");
  const fixes = raw.filter(({ origin }) => origin === "fix");
  const heads = new Map((await world.rows("heads")).map(({ record_key, seq }) => [record_key, seq]));
  const records = (await world.rows("records")).filter(({ kind }) => kind === "contact");
  const notes = (await world.rows("settings")).filter(({ name }) => name.startsWith("correction "));
  const resolved = (await world.rows("errors")).filter(({ status }) => status === "resolved");
  const fixed = fixes.map(({ record_key }) => record_key).sort();
  expect(new Set(fixed).size).toBe(fixed.length);
  expect(said.filter((key) => !fixed.includes(key))).toEqual([]);
  expect(fixed.length).toBeLessThan(all);
  expect(fixes.filter(({ record_key, seq }) => heads.get(record_key) !== seq)).toEqual([]);
  expect(notes.map(({ name }) => name).sort()).toEqual(fixes.map(({ seq }) => `correction ${seq}`).sort());
  for (const rows of [records, resolved]) {
    expect(rows.map(({ record_key }) => record_key).sort()).toEqual(fixed);
  }
  expect(raw.filter(({ origin, object }) => origin === "vendor" && object === "contacts")).toHaveLength(all);

  const { items } = await listErrors(world.hub, { status: "open", limit: all });
  expect(items).toHaveLength(all - fixed.length);
  for (const { id } of items.slice(0, 3)) {
    await fixError(world.hub, id, { set: { "properties.jobtitle": "CTO" }, by: "Otto", reason: "the rest" });
  }
  expect((await world.rows("records")).filter(({ kind }) => kind === "contact")).toHaveLength(fixed.length + 3);
  await deriveAll(world.hub);
  expect((await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0)).toEqual([]);
  expect(await syncConnection(world.hub, "hubspot")).toMatchObject({ stored: 0 });
  await world.close();
}, 180_000);
