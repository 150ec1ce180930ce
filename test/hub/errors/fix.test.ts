import { afterEach, describe, expect, test } from "vitest";
import { auditConnection } from "../../../src/hub/audit/connection.ts";
import { readAudits } from "../../../src/hub/audit/rows.ts";
import { fixError, previewFix, unfixError } from "../../../src/hub/errors/fix.ts";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { findError } from "../../../src/hub/queries/errors.ts";
import { explainCustomer } from "../../../src/hub/queries/explain.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { derivedTables, replay } from "../../../src/pipeline/replay.ts";
import { customerIdOf } from "../../../src/pipeline/resolve/plan.ts";
import { dump } from "../../../src/pipeline/verify.ts";
import { changeInHubspot } from "../world.ts";
import { type InboxWorld, openInboxWorld, told } from "./inbox-world.ts";
import { breakMappings, breakOtherwise, countTitles, mendMappings, spoilMapping } from "./mappings.ts";

/* Contact 1001 has no job title, which the broken files cannot do without. */

let world: InboxWorld;
afterEach(() => world.end());

const key = "hubspot:contacts:1001";
const olga = { by: "Olga", reason: "her business card says so" };
const buyer = { set: { "properties.jobtitle": "Buyer" } };
const sync = () => syncConnection(world.hub, "hubspot");
const change = (id: number, properties: Record<string, string>) =>
  changeInHubspot(world.hubspot, "PATCH", `/crm/v3/objects/contacts/${id}`, { properties });

async function open(prepare = breakMappings): Promise<string> {
  world = await openInboxWorld(prepare);
  await sync();
  return errorId();
}

async function errorId(): Promise<string> {
  const [error] = (await world.rows("errors")).filter(({ record_key }) => record_key === key);
  return error?.id ?? "";
}

const statusOf = async (id: string) => (await findError(world.hub, id))?.status;
const versions = async () => (await world.rows("raw_records")).filter(({ record_key }) => record_key === key);
async function title(): Promise<unknown> {
  const [record] = (await world.rows("records")).filter(({ record_key }) => record_key === key);
  return record ? JSON.parse(record.fields).title : undefined;
}

/** Everything that is derived, emptied and made anew; the same rows to the byte, but for the counters of writes. */
async function expectReplayEqual(): Promise<void> {
  const tables = derivedTables.filter((table) => table !== "dirty");
  const all = async () =>
    Promise.all(tables.map(async (table) => [table, [...(await dump(world.hub.store, table))].sort()]));
  await deriveAll(world.hub);
  const before = await all();
  expect((await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0)).toEqual([]);
  await replay(world.hub.pipeline);
  await deriveAll(world.hub);
  expect(await all()).toEqual(before);
}

describe("a correction", () => {
  test("is its own raw version beside the vendor's, passes at once and closes the error, without one request", async () => {
    const id = await open();
    const [sent] = await versions();
    world.hubspot.requests.length = 0;
    expect(await fixError(world.hub, id, { ...buyer, ...olga })).toMatchObject({
      record_key: key,
      kind: "contact",
      fields: { title: "Buyer", last_name: "Miller" },
      findings: [],
    });
    expect(world.hubspot.requests).toEqual([]);
    const [vendor, fix, ...more] = await versions();
    expect([vendor, more]).toEqual([sent, []]);
    expect(fix).toMatchObject({ origin: "fix", version: sent?.version, deleted: 0 });
    expect(await findError(world.hub, id)).toMatchObject({
      status: "resolved",
      landed: {
        payload: { properties: { jobtitle: "Buyer", lastname: "Miller" } },
        correction: { ...olga, at: world.hub.now(), taken_back: null, sent: { properties: { lastname: "Miller" } } },
      },
    });
    expect(await title()).toBe("Buyer");
    await expectReplayEqual();
  });

  test("may be the whole payload, and may be corrected again", async () => {
    const id = await open();
    const landed = (await findError(world.hub, id))?.landed;
    const payload = { ...(landed?.payload as object), properties: { jobtitle: "Byuer", hs_language: "en" } };
    await fixError(world.hub, id, { payload, seq: landed?.seq, ...olga });
    expect(await title()).toBe("Byuer");
    await fixError(world.hub, id, { ...buyer, by: "Otto", reason: "a slip" });
    expect(await title()).toBe("Buyer");
    expect((await versions()).map(({ origin }) => origin)).toEqual(["vendor", "fix", "fix"]);
    await expectReplayEqual();
  });

  test("is tried without being kept", async () => {
    const id = await open();
    expect(await previewFix(world.hub, id, buyer)).toMatchObject({ fields: { title: "Buyer" } });
    await expect(previewFix(world.hub, id, { set: { "properties.firstname": "Anna" } })).rejects.toThrow(/title/);
    expect([await versions(), await statusOf(id), await title()]).toMatchObject([
      [{ origin: "vendor" }],
      "open",
      undefined,
    ]);
  });

  test("that still fails is refused with what the mapping says, and nothing of it is kept", async () => {
    const id = await open();
    const fails = { set: { "properties.firstname": "Anna" }, ...olga };
    await expect(fixError(world.hub, id, fails)).rejects.toMatchObject({
      name: "FixRefusedError",
      field: "title",
      message: expect.stringContaining("It would still fail, so nothing was kept: the expression of title"),
    });
    expect([await versions(), await statusOf(id)]).toMatchObject([[{ origin: "vendor" }], "open"]);
    expect((await world.rows("settings")).filter(({ name }) => name.startsWith("correction"))).toEqual([]);
  });

  test("goes by the mapping files as they are now; while one has a mistake nothing is tried", async () => {
    const id = await open();
    breakOtherwise(world.folder);
    await expect(fixError(world.hub, id, { ...buyer, ...olga })).rejects.toThrow(/language/);
    spoilMapping(world.folder);
    await expect(fixError(world.hub, id, { ...buyer, ...olga })).rejects.toThrow(/contacts\.yaml:\d+:\d+ .*shout/);
    mendMappings(world.folder);
    await fixError(world.hub, id, { ...buyer, ...olga });
    // What failed before it passes by the mended files too, in its order, as a replay has it.
    expect(
      (await world.rows("events")).filter(({ record_key }) => record_key === key).map(({ kind }) => kind),
    ).toContain("contact.created");
    expect(await title()).toBe("Buyer");
    expect((await world.retry()).open).toBe(0);
    await replay(world.hub.pipeline);
    await expectReplayEqual();
  });
});

describe("is refused with what helps", () => {
  const refusals: [string, Parameters<typeof previewFix>[2], RegExp][] = [
    ["what changes nothing", { set: { "properties.lastname": "Miller" } }, /this is what came/],
    [
      "a field of which nothing is there",
      { set: { "propertis.jobtitle": "Buyer" } },
      /no place for propertis\.jobtitle/,
    ],
    ["a path that is none", { set: { "a..b": 1 } }, /No field is named so/],
    ["a name that every object has", { set: { "__proto__.x": 1 } }, /No field is named so/],
    ["one made on another version", { ...buyer, seq: 1_000_000 }, /Another version of the record has landed/],
  ];
  test.each(refusals)("%s", async (_, proposal, says) => {
    const id = await open();
    await expect(fixError(world.hub, id, { ...proposal, ...olga })).rejects.toThrow(says);
  });

  test("a record that has passed as it was sent, and an error that is of no record's mapping", async () => {
    const id = await open();
    mendMappings(world.folder);
    await world.retry();
    await expect(fixError(world.hub, id, { ...buyer, ...olga })).rejects.toThrow(/has passed as the vendor sent it/);
    expect(await fixError(world.hub, "nothing", { ...buyer, ...olga })).toBeNull();
    expect(await unfixError(world.hub, "nothing", olga)).toBeNull();
    await expect(unfixError(world.hub, id, olga)).rejects.toThrow(/No correction stands/);
  });
});

describe("when the vendor sends the record again", () => {
  test("the same content is known: the correction stands, in an audit too", async () => {
    const id = await open();
    await fixError(world.hub, id, { ...buyer, ...olga });
    // Read again from the beginning.
    await world.hub.store.commit([{ op: "clear", table: "cursors", by: [], rows: [[]] }]);
    expect(await sync()).toMatchObject({ stored: 0 });
    expect([await title(), await statusOf(id)]).toEqual(["Buyer", "resolved"]);
  });

  test("an audit that reads the record in full finds nothing stale", async () => {
    const id = await open();
    for (const other of [1002, 1003, 1004, 1005, 1006]) {
      await changeInHubspot(world.hubspot, "DELETE", `/crm/v3/objects/contacts/${other}`);
    }
    world.clock.advance(3_600_000);
    await sync();
    await fixError(world.hub, id, { ...buyer, ...olga });
    let sampled = 0;
    for (let pass = 0; pass < 1_000 && sampled === 0; pass++) {
      world.clock.advance(1_000);
      await auditConnection(world.hub, "hubspot", { streams: ["contacts"] });
      const [audit] = await readAudits(world.hub.store, ["hubspot"]);
      expect(audit?.last).toMatchObject({ compared: 1, missing: 0, stale: 0, extra: 0 });
      sampled = audit?.last?.sampled ?? 0;
    }
    expect([sampled, await title(), await statusOf(id)]).toEqual([1, "Buyer", "resolved"]);
  });

  test("follows newer content while the vendor still sends what it corrects, then the vendor's own word counts", async () => {
    const id = await open();
    await fixError(world.hub, id, { ...buyer, ...olga });
    world.clock.advance(3_600_000);
    await change(1001, { firstname: "Anna" });
    expect(await sync()).toMatchObject({ stored: 1, failed: 0 });
    expect((await versions()).map(({ origin }) => origin)).toEqual(["vendor", "fix", "vendor", "fix"]);
    expect(await findError(world.hub, id)).toMatchObject({
      status: "resolved",
      landed: { payload: { properties: { firstname: "Anna", jobtitle: "Buyer" } }, correction: olga },
    });
    expect(await title()).toBe("Buyer");
    await expectReplayEqual();
    world.clock.advance(3_600_000);
    expect(await sync()).toMatchObject({ stored: 0, failed: 0 });
    await change(1001, { jobtitle: "CTO" });
    await sync();
    expect((await versions()).at(-1)?.origin).toBe("vendor");
    expect([await title(), await statusOf(id)]).toEqual(["CTO", "resolved"]);
  });

  test("does not follow where the vendor sends another wrong value: the error is open anew and the values stay", async () => {
    const id = await open(countTitles);
    await fixError(world.hub, id, { set: { "properties.jobtitle": "7" }, ...olga });
    world.clock.advance(3_600_000);
    await change(1001, { jobtitle: "seven" });
    expect(await sync()).toMatchObject({ stored: 1, failed: 1 });
    expect(await findError(world.hub, id)).toMatchObject({ status: "open", landed: { correction: null } });
    expect(await title()).toBe("7");
  });

  test("word that it is gone counts", async () => {
    const id = await open();
    await fixError(world.hub, id, { ...buyer, ...olga });
    world.clock.advance(3_600_000);
    await changeInHubspot(world.hubspot, "DELETE", "/crm/v3/objects/contacts/1001");
    await sync();
    expect((await versions()).at(-1)).toMatchObject({ origin: "vendor", deleted: 1 });
    await expectReplayEqual();
  });
});

describe("taken back", () => {
  test("the vendor's own version is the newest again, its error open, and what was said of the correction kept", async () => {
    const id = await open();
    await fixError(world.hub, id, { ...buyer, ...olga });
    world.clock.advance(60_000);
    const otto = { by: "Otto", reason: "the card was her brother's" };
    expect(await unfixError(world.hub, id, otto)).toEqual({ record_key: key, passed: false });
    const [sent, fix, again] = await versions();
    expect(again).toMatchObject({ origin: "vendor", payload: sent?.payload, content_hash: sent?.content_hash });
    expect(await findError(world.hub, id)).toMatchObject({
      status: "open",
      landed: { seq: again?.seq, correction: null },
    });
    const [note] = await world.hub.store.byKey("settings", "name", [`correction ${fix?.seq}`]);
    expect(JSON.parse(note?.value ?? "")).toMatchObject({ ...olga, taken_back: { ...otto, at: world.hub.now() } });
    await world.hub.store.commit([{ op: "clear", table: "cursors", by: [], rows: [[]] }]);
    expect(await sync()).toMatchObject({ stored: 0 });
    await expectReplayEqual();
  });

  test("by files that it passes, the vendor's values are back", async () => {
    const id = await open();
    await fixError(world.hub, id, { ...buyer, ...olga });
    mendMappings(world.folder);
    expect(await unfixError(world.hub, id, olga)).toEqual({ record_key: key, passed: true });
    expect([await title(), await statusOf(id)]).toEqual([undefined, "resolved"]);
  });
});

test("a customer's explanation says which values and events come from a correction, by whom, when and why", async () => {
  const id = await open();
  const at = world.hub.now();
  await fixError(world.hub, id, { ...buyer, ...olga });
  await deriveAll(world.hub);
  const explained = await explainCustomer(world.hub, customerIdOf(key));
  expect(explained?.records).toMatchObject([{ record_key: key, correction: { ...olga, at } }]);
  const other = await explainCustomer(world.hub, customerIdOf("hubspot:contacts:1002"));
  expect(other?.records).toMatchObject([{ correction: null }]);
  const cited = explained?.stage?.because.events ?? [];
  expect(cited.length).toBeGreaterThan(0);
  expect(cited.every(({ correction }) => correction?.by === "Olga")).toBe(true);
});

describe("a delivery that could not be understood", () => {
  /** Given up after ten attempts. */
  async function give(connection: string, body: string): Promise<string> {
    world = await openInboxWorld();
    await keepDeliveries(world.hub, connection, [{ dedupe_key: "odd", onConflict: "ignore", body }]);
    for (let n = 1; n <= 10; n++) await drainInbox(world.hub, connection, { retry: true });
    const [error] = await world.open();
    return error?.id ?? "";
  }

  test("is corrected and worked off beside the one that was sent, which is kept as it came", async () => {
    const id = await give("hubspot", "{}");
    const [sent] = await world.rows("inbox");
    expect(await findError(world.hub, id)).toMatchObject({
      status: "open",
      landed: null,
      delivery: { seq: sent?.seq, attempts: 10, payload: {}, correction: null },
    });
    const payload = JSON.parse(told(1, 1001).body);
    expect(await previewFix(world.hub, id, { payload })).toMatchObject({
      record_key: key,
      kind: "record to be fetched",
    });
    expect(await world.rows("inbox")).toHaveLength(1);
    await fixError(world.hub, id, { payload, seq: sent?.seq, ...olga });
    expect(
      (await world.rows("inbox")).map(({ dedupe_key, status, body }) => [dedupe_key, status, body.toString()]),
    ).toEqual([
      ["odd", "done", "{}"],
      ["odd corrected", "done", JSON.stringify(payload)],
    ]);
    expect(await findError(world.hub, id)).toMatchObject({ status: "resolved", delivery: { correction: olga } });
    // Fetched, it is the vendor's own.
    expect(await versions()).toMatchObject([{ origin: "vendor" }]);
    await expect(fixError(world.hub, id, { payload, ...olga })).rejects.toThrow(/has been worked off/);
  });

  test("that brings its record lands it as corrected", async () => {
    const event = { type: "form_submitted", email: "ann@acme.example", occurred_at: "2026-11-01T08:00:00.000Z" };
    const id = await give("shop", JSON.stringify(event));
    await fixError(world.hub, id, { set: { id: "e1" }, ...olga });
    const raw = (await world.rows("raw_records")).filter(({ connection }) => connection === "shop");
    expect(raw).toMatchObject([{ remote_id: "e1", origin: "fix" }]);
    expect(await world.open()).toEqual([]);
    await expectReplayEqual();
  });

  test("that still cannot be understood, asks for nothing, or for what the vendor does not give, is refused; all is as before", async () => {
    const id = await give("hubspot", "{}");
    const before = [await world.rows("inbox"), await world.rows("errors"), await world.rows("settings")];
    const event = JSON.parse(told(1, 1001).body);
    world.hubspot.setDown(true);
    const bodies = [{ portalId: 1 }, { ...event, subscriptionType: "contact.unheardOf" }, event];
    for (const payload of bodies) {
      await expect(fixError(world.hub, id, { payload, ...olga })).rejects.toThrow(/nothing was kept/);
    }
    expect([await world.rows("inbox"), await world.rows("errors"), await world.rows("settings")]).toEqual(before);
    await expect(fixError(world.hub, id, { set: {}, ...olga })).rejects.toThrow(/this is what came/);
    await expect(unfixError(world.hub, id, olga)).rejects.toThrow(/can be corrected/);
  });
});
