import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyWritebacks, syncConnection } from "../../src/hub/sync.ts";
import { set } from "../../src/store/writes.ts";
import { eventually } from "../hub/world.ts";
import { ask, clock, closeDesk, desk, get, type List, openDesk, world } from "./desk-api.ts";

beforeAll(openDesk);
afterAll(closeDesk);

describe("connections", () => {
  test("show how they do, and no settings", async () => {
    const { body } = await get<{ items: object[] }>("/api/v1/connections");
    expect(body.items).toMatchObject([
      {
        id: "desk",
        title: "Desk",
        status: "connected",
        writes_back: true,
        webhook: null,
        streams: [{ name: "people", object: "people", mode: "changes", records: expect.any(Number) }],
        deliveries: { waiting: 0, failed: 0 },
        last_run: { kind: "sync", status: "done" },
      },
      { id: "shop", webhook: { url: "https://hub.example.com/hooks/shop", missing: null }, status: "new" },
      { id: "unset", status: "needs_attention", message: expect.stringContaining("NOT_SET_ANYWHERE") },
    ]);
    expect(JSON.stringify(body)).not.toContain("canary-token");
    expect((await get("/api/v1/connections/shop")).body).toMatchObject({ id: "shop" });
    expect((await get("/api/v1/connections/nobody")).status).toBe(404);
  });

  test("are pulled on request: 202 with a run that can be looked at", async () => {
    const { status, headers, text } = await ask("POST", "/api/v1/connections/desk/sync");
    const { run_id } = JSON.parse(text) as { run_id: string };
    expect([status, headers.get("location")]).toEqual([202, `/api/v1/runs/${run_id}`]);
    expect((await get(`/api/v1/runs/${run_id}`)).body).toMatchObject({ id: run_id, connection: "desk", kind: "sync" });
    await eventually("its end", async () => (await get(`/api/v1/runs/${run_id}`)).body.status === "done");
  });

  test("cannot be pulled when they are unknown or their settings are broken", async () => {
    expect((await ask("POST", "/api/v1/connections/nobody/sync")).status).toBe(404);
    const { status, text } = await ask("POST", "/api/v1/connections/unset/sync");
    expect([status, text]).toEqual([409, expect.stringContaining("NOT_SET_ANYWHERE")]);
  });
});

describe("runs", () => {
  test("are listed newest first, filtered and paged", async () => {
    for (let n = 0; n < 3; n++) {
      clock.advance(1_000);
      await syncConnection(world.hub, "desk");
    }
    const { body } = await get<List & { items: { started_at: string; kind: string }[] }>(
      "/api/v1/runs?limit=2&connection=desk&status=done",
    );
    expect(body.items).toHaveLength(2);
    const next = await get<typeof body>(`/api/v1/runs?limit=2&connection=desk&status=done&cursor=${body.next_cursor}`);
    const starts = [...body.items, ...next.body.items].map(({ started_at }) => started_at);
    expect(starts).toEqual([...starts].sort().reverse());
    expect(new Set([...body.items, ...next.body.items].map(({ id }) => id)).size).toBe(starts.length);
  });
});

describe("the fields that are written back", () => {
  test("are looked up at the vendor on request, of a connection that is written back to", async () => {
    const { status, text } = await ask("POST", "/api/v1/writebacks/check", { connection: "desk" });
    expect([status, JSON.parse(text)]).toEqual([200, { missing: [], creatable: false, failure: null }]);
    expect((await ask("POST", "/api/v1/writebacks/check", { connection: "shop" })).status).toBe(409);
  });
});

describe("write-backs", () => {
  test("are planned without being sent, a line a record; once applied the plan is empty", async () => {
    const plan = await ask("GET", "/api/v1/writebacks/plan?connection=desk");
    expect(plan.headers.get("content-type")).toContain("application/x-ndjson");
    const lines = plan.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(30);
    expect(lines[0]).toMatchObject({
      record_key: "desk:people:p1",
      object: "people",
      values: { grade: expect.any(String) },
    });
    expect(desk.written.size).toBe(0);

    const { status, text } = await ask("POST", "/api/v1/writebacks/apply", { connection: "desk" });
    expect(status).toBe(202);
    const { run_id } = JSON.parse(text) as { run_id: string };
    await eventually("its end", async () => (await get(`/api/v1/runs/${run_id}`)).body.status === "done");
    expect(desk.written.size).toBe(30);
    expect((await ask("GET", "/api/v1/writebacks/plan?connection=desk")).text).toBe("");
    const { body } = await get<{ items: object[] }>("/api/v1/writebacks?connection=desk&status=sent&limit=1");
    expect(body.items).toMatchObject([{ record_key: "desk:people:p1", status: "sent", observed: { stage: null } }]);
    expect(await applyWritebacks(world.hub, "desk")).toMatchObject({ records: 0 });
  });

  test("leave out fields that somebody else keeps writing over: listed with what was found, planned as frozen, counted", async () => {
    const flips = [1, 2, 3].map((seq) => ({ seq, at: `2026-03-1${seq}T08:00:00.000Z`, found: `Z${seq}`, wrote: "B2" }));
    const frozen_at = "2026-03-13T09:00:00.000Z";
    const row = { record_key: "desk:people:p2", connection: "desk", flips: JSON.stringify(flips) };
    await world.hub.store.commit([
      set("contested_fields", [
        { ...row, field: "grade", frozen_at },
        { ...row, field: "score", frozen_at: null },
      ]),
    ]);
    const { body } = await get<{ items: object[] }>("/api/v1/writebacks/frozen?connection=desk");
    const found = flips.map(({ seq: _, ...flip }) => flip);
    expect(body.items).toEqual([
      {
        record_key: row.record_key,
        connection: "desk",
        field: "grade",
        frozen_at,
        flips: found,
        error_id: expect.any(String),
        ...{ error_status: "open", message: null, dismissed: null },
      },
    ]);
    expect((await get("/api/v1/writebacks/frozen?connection=shop")).body).toMatchObject({ items: [] });
    const plan = await ask("GET", "/api/v1/writebacks/plan?connection=desk");
    expect(JSON.parse(plan.text)).toMatchObject({
      record_key: "desk:people:p2",
      values: {},
      frozen: [{ field: "grade", found: null, wanted: expect.any(String) }],
    });
    world.metrics.observe(world.hub);
    expect((await ask("GET", "/metrics")).text).toContain('journey_hub_writeback_frozen_fields{connection="desk"} 1');
    expect(await applyWritebacks(world.hub, "desk")).toMatchObject({ records: 0, frozen: 1 });
  });

  test("are refused for what cannot be written to", async () => {
    expect((await ask("GET", "/api/v1/writebacks/plan?connection=shop")).status).toBe(409);
    expect((await ask("POST", "/api/v1/writebacks/apply", { connection: "shop" })).status).toBe(409);
    expect((await ask("POST", "/api/v1/writebacks/apply", { connection: "nobody" })).status).toBe(404);
  });

  test("come after deriving, which can be asked for", async () => {
    const { status, text } = await ask("POST", "/api/v1/derive");
    expect(status).toBe(202);
    const { run_id } = JSON.parse(text) as { run_id: string };
    await eventually("its end", async () => (await get(`/api/v1/runs/${run_id}`)).body.status === "done");
  });
});
