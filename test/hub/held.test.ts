import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubspotSeed } from "../../connectors/hubspot/simulator/index.ts";
import { ConfigError } from "../../src/hub/folder/config.ts";
import { keepDeliveries } from "../../src/hub/inbox/intake.ts";
import { findConnection } from "../../src/hub/queries/connections.ts";
import { findError, listErrors } from "../../src/hub/queries/errors.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { shippedMappings } from "../../src/mapping/index.ts";
import { visit } from "../console/visitor.ts";
import { told } from "./errors/inbox-world.ts";
import {
  changeInHubspot,
  contacts,
  eventually,
  heldClock,
  hubspotEntry,
  newFolder,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  shopEntry,
  type TestHubspot,
  type World,
} from "./world.ts";

/* A hub that has worked for a while, and then a typing error in one of its mapping files. */

let hubspot: TestHubspot;
let world: World;
let folder: string;
let clock = virtualClock(noon);

beforeEach(async () => {
  clock = virtualClock(noon);
  const companies = [
    {
      id: "501",
      properties: { name: "Acme", domain: "acme.example" },
      createdAt: "2026-01-05T08:00:00.000Z",
      updatedAt: "2026-10-01T08:00:00.000Z",
    },
  ];
  const associations = contacts(3).map(({ id }): HubspotSeed["associations"][number] => {
    return { fromType: "contacts", fromId: id, toType: "companies", toId: "501", typeId: 279 };
  });
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(3), companies }, associations });
  folder = newFolder();
  await reopen();
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(folder);
});

async function reopen(): Promise<void> {
  await world?.close();
  world = await openWorld({ hubspot: hubspotEntry(hubspot) }, { clock, folder });
}

const pathOf = (file: string) => join(folder, "mappings", "hubspot", file);

/** A copy of a shipped file in the data folder, with one text in it changed. */
function write(file: string, from: string, to: string): void {
  mkdirSync(join(folder, "mappings", "hubspot"), { recursive: true });
  const shipped = readFileSync(join(shippedMappings, "hubspot", file), "utf8");
  writeFileSync(pathOf(file), shipped.replace(from, to));
}

const mistype = () => write("contacts.yaml", "\n  first_name:", "\n  frist_name:");
const mend = (file = "contacts.yaml") => write(file, "", "");

async function syncAll() {
  const result = await syncConnection(world.hub, "hubspot");
  await deriveAll(world.hub);
  return result;
}

const openErrors = async () =>
  (await listErrors(world.hub, { status: "open", step: "map", limit: 50, cursor: undefined })).items;
const rereadings = async () =>
  (await findConnection(world.hub, "hubspot"))?.streams.flatMap(({ rereading }) => rereading ?? []);
const customerNames = async () => (await world.rows("customers")).map(({ name }) => name).sort();
const differences = async () => (await verifyHub(world.hub)).flatMap(({ examples }) => examples);

/** Another tool gives the first contact another name and adds a fourth. */
async function changePeople(): Promise<void> {
  clock.advance(60_000);
  const path = "/crm/v3/objects/contacts";
  await changeInHubspot(hubspot, "PATCH", `${path}/1001`, { properties: { firstname: "Renamed" } });
  await changeInHubspot(hubspot, "POST", path, { properties: { email: "new@acme.example", firstname: "New" } });
  await changeInHubspot(hubspot, "PATCH", "/crm/v3/objects/companies/501", { properties: { name: "Acme Ltd" } });
}

test("records of an object whose mapping has a mistake wait raw; what was mapped stands; mended, the next sync maps them", async () => {
  await syncAll();
  const before = await customerNames();
  mistype();
  await reopen();
  await changePeople();
  expect(await syncAll()).toMatchObject({ failed: 0 });
  expect(await customerNames()).toEqual([...before.filter((name) => name !== "Acme"), "Acme Ltd"].sort());
  const [error, ...more] = await openErrors();
  expect(more).toEqual([]);
  expect(error).toMatchObject({ connection: "hubspot", record_key: "", step: "map", class: "mapping", retry: null });
  expect(error?.message).toMatch(
    /^Records of contacts are kept raw .*hubspot\/contacts\.yaml:16:3 .*frist_name.*first_name/,
  );
  expect(error?.refusal).toMatch(/closes by itself once the mapping file is mended/);

  mend();
  await reopen();
  expect(await syncAll()).toMatchObject({ stored: 0, failed: 0 });
  expect(await customerNames()).toEqual(["Acme Ltd", "New", "Person 2 Miller", "Person 3 Miller", "Renamed Miller"]);
  expect(await openErrors()).toEqual([]);
  expect(await findError(world.hub, error?.id ?? "")).toMatchObject({ status: "resolved" });
  expect(await differences()).toEqual([]);
});

test("records are asked for the same fields while their mapping has a mistake, and nothing is read again for it", async () => {
  await syncAll();
  mistype();
  await reopen();
  await changePeople();
  await syncAll();
  const raw = (await world.rows("raw_records")).filter(({ remote_id }) => remote_id === "1001");
  const fieldsOf = ({ payload }: { payload: string }) => Object.keys(JSON.parse(payload).properties).sort();
  expect(raw).toHaveLength(2);
  expect(raw.map(fieldsOf)[1]).toEqual(raw.map(fieldsOf)[0]);
  mend();
  await reopen();
  expect(await rereadings()).toEqual([]);
  expect(await syncAll()).toMatchObject({ stored: 0 });
  expect(await rereadings()).toEqual([]);
});

test("a hub that meets the mistake in its first sync has everything once the file is mended, without reading anything again", async () => {
  mistype();
  await reopen();
  expect(await syncAll()).toMatchObject({ failed: 0 });
  expect(await customerNames()).toEqual(["Acme"]);
  rmSync(pathOf("contacts.yaml"));
  await reopen();
  expect(await rereadings()).toEqual([]);
  expect(await syncAll()).toMatchObject({ stored: 0, failed: 0 });
  expect(await customerNames()).toHaveLength(4);
  expect(await differences()).toEqual([]);
});

describe.each([
  ["a file that is no YAML", () => write("contacts.yaml", "fields:", "fields: ["), /contacts\.yaml:\d+:\d+ YAML/],
  [
    "an empty file",
    () => write("contacts.yaml", readFileSync(join(shippedMappings, "hubspot/contacts.yaml"), "utf8"), ""),
    /contacts\.yaml:1:1 /,
  ],
  [
    "a mistyped object",
    () => write("contacts.yaml", "object: contacts", "object: contcts"),
    /contacts\.yaml:4:41 this file takes the place of the shipped one of contacts.*write contacts/,
  ],
  [
    "a mistyped connector",
    () => write("contacts.yaml", "connector: hubspot", "connector: hubspto"),
    /contacts\.yaml:4:24 this file lies in the folder of hubspot: write hubspot/,
  ],
  [
    "a mistyped kind",
    () => write("contacts.yaml", "to: contact\n", "to: contract\n"),
    /contacts\.yaml:5:5 to: is one of/,
  ],
])("%s", (_, spoil, place) => {
  test("holds the records of the object it is for, and its place is told", async () => {
    await syncAll();
    const before = await customerNames();
    spoil();
    await reopen();
    await changePeople();
    expect(await syncAll()).toMatchObject({ failed: 0 });
    expect(await customerNames()).toHaveLength(before.length);
    expect((await openErrors()).map(({ message }) => message)).toEqual([expect.stringMatching(place)]);
    mend();
    await reopen();
    await syncAll();
    expect(await customerNames()).toHaveLength(before.length + 1);
    expect(await differences()).toEqual([]);
  });
});

test("while owners cannot be mapped, what looks them up waits too, and comes out as if nothing had been", async () => {
  await syncAll();
  write("owners.yaml", "\n  name:", "\n  nmae:");
  await reopen();
  await changePeople();
  expect(await syncAll()).toMatchObject({ failed: 0 });
  expect((await openErrors()).map(({ fingerprint }) => fingerprint).sort()).toEqual([
    "mistake in the mapping of companies",
    "mistake in the mapping of contacts",
    "mistake in the mapping of owners",
  ]);
  mend("owners.yaml");
  await reopen();
  await syncAll();
  expect(await customerNames()).toContain("Renamed Miller");
  expect(await openErrors()).toEqual([]);
  expect(await differences()).toEqual([]);
});

describe("what goes out", () => {
  test("nothing is planned, written back or compared; mended, an apply maps what waited before it writes", async () => {
    await syncAll();
    await applyWritebacks(world.hub, "hubspot");
    mistype();
    await reopen();
    await changePeople();
    await syncAll();
    const refusal =
      /Nothing is written back: a mapping file has a mistake.*\n.*hubspot\/contacts\.yaml:16:3 .*frist_name/;
    const asked = applyWritebacks(world.hub, "hubspot");
    await expect(asked).rejects.toThrow(refusal);
    await expect(asked).rejects.toBeInstanceOf(ConfigError);
    await expect(verifyHub(world.hub)).rejects.toThrow(/Nothing can be compared.*\n.*contacts\.yaml:16:3/);
    const headers = await world.as("operator");
    const plan = await world.app.request("/api/v1/writebacks/plan?connection=hubspot", { headers });
    expect(plan.status).toBe(409);
    expect(await plan.json()).toMatchObject({
      type: "urn:journey-hub:configuration",
      detail: expect.stringMatching(refusal),
    });

    mend();
    await reopen();
    expect(await applyWritebacks(world.hub, "hubspot")).toMatchObject({ refused: 0 });
    expect(await customerNames()).toContain("New");
    expect((await world.rows("writebacks")).map(({ record_key }) => record_key)).toHaveLength(5);
    expect(await differences()).toEqual([]);
  });
});

test("a running hub takes webhooks, waits with write-backs, says so, and goes on by itself once the file is mended", async () => {
  await syncAll();
  mistype();
  await world.close();
  const held = heldClock(new Date(clock.now()).toISOString());
  world = await openWorld({ hubspot: hubspotEntry(hubspot), shop: shopEntry }, { clock: held, folder });
  const soon = (what: string, holds: () => boolean | Promise<boolean>) =>
    eventually(what, () => {
      held.advance(1_000);
      return holds();
    });
  await world.runner.start();
  expect((await world.app.request("/readyz")).status).toBe(200);
  await soon("the error", async () => (await openErrors()).some(({ class: kind }) => kind === "mapping"));
  await soon(
    "the word of it",
    () => /write-backs wait/.test(`${world.logged}`) && /frist_name/.test(`${world.logged}`),
  );
  await keepDeliveries(world.hub, "hubspot", [told(1, 1001)]);
  world.runner.poke("hubspot");
  await soon("the delivery", async () => (await world.rows("inbox")).every(({ status }) => status === "done"));
  expect((await world.rows("writebacks")).length).toBe(0);
  mend();
  await soon("its end", async () => (await openErrors()).length === 0);
  await soon("the write-backs", async () => (await world.rows("writebacks")).length > 0);
});

test("the console says on the first page and with the write-backs what waits, for which line of which file", async () => {
  const before = await visit(world.hub);
  expect((await before.see("/writebacks")).text).not.toMatch(/Nothing is written back/);
  mistype();
  await reopen();
  const reader = await visit(world.hub);
  for (const page of ["/", "/writebacks"]) {
    expect((await reader.see(page)).text).toMatch(/Nothing is written back.*hubspot\/contacts\.yaml:16:3 .*frist_name/);
  }
});
