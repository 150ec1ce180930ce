import { afterEach, beforeEach, expect, test } from "vitest";
import { syncConnection } from "../../src/hub/sync.ts";
import {
  contacts,
  eventually,
  heldClock,
  hubspotEntry,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";

/** Short sleeps, those of requests, end at once and move the time; the hub's loops wait for seconds and minutes, until the test moves it. */
function passingClock() {
  const held = heldClock();
  return {
    ...held,
    async sleep(delayMs: number, signal?: AbortSignal) {
      if (delayMs >= 5_000) return held.sleep(delayMs, signal);
      held.advance(delayMs);
    },
  };
}

let clock: ReturnType<typeof passingClock>;
let hubspot: TestHubspot;
let world: World;
beforeEach(async () => {
  clock = passingClock();
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(30) } });
  world = await openWorld({ crm: hubspotEntry(hubspot, { audit: "1d" }), other: hubspotEntry(hubspot) }, { clock });
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

interface Audit {
  connection: string;
  stream: string;
  compared: number;
  extra: number;
  verified_at: string | null;
}

async function shown(query = ""): Promise<Audit[]> {
  const reply = await world.app.request(`/api/v1/audit${query}`, { headers: await world.as("viewer") });
  expect(reply.status).toBe(200);
  return ((await reply.json()) as { items: Audit[] }).items;
}

/** An audit asked for over HTTP, to its end. */
async function audited(connection: string): Promise<{ status: string; counts: Record<string, number> }> {
  const headers = await world.as("operator");
  const started = await world.app.request(`/api/v1/connections/${connection}/audit`, { method: "POST", headers });
  expect(started.status).toBe(202);
  const path = started.headers.get("location") ?? "";
  let run = { status: "running", counts: {} };
  await eventually("the audit's end", async () => {
    run = (await (await world.app.request(path, { headers })).json()) as typeof run;
    return run.status !== "running";
  });
  return run;
}

/** The account loses a contact without a word. */
function purgeOne(): void {
  const objects = { contacts: contacts(29) };
  hubspot.simulator.load({ portalId: 424242, objects, associations: [], owners: [], pipelines: {} });
}

test("says of every stream what is proven, and that nothing is before the first audit", async () => {
  expect(await shown("?connection=crm")).toHaveLength(8);
  expect((await shown()).every(({ verified_at }) => verified_at === null)).toBe(true);
  const unknown = await world.app.request("/api/v1/audit?connection=none", { headers: await world.as("viewer") });
  expect(unknown.status).toBe(404);
});

test("an audit asked for finds, heals and reports, in API and metrics", async () => {
  await syncConnection(world.hub, "crm");
  purgeOne();
  expect(await audited("crm")).toMatchObject({
    status: "done",
    counts: { compared: 29, missing: 0, stale: 0, extra: 1 },
  });
  const found = (await shown("?connection=crm")).find(({ stream }) => stream === "contacts");
  expect(found).toMatchObject({ compared: 29, extra: 1 });
  expect(found?.verified_at).toMatch(/^2026-11-02T12:0/);
  world.metrics.observe(world.hub);
  const metrics = await world.metrics.text();
  expect(metrics).toContain('journey_hub_audit_records{connection="crm",stream="contacts",finding="extra"} 1');
  expect(metrics).toMatch(/journey_hub_audit_unverified_seconds\{connection="crm",stream="contacts"\} \d/);
});

test("a stream whose backfill is not over is left out", async () => {
  const { status, counts } = await audited("other");
  expect([status, counts]).toEqual(["done", {}]);
});

test("a running hub audits by itself, as often as the connection says", async () => {
  await syncConnection(world.hub, "other");
  await syncConnection(world.hub, "crm");
  purgeOne();
  await world.runner.start();
  const audits = async () =>
    (await world.rows("runs"))
      .filter(({ kind, status }) => kind === "audit" && status === "done")
      .map(({ connection, counts }) => [connection, (JSON.parse(counts) as { extra?: number }).extra]);
  // The loops may begin to wait at any time, so time goes on until both connections had their turn.
  await eventually("an audit of each connection", async () => {
    clock.advance(60_000);
    const had = new Set((await audits()).map(([connection]) => connection));
    return had.size === 2;
  });
  expect(await audits()).toContainEqual(["crm", 1]);
});
