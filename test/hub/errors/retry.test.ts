import { afterEach, describe, expect, test } from "vitest";
import { dismissError } from "../../../src/hub/errors/dismiss.ts";
import { planRetry, retryErrors } from "../../../src/hub/errors/retry.ts";
import { reviveFailed } from "../../../src/hub/inbox/failures.ts";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { createSenderErrors, keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { findError } from "../../../src/hub/queries/errors.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { changeInHubspot } from "../world.ts";
import { type InboxWorld, openInboxWorld, told } from "./inbox-world.ts";
import { breakMappings, breakOtherwise, mendMappings, spoilMapping } from "./mappings.ts";

let world: InboxWorld;
afterEach(() => world.end());

const contact = (id: number) => `/crm/v3/objects/contacts/${id}`;
const change = (id: number, properties: Record<string, string>) =>
  changeInHubspot(world.hubspot, "PATCH", contact(id), { properties });
const sync = () => syncConnection(world.hub, "hubspot");
const keysOf = (rows: readonly { record_key: string }[]) => rows.map(({ record_key }) => record_key).sort();

describe("what could not be mapped", () => {
  test("passes by the mended files, each version that failed in its order, as a replay would have it", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    expect(keysOf(await world.open())).toEqual([
      "hubspot:contacts:1001",
      "hubspot:contacts:1003",
      "hubspot:contacts:1005",
    ]);
    // One fails a second time, and one that had passed fails now.
    world.clock.advance(3_600_000);
    await change(1001, { firstname: "Anna" });
    await change(1002, { firstname: "Bert", jobtitle: "" });
    await sync();
    expect(await world.open()).toHaveLength(4);

    mendMappings(world.folder);
    world.hubspot.requests.length = 0;
    expect(await world.retry()).toEqual({ found: 4, closed: 4, open: 0, pending: 0, refused: 0 });
    expect(world.hubspot.requests).toEqual([]);
    expect(await world.open()).toEqual([]);
    const names = (await world.rows("records")).flatMap(({ kind, fields }) =>
      kind === "contact" ? [JSON.parse(fields).first_name] : [],
    );
    expect(names.sort()).toEqual(["Anna", "Bert", "Person 3", "Person 4", "Person 5", "Person 6"]);
    await deriveAll(world.hub);
    const differing = (await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0);
    // Those that passed before name the files they were mapped by; else they are the same.
    expect(differing).toMatchObject([{ table: "records", extra: 2, missing: 2 }]);
  });

  test("is tried for one record, some errors, or those of a connection's step", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    const [first, second] = await world.open();
    mendMappings(world.folder);
    expect(await world.retry({ record: first?.record_key })).toMatchObject({ found: 1, closed: 1 });
    expect(await world.retry({ ids: [first?.id ?? "", second?.id ?? ""] })).toMatchObject({ found: 1, closed: 1 });
    expect(await world.retry({ connection: "shop" })).toMatchObject({ found: 0 });
    expect(await world.retry({ connection: "hubspot", step: "map" })).toMatchObject({ found: 1, closed: 1 });
  });

  test("fails for another cause: the error it had is closed, the new one is open", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    breakOtherwise(world.folder);
    expect(await world.retry()).toEqual({ found: 3, closed: 0, open: 3, pending: 0, refused: 0 });
    expect(await world.open()).toHaveLength(3);
    expect(await world.open()).toContainEqual(
      expect.objectContaining({ record_key: "hubspot:contacts:1001", fingerprint: "contacts language value" }),
    );
  });

  test("is not tried by files with a mistake: the retry says where it is, and the files in use stay in use", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    spoilMapping(world.folder);
    await expect(world.retry()).rejects.toThrow(/hubspot\/contacts\.yaml:\d+:\d+ .*shout/);
    expect(await world.open()).toHaveLength(3);
    expect(await world.rows("runs")).toContainEqual(expect.objectContaining({ kind: "retry", status: "failed" }));
    world.clock.advance(3_600_000);
    await change(1004, { firstname: "Dora" });
    expect(await sync()).toMatchObject({ failed: 0 });
    const [dora] = (await world.rows("records")).filter(({ remote_id }) => remote_id === "1004");
    expect(JSON.parse(dora?.fields ?? "")).toMatchObject({ first_name: "Dora", title: "Buyer" });
  });

  test("closes by itself when the record passes: its value was corrected at the vendor", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    world.clock.advance(3_600_000);
    await change(1001, { jobtitle: "Buyer" });
    await sync();
    expect(keysOf(await world.open())).toEqual(["hubspot:contacts:1003", "hubspot:contacts:1005"]);
    expect((await world.rows("errors")).filter(({ status }) => status === "resolved")).toMatchObject([
      { record_key: "hubspot:contacts:1001", last_seen_at: expect.stringMatching(/^2026-11-02T13:/) },
    ]);
  });

  test("is left where it was when the hub is stopped in between", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    mendMappings(world.folder);
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    await expect(retryErrors(world.hub, {}, { signal: stop.signal })).rejects.toThrow("stopped");
    expect(await world.open()).toHaveLength(3);
    expect(await world.retry()).toMatchObject({ found: 3, closed: 3 });
  });
});

describe("what could not be fetched", () => {
  /** A delivery that was given up: ten attempts while HubSpot was away. */
  async function giveUp(...ids: number[]) {
    world = await openInboxWorld();
    world.hubspot.setDown(true);
    await keepDeliveries(
      world.hub,
      "hubspot",
      ids.map((id, n) => told(n + 1, id)),
    );
    for (let n = 1; n <= 10; n++) await drainInbox(world.hub, "hubspot", { retry: true });
    expect(await world.open()).toHaveLength(ids.length);
  }

  test("is fetched for its delivery, which is done then", async () => {
    await giveUp(1001, 1002);
    world.hubspot.setDown(false);
    expect(await world.retry()).toEqual({ found: 2, closed: 2, open: 0, pending: 0, refused: 0 });
    expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["done", "done"]);
    expect(keysOf(await world.rows("records"))).toEqual(["hubspot:contacts:1001", "hubspot:contacts:1002"]);
  });

  test("stays open while the vendor is away, and the retry says so", async () => {
    await giveUp(1001, 1002);
    await expect(world.retry()).rejects.toThrow(/HubSpot/);
    expect(await world.open()).toHaveLength(2);
    expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["failed", "failed"]);
    const [run] = (await world.rows("runs")).filter(({ kind }) => kind === "retry");
    expect([run?.status, JSON.parse(run?.counts ?? "")]).toEqual([
      "failed",
      { found: 2, closed: 0, open: 2, pending: 0, refused: 0 },
    ]);
  });

  test("stays as it was when the hub stops before the vendor was asked: that was no attempt", async () => {
    await giveUp(1001);
    const before = [await world.rows("inbox"), await world.open()];
    world.clock.advance(60_000);
    world.hub.stopWaiting();
    await expect(world.retry()).rejects.toThrow("The hub was stopped");
    expect([await world.rows("inbox"), await world.open()]).toEqual(before);
  });

  test("is fetched by its id where its delivery is on its way again", async () => {
    await giveUp(1001);
    world.hubspot.setDown(false);
    expect(await reviveFailed(world.hub, "hubspot")).toBe(1);
    expect(await world.retry({ record: "hubspot:contacts:1001" })).toMatchObject({ found: 1, closed: 1 });
    expect(await world.open()).toEqual([]);
    expect(await drainInbox(world.hub, "hubspot", { retry: true })).toEqual({ done: 1, failed: 0 });
  });

  test("of which nothing is known but its delivery stays open until that can be read", async () => {
    world = await openInboxWorld();
    const odd = { dedupe_key: "odd", onConflict: "ignore", body: "{}", occurred_at: null } as const;
    await keepDeliveries(world.hub, "hubspot", [odd]);
    for (let n = 1; n <= 10; n++) await drainInbox(world.hub, "hubspot", { retry: true });
    expect(keysOf(await world.open())).toEqual(["hubspot:inbox:odd"]);
    expect(await world.retry()).toEqual({ found: 1, closed: 0, open: 1, pending: 0, refused: 0 });
    expect((await world.rows("inbox")).map(({ status, attempts }) => [status, attempts])).toEqual([["failed", 11]]);
  });
});

describe("what a CRM refused", () => {
  /** A contact deleted in HubSpot of which the hub has not heard: its stage is refused. */
  async function refuse() {
    world = await openInboxWorld();
    await sync();
    await deriveAll(world.hub);
    await changeInHubspot(world.hubspot, "DELETE", contact(1003));
    expect(await applyWritebacks(world.hub, "hubspot")).toMatchObject({ records: 5, refused: 1 });
    expect(await world.open()).toMatchObject([{ record_key: "hubspot:contacts:1003", step: "writeback" }]);
  }

  test("is not sent by itself again; after a retry it is, at the next apply", async () => {
    await refuse();
    expect(await applyWritebacks(world.hub, "hubspot")).toMatchObject({ records: 0, refused: 0 });
    expect(await world.retry({ step: "writeback" })).toEqual({ found: 1, closed: 0, open: 0, pending: 1, refused: 0 });
    expect(await applyWritebacks(world.hub, "hubspot")).toMatchObject({ records: 0, refused: 1 });
    expect(await world.open()).toHaveLength(1);
  });

  test("is closed when nothing is left to be written: the record has gone", async () => {
    await refuse();
    world.clock.advance(3_600_000);
    await sync();
    expect(await world.retry({ step: "writeback" })).toEqual({ found: 1, closed: 1, open: 0, pending: 0, refused: 0 });
  });
});

describe("what cannot be tried again", () => {
  test("is refused with what closes it, and counted beside what can", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    await createSenderErrors(world.hub).report("shop", "signature", "the signature does not match");
    const body = (subject: string) => JSON.stringify({ id: "e1", type: "form", subject });
    const delivery = (subject: string) =>
      ({ dedupe_key: "e1", onConflict: "refuse", body: body(subject), occurred_at: null }) as const;
    await keepDeliveries(world.hub, "shop", [delivery("first")]);
    await keepDeliveries(world.hub, "shop", [delivery("second")]);
    const { found, refused } = await planRetry(world.hub, {});
    expect(found).toBe(5);
    expect(refused.map(({ fingerprint, refusal }) => [fingerprint, refusal]).sort()).toEqual([
      ["one id, two contents", expect.stringContaining("dismiss the error")],
      ["signature refused", expect.stringContaining("the next good one from its sender closes it")],
    ]);
    expect(await world.retry()).toEqual({ found: 5, closed: 0, open: 3, pending: 0, refused: 2 });

    // Working the first delivery off does not undo that a second came under its name.
    await drainInbox(world.hub, "shop", { retry: false });
    expect((await world.open()).map(({ fingerprint }) => fingerprint)).toContain("one id, two contents");
  });
});

describe("dismissed", () => {
  test("an error is out of the way with who, when and why; its record stays as it landed", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    const [error] = await world.open();
    const id = error?.id ?? "";
    expect(await dismissError(world.hub, id, { by: "Olga", reason: "a test record" })).toBe("open");
    expect(await world.open()).toHaveLength(2);
    expect(await findError(world.hub, id)).toMatchObject({
      status: "dismissed",
      dismissed: { by: "Olga", at: world.hub.now(), reason: "a test record" },
      landed: { payload: { id: error?.record_key.split(":")[2], properties: { lastname: "Miller" } } },
    });
    expect(await world.retry()).toMatchObject({ found: 2 });
    expect(await dismissError(world.hub, "nothing", { by: "Olga", reason: "x" })).toBeNull();
  });

  test("it is tried again by its id alone: it opens, and closes when its record passes", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    const [error] = await world.open();
    const ids = [error?.id ?? ""];
    await dismissError(world.hub, ids[0] ?? "", { by: "Olga", reason: "a test record" });
    expect(await planRetry(world.hub, { record: error?.record_key ?? "" })).toMatchObject({ found: 0 });
    expect(await planRetry(world.hub, { ids })).toMatchObject({ found: 1, refused: [] });
    expect(await world.retry({ ids })).toMatchObject({ found: 1, open: 1 });
    expect(await world.open()).toHaveLength(3);
    await dismissError(world.hub, ids[0] ?? "", { by: "Olga", reason: "a test record" });
    mendMappings(world.folder);
    expect(await world.retry({ ids })).toMatchObject({ found: 1, closed: 1 });
    expect(await findError(world.hub, ids[0] ?? "")).toMatchObject({ status: "resolved" });
  });

  test("it opens again when the record fails again, and still tells what was said of it", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    const [error] = (await world.open()).filter(({ record_key }) => record_key === "hubspot:contacts:1001");
    await dismissError(world.hub, error?.id ?? "", { by: "Olga", reason: "a test record" });
    world.clock.advance(3_600_000);
    await change(1001, { firstname: "Anna" });
    await sync();
    expect(await findError(world.hub, error?.id ?? "")).toMatchObject({
      status: "open",
      first_seen_at: error?.first_seen_at,
      dismissed: { reason: "a test record" },
    });
  });

  test("it closes as any other when its record passes after all", async () => {
    world = await openInboxWorld(breakMappings);
    await sync();
    mendMappings(world.folder);
    await world.retry();
    const [resolved] = await world.rows("errors");
    expect(await dismissError(world.hub, resolved?.id ?? "", { by: "Olga", reason: "x" })).toBe("resolved");
  });
});
