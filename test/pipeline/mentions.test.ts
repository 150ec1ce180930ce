import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadMappings, readMappingFolders, shippedMappings } from "../../src/mapping/index.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { createPipeline, type Pipeline } from "../../src/pipeline/context.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { dump } from "../../src/pipeline/verify.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { rowsOf, shippedIdentity } from "../fixtures/pipeline/hub.ts";

/* A webhook event names a person by e-mail: it belongs on that person's timeline, whoever of the two is learned of first. */

const shipped = loadMappings(await readMappingFolders([shippedMappings]));
const connectors: Record<string, string> = { hubspot: "hubspot", site: "webhook" };
let folder: string;
let store: Store;
let pipeline: Pipeline;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-mentions-"));
  store = await openStore({ folder });
  pipeline = createPipeline({
    store,
    identity: shippedIdentity,
    now: () => "2026-03-01T00:00:00.000Z",
    mapping: (connection, object) => shipped.find(connectors[connection] ?? "", object),
    settings: () => ({ baseCurrency: "USD", timeZone: "UTC" }),
  });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const raw = (connection: string, object: string, remote_id: string, payload: Record<string, unknown>): RawRecord => ({
  connection,
  object,
  remote_id,
  version: null,
  deleted: false,
  payload: { id: remote_id, ...payload },
});
const contact = (id: string, email: string, lastname = "Lee") =>
  raw("hubspot", "contacts", id, {
    properties: { email, firstname: "Ann", lastname },
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: `2026-01-02T00:00:00.00${email.length % 10}Z`,
    archived: false,
  });
const form = (id: string, email: string) =>
  raw("site", "events", id, { type: "form", email, occurred_at: "2026-02-01T10:00:00.000Z" });

const land = (...records: RawRecord[]) => processBatch(pipeline, { records, also: [] });

/** Record keys of the parties on whose timelines the event stands. */
async function ownersOf(event: string): Promise<string[]> {
  const placed = (await rowsOf(store, "timeline")).filter(({ record_key }) => record_key === `site:events:${event}`);
  const links = await rowsOf(store, "links");
  return placed
    .flatMap(({ customer_id }) =>
      links.filter((link) => link.customer_id === customer_id).map((link) => link.record_key),
    )
    .sort();
}

test("an event of a known address stands on that person's timeline, plus tag or not", async () => {
  await land(contact("1", "ann@a.example"));
  await land(form("f1", "ann@a.example"), form("f2", "Ann+shop@a.example"));
  expect(await ownersOf("f1")).toEqual(["hubspot:contacts:1"]);
  expect(await ownersOf("f2")).toEqual(["hubspot:contacts:1"]);
  expect((await rowsOf(store, "dirty")).length).toBe(1);
});

test("an event that came first joins the person when the person is learned of", async () => {
  await land(form("f1", "ann@a.example"));
  expect(await ownersOf("f1")).toEqual([]);
  await land(contact("1", "ann@a.example"));
  expect(await ownersOf("f1")).toEqual(["hubspot:contacts:1"]);
});

test("it follows the address: when the person's changes, it leaves; the next holder gets it", async () => {
  await land(contact("1", "ann@a.example"), form("f1", "ann@a.example"));
  await land(contact("1", "ann.lee@other.example"));
  expect(await ownersOf("f1")).toEqual([]);
  await land(contact("2", "ann@a.example"));
  expect(await ownersOf("f1")).toEqual(["hubspot:contacts:2"]);
});

test("an address that two customers share, or a shared mailbox, says nothing about whose event it was", async () => {
  await land(contact("1", "ann@a.example", "Lee"), contact("2", "ann@a.example", "Wagner"));
  await land(form("f1", "ann@a.example"), contact("3", "info@a.example"), form("f2", "info@a.example"));
  expect(await ownersOf("f1")).toEqual([]);
  expect(await ownersOf("f2")).toEqual([]);
});

test("replay gives the same", async () => {
  await land(form("f1", "ann@a.example"), form("f2", "bo@b.example"));
  await land(contact("1", "ann@a.example"));
  await land(contact("1", "bo@b.example"));
  const before = await dump(store, "timeline");
  await replay(pipeline);
  expect(await dump(store, "timeline")).toEqual(before);
  expect(await ownersOf("f2")).toEqual(["hubspot:contacts:1"]);
});
