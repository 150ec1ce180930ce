import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createSalesforceSimulator, demoCredentials } from "../../../../connectors/salesforce/simulator/index.ts";
import { challengeOf } from "../../../../src/connector/oauth.ts";
import { login, readRefusal, requestToken, sampleOrg, sampleSeed, wednesday } from "./sampleOrg.ts";

const { clientId, clientSecret, refreshToken, username, password } = demoCredentials;
const app = { client_id: clientId, client_secret: clientSecret };

describe("the token endpoint", () => {
  it("answers client credentials with id, instance, a true signature and no expiry", async () => {
    const { simulator } = await sampleOrg();
    const reply = await requestToken(simulator, { grant_type: "client_credentials", ...app });
    expect(reply.status).toBe(200);
    const id = "http://localhost/id/00DHs0000000001MAA/005Hs0000000001IAA";
    expect(await reply.json()).toEqual({
      access_token: expect.stringMatching(/^00DHs0000000001!AQ/),
      signature: createHmac("sha256", clientSecret).update(`${id}${wednesday}`).digest("base64"),
      scope: "api refresh_token",
      instance_url: "http://localhost",
      id,
      token_type: "Bearer",
      issued_at: String(wednesday),
    });
  });

  it("takes a refresh token, with or without the secret, and hands out no new one unless tokens rotate", async () => {
    const { simulator } = await sampleOrg();
    const form = { grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken };
    const reply = await requestToken(simulator, form);
    expect([reply.status, "refresh_token" in z.looseObject({}).parse(await reply.json())]).toEqual([200, false]);
  });

  it("retires the old refresh token where tokens rotate", async () => {
    const { simulator } = await sampleOrg({ rotateRefreshTokens: true });
    const form = { grant_type: "refresh_token", ...app, refresh_token: refreshToken };
    const { refresh_token } = z
      .looseObject({ refresh_token: z.string() })
      .parse(await (await requestToken(simulator, form)).json());
    expect((await requestToken(simulator, form)).status).toBe(400);
    expect((await requestToken(simulator, { ...form, refresh_token })).status).toBe(200);
  });

  it.each([
    [{ grant_type: "password", ...app, username, password }, "invalid_grant", "authentication failure"],
    [{ grant_type: "implicit", ...app }, "unsupported_grant_type", "grant type not supported"],
    [{}, "unsupported_grant_type", "grant type not supported"],
    [{ grant_type: "client_credentials", ...app, client_id: "x" }, "invalid_client_id", "client identifier invalid"],
    [{ grant_type: "client_credentials", ...app, client_secret: "x" }, "invalid_client", "invalid client credentials"],
    [{ grant_type: "client_credentials", client_id: clientId }, "invalid_client", "invalid client credentials"],
    [{ grant_type: "refresh_token", ...app, refresh_token: "x" }, "invalid_grant", "expired access/refresh token"],
  ])("refuses %j with an object", async (form, error, description) => {
    const { simulator } = await sampleOrg();
    const reply = await requestToken(simulator, { ...form });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ error, error_description: description });
  });

  it("takes a user's password only where the org still allows that flow", async () => {
    const { simulator } = await sampleOrg({ usernamePasswordFlow: true });
    const form = { grant_type: "password", ...app, username, password };
    expect((await requestToken(simulator, form)).status).toBe(200);
    const refused = await requestToken(simulator, { ...form, password: "wrong" });
    expect(await refused.json()).toEqual({
      error: "invalid_grant",
      error_description: "authentication failure - Invalid Password",
    });
  });
});

describe("a session", () => {
  it("lapses after two hours", async () => {
    let now = wednesday;
    const { call } = await sampleOrg({ now: () => now });
    now += 2 * 60 * 60 * 1000 - 1;
    expect((await call("/limits")).status).toBe(200);
    now += 1;
    expect(await readRefusal(await call("/limits"))).toBe("401 INVALID_SESSION_ID Session expired or invalid");
  });

  it("can be ended for everyone, and a fresh login works again", async () => {
    const { simulator, call } = await sampleOrg();
    simulator.state.expireSessions();
    expect((await call("/limits")).status).toBe(401);
    const token = await login(simulator);
    expect((await call("/limits", { headers: { authorization: `OAuth ${token}` } })).status).toBe(200);
  });

  it("ends when it is revoked", async () => {
    const { simulator, token, call } = await sampleOrg();
    const body = new URLSearchParams({ token });
    expect((await simulator.app.request("/services/oauth2/revoke", { method: "POST", body })).status).toBe(200);
    expect((await call("/limits")).status).toBe(401);
    expect((await simulator.app.request("/services/oauth2/revoke", { method: "POST", body })).status).toBe(400);
  });

  it.each([
    ["none", undefined, "401 INVALID_SESSION_ID Session expired or invalid"],
    ["an unknown token", "Bearer 00D!nothing", "401 INVALID_SESSION_ID Session expired or invalid"],
    ["another scheme", "Basic abc", "401 INVALID_AUTH_HEADER INVALID_HEADER_TYPE"],
  ])("is required by every data path: %s", async (_title, authorization, refusal) => {
    const simulator = createSalesforceSimulator();
    simulator.load(sampleSeed);
    const headers = authorization === undefined ? {} : { authorization };
    expect(await readRefusal(await simulator.app.request("/services/data/v62.0/sobjects", { headers }))).toBe(refusal);
  });

  it("tells who it belongs to", async () => {
    const { simulator, token } = await sampleOrg();
    const url = "/id/00DHs0000000001MAA/005Hs0000000001IAA";
    const reply = await simulator.app.request(url, { headers: { authorization: `Bearer ${token}` } });
    expect(await reply.json()).toMatchObject({ username: "ines@hub.example", organization_id: "00DHs0000000001MAA" });
    const refused = await simulator.app.request(url);
    expect([refused.status, await refused.text()]).toEqual([403, "Bad_OAuth_Token"]);
  });
});

describe("the web server flow", () => {
  const redirect_uri = "https://hub.example/connect/callback";
  const [code_verifier, code_challenge] = ["v".repeat(43), challengeOf("v".repeat(43))];
  const form = { grant_type: "authorization_code", ...app, redirect_uri, code_verifier };

  async function codeOf({ simulator }: Awaited<ReturnType<typeof sampleOrg>>, scope = "api refresh_token") {
    const query = { response_type: "code", client_id: clientId, redirect_uri, scope, state: "s" };
    const challenge = { code_challenge, code_challenge_method: "S256" };
    const path = `/services/oauth2/authorize?${new URLSearchParams({ ...query, ...challenge })}`;
    const to = new URL((await simulator.app.request(path)).headers.get("location") ?? "");
    return to.searchParams.get("code") ?? "";
  }
  const granted = z.looseObject({ access_token: z.string(), refresh_token: z.string().optional(), scope: z.string() });

  it("gives a session for a code, by the secret or by PKCE alone, and a refresh token that can be revoked", async () => {
    const org = await sampleOrg();
    for (const secret of [{}, { client_secret: undefined }]) {
      const { client_secret, ...rest } = { ...form, ...secret };
      const shown = { ...rest, ...(client_secret === undefined ? {} : { client_secret }), code: await codeOf(org) };
      const grant = granted.parse(await (await requestToken(org.simulator, shown)).json());
      expect(grant.scope).toBe("api refresh_token");
      const refresh = { grant_type: "refresh_token", ...app, refresh_token: grant.refresh_token ?? "" };
      expect((await requestToken(org.simulator, refresh)).status).toBe(200);
      const body = new URLSearchParams({ token: refresh.refresh_token });
      await org.simulator.app.request("/services/oauth2/revoke", { method: "POST", body });
      expect((await requestToken(org.simulator, refresh)).status).toBe(400);
    }
  });

  it("gives no refresh token where none was asked for", async () => {
    const org = await sampleOrg();
    const reply = await requestToken(org.simulator, { ...form, code: await codeOf(org, "api") });
    const { scope, refresh_token } = granted.parse(await reply.json());
    expect([scope, refresh_token]).toEqual(["api", undefined]);
  });

  it.each([
    [{ code_verifier: "x" }, "invalid_grant", "invalid code verifier"],
    [{ redirect_uri: "https://hub.example/" }, "redirect_uri_mismatch", "redirect_uri must match configuration"],
    [{ code: "made-up" }, "invalid_grant", "expired authorization code"],
    [{ client_secret: "typo" }, "invalid_client", "invalid client credentials"],
  ])("refuses a code with %j", async (change, error, error_description) => {
    const org = await sampleOrg();
    const reply = await requestToken(org.simulator, { ...form, code: await codeOf(org), ...change });
    expect([reply.status, await reply.json()]).toEqual([400, { error, error_description }]);
  });
});
