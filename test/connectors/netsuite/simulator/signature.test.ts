import { expect, test } from "vitest";
import { authorize, createAccount, now, origin, type Signing, send } from "./account.ts";

const path = "/record/v1/customer?limit=5&offset=5";
const seconds = (ms: number) => String(Math.floor(ms / 1000));

const forgeries: [what: string, signing: Partial<Signing>, cause: string][] = [
  ["a realm in lower case", { realm: "1234567_sb1" }, "WrongRealm"],
  ["a realm with a hyphen", { realm: "1234567-SB1" }, "WrongRealm"],
  ["another account's realm", { realm: "7654321" }, "WrongRealm"],
  ["a wrong consumer key", { consumerKey: "someone-else" }, "UnknownConsumerKey"],
  ["a wrong consumer secret", { consumerSecret: "guess" }, "InvalidSignature"],
  ["a wrong token", { tokenId: "revoked" }, "UnknownToken"],
  ["a wrong token secret", { tokenSecret: "guess" }, "InvalidSignature"],
  ["a signature for another method", { method: "POST" }, "InvalidSignature"],
  [
    "a signature for another path",
    { url: `${origin}/services/rest/record/v1/contact?limit=5&offset=5` },
    "InvalidSignature",
  ],
  ["a signature that leaves the query out", { url: `${origin}/services/rest/record/v1/customer` }, "InvalidSignature"],
  [
    "a signature over another query",
    { url: `${origin}/services/rest/record/v1/customer?limit=5&offset=10` },
    "InvalidSignature",
  ],
  [
    "a signature for another host",
    { url: "http://other.test/services/rest/record/v1/customer?limit=5&offset=5" },
    "InvalidSignature",
  ],
  ["HMAC-SHA1", { signatureMethod: "HMAC-SHA1" }, "UnsupportedSignatureMethod"],
  ["OAuth 2.0 as the version", { version: "2.0" }, "WrongVersion"],
  ["a timestamp six minutes old", { timestamp: seconds(now - 6 * 60_000) }, "TimestampOutOfRange"],
  ["a timestamp six minutes ahead", { timestamp: seconds(now + 6 * 60_000) }, "TimestampOutOfRange"],
  ["a timestamp in milliseconds", { timestamp: String(now) }, "TimestampOutOfRange"],
  ["no timestamp", { timestamp: "" }, "TimestampOutOfRange"],
  ["a nonce of five characters", { nonce: "abcde" }, "InvalidNonce"],
  ["a nonce with punctuation", { nonce: "abc-def-ghi" }, "InvalidNonce"],
];

test.each(forgeries)(
  "%s is an invalid login attempt, and the audit trail alone tells why",
  async (_what, signing, cause) => {
    const simulator = createAccount();
    const reply = await send(simulator, "GET", path, { signing });
    expect(reply.status).toBe(401);
    const body = await reply.text();
    expect(JSON.parse(body)).toMatchObject({
      title: "Unauthorized",
      status: 401,
      "o:errorDetails": [{ "o:errorCode": "INVALID_LOGIN" }],
    });
    expect(body).not.toContain(cause);
    expect(simulator.loginAudit).toMatchObject([{ cause, at: "2026-03-01T15:00:00Z" }]);
  },
);

test("the right signature is let in", async () => {
  const simulator = createAccount();
  expect((await send(simulator, "GET", path)).status).toBe(200);
  expect(simulator.loginAudit).toEqual([]);
});

test("four minutes of clock difference are tolerated", async () => {
  const simulator = createAccount();
  for (const timestamp of [seconds(now - 240_000), seconds(now + 240_000)]) {
    expect((await send(simulator, "GET", path, { signing: { timestamp } })).status).toBe(200);
  }
});

test("a used nonce is refused, though the signature is right", async () => {
  const simulator = createAccount();
  const url = `${origin}/services/rest${path}`;
  const authorization = authorize({ url, method: "GET" });
  expect((await simulator.app.request(url, { headers: { authorization } })).status).toBe(200);
  expect((await simulator.app.request(url, { headers: { authorization } })).status).toBe(401);
  expect(simulator.loginAudit).toMatchObject([{ cause: "NonceUsed" }]);
});

test("a refused request does not use up its nonce", async () => {
  const simulator = createAccount();
  const nonce = "abcdef0123456789";
  expect((await send(simulator, "GET", path, { signing: { nonce, tokenSecret: "guess" } })).status).toBe(401);
  expect((await send(simulator, "GET", path, { signing: { nonce } })).status).toBe(200);
});

test.each([
  ["no Authorization header", undefined, "MissingAuthorization"],
  ["a bearer token that nobody gave", "Bearer abc", "InvalidSignature"],
  ["a header without a signature", 'OAuth realm="1234567_SB1", oauth_token="t"', "MalformedAuthorization"],
  [
    "a parameter twice",
    `${authorize({ url: `${origin}/services/rest${path}`, method: "GET" })}, oauth_nonce="abcdefgh"`,
    "MalformedAuthorization",
  ],
  ["broken percent encoding", 'OAuth realm="%E0%A4%A"', "MalformedAuthorization"],
])("%s is refused", async (_what, authorization, cause) => {
  const simulator = createAccount();
  const reply = await simulator.app.request(`${origin}/services/rest${path}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  expect(reply.status).toBe(401);
  expect(simulator.loginAudit).toMatchObject([{ cause }]);
});

test("query values are part of the signature in their decoded form", async () => {
  const simulator = createAccount();
  const filter = encodeURIComponent('companyName IS "O\'Hara & Sons" OR email CONTAIN "a=b?*(é)"');
  const reply = await send(simulator, "GET", `/record/v1/customer?q=${filter}`);
  expect(await reply.json()).toMatchObject({ items: [{ id: "11" }] });
});

test("behind another address the configured origin is the one that is signed", async () => {
  const simulator = createAccount({ origin: "https://1234567-sb1.suitetalk.api.netsuite.com" });
  const signed = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/record/v1/customer/10";
  const authorization = authorize({ url: signed, method: "GET" });
  const reply = await simulator.app.request("http://127.0.0.1:9999/services/rest/record/v1/customer/10", {
    headers: { authorization },
  });
  expect(reply.status).toBe(200);
});
