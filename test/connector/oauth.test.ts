import { createTransport, SourceError } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { authorizeAddress, challengeOf, departFor, type OAuthFlow, redeemCode } from "../../src/connector/oauth.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { type LoopbackVendor, loopbackVendor, replies } from "./loopback-vendor.ts";

interface Config {
  host: string;
  secret?: string;
}

const flow: OAuthFlow<Config> = {
  vendor: "Acme",
  what: "Acme sign-in",
  operation: "acme.token",
  fields: [],
  uses: () => true,
  authorizeUrl: ({ host }) => `${host}/authorize?audience=crm`,
  tokenUrl: ({ host }) => `${host}/token`,
  client: ({ secret }) => ({ id: "the app", secret, proof: "basic" }),
  scopes: ["read", "write"],
  optionalScopes: { parameter: "optional_scope", names: ["extra"] },
  pkce: true,
  parameters: { prompt: "consent" },
};

const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  replies(status, { "content-type": "application/json", ...headers }, JSON.stringify(body));
const good = { access_token: "a-1", refresh_token: "r-1", expires_in: 1800, scope: "read write extra" };

let vendor: LoopbackVendor;
afterEach(() => vendor.close());

/** What the exchange of a code came to, when the token endpoint gives these answers. */
async function redeemed(...answers: Parameters<typeof loopbackVendor>[0]) {
  vendor = await loopbackVendor(answers);
  const transport = createTransport({
    limits: { concurrency: 8 },
    clock: virtualClock("2026-03-18T12:00:00.000Z"),
    allowedHosts: [vendor.host],
    random: () => 0,
  });
  const config = { host: `http://${vendor.host}`, secret: "s%:e" };
  const answer = { code: "c-1", redirectUri: "https://hub.example/connect/callback", verifier: "v-1" };
  return redeemCode(flow, { config, transport }, answer).catch((cause: unknown) => {
    if (!(cause instanceof SourceError)) throw cause;
    return { next: cause.next, message: cause.message, ...cause.details };
  });
}

describe("the address of an approval", () => {
  test("holds the app, the way back, scopes, state and the S256 challenge, and not the verifier", async () => {
    vendor = await loopbackVendor([]);
    const departing = departFor("https://hub.example/connect/callback");
    const url = new URL(authorizeAddress(flow, { host: "https://acme.example" }, departing));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      audience: "crm",
      response_type: "code",
      client_id: "the app",
      redirect_uri: "https://hub.example/connect/callback",
      scope: "read write",
      optional_scope: "extra",
      state: departing.state,
      code_challenge: challengeOf(departing.verifier),
      code_challenge_method: "S256",
      prompt: "consent",
    });
    expect(url.href).not.toContain(departing.verifier);
    expect([departing.state, departing.verifier].map((text) => /^[\w-]{43}$/.test(text))).toEqual([true, true]);
    expect(departFor("x").state).not.toBe(departing.state);
  });

  test("has the challenge of RFC 7636, appendix B", async () => {
    vendor = await loopbackVendor([]);
    expect(challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
  });
});

describe("the exchange of a code", () => {
  test("gives tokens, their time and scopes; id and secret go as Basic, each encoded", async () => {
    expect(await redeemed(json(200, good))).toEqual({
      accessToken: "a-1",
      refreshToken: "r-1",
      expiresInMs: 1_800_000,
      scopes: ["read", "write", "extra"],
      address: null,
      account: null,
    });
    const { authorization = "" } = vendor.requests[0]?.headers ?? {};
    expect(Buffer.from(authorization.replace("Basic ", ""), "base64").toString()).toBe("the%20app:s%25%3Ae");
  });

  test("is tried again where the vendor fails for a moment", async () => {
    const busy = json(400, { error: "temporarily_unavailable" });
    expect(await redeemed(replies(503), busy, json(200, good))).toMatchObject({ accessToken: "a-1" });
  });

  test.each([
    [
      "a code that is used or old",
      json(400, { error: "invalid_grant" }),
      { code: "invalid_grant", lostApproval: true },
    ],
    ["a wrong secret", json(401, { error: "invalid_client" }), { field: "client_id, client_secret" }],
    ["scopes the app has not", json(400, { error: "invalid_scope" }), { remedy: expect.stringContaining("scopes") }],
    ["less than was asked for", json(200, { ...good, scope: "read" }), { code: "MISSING_SCOPES" }],
    ["no refresh token", json(200, { ...good, refresh_token: undefined }), { code: "NO_REFRESH_TOKEN" }],
    ["a redirect", replies(302, { location: "https://elsewhere.example/" }), { status: 302 }],
  ])("ends with %s", async (_, answer, details) => {
    expect(await redeemed(answer)).toMatchObject({ next: "stop", ...details });
    expect(vendor.requests).toHaveLength(1);
  });

  test("takes no page for a token", async () => {
    expect(await redeemed(replies(200, { "content-type": "text/html" }, "<html>"))).toMatchObject({ status: 200 });
  });
});
