import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  createNetsuiteSimulator,
  demoCredentials,
  demoOAuth,
  type OAuthSettings,
} from "../../../../connectors/netsuite/simulator/index.ts";
import { now } from "./account.ts";
import { ecKeys, jwt, rsaKeys } from "./keys.ts";

const { clientId, clientSecret } = demoOAuth;
const redirectUri = "https://hub.example.com/connect/callback";
const tokenPath = "/services/rest/auth/oauth2/v1/token";
const own = ecKeys();
const rsa = rsaKeys();
const certificates = [
  { id: "cert-1", publicKey: own.publicKey },
  { id: "cert-rsa", publicKey: rsa.publicKey },
  { id: "cert-revoked", publicKey: own.publicKey, isRevoked: true },
  { id: "cert-over", publicKey: own.publicKey, endsAt: now - 1 },
];

function startAccount(settings: Partial<OAuthSettings> = {}) {
  let clock = now;
  const oauth = { redirectUris: [redirectUri], certificates, ...settings };
  const simulator = createNetsuiteSimulator({ now: () => clock, oauth });
  simulator.load({ accountId: demoCredentials.accountId, timeZone: "UTC", dateFormat: "MM/DD/YYYY", tables: {} });
  const token = async (form: Record<string, string>, headers: Record<string, string> = basic()) => {
    const body = new URLSearchParams(form).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await simulator.app.request(tokenPath, { method: "POST", headers: { ...type, ...headers }, body });
    return { status: reply.status, body: (await reply.json()) as Record<string, string> };
  };
  const count = async (bearer: string | undefined) => {
    const headers = { authorization: `Bearer ${bearer}`, prefer: "transient", "content-type": "application/json" };
    const body = JSON.stringify({ q: "SELECT COUNT(*) AS amount FROM customer" });
    const reply = await simulator.app.request("/services/rest/query/v1/suiteql", { method: "POST", headers, body });
    return reply.status;
  };
  const causes = () => simulator.loginAudit.map(({ cause }) => cause);
  const pass = (ms: number) => {
    clock += ms;
  };
  return { simulator, token, count, causes, pass };
}

const basic = (id = clientId, secret = clientSecret) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

const audience = `http://localhost${tokenPath}`;
const seconds = Math.floor(now / 1_000);
const header = { typ: "JWT", alg: "ES256", kid: "cert-1" };
const claims = { iss: clientId, scope: ["rest_webservices"], aud: audience, iat: seconds, exp: seconds + 300 };
const clientCredentials = (assertion: string) => ({
  grant_type: "client_credentials",
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: assertion,
});

describe("a client assertion", () => {
  test.each([
    ["by an elliptic curve", jwt(own.privateKey, header, claims)],
    ["by RSA with PSS", jwt(rsa.privateKey, { ...header, alg: "PS256", kid: "cert-rsa" }, claims)],
    ["with its scopes in one text", jwt(own.privateKey, header, { ...claims, scope: "restlets,rest_webservices" })],
  ])("%s gives a token for an hour, and none to renew it by", async (_, assertion) => {
    const { token, count, causes } = startAccount();
    const { status, body } = await token(clientCredentials(assertion), {});
    expect([status, body.expires_in, body.token_type, body.refresh_token]).toEqual([200, "3600", "bearer", undefined]);
    expect(await count(body.access_token)).toBe(200);
    expect(causes()).toEqual([]);
  });

  const other = ecKeys();
  test.each<[string, string, string]>([
    ["of another key", jwt(other.privateKey, header, claims), "InvalidSignature"],
    ["of a certificate nobody mapped", jwt(own.privateKey, { ...header, kid: "cert-9" }, claims), "InvalidSignature"],
    ["of a revoked one", jwt(own.privateKey, { ...header, kid: "cert-revoked" }, claims), "InvalidSignature"],
    ["of one that has ended", jwt(own.privateKey, { ...header, kid: "cert-over" }, claims), "InvalidSignature"],
    [
      "by an algorithm NetSuite does not list",
      jwt(rsa.privateKey, { ...header, alg: "RS256", kid: "cert-rsa" }, claims),
      "InvalidSignature",
    ],
    [
      "that names another curve's algorithm",
      jwt(own.privateKey, { ...header, alg: "ES384" }, claims),
      "InvalidSignature",
    ],
    ["without a certificate id", jwt(own.privateKey, { typ: "JWT", alg: "ES256" }, claims), "MalformedAuthorization"],
    ["of another application", jwt(own.privateKey, header, { ...claims, iss: "someone" }), "InvalidIntegration"],
    [
      "for another account",
      jwt(own.privateKey, header, { ...claims, aud: "https://7654321.suitetalk.api.netsuite.com" }),
      "InvalidIntegration",
    ],
    ["that has ended", jwt(own.privateKey, header, { ...claims, exp: seconds }), "InvalidTimestamp"],
    ["that is good for an hour", jwt(own.privateKey, header, { ...claims, exp: seconds + 3_600 }), "InvalidTimestamp"],
    [
      "made in the future",
      jwt(own.privateKey, header, { ...claims, iat: seconds + 600, exp: seconds + 900 }),
      "InvalidTimestamp",
    ],
    [
      "for a scope the record does not allow",
      jwt(own.privateKey, header, { ...claims, scope: ["suite_analytics"] }),
      "ScopeMismatched",
    ],
    ["for no scope", jwt(own.privateKey, header, { ...claims, scope: [] }), "ScopeMismatched"],
    ["that is no JWT", "eyJ.x", "MalformedAuthorization"],
  ])("%s is refused without a word of the cause, which the audit trail has", async (_, assertion, cause) => {
    const { token, causes } = startAccount();
    expect(await token(clientCredentials(assertion), {})).toEqual({ status: 400, body: { error: "invalid_grant" } });
    expect(causes()).toEqual([cause]);
  });
});

const verifier = "a-verifier-of-forty-three-characters-or-more-0";
const challenge = createHash("sha256").update(verifier).digest("base64url");
const asked = {
  response_type: "code",
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: "rest_webservices",
  state: "a state of twenty-two or more",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

type Account = ReturnType<typeof startAccount>;

async function approve({ simulator }: Account, bent: Record<string, string> = {}) {
  const query = new URLSearchParams({ ...asked, ...bent });
  const reply = await simulator.app.request(`/app/login/oauth2/authorize.nl?${query}`);
  const location = reply.headers.get("location");
  return { status: reply.status, back: location === null ? null : new URL(location).searchParams };
}

const redeemed = (code: string) => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
});

async function tokensOf(account: Account) {
  const { back } = await approve(account);
  return (await account.token(redeemed(back?.get("code") ?? ""))).body;
}

describe("a person's approval", () => {
  test("comes back as a code with the state, and the code gives tokens once", async () => {
    const account = startAccount();
    const { status, back } = await approve(account);
    expect([status, back?.get("state"), back?.get("company")]).toEqual([302, asked.state, "1234567_SB1"]);
    const code = back?.get("code") ?? "";
    const { body } = await account.token(redeemed(code));
    expect(body).toMatchObject({ expires_in: "3600", token_type: "bearer" });
    expect(await account.count(body.access_token)).toBe(200);
    expect(await account.token(redeemed(code))).toEqual({ status: 400, body: { error: "invalid_grant" } });
  });

  test("that is denied comes back as an error", async () => {
    const { back } = await approve(startAccount({ consent: "denied" }));
    expect([back?.get("error"), back?.get("state"), back?.get("code")]).toEqual(["access_denied", asked.state, null]);
  });

  test.each([
    ["a scope the record does not allow", { scope: "suite_analytics" }, "invalid_scope"],
    ["something else than a code", { response_type: "token" }, "unsupported_response_type"],
  ])("asked for with %s comes back as an error", async (_, bent, error) => {
    const { back } = await approve(startAccount(), bent);
    expect(back?.get("error")).toBe(error);
  });

  test.each([
    ["an application that does not exist", { client_id: "someone" }, "UnknownIntegration"],
    ["an address that is not registered", { redirect_uri: "https://evil.example/callback" }, "InvalidRedirectURI"],
    ["a state that can be guessed", { state: "1" }, "InvalidState"],
  ])("asked for by %s sends nobody anywhere", async (_, bent, cause) => {
    const account = startAccount();
    expect(await approve(account, bent)).toEqual({ status: 400, back: null });
    expect(account.causes()).toEqual([cause]);
  });
});

describe("a code is refused", () => {
  test.each<[string, Record<string, string>, number, Record<string, string>, string]>([
    ["with another verifier", { code_verifier: "another".repeat(7) }, 0, basic(), "invalid_grant"],
    ["for another address", { redirect_uri: "https://hub.example.com/other" }, 0, basic(), "invalid_grant"],
    ["after ten minutes", {}, 600_000, basic(), "invalid_grant"],
    ["from a client with another secret", {}, 0, basic(clientId, "typo"), "invalid_client"],
    ["from nobody", {}, 0, {}, "invalid_client"],
    ["by a grant type that does not exist", { grant_type: "password" }, 0, basic(), "unsupported_grant_type"],
  ])("%s", async (_, bent, lateMs, headers, error) => {
    const account = startAccount();
    const { back } = await approve(account);
    account.pass(lateMs);
    const { body } = await account.token({ ...redeemed(back?.get("code") ?? ""), ...bent }, headers);
    expect(body).toEqual({ error });
  });
});

describe("a refresh token", () => {
  const refresh = (token: string | undefined) => ({ grant_type: "refresh_token", refresh_token: token ?? "" });

  test("gives access for seven days, and stays the same unless the record lets it rotate", async () => {
    const account = startAccount();
    const { refresh_token } = await tokensOf(account);
    account.pass(7 * 86_400_000 - 1);
    const { body } = await account.token(refresh(refresh_token));
    expect([await account.count(body.access_token), body.refresh_token]).toEqual([200, undefined]);
    account.pass(1);
    expect((await account.token(refresh(refresh_token))).body).toEqual({ error: "invalid_grant" });
  });

  test("is void once it was used, where they rotate", async () => {
    const account = startAccount({ rotatesRefreshTokens: true });
    const first = await tokensOf(account);
    const { body: second } = await account.token(refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await account.token(refresh(first.refresh_token))).body).toEqual({ error: "invalid_grant" });
    expect((await account.token(refresh(second.refresh_token))).status).toBe(200);
  });

  test("is worth nothing as an access token, nor after it was withdrawn, by its holder or the account", async () => {
    for (const end of ["revoke", "withdraw"] as const) {
      const account = startAccount();
      const { access_token, refresh_token = "" } = await tokensOf(account);
      expect(await account.count(refresh_token)).toBe(401);
      if (end === "withdraw") account.simulator.oauth.withdraw();
      else {
        const body = new URLSearchParams({ token: refresh_token }).toString();
        const path = "/services/rest/auth/oauth2/v1/revoke";
        expect((await account.simulator.app.request(path, { method: "POST", headers: basic(), body })).status).toBe(
          200,
        );
      }
      expect(await account.count(access_token)).toBe(401);
      expect((await account.token(refresh(refresh_token))).body).toEqual({ error: "invalid_grant" });
      expect(account.causes()).toEqual(["TokenRejected", "AccessTokenExpired", "RefreshTokenExpired"]);
    }
  });
});

describe("an access token", () => {
  test("ends after an hour, when all are ended, and with the scope it was given for", async () => {
    const account = startAccount();
    const first = await tokensOf(account);
    account.pass(3_600_000);
    expect(await account.count(first.access_token)).toBe(401);
    const second = await tokensOf(account);
    account.simulator.oauth.endAccess();
    expect(await account.count(second.access_token)).toBe(401);
    const third = await tokensOf(account);
    account.simulator.oauth.change({ scopes: ["restlets"] });
    expect(await account.count(third.access_token)).toBe(401);
    expect(await account.count("made-up")).toBe(401);
    expect(account.causes()).toEqual([
      "AccessTokenExpired",
      "AccessTokenExpired",
      "ScopeMismatched",
      "InvalidSignature",
    ]);
  });

  test("of a public client needs no secret, but a challenge", async () => {
    const account = startAccount({ isPublicClient: true });
    const plain = new URLSearchParams(asked);
    plain.delete("code_challenge");
    const reply = await account.simulator.app.request(`/app/login/oauth2/authorize.nl?${plain}`);
    expect(new URL(reply.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
    const { back } = await approve(account);
    const { body } = await account.token({ ...redeemed(back?.get("code") ?? ""), client_id: clientId }, {});
    expect(await account.count(body.access_token)).toBe(200);
  });
});
