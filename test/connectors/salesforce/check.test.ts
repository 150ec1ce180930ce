import { SourceError } from "journey-hub/connector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import salesforce from "../../../connectors/salesforce/index.ts";
import { demoCredentials, sfId } from "../../../connectors/salesforce/simulator/index.ts";
import { openSalesforce, startOrg, type TestOrg } from "./org.ts";
import { keyPair } from "./simulator/assertion.ts";

const { privateKey } = keyPair();

let org: TestOrg;
beforeEach(async () => {
  org = await startOrg();
});
afterEach(() => org.close());

const html = (status: number) => () =>
  new Response("<html><body>Scheduled maintenance</body></html>", { status, headers: { "content-type": "text/html" } });
const refusal = (status: number, errorCode: string, message: string) => () =>
  Response.json([{ errorCode, message }], { status });

async function failureOf(check: Promise<unknown>): Promise<{ message: string } & Record<string, unknown>> {
  const cause = await check.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return { message: cause.message, next: cause.next, ...cause.details };
}

describe("check", () => {
  test("tells the org's id, name and time zone", async () => {
    expect(await org.connection.check()).toEqual({
      id: sfId("00D", 7),
      name: "Acme Bikes",
      timeZone: "Europe/Zurich",
    });
  });

  test("signs in with a refresh token where one is configured", async () => {
    const connection = org.open({ client_secret: undefined, refresh_token: demoCredentials.refreshToken });
    expect(await connection.check()).toMatchObject({ name: "Acme Bikes" });
  });

  test("goes on with the new refresh token where the org rotates them", async () => {
    const rotating = await startOrg({}, { rotateRefreshTokens: true });
    const connection = rotating.open({ refresh_token: demoCredentials.refreshToken });
    await connection.check();
    rotating.simulator.state.expireSessions();
    expect(await connection.check()).toMatchObject({ name: "Acme Bikes" });
    await rotating.close();
  });

  test("names client_id when the consumer key is wrong", async () => {
    const failure = await failureOf(org.open({ client_id: "3MVG9typo" }).check());
    expect(failure).toMatchObject({ next: "stop", field: "client_id", status: 400 });
    expect(failure.message).toBe("Salesforce sign-in: client identifier invalid (invalid_client_id)");
    expect(failure.remedy).toContain("Copy the consumer key again");
  });

  test("names client_secret when the consumer secret is wrong", async () => {
    const failure = await failureOf(org.open({ client_secret: "typo" }).check());
    expect(failure).toMatchObject({ next: "stop", field: "client_secret" });
    expect(failure.remedy).toContain("Copy the consumer secret again");
  });

  test("names refresh_token when it was withdrawn", async () => {
    const failure = await failureOf(org.open({ refresh_token: "withdrawn" }).check());
    expect(failure).toMatchObject({ next: "stop", field: "refresh_token" });
    expect(failure.remedy).toContain("Approve the connection again");
  });

  test("says how to enable the client-credentials flow where it is off", async () => {
    const off = await startOrg({}, { clientCredentialsFlow: false });
    const failure = await failureOf(off.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "client_id" });
    expect(failure.remedy).toContain("choose an active run-as user");
    await off.close();
  });

  test("names login_url when the host answers, but not as Salesforce", async () => {
    org.troubles.push(html(404));
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "login_url", status: 404 });
    expect(failure.message).toMatch(/does not answer like Salesforce/);
    expect(failure.remedy).toContain("Setup → My Domain");
  });

  test("names the host and the remedy when nothing answers", async () => {
    const failure = await failureOf(openSalesforce({ login_url: "http://127.0.0.1:9" }).check());
    expect(failure).toMatchObject({ next: "retry", code: "ECONNREFUSED" });
    expect(failure.message).toContain("127.0.0.1:9");
    expect(failure.remedy).toContain("Check that the vendor's address is right");
  });

  test("is refused by the address guard where the org's own answer points to a private host", async () => {
    const trapped = await startOrg({}, { instanceUrl: "https://10.0.0.1" });
    const failure = await failureOf(trapped.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "allowedHosts" });
    await trapped.close();
  });

  test("sends no token to an instance without https", async () => {
    const trapped = await startOrg({}, { instanceUrl: "http://acme.example" });
    const failure = await failureOf(trapped.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "login_url" });
    expect(trapped.simulator.traffic().requests).toBe(1);
    await trapped.close();
  });

  test("renews a lapsed session once and passes", async () => {
    await org.connection.check();
    org.simulator.state.expireSessions();
    await org.connection.check();
    expect(org.exchanges.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      "salesforce.token ok",
      "salesforce.check ok",
      "salesforce.check reauthorise",
      "salesforce.token ok",
      "salesforce.check ok",
    ]);
  });

  test("gives up when a new session is refused as well, and says where to look", async () => {
    const lapsed = refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
    org.troubles.push(
      () => undefined,
      lapsed,
      () => undefined,
      lapsed,
    );
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "reauthorise", status: 401, code: "INVALID_SESSION_ID" });
    expect(failure.remedy).toContain("its run-as user is active");
    expect(org.exchanges).toHaveLength(4);
  });

  test("does not renew where the app was barred from the REST API", async () => {
    const message = "This session is not valid for use with the REST API";
    org.troubles.push(() => undefined, refusal(401, "INVALID_SESSION_ID", message));
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "client_id" });
    expect(org.exchanges).toHaveLength(2);
  });

  test("names the permission a user without API access lacks", async () => {
    org.troubles.push(() => undefined, refusal(403, "API_CURRENTLY_DISABLED", "API is disabled for this User"));
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "client_id", status: 403 });
    expect(failure.remedy).toContain("“API Enabled”");
  });

  test("names api_version where the org does not serve it", async () => {
    const failure = await failureOf(org.open({ api_version: "99.0" }).check());
    expect(failure).toMatchObject({ next: "stop", field: "api_version", status: 404 });
  });

  test("rides out a maintenance page, a cut connection and a failing token host", async () => {
    const notNow = () =>
      Response.json({ error: "unknown_error", error_description: "retry your request" }, { status: 400 });
    org.troubles.push(
      html(503),
      notNow,
      () => "cut",
      () => undefined,
      html(503),
      () => "cut",
      html(200),
    );
    expect(await org.connection.check()).toMatchObject({ name: "Acme Bikes" });
    expect(org.exchanges.map(({ outcome }) => outcome)).toEqual([
      "retry",
      "retry",
      "retry",
      "ok",
      "retry",
      "retry",
      "retry",
      "ok",
    ]);
  });

  test("ends with the address as suspect when HTML keeps coming in place of JSON", async () => {
    org.troubles.push(() => undefined, ...Array.from({ length: 6 }, () => html(200)));
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "retry", field: "login_url", status: 200 });
    expect(failure.message).toContain("an HTML page instead of JSON");
  });

  test("reports an org that moved to another address", async () => {
    const moved = () => new Response(null, { status: 302, headers: { location: "https://acme2.my.salesforce.com/" } });
    org.troubles.push(() => undefined, moved);
    const failure = await failureOf(org.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "login_url" });
    expect(failure.message).toContain("https://acme2.my.salesforce.com/");
  });
});

describe("the configuration", () => {
  const base = { login_url: "https://acme.my.salesforce.com/", client_id: "key", client_secret: "secret" };

  test("keeps the host alone and fills in the API version, what is worth a query job, and that nothing is listened to", () => {
    expect(salesforce.config.parse(base)).toEqual({
      ...base,
      login_url: "https://acme.my.salesforce.com",
      api_version: "62.0",
      bulk_from_records: 100_000,
      change_data_capture: null,
    });
  });

  test.each([[1], [250_000], ["never"]])("takes %j for where query jobs begin", (bulk_from_records) => {
    expect(salesforce.config.parse({ ...base, bulk_from_records })).toMatchObject({ bulk_from_records });
  });

  test.each([[0], [-1], [1.5], ["always"], [null]])("does not take %j for that", (bulk_from_records) => {
    expect(salesforce.config.safeParse({ ...base, bulk_from_records }).success).toBe(false);
  });

  test("marks its secrets", () => {
    expect(salesforce.secrets).toEqual([
      "client_secret",
      "refresh_token",
      "password",
      "security_token",
      "private_key",
      "outbound_token",
    ]);
  });

  test("needs the app's id alone for an approval in a browser, which the shared login hosts offer as well", () => {
    const given = { login_url: "https://test.salesforce.com", client_id: "key", sign_in: "authorization_code" };
    expect(salesforce.config.parse(given)).toMatchObject(given);
  });

  test("takes a private key written in one line, as variables of the environment hold it", () => {
    const oneLine = privateKey.replaceAll("\n", "\\n");
    const { client_secret: _, ...rest } = base;
    const given = { ...rest, login_url: "https://login.salesforce.com", username: "a@b.example", private_key: oneLine };
    expect(salesforce.config.parse(given)).toMatchObject({ private_key: privateKey });
  });

  test("does not repeat a private key it cannot read", () => {
    const { error } = salesforce.config.safeParse({ ...base, username: "a", private_key: "-----BEGIN x hunter2" });
    expect(error?.message).toContain("must be an RSA private key in PEM form");
    expect(error?.message).not.toContain("hunter2");
  });

  test.each([
    ["a private key without user", { ...base, private_key: privateKey }, "give the user"],
    [
      "a private key beside a refresh token",
      { ...base, private_key: privateKey, username: "a", refresh_token: "x" },
      "not both",
    ],
    ["neither secret nor refresh token", { ...base, client_secret: undefined }, "give client_secret"],
    ["a way to sign in without what it needs", { ...base, sign_in: "jwt_bearer" }, "jwt_bearer needs private_key"],
    ["a password without secret", { ...base, client_secret: undefined, username: "a", password: "p" }, "client_secret"],
    ["a way to sign in that is none", { ...base, sign_in: "web_server" }, "authorization_code"],
    [
      "the shared login host for client credentials",
      { ...base, login_url: "https://login.salesforce.com" },
      "My Domain",
    ],
    ["an address that is none", { ...base, login_url: "acme" }, "Invalid URL"],
    ["a page address", { ...base, login_url: "https://acme.lightning.force.com" }, ".my.salesforce.com"],
    ["an address without https", { ...base, login_url: "http://acme.my.salesforce.com" }, "https://"],
    ["a version that is none", { ...base, api_version: "62" }, "62.0"],
    ["a key that does not exist", { ...base, instance: "eu9" }, "instance"],
  ])("refuses %s", (_what, value, message) => {
    const { error } = salesforce.config.safeParse(value);
    expect(error?.message).toContain(message);
  });
});
