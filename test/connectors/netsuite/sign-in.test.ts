import { departFor, memoryVault, type OpenConnection, type TokenVault } from "journey-hub/connector";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  demoCredentials,
  demoOAuth,
  type NetsuiteSimulatorOptions,
} from "../../../connectors/netsuite/simulator/index.ts";
import {
  customers,
  failureOf,
  openNetsuite,
  problem,
  readStream,
  startAccount,
  type TestAccount,
  type Trouble,
} from "./account.ts";
import { ecKeys, type Keys, rsaKeys } from "./simulator/keys.ts";

const account_id = demoCredentials.accountId;
const { clientId: client_id, clientSecret: client_secret } = demoOAuth;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const own = ecKeys();
let rsa: Keys;
beforeAll(() => {
  rsa = rsaKeys();
});
let account: TestAccount;
afterEach(() => account.close());

const tokenRequests = () => account.exchanges.filter(({ operation }) => operation === "netsuite.token");
const causes = () => account.simulator.loginAudit.map(({ cause }) => cause);
const always = (trouble: Trouble) => account.troubles.push(...Array.from({ length: 30 }, () => trouble));
const read = (connection: OpenConnection) => readStream({ ...account, connection }, "customer", null, ["companyname"]);

describe("signing in by a certificate", () => {
  const settings = {
    sign_in: "certificate",
    account_id,
    client_id,
    certificate_id: "cert-1",
    private_key: own.privateKey,
  };

  async function mapped(options: NetsuiteSimulatorOptions = {}, config: Record<string, unknown> = {}) {
    const certificates = [{ id: "cert-1", publicKey: own.publicKey }];
    account = await startAccount({ customer: customers(1_200) }, { oauth: { certificates }, ...options });
    return account.open({ ...settings, ...config });
  }

  test("asks for one token, whatever is read by it", async () => {
    const connection = await mapped();
    expect(await connection.check()).toMatchObject({ id: account_id });
    expect((await read(connection)).records).toHaveLength(1_200);
    expect(tokenRequests()).toHaveLength(1);
    expect(account.signatures.filter((header) => header.startsWith("Bearer ")).length).toBeGreaterThan(2);
  });

  test.each([["P-256"], ["P-384"], ["P-521"]])("works by an elliptic curve, %s", async (curve) => {
    const keys = ecKeys(curve);
    const oauth = { certificates: [{ id: "cert-1", publicKey: keys.publicKey }] };
    const connection = await mapped({ oauth }, { private_key: keys.privateKey });
    expect(await connection.check()).toMatchObject({ id: account_id });
  });

  test("works by RSA, from a key written in one line", async () => {
    const oauth = { certificates: [{ id: "cert-1", publicKey: rsa.publicKey }] };
    const connection = await mapped({ oauth }, { private_key: rsa.privateKey.replaceAll("\n", "\\n") });
    expect(await connection.check()).toMatchObject({ id: account_id });
  });

  test("renews the token ahead of its end, and once when it is refused before", async () => {
    const connection = await mapped();
    await connection.check();
    account.clock.advance(hourMs - 30_000);
    await connection.check();
    expect([tokenRequests().length, causes()]).toEqual([2, []]);
    account.simulator.oauth.endAccess();
    expect((await read(connection)).records).toHaveLength(1_200);
    expect(tokenRequests()).toHaveLength(3);
    expect(new Set(causes())).toEqual(new Set(["AccessTokenExpired"]));
  });

  test.each([
    ["behind", hourMs],
    ["ahead", -hourMs],
  ])("works with a clock of ours that is an hour %s: the first answer tells the time", async (_, offMs) => {
    const vendorNow = () => Date.parse("2026-03-18T12:00:00.000Z") + offMs;
    const connection = await mapped({ now: vendorNow });
    always(async (request) => {
      const answer = await account.simulator.app.fetch(request);
      const headers = new Headers(answer.headers);
      headers.set("date", new Date(vendorNow()).toUTCString());
      return new Response(answer.body, { status: answer.status, headers });
    });
    expect(await connection.check()).toMatchObject({ id: account_id });
    expect(tokenRequests().map(({ outcome }) => outcome)).toEqual(["retry", "ok"]);
  });

  test.each<[string, NetsuiteSimulatorOptions, Record<string, unknown>, string]>([
    ["of another key", {}, { private_key: ecKeys().privateKey }, "InvalidSignature"],
    ["nobody has mapped", {}, { certificate_id: "cert-9" }, "InvalidSignature"],
    [
      "that was revoked",
      { oauth: { certificates: [{ id: "cert-1", publicKey: own.publicKey, isRevoked: true }] } },
      {},
      "InvalidSignature",
    ],
    ["of another integration", {}, { client_id: "someone" }, "InvalidIntegration"],
    [
      "whose integration does not allow REST web services",
      { oauth: { certificates: [{ id: "cert-1", publicKey: own.publicKey }], scopes: ["restlets"] } },
      {},
      "ScopeMismatched",
    ],
  ])("stops at a certificate %s, with where to look; the key is not shown", async (_, options, config, cause) => {
    const connection = await mapped(options, config);
    const failure = await failureOf(connection.check());
    expect(failure).toMatchObject({
      next: "stop",
      code: "invalid_grant",
      field: "client_id, certificate_id, private_key",
      remedy: expect.stringContaining("OAuth 2.0 Client Credentials (M2M) Setup"),
    });
    expect(failure.message).toContain("NetSuite sign-in");
    expect(JSON.stringify(failure)).not.toContain("PRIVATE KEY");
    expect([tokenRequests().length, causes()]).toEqual([1, [cause]]);
  });

  test("stops where a fresh token is refused too, and says what the audit trail's words mean", async () => {
    const connection = await mapped();
    const refused = problem(401, "INVALID_LOGIN", "Invalid login attempt.");
    always((request) => (request.url.includes("/oauth2/") ? undefined : refused(request)));
    const failure = await failureOf(connection.check());
    expect(failure).toMatchObject({ next: "stop", code: "INVALID_LOGIN", field: "account_id, certificate_id" });
    expect(failure.remedy).toContain("ScopeMismatched");
    expect(tokenRequests()).toHaveLength(2);
  });

  test("names the host when the token endpoint cannot be reached", async () => {
    await mapped();
    const failure = await failureOf(openNetsuite({ ...settings, base_url: "http://127.0.0.1:9" }).check());
    expect(failure).toMatchObject({ next: "retry", code: "ECONNREFUSED" });
  });
});

describe("signing in by a person's approval", () => {
  const settings = { sign_in: "authorization_code", account_id, client_id, client_secret };
  const redirectUri = "http://127.0.0.1:8360/connect/callback";

  async function started(options: NonNullable<NetsuiteSimulatorOptions["oauth"]> = {}) {
    account = await startAccount({ customer: customers(3) }, { oauth: { redirectUris: [redirectUri], ...options } });
  }

  /** What the person's browser does: goes where the hub sends it, and comes back with what it is given. */
  async function roundTrip(connection: OpenConnection) {
    const departure = departFor(redirectUri);
    const address = connection.authorise?.address(departure) ?? "";
    const reply = await account.simulator.app.request(address.replace(account.url, ""));
    const back = new URL(reply.headers.get("location") ?? "").searchParams;
    expect(back.get("state")).toBe(departure.state);
    return { back, departure };
  }

  /** A vault that holds what a person approved just now. */
  async function approved(config: Record<string, unknown> = settings): Promise<TokenVault> {
    const connection = account.open(config);
    const { back, departure } = await roundTrip(connection);
    const tokens = await connection.authorise?.redeem({ ...departure, code: back.get("code") ?? "" });
    return memoryVault(tokens ?? null);
  }

  test("reads with what was approved, refreshes ahead of the end and keeps its place when the token is refused", async () => {
    await started();
    const connection = account.open(settings, await approved());
    expect(await connection.check()).toMatchObject({ id: account_id });
    account.clock.advance(hourMs);
    expect((await read(connection)).records).toHaveLength(3);
    account.simulator.oauth.endAccess();
    expect((await read(connection)).records).toHaveLength(3);
    expect(new Set(causes())).toEqual(new Set(["AccessTokenExpired"]));
    expect(tokenRequests().map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok"]); // the code, and two refreshes
  });

  test("keeps the refresh token that comes in place of the one used", async () => {
    await started({ rotatesRefreshTokens: true });
    const vault = await approved();
    const first = (await vault.read())?.tokens.refreshToken;
    for (let n = 0; n < 20; n++) {
      account.clock.advance(dayMs);
      await account.open(settings, vault).check(); // as another process would, knowing only what was kept
    }
    expect((await vault.read())?.tokens.refreshToken).not.toBe(first);
  });

  test("works without a secret for a public client", async () => {
    await started({ isPublicClient: true });
    const config = { ...settings, client_secret: undefined };
    expect(await account.open(config, await approved(config)).check()).toMatchObject({ id: account_id });
  });

  test("works by a refresh token from elsewhere", async () => {
    await started();
    const tokens = (await (await approved()).read())?.tokens;
    const connection = account.open({ ...settings, refresh_token: tokens?.refreshToken });
    expect(await connection.check()).toMatchObject({ id: account_id });
  });

  test.each([
    ["after seven days", () => account.clock.advance(7 * dayMs)],
    ["withdrawn in the account", () => account.simulator.oauth.withdraw()],
  ])("an approval that is over (%s) needs a person, and says how", async (_, end) => {
    await started();
    const connection = account.open(settings, await approved());
    await connection.check();
    end();
    const failure = await failureOf(connection.check());
    expect(failure).toMatchObject({ next: "stop", code: "invalid_grant", lostApproval: true });
    expect(failure.remedy).toContain("journey-hub connect");
  });

  test("a connection nobody has approved yet says so", async () => {
    await started();
    expect(await failureOf(account.open(settings).check())).toMatchObject({ next: "stop", code: "NOT_APPROVED" });
    expect(tokenRequests()).toEqual([]);
  });

  test("a denial and a scope the integration does not allow come back as what they are", async () => {
    await started({ consent: "denied" });
    expect((await roundTrip(account.open(settings))).back.get("error")).toBe("access_denied");
    account.simulator.oauth.change({ consent: "given", scopes: ["restlets"] });
    expect((await roundTrip(account.open(settings))).back.get("error")).toBe("invalid_scope");
  });

  test("a wrong secret is named", async () => {
    await started();
    const config = { ...settings, client_secret: "typo" };
    const failure = await failureOf(approved(config));
    expect(failure).toMatchObject({ next: "stop", code: "invalid_client", field: "client_id, client_secret" });
  });
});
