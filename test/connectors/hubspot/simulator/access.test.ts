import { describe, expect, test } from "vitest";
import { demoCredentials } from "../../../../connectors/hubspot/simulator/index.ts";
import { type Reply, startPortal } from "./small-portal.ts";

const { clientId, clientSecret } = demoCredentials;
const refresh_token = demoCredentials.refreshTokens[0] ?? "";
const form = { grant_type: "refresh_token", client_id: clientId, client_secret: clientSecret, refresh_token };

type Portal = ReturnType<typeof startPortal>;

async function token({ simulator }: Portal, fields: Record<string, string> = form, path = "/oauth/v1/token") {
  const answer = await simulator.app.request(path, { method: "POST", body: new URLSearchParams(fields) });
  const body: Reply = JSON.parse(await answer.text());
  return { status: answer.status, body };
}

test.each(["/oauth/v1/token", "/oauth/v3/token"])("%s exchanges a refresh token, which stays good", async (path) => {
  const portal = startPortal();
  const first = await token(portal, form, path);
  expect(first).toMatchObject({ status: 200, body: { token_type: "bearer", expires_in: 1800, refresh_token } });
  const second = await token(portal, form, path);
  expect(second.body.access_token).not.toBe(first.body.access_token);
  expect((await portal.get("/crm/v3/objects/contacts", first.body.access_token)).status).toBe(200);
});

test("an access token expires after thirty minutes, and the refusal says when", async () => {
  const portal = startPortal();
  const { body } = await token(portal);
  portal.clock.ms += 30 * 60_000 - 1;
  expect((await portal.get("/crm/v3/owners", body.access_token)).status).toBe(200);
  portal.clock.ms += 5_001;
  const refused = await portal.get("/crm/v3/owners", body.access_token);
  expect(refused.status).toBe(401);
  expect(refused.body).toEqual({
    status: "error",
    message: "The OAuth token used to make this call expired 5 second(s) ago.",
    correlationId: expect.any(String),
    category: "EXPIRED_AUTHENTICATION",
    context: { "expire time": ["2026-11-02T09:30:00.000Z"] },
  });
});

test.each([
  ["an unknown refresh token", { ...form, refresh_token: "stolen" }, "BAD_REFRESH_TOKEN"],
  [
    "no refresh token",
    { grant_type: "refresh_token", client_id: clientId, client_secret: clientSecret },
    "BAD_REFRESH_TOKEN",
  ],
  ["a wrong client id", { ...form, client_id: "nobody" }, "BAD_CLIENT_ID"],
  ["a wrong client secret", { ...form, client_secret: "guess" }, "BAD_CLIENT_SECRET"],
  ["another grant", { ...form, grant_type: "password" }, "BAD_GRANT_TYPE"],
])("the token endpoint refuses %s", async (_name, fields, status) => {
  const answer = await token(startPortal(), fields);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ status, message: expect.any(String), correlationId: expect.any(String) });
});

test("an access token tells about itself until it expires", async () => {
  const portal = startPortal();
  const { body } = await token(portal);
  const info = await portal.get(`/oauth/v1/access-tokens/${body.access_token}`);
  expect(info.body).toMatchObject({ hub_id: 424242, expires_in: 1800, token_type: "access" });
  portal.clock.ms += 1_800_000;
  expect((await portal.get(`/oauth/v1/access-tokens/${body.access_token}`)).status).toBe(404);
});

test.each([
  ["no header", undefined],
  ["another scheme", "Basic abc"],
  ["an unknown token", "Bearer pat-na1-wrong"],
])("a call with %s is not authenticated", async (_name, authorization) => {
  const { simulator } = startPortal();
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await simulator.app.request("/crm/v3/objects/contacts", { headers });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({
    category: "INVALID_AUTHENTICATION",
    message: expect.stringMatching(/^Authentication credentials not found\./),
  });
});

test.each([
  ["GET", "/crm/v3/objects/deals", 403],
  ["POST", "/crm/objects/2026-03/deals/search", 403],
  ["POST", "/crm/v3/objects/deals/batch/read", 403],
  ["POST", "/crm/v3/properties/contacts", 403],
  ["GET", "/crm/v3/owners/", 403],
  ["GET", "/crm/v3/properties/contacts", 200],
  ["GET", "/crm/v3/objects/contacts", 200],
])("%s %s without the scope is %i", async (method, path, status) => {
  const { call } = startPortal({
    missingScopes: ["crm.objects.deals.read", "crm.schemas.contacts.write", "crm.objects.owners.read"],
  });
  const answer = await call(method, path, method === "POST" ? {} : undefined);
  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.body.category).toBe("MISSING_SCOPES");
});

describe("an app that is installed in a browser", () => {
  const redirect_uri = "https://hub.example/connect/callback";
  const scopes = "crm.objects.contacts.read";

  async function installed(portal: Portal, scope = scopes) {
    const query = new URLSearchParams({ response_type: "code", client_id: clientId, redirect_uri, scope, state: "s" });
    const answer = await portal.simulator.app.request(`/oauth/authorize?${query}`);
    const code = new URL(answer.headers.get("location") ?? "").searchParams.get("code") ?? "";
    return { grant_type: "authorization_code", client_id: clientId, client_secret: clientSecret, redirect_uri, code };
  }

  test("gets tokens that may do what was granted, and nothing once it is uninstalled", async () => {
    const portal = startPortal();
    const { body } = await token(portal, await installed(portal));
    expect((await portal.get("/crm/v3/objects/contacts", body.access_token)).status).toBe(200);
    const refused = await portal.get("/crm/v3/objects/deals", body.access_token);
    expect([refused.status, refused.body.category]).toEqual([403, "MISSING_SCOPES"]);
    const refresh = { ...form, refresh_token: String(body.refresh_token) };
    expect((await token(portal, refresh)).status).toBe(200);
    portal.simulator.uninstall();
    expect((await token(portal, refresh)).body.status).toBe("BAD_REFRESH_TOKEN");
    expect((await portal.get("/crm/v3/objects/contacts", body.access_token)).status).toBe(401);
  });

  test.each([
    ["a code used before", {}, "BAD_AUTH_CODE"],
    ["a made-up code", { code: "made-up" }, "BAD_AUTH_CODE"],
    ["another redirect address", { redirect_uri: "https://hub.example/" }, "BAD_REDIRECT_URI"],
  ])("is refused with %s", async (what, change, status) => {
    const portal = startPortal();
    const shown = await installed(portal);
    if (what === "a code used before") await token(portal, shown);
    expect((await token(portal, { ...shown, ...change })).body).toMatchObject({ status });
  });
});
