import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retryErrors } from "../../../src/hub/errors/retry.ts";
import { listErrorGroups } from "../../../src/hub/queries/errors.ts";
import { closeInterruptedRuns } from "../../../src/hub/runs.ts";
import { type SyncResult, syncConnection } from "../../../src/hub/sync.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  hubspotEntry,
  newFolder,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../world.ts";
import { manyRecords } from "./many.ts";
import { breakMappings, mendMappings } from "./mappings.ts";

/* 10,000 records that cannot be mapped, for three causes; one world, its tests one after the other. */

/** The 10,000, 500 that can be mapped, and the pipelines of deals and tickets. */
const all = 10_502;
const folder = newFolder();
let hubspot: TestHubspot;
let world: World;
let synced: SyncResult;
const open = () => openWorld({ hubspot: hubspotEntry(hubspot) }, { clock: systemClock, folder });

beforeAll(async () => {
  const { contacts, companies } = manyRecords();
  hubspot = await serveHubspot(systemClock, { objects: { contacts, companies } });
  breakMappings(folder);
  world = await open();
  synced = await syncConnection(world.hub, "hubspot");
}, 120_000);
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(folder);
});

/** What has landed is mapped in its newest version, or has an open error: nothing is neither, nothing both. */
async function accountedFor() {
  const heads = await world.rows("heads");
  const mapped = new Map((await world.rows("records")).map(({ record_key, raw_seq }) => [record_key, raw_seq]));
  const errors = (await world.rows("errors")).filter(
    ({ status, record_key }) => status === "open" && record_key !== "",
  );
  const failing = new Set(errors.map(({ record_key }) => record_key));
  const stands = heads.filter(({ record_key, seq }) => mapped.get(record_key) === seq);
  const both = stands.filter(({ record_key }) => failing.has(record_key));
  return { landed: heads.length, mapped: stands.length, failing: failing.size, both: both.length };
}

test("10,000 failures of three causes are three groups, each with its number, its times, an example and a remedy", async () => {
  expect(synced).toMatchObject({ in: all, stored: all, duplicate: 0, failed: 10_000 });
  const groups = await listErrorGroups(world.hub, { status: "open" });
  expect(groups.map(({ fingerprint, amount, retry }) => [fingerprint, amount, retry])).toEqual([
    ["contacts title value", 4_000, "map"],
    ["companies when value", 3_000, "map"],
    ["contacts language value", 3_000, "map"],
  ]);
  expect(groups[0]).toMatchObject({
    connection: "hubspot",
    step: "map",
    class: "value",
    example: {
      record_key: expect.stringMatching(/^hubspot:contacts:\d+$/),
      message: expect.stringContaining("title"),
    },
    remedy: expect.stringMatching(/./),
  });
  expect(groups.every(({ first_seen_at, last_seen_at }) => first_seen_at <= last_seen_at)).toBe(true);
  expect(await accountedFor()).toEqual({ landed: all, mapped: all - 10_000, failing: 10_000, both: 0 });
});

test("as long as the mapping is as it was a retry closes nothing, and says so", async () => {
  const { counts } = await retryErrors(world.hub, { fingerprint: "contacts language value" });
  expect(counts).toEqual({ found: 3_000, closed: 0, open: 3_000, pending: 0, refused: 0 });
  expect(await accountedFor()).toEqual({ landed: all, mapped: all - 10_000, failing: 10_000, both: 0 });
});

test("with the mapping mended, a retry by fingerprint closes all of that cause, in bounded batches, without one request", async () => {
  mendMappings(folder);
  hubspot.requests.length = 0;
  const steps: number[] = [];
  const { counts } = await retryErrors(
    world.hub,
    { fingerprint: "contacts title value" },
    { onProgress: ({ closed }) => steps.push(closed) },
  );
  expect(counts).toEqual({ found: 4_000, closed: 4_000, open: 0, pending: 0, refused: 0 });
  expect(steps).toHaveLength(40);
  expect(hubspot.requests).toEqual([]);
  expect(await accountedFor()).toEqual({ landed: all, mapped: all - 6_000, failing: 6_000, both: 0 });
});

test("killed in the middle of a bulk retry nothing is lost, and the next one goes on with the rest", async () => {
  await world.close();
  const script = fileURLToPath(new URL("retrying-hub.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=journey-hub-source", "--import", "tsx", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "close");
  await Promise.race([once(child.stdout, "data"), gone]);
  child.kill("SIGKILL");
  await gone;

  world = await open();
  await closeInterruptedRuns(world.hub);
  const { failing, ...rest } = await accountedFor();
  expect(rest).toEqual({ landed: all, mapped: all - failing, both: 0 });
  expect(failing).toBeGreaterThan(0);
  expect(failing).toBeLessThan(6_000);
  const killed = (await world.rows("runs")).filter(({ kind, status }) => kind === "retry" && status === "failed");
  expect(killed).toMatchObject([{ message: expect.stringContaining("the next run goes on from there") }]);

  const { counts } = await retryErrors(world.hub, {});
  expect(counts).toEqual({ found: failing, closed: failing, open: 0, pending: 0, refused: 0 });
  expect(await accountedFor()).toEqual({ landed: all, mapped: all, failing: 0, both: 0 });
}, 120_000);

test("the next sync finds nothing new", async () => {
  expect(await syncConnection(world.hub, "hubspot")).toMatchObject({ stored: 0, failed: 0, events: 0 });
});
