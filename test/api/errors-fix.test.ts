import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readMappingsAnew } from "../../src/hub/errors/mappings.ts";
import type { CorrectedRecord } from "../../src/hub/queries/corrections.ts";
import type { ErrorDetail } from "../../src/hub/queries/errors.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { breakMappings } from "../hub/errors/mappings.ts";
import { eventually, heldClock, hubspotEntry, newFolder, openWorld, removeFolder, type World } from "../hub/world.ts";

/* Contacts without a job title, which the broken files cannot do without; the HubSpot behind them is never asked. */

const clock = heldClock();
const folder = newFolder();
let world: World;
let operator: { authorization: string };
let id: string;
let landed = 0;
beforeAll(async () => {
  breakMappings(folder);
  world = await openWorld({ hubspot: hubspotEntry({ url: "http://127.0.0.1:9" }) }, { clock, folder });
  await readMappingsAnew(world.hub);
  operator = await world.as("operator");
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
});
beforeEach(async () => {
  landed += 1;
  const record = {
    ...{ connection: "hubspot", object: "contacts", remote_id: String(landed), deleted: false },
    version: "2026-10-01T08:00:00.000Z",
    payload: { id: String(landed), properties: { lastname: "Miller", hs_language: "en" } },
  };
  await processBatch(world.hub.pipeline, { records: [record], also: [] });
  const [error] = await world.hub.store.byKey("errors", "record_key", [`hubspot:contacts:${landed}`]);
  id = error?.id ?? "";
});

async function post(path: string, body: unknown, headers: Record<string, string> = operator) {
  const reply = await world.app.request(`/api/v1/errors/${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: await reply.json() };
}

async function shown(): Promise<ErrorDetail> {
  return JSON.parse(await (await world.app.request(`/api/v1/errors/${id}`, { headers: operator })).text());
}

const reason = "as her card says";
const set = { "properties.jobtitle": "Buyer" };

describe("a correction", () => {
  test("tried says what the mapping makes of it; kept, the error says who made it, when, why and what was sent", async () => {
    const tried = await post(`${id}/fix`, { set, dry_run: true });
    expect(tried).toMatchObject({
      status: 200,
      body: { kept: false, kind: "contact", fields: { title: "Buyer" }, findings: [] },
    });
    expect((await shown()).status).toBe("open");
    const { seq } = (await shown()).landed ?? {};
    expect(await post(`${id}/fix`, { set, seq, reason: ` ${reason} ` })).toMatchObject({
      status: 200,
      body: { kept: true },
    });
    expect(await shown()).toMatchObject({
      status: "resolved",
      landed: {
        payload: { properties: { jobtitle: "Buyer" } },
        correction: {
          by: "a operator",
          at: world.hub.now(),
          reason,
          taken_back: null,
          sent: { properties: { lastname: "Miller" } },
        },
      },
    });
    // What was looked at before is not the newest any more.
    expect(await post(`${id}/fix`, { set: { "properties.jobtitle": "CTO" }, seq, reason })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("Another version") },
    });
  });

  test("is listed as long as it stands, with what it corrects and the error that takes it back", async () => {
    await post(`${id}/fix`, { set, reason });
    const listed = async (query: string): Promise<{ items: CorrectedRecord[] }> =>
      JSON.parse(await (await world.app.request(`/api/v1/errors/corrections?${query}`, { headers: operator })).text());
    const [newest] = (await listed("connection=hubspot&state=stands")).items;
    expect(newest).toMatchObject({
      ...{ record_key: `hubspot:contacts:${landed}`, state: "stands", by: "a operator", reason, error_id: id },
      changes: [{ path: "properties.jobtitle", corrected: "Buyer" }],
    });
    await post(`${id}/unfix`, { reason });
    expect((await listed("state=stands")).items.map(({ error_id }) => error_id)).not.toContain(id);
    expect((await listed("state=ended&limit=1")).items).toMatchObject([{ state: "taken_back", error_id: id }]);
  });

  test("may be as large as a record is", async () => {
    const properties = { jobtitle: "Buyer", hs_language: "en", note: "x".repeat(200_000) };
    expect((await post(`${id}/fix`, { payload: { id, properties }, reason })).status).toBe(200);
    expect((await post(`${id}/unfix`, { reason: "x".repeat(200_000) })).status).toBe(413);
  });

  test("that still fails is refused with the mapping's finding, tried or kept", async () => {
    for (const more of [{ dry_run: true }, { reason }]) {
      expect(await post(`${id}/fix`, { set: { "properties.firstname": "Anna" }, ...more })).toMatchObject({
        status: 409,
        body: {
          detail: expect.stringContaining("nothing was kept"),
          errors: [{ at: "title", message: expect.stringContaining("the expression of title") }],
        },
      });
    }
    expect(await shown()).toMatchObject({ status: "open", landed: { correction: null } });
  });

  test("asks for a reason, for one way to say it, and for an error there is", async () => {
    for (const body of [
      { set },
      { reason },
      { set, payload: {}, reason },
      { set, reason: " " },
      { set, reason, sett: 1 },
    ]) {
      expect((await post(`${id}/fix`, body)).status).toBe(400);
    }
    expect((await post("none/fix", { set, reason })).status).toBe(404);
    expect((await post("none/unfix", { reason })).status).toBe(404);
  });

  test("is taken back once, with a reason", async () => {
    await post(`${id}/fix`, { set, reason });
    expect((await post(`${id}/unfix`, {})).status).toBe(400);
    expect(await post(`${id}/unfix`, { reason })).toMatchObject({ status: 200, body: { passed: false } });
    expect((await shown()).status).toBe("open");
    expect((await post(`${id}/unfix`, { reason })).status).toBe(409);
  });

  test("is for operators", async () => {
    const viewer = await world.as("viewer");
    expect((await post(`${id}/fix`, { set, reason }, viewer)).status).toBe(403);
    expect((await post(`${id}/unfix`, { reason }, viewer)).status).toBe(403);
  });
});

test("in a running hub what has passed by it is derived by itself", async () => {
  await world.runner.start();
  await post(`${id}/fix`, { set, reason });
  await eventually("its derivation", async () => {
    clock.advance(300);
    return (await world.rows("dirty")).length === 0 && (await world.rows("scores")).length > 0;
  });
});
