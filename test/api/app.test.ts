import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { set } from "../../src/store/writes.ts";
import { addPeople, createDesk, writeDeskMapping } from "../hub/desk.ts";
import { eventually, heldClock, newFolder, openWorld, removeFolder, shopEntry, type World } from "../hub/world.ts";

const desk = createDesk();
const clock = heldClock();
let world: World;
let admin: { authorization: string };

beforeAll(async () => {
  const folder = newFolder();
  writeDeskMapping(folder);
  const connections = {
    desk: { connector: "desk", config: { token: "canary-token-of-the-desk" } },
    shop: shopEntry,
    unset: { connector: "hubspot", config: { access_token: "$" + "{env:NOT_SET_ANYWHERE}" } },
  };
  world = await openWorld(connections, { clock, folder, connectors: [desk.connector] });
  admin = await world.as("admin");
  addPeople(desk, 30);
  await syncConnection(world.hub, "desk");
  await deriveAll(world.hub);
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
});

async function get<T = Record<string, unknown>>(path: string): Promise<{ status: number; body: T; headers: Headers }> {
  const { status, headers, ...reply } = await ask("GET", path);
  return { status, headers, body: JSON.parse(reply.text) as T };
}

async function ask(method: string, path: string, body?: unknown) {
  const reply = await world.app.request(path, {
    method,
    headers: { ...admin, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

interface List {
  items: { id: string; name: string; stage: { stage: string } | null }[];
  next_cursor: string | null;
}
const idOf = (person: string) => customerIdOf(`desk:people:${person}`);

describe("customers", () => {
  test("are listed by name, page by page, none twice and none left out", async () => {
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let n = 0; n < 10 && cursor !== null; n++) {
      const path: string = `/api/v1/customers?limit=7${cursor ? `&cursor=${cursor}` : ""}`;
      const { body }: { body: List } = await get<List>(path);
      seen.push(...body.items.map(({ name }) => name));
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(30);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test.each([
    ["by part of the name, whatever the case", "q=SON%2017"],
    ["by e-mail address", "identifier=email:%20Person17@ACME.example"],
    ["by an e-mail address among other searches", "q=person17@acme.example"],
    ["by a record", "identifier=desk:people:p17"],
  ])("are found %s", async (_, query) => {
    const { body } = await get<List>(`/api/v1/customers?${query}`);
    expect(body.items).toMatchObject([{ id: idOf("p17"), name: "Person 17 Miller", kind: "person" }]);
  });

  test.each([
    "identifier=email:nobody@acme.example",
    "q=100%25",
    "q=_erson",
    "kind=company",
    "identifier=desk",
    "stage=nowhere",
  ])("are none for %s", async (query) => {
    expect((await get(`/api/v1/customers?${query}`)).body).toEqual({ items: [], next_cursor: null });
  });

  test("are found by the stage they are shown with", async () => {
    const { body } = await get<List>("/api/v1/customers?limit=1");
    const stage = body.items[0]?.stage?.stage ?? "";
    expect(stage).not.toBe("");
    const found = await get<List>(`/api/v1/customers?limit=100&stage=${stage}`);
    expect(found.body.items.every((item) => item.stage?.stage === stage)).toBe(true);
    expect(found.body.items).toHaveLength(30);
  });

  test("show each value with the record it came from, their records and identifiers", async () => {
    const { body } = await get(`/api/v1/customers/${idOf("p1")}`);
    expect(body).toMatchObject({
      id: idOf("p1"),
      name: "Person 1 Miller",
      golden: {
        email: { value: "person1@acme.example", record_key: "desk:people:p1", rule: "most_recent", losers: [] },
      },
      records: [{ record_key: "desk:people:p1", deleted: false, evidence: { claim: null, with: null } }],
      identifiers: ["email:person1@acme.example"],
      associated: { contact: 1 },
      company: null,
      score: { grade: expect.any(String) },
    });
  });

  test("have a timeline in pages, newest or oldest first", async () => {
    for (const phase of ["lead", "opportunity"]) {
      clock.advance(86_400_000);
      const person = desk.people.get("p2");
      if (person) desk.people.set("p2", { ...person, phase, at: world.hub.now() });
      await syncConnection(world.hub, "desk");
    }
    const path = `/api/v1/customers/${idOf("p2")}/timeline`;
    const { body } = await get<{ items: { id: string; kind: string }[]; next_cursor: string }>(`${path}?limit=2`);
    expect(body.items.map(({ kind }) => kind)).toEqual(["lifecycle.changed", "lifecycle.changed"]);
    const rest = await get<typeof body>(`${path}?limit=2&cursor=${body.next_cursor}`);
    expect(rest.body.items.map(({ kind }) => kind)).toEqual(["contact.created"]);
    expect(rest.body.next_cursor).toBeNull();
    const upward = await get<typeof body>(`${path}?order=oldest_first`);
    expect(upward.body.items.map(({ id }) => id).reverse()).toEqual(
      [...body.items, ...rest.body.items].map(({ id }) => id),
    );
  });

  test("have a journey, a score and an explanation that cites the events behind them", async () => {
    await deriveAll(world.hub);
    const id = idOf("p2");
    const journey = await get<{ subject_id: string; intervals: { stage: string; valid_to: string | null }[] }>(
      `/api/v1/customers/${id}/journey`,
    );
    expect(journey.body.subject_id).toBe(id);
    const stage = journey.body.intervals.at(-1);
    expect(stage?.valid_to).toBeNull();
    const score = await get<{ contributions: unknown[] }>(`/api/v1/customers/${id}/score`);
    expect(score.body).toMatchObject({ value: expect.any(Number), rule_version: expect.any(String) });

    const { body } = await get<{ stage: { stage: string; because: { events: { title: string }[] } } }>(
      `/api/v1/customers/${id}/explain`,
    );
    expect(body).toMatchObject({
      id,
      records: [{ record_key: "desk:people:p2", evidence: { claim: null } }],
      stage: { stage: stage?.stage, because: { rule: expect.any(String), rule_version: expect.any(String) } },
    });
    expect(body.stage.because.events[0]?.title).toEqual(expect.any(String));
  });

  test("that were merged away answer as the one they are now", async () => {
    const [p3, p4] = [desk.people.get("p3"), desk.people.get("p4")];
    if (!p3 || !p4) throw new Error("there are thirty people");
    clock.advance(1_000);
    desk.people.set("p4", { ...p4, first: p3.first, email: p3.email, at: world.hub.now() });
    await syncConnection(world.hub, "desk");
    const merged = await get(`/api/v1/customers/${idOf("p4")}`);
    expect([merged.status, merged.body.id]).toEqual([200, idOf("p3")]);
    expect(merged.headers.get("content-location")).toBe(`/api/v1/customers/${idOf("p3")}`);
    expect((await get(`/api/v1/customers/${idOf("p4")}/timeline`)).status).toBe(200);
    const explained = await get<{ records: { evidence: { claim: string | null } }[] }>(
      `/api/v1/customers/${idOf("p4")}/explain`,
    );
    expect(explained.body.records.map(({ evidence }) => evidence.claim)).toEqual([null, "email:person3@acme.example"]);
  });

  test.each(["", "/timeline", "/journey", "/score", "/explain"])("there are not: 404 at %s", async (part) => {
    const { status, body } = await get(`/api/v1/customers/c_00000000000000000000${part}`);
    expect([status, body.detail]).toEqual([404, "There is no customer c_00000000000000000000."]);
  });
});

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

describe("runs and errors", () => {
  test("are listed newest first, filtered and paged", async () => {
    const { body } = await get<List & { items: { started_at: string; kind: string }[] }>(
      "/api/v1/runs?limit=2&connection=desk&status=done",
    );
    expect(body.items).toHaveLength(2);
    const next = await get<typeof body>(`/api/v1/runs?limit=2&connection=desk&status=done&cursor=${body.next_cursor}`);
    const starts = [...body.items, ...next.body.items].map(({ started_at }) => started_at);
    expect(starts).toEqual([...starts].sort().reverse());
    expect(new Set([...body.items, ...next.body.items].map(({ id }) => id)).size).toBe(starts.length);
  });

  test("errors of one cause are one line; a person can close one", async () => {
    const row = {
      connection: "desk",
      step: "map",
      class: "value",
      fingerprint: "people email value",
      message: "no e-mail: canary-token-of-the-desk",
      remedy: "correct it",
      raw_seq: null,
      first_seen_at: world.hub.now(),
      last_seen_at: world.hub.now(),
      status: "open",
    };
    const ids = ["e1", "e2", "e3"];
    await world.hub.store.commit([
      set(
        "errors",
        ids.map((id) => ({ ...row, id, record_key: `desk:people:${id}` })),
      ),
    ]);
    const groups = await get("/api/v1/errors/groups?status=open");
    expect(groups.body.items).toMatchObject([
      { fingerprint: "people email value", amount: 3, message: "no e-mail: [hidden]" },
    ]);

    const page = await get<List>("/api/v1/errors?status=open&limit=2&fingerprint=people%20email%20value");
    const rest = await get<List>(`/api/v1/errors?status=open&limit=2&cursor=${page.body.next_cursor}`);
    expect([...page.body.items, ...rest.body.items].map(({ id }) => id).sort()).toEqual(ids);

    expect((await ask("POST", "/api/v1/errors/e1/resolve")).status).toBe(200);
    expect((await get<List>("/api/v1/errors?status=resolved")).body.items.map(({ id }) => id)).toContain("e1");
    expect((await ask("POST", "/api/v1/errors/e9/resolve")).status).toBe(404);
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

describe("every error is a problem document:", () => {
  test.each([
    ["an unknown path", "GET", "/api/v1/nothing", undefined, 404],
    ["a limit too large", "GET", "/api/v1/customers?limit=1000", undefined, 400],
    ["a limit that is no number", "GET", "/api/v1/runs?limit=x", undefined, 400],
    ["a cursor of another make", "GET", "/api/v1/customers?cursor=abc", undefined, 400],
    [
      "a cursor of another list",
      "GET",
      `/api/v1/customers?cursor=${Buffer.from('["a"]').toString("base64url")}`,
      undefined,
      400,
    ],
    ["a NUL in a search", "GET", "/api/v1/customers?q=%00", undefined, 400],
    ["an unknown order", "GET", "/api/v1/customers/x/timeline?order=up", undefined, 400],
    ["a body that is no JSON", "POST", "/api/v1/keys", "{", 400],
    ["a body too large", "POST", "/api/v1/keys", JSON.stringify({ name: "x".repeat(70_000) }), 413],
  ])("%s", async (_, method, path, body, expected) => {
    const { status, headers, text } = await ask(method, path, body);
    expect([status, headers.get("content-type")]).toEqual([expected, "application/problem+json"]);
    const problem = JSON.parse(text) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: "about:blank", status: expected, title: expect.any(String) });
    expect(problem.instance).toBe(`urn:request:${headers.get("x-request-id")}`);
    expect(text).not.toMatch(/\.ts:|node_modules| {4}at /);
  });

  test("what nobody foresaw is logged under the request's id and told without its inside", async () => {
    const pages = new Hono().get("/boom", () => {
      throw new Error("the inside of canary-token-of-the-desk");
    });
    const reply = await createApp({ ...world, pages }).request("/boom");
    const problem = (await reply.json()) as { detail: string; instance: string };
    expect([reply.status, problem.detail]).toEqual([500, expect.stringContaining("the log tells more")]);
    const line = world.logged.at(-1) ?? "";
    expect(JSON.parse(line)).toMatchObject({ path: "/boom", err: { message: "the inside of [hidden]" } });
    expect(problem.instance).toBe(`urn:request:${JSON.parse(line).request}`);
  });

  test("a route that the table of access does not name is closed to everybody", async () => {
    const app = createApp(world);
    app.get("/api/v1/unlisted", (c) => c.text("open"));
    expect((await app.request("/api/v1/unlisted", { headers: admin })).status).toBe(403);
    expect((await app.request("/api/v1/unlisted")).status).toBe(401);
  });
});

test("answers are not kept, framed or sniffed", async () => {
  const { headers } = await get("/api/v1/runs");
  expect(Object.fromEntries(headers)).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
  });
});

describe("what describes the hub", () => {
  test("the OpenAPI document holds every route of the API with its role", async () => {
    const { body } = await get<{ openapi: string; paths: Record<string, Record<string, { description?: string }>> }>(
      "/api/openapi.json",
    );
    expect(body.openapi).toBe("3.1.0");
    const described = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const routes = world.app.routes.filter(({ method, path }) => method !== "ALL" && /^\/(api\/v1|hooks)/.test(path));
    expect(described.sort()).toEqual([...new Set(routes.map(({ method, path }) => `${method} ${path}`))].sort());
    expect(body.paths["/api/v1/keys"]?.post?.description).toBe("Needs a key of the role admin.");
  });

  test("the page shows it without anything from outside", async () => {
    const reply = await world.app.request("/api/docs");
    const page = await reply.text();
    expect(reply.headers.get("content-type")).toContain("text/html");
    expect(page).toContain("/api/v1/customers/{id}/timeline");
    expect(page).not.toMatch(/<script|src=|<link|@import|url\(/);
  });

  test("health, readiness and metrics", async () => {
    expect((await get("/healthz")).body).toMatchObject({ status: "ok", version: expect.any(String) });
    expect((await get("/readyz")).status).toBe(503);
    await world.runner.start();
    expect((await get("/readyz")).body).toEqual({ status: "ready" });
    const { text } = await ask("GET", "/metrics");
    expect(text).toContain('journey_hub_inbox_waiting{connection="shop"} 0');
    expect(text).toMatch(/journey_hub_errors_open\{class="value"\} \d/);
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    expect(text).toContain("journey_hub_inbox_oldest_waiting_seconds 0");
  });
});
