import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { access } from "../../src/api/access.ts";
import { createKey, revokeKey, roles } from "../../src/hub/folder/keys.ts";
import { heldClock, openWorld, removeFolder, type World } from "../hub/world.ts";

let world: World;
const keys: Record<string, { authorization: string }> = {};
beforeAll(async () => {
  world = await openWorld({}, { clock: heldClock() });
  for (const role of roles) keys[role] = await world.as(role);
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
});

/** The router's own list, middleware left out. */
const routes = () => [
  ...new Set(world.app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`)),
];

test("every route says who may use it, and nothing else is in the table", () => {
  expect(routes().sort()).toEqual(Object.keys(access).sort());
});

test.each([
  "POST /api/v1/keys", // who may come in
  "DELETE /api/v1/keys/:id",
  "POST /api/v1/connections/:id/approval", // with whose rights the hub works at a vendor
  "POST /api/v1/connections/:id/approval/answer",
  "POST /api/v1/connections/:id/webhooks", // where a vendor delivers
  "POST /api/v1/writebacks/create-fields", // what a vendor's objects consist of
])("%s is an admin's", (route) => {
  expect(access[route]).toBe("admin");
});

test("a viewer's key changes nothing: of what viewers may use, all is read", () => {
  const ofViewers = Object.entries(access).filter(([, needed]) => needed === "viewer");
  expect(ofViewers.filter(([route]) => !route.startsWith("GET "))).toEqual([]);
});

/** Status of a request to a route, with any id in its path. */
async function statusOf(route: string, headers: Record<string, string> = {}): Promise<number> {
  const [method = "", path = ""] = route.split(" ");
  const reply = await world.app.request(path.replace(/:\w+/g, "some-id"), { method, headers });
  return reply.status;
}

const guarded = Object.entries(access).flatMap(([route, needed]) =>
  needed === "open" ? [] : [[route, needed] as const],
);

describe.each(guarded)("%s", (route, needed) => {
  test("is closed without a key, with a wrong one and with a revoked one", async () => {
    expect(await statusOf(route)).toBe(401);
    expect(
      await statusOf(route, {
        authorization: "Bearer jh_0123456789abcdef_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      }),
    ).toBe(401);
    expect(await statusOf(route, { authorization: "Basic amg6amg=" })).toBe(401);
    const admin = await createKey(world.hub, { name: "short-lived", role: "admin" });
    await revokeKey(world.hub, admin.id);
    expect(await statusOf(route, { authorization: `Bearer ${admin.key}` })).toBe(401);
  });

  test.each(roles.slice(0, roles.indexOf(needed)))("is closed to a %s", async (role) => {
    expect(await statusOf(route, keys[role])).toBe(403);
  });

  test.each(roles.slice(roles.indexOf(needed)))("is open to a %s", async (role) => {
    expect([401, 403]).not.toContain(await statusOf(route, keys[role]));
  });
});

test.each(Object.entries(access).filter(([, needed]) => needed === "open"))("%s needs no key", async (route) => {
  expect([401, 403]).not.toContain(await statusOf(route));
});

describe("keys", () => {
  const json = { "content-type": "application/json" };
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { ...keys.admin, ...json };
    const reply = await world.app.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };

  test("are shown once, kept as a hash only, and end when revoked", async () => {
    const made = await ask("POST", "/api/v1/keys", { name: " grafana ", role: "viewer" });
    expect(made).toEqual({ status: 201, body: { id: expect.any(String), key: expect.stringMatching(/^jh_/) } });
    const key = String(made.body.key);
    const authorization = `Bearer ${key}`;
    expect(await statusOf("GET /api/v1/runs", { authorization })).toBe(200);

    const listed = await ask("GET", "/api/v1/keys");
    expect(listed.body.items).toContainEqual({
      id: made.body.id,
      name: "grafana",
      role: "viewer",
      created_at: world.hub.now(),
      revoked_at: null,
    });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    expect(JSON.stringify(await world.rows("api_keys"))).not.toContain(key.slice(20));

    expect((await ask("DELETE", `/api/v1/keys/${made.body.id}`)).status).toBe(200);
    expect(await statusOf("GET /api/v1/runs", { authorization })).toBe(401);
    expect((await ask("DELETE", "/api/v1/keys/nobody")).status).toBe(404);
  });

  test.each([
    ["without a name", { role: "viewer" }, "name"],
    ["with a blank name", { name: "  ", role: "viewer" }, "name"],
    ["with a role there is not", { name: "x", role: "root" }, "role"],
  ])("are refused %s", async (_, body, at) => {
    const { status, body: problem } = await ask("POST", "/api/v1/keys", body);
    expect([status, problem.detail, problem.errors]).toEqual([
      400,
      "The body is not right.",
      [expect.objectContaining({ at })],
    ]);
  });
});
