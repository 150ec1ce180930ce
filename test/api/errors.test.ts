import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ErrorDetail, ErrorGroup, ErrorView } from "../../src/hub/queries/errors.ts";
import type { Page } from "../../src/hub/queries/page.ts";
import type { Row } from "../../src/store/tables.ts";
import { clear, set } from "../../src/store/writes.ts";
import { eventually } from "../hub/world.ts";
import { ask, closeDesk, desk, get, openDesk, world } from "./desk-api.ts";

beforeAll(openDesk);
afterAll(closeDesk);

/** Two people whose webhook could not be worked off, one whose record could not be mapped, and a sender with a wrong signature. */
beforeEach(async () => {
  await world.hub.store.commit([
    clear("errors"),
    set("errors", [
      row("e1", { record_key: "desk:people:p1", step: "hook", class: "rejected", fingerprint: "fetch people 503" }),
      row("e2", { record_key: "desk:people:p2", step: "hook", class: "rejected", fingerprint: "fetch people 503" }),
      row("e3", { record_key: "desk:people:p3" }),
      row("e4", { record_key: "desk:people:p4", status: "resolved" }),
      row("e5", { connection: "shop", step: "hook", class: "signature", fingerprint: "signature refused" }),
    ]),
  ]);
});

function row(id: string, more: Partial<Row<"errors">>): Row<"errors"> {
  const seen = world.hub.now();
  return {
    id,
    connection: "desk",
    record_key: "",
    step: "map",
    class: "value",
    fingerprint: "people email value",
    message: "no e-mail: canary-token-of-the-desk",
    remedy: "correct it",
    raw_seq: null,
    first_seen_at: seen,
    last_seen_at: seen,
    status: "open",
    ...more,
  };
}

const ids = async (query: string) =>
  (await get<Page<ErrorView>>(`/api/v1/errors?${query}`)).body.items.map(({ id }) => id).sort();

async function ended(text: string) {
  const { run_id } = JSON.parse(text) as { run_id: string };
  const run = async () => (await get<{ status: string; counts: object }>(`/api/v1/runs/${run_id}`)).body;
  await eventually("the end of the run", async () => (await run()).status !== "running");
  return run();
}

describe("errors", () => {
  test("of one cause are one group: how many, an example, how to try again or what closes them", async () => {
    const { body } = await get<Page<ErrorGroup>>("/api/v1/errors/groups");
    expect(body.items).toMatchObject([
      { fingerprint: "fetch people 503", amount: 2, retry: "fetch", refusal: null },
      {
        fingerprint: "people email value",
        amount: 1,
        retry: "map",
        example: { id: "e3", record_key: "desk:people:p3", message: "no e-mail: [hidden]" },
      },
      { fingerprint: "signature refused", amount: 1, retry: null, refusal: expect.stringContaining("next good one") },
    ]);
    const resolved = await get<Page<ErrorGroup>>("/api/v1/errors/groups?status=resolved");
    expect(resolved.body.items).toMatchObject([{ amount: 1, example: { id: "e4" } }]);
  });

  test.each([
    ["status=open", ["e1", "e2", "e3", "e5"]],
    ["connection=shop", ["e5"]],
    ["step=hook&connection=desk", ["e1", "e2"]],
    ["class=signature", ["e5"]],
    ["fingerprint=people%20email%20value", ["e3", "e4"]],
    ["record=desk:people:p2", ["e2"]],
    ["status=dismissed", []],
  ])("are listed by %s", async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test("are paged by a cursor", async () => {
    const first = await get<Page<ErrorView>>("/api/v1/errors?limit=3");
    const rest = await get<Page<ErrorView>>(`/api/v1/errors?limit=3&cursor=${first.body.next_cursor}`);
    const seen = [...first.body.items, ...rest.body.items].map(({ id }) => id);
    expect([seen.sort(), rest.body.next_cursor]).toEqual([["e1", "e2", "e3", "e4", "e5"], null]);
  });

  test("are shown with their record as it landed last", async () => {
    const { body } = await get<ErrorDetail>("/api/v1/errors/e3");
    expect(body).toMatchObject({ id: "e3", retry: "map", landed: { payload: { id: "p3", last: "Miller" } } });
    expect((await get("/api/v1/errors/e9")).status).toBe(404);
  });
});

describe("a retry", () => {
  test("of a cause fetches its records again; the run counts what became of them", async () => {
    const before = desk.reads;
    const { status, headers, text } = await ask("POST", "/api/v1/errors/retry", { fingerprint: "fetch people 503" });
    const started = JSON.parse(text) as { run_id: string };
    expect([status, headers.get("location")]).toEqual([202, `/api/v1/runs/${started.run_id}`]);
    expect(started).toMatchObject({ found: 2, refused: [] });
    expect(await ended(text)).toMatchObject({
      kind: "retry",
      status: "done",
      counts: { found: 2, closed: 2, open: 0, pending: 0, refused: 0 },
    });
    expect(desk.reads).toBeGreaterThan(before);
    expect(await ids("status=open")).toEqual(["e3", "e5"]);
  });

  test("of everything names the causes that cannot be tried again, and what closes them", async () => {
    const { text } = await ask("POST", "/api/v1/errors/retry", { all: true });
    const { found, refused } = JSON.parse(text) as { found: number; refused: ErrorGroup[] };
    expect([found, refused.map(({ fingerprint }) => fingerprint)]).toEqual([4, ["signature refused"]]);
    expect(await ended(text)).toMatchObject({ counts: { found: 4, refused: 1 } });
  });

  test("of nothing but those is refused, and says what would close them", async () => {
    const { status, text } = await ask("POST", "/api/v1/errors/retry", { ids: ["e5"] });
    expect([status, JSON.parse(text).detail]).toEqual([
      409,
      expect.stringContaining("the next good one from its sender"),
    ]);
  });

  test("of no open error is not found, and of nothing in particular is no request", async () => {
    expect((await ask("POST", "/api/v1/errors/retry", { ids: ["e4"] })).status).toBe(404);
    expect((await ask("POST", "/api/v1/errors/retry", { record: "desk:people:p30" })).status).toBe(404);
    expect((await ask("POST", "/api/v1/errors/retry", {})).status).toBe(400);
    expect((await ask("POST", "/api/v1/errors/retry", { fingerprnt: "x" })).status).toBe(400);
  });
});

describe("dismissing", () => {
  test("sets an error aside, with who, when and why", async () => {
    const { status } = await ask("POST", "/api/v1/errors/e3/dismiss", { reason: " a test record " });
    expect(status).toBe(200);
    expect((await get<ErrorDetail>("/api/v1/errors/e3")).body).toMatchObject({
      status: "dismissed",
      dismissed: { by: "a admin", at: "2026-11-02T12:00:00.000Z", reason: "a test record" },
    });
    expect(await ids("status=dismissed")).toEqual(["e3"]);
  });

  test("asks for a reason, and for an error that is open", async () => {
    expect((await ask("POST", "/api/v1/errors/e3/dismiss", { reason: " " })).status).toBe(400);
    expect((await ask("POST", "/api/v1/errors/e3/dismiss")).status).toBe(400);
    expect((await ask("POST", "/api/v1/errors/e4/dismiss", { reason: "x" })).status).toBe(409);
    expect((await ask("POST", "/api/v1/errors/e9/dismiss", { reason: "x" })).status).toBe(404);
  });
});

test("viewers look; operators try again and set aside", async () => {
  const as = await world.as("viewer");
  const status = async (method: string, path: string) =>
    (await world.app.request(path, { method, headers: as })).status;
  expect(await status("GET", "/api/v1/errors/groups")).toBe(200);
  expect(await status("GET", "/api/v1/errors/e3")).toBe(200);
  expect(await status("POST", "/api/v1/errors/retry")).toBe(403);
  expect(await status("POST", "/api/v1/errors/e3/dismiss")).toBe(403);
});

test("they are counted by class for Prometheus", async () => {
  world.metrics.observe(world.hub);
  const { text } = await ask("GET", "/metrics");
  expect(text).toContain('journey_hub_errors_open{class="rejected"} 2');
  expect(text).toContain('journey_hub_errors_open{class="signature"} 1');
});
