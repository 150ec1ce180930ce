import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { admin, ask, closeDesk, get, idOf, openDesk, world } from "./desk-api.ts";

beforeAll(openDesk);
afterAll(closeDesk);

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

  const instant = "2026-01-01T00:00:00.000Z";
  test.each<[string, unknown]>([
    ["overrides", ["x"]],
    ["overrides", [1.5]],
    ["overrides", [null]],
    ["overrides", "a text"],
    ["overrides", [1, 2]],
    ["reviews", ["heavy", "a", "b"]],
    ["customers", ["person", "Ann", 7]],
    ["customers", ["person", "Ann\0", "c_1"]],
    ["runs", ["yesterday", "r1"]],
    ["errors", [instant, { id: "e1" }]],
    ["writebacks", [["a"]]],
    ["writebacks/frozen", [instant]],
    ["errors/corrections", ["7"]],
    ["errors/corrections", [-7]],
    [`customers/${idOf("p1")}/timeline`, [7, "e1"]],
    [`customers/${idOf("p1")}/buying-groups`, [instant, null]],
  ])("a cursor of /%s that says %j", async (list, parts) => {
    const cursor = Buffer.from(JSON.stringify(parts)).toString("base64url");
    const { status, body } = await get(`/api/v1/${list}?cursor=${cursor}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining("take `next_cursor` of the page before")]);
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
  interface Parameter {
    name: string;
    in: string;
    required?: boolean;
  }
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, { description?: string; parameters?: Parameter[]; responses: object }>>;
    components: Record<string, Record<string, unknown>>;
  }

  test("the OpenAPI document holds every route there is, with its role", async () => {
    const { body } = await get<Document>("/api/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    const described = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const routes = world.app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => [method, path]);
    const handled = new Set(routes.map((route) => route.join(" ")));
    expect(described.sort()).toEqual([...handled].sort());
    expect(body.paths["/api/v1/keys"]?.post?.description).toBe("Needs a key of the role admin.");
    expect(body.paths["/metrics"]?.get?.description).toBe("Needs a key of the role viewer.");
    expect(body.paths["/readyz"]?.get?.description).toBeUndefined();
  });

  test("the OpenAPI document declares each part of its paths once, and what it refers to", async () => {
    const { body } = await get<Document>("/api/openapi.json");
    for (const [path, item] of Object.entries(body.paths)) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const [method, { parameters = [], responses }] of Object.entries(item)) {
        const declared = parameters.filter((parameter) => parameter.in === "path" && parameter.required);
        expect([method, path, ...declared.map(({ name }) => name)]).toEqual([method, path, ...parts]);
        expect(Object.values(responses)).not.toEqual([]);
        for (const response of Object.values(responses)) expect(response).toHaveProperty("description");
      }
    }
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, kind = "", name = ""] of references) expect(body.components[kind]).toHaveProperty(name);
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
    const rule = { name: "person|email", cap: 40 };
    world.hub.pipeline.fullKeys.set(1, rule).set(2, rule);
    const { text } = await ask("GET", "/metrics");
    expect(text).toContain('journey_hub_inbox_waiting{connection="shop"} 0');
    expect(text).toContain("# TYPE journey_hub_errors_open gauge");
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    expect(text).toContain("journey_hub_inbox_oldest_waiting_seconds 0");
    expect(text).toMatch(/^journey_hub_identity_pairs_apart \d+$/m);
    expect(text).toContain('journey_hub_identity_full_keys{kind="person",rule="email"} 2');
    expect(text).toContain("# TYPE journey_hub_identity_cut_keys gauge");
  });
});
