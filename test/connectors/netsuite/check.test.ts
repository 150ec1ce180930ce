import { createTransport } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import netsuite from "../../../connectors/netsuite/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import {
  customers,
  demoConfig,
  failureOf,
  html,
  openNetsuite,
  problem,
  startAccount,
  type TestAccount,
} from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

const hex = (digit: string) => digit.repeat(64);

describe("check", () => {
  test("names the account, its company and its time zone", async () => {
    account = await startAccount({ customer: customers(3) });
    expect(await account.connection.check()).toEqual({
      id: "1234567_SB1",
      name: "Parent Company",
      timeZone: "America/Los_Angeles",
    });
  });

  test("passes on an empty account, and on one without subsidiaries", async () => {
    account = await startAccount({}, { hiddenRecords: ["subsidiary"] });
    expect(await account.connection.check()).toMatchObject({ name: "NetSuite 1234567_SB1" });
  });

  test.each([
    ["consumer key", { consumer_key: "typo" }, "UnknownConsumerKey"],
    ["consumer secret", { consumer_secret: "typo" }, "InvalidSignature"],
    ["token", { token_id: "typo" }, "UnknownToken"],
    ["token secret", { token_secret: "typo" }, "InvalidSignature"],
    ["account id", { account_id: "7654321" }, "WrongRealm"],
  ])("stops at a wrong %s after a few tries, and says where NetSuite tells the cause", async (_what, config, cause) => {
    account = await startAccount();
    const failure = await failureOf(account.open(config).check());
    expect(failure).toMatchObject({ next: "stop", status: 401, code: "INVALID_LOGIN" });
    expect(failure.message).toBe("NetSuite, reading customer: NetSuite refuses the login (INVALID_LOGIN)");
    expect(failure.field).toBe("account_id, consumer_key, consumer_secret, token_id, token_secret");
    expect(failure.remedy).toContain("View Login Audit Trail");
    expect(account.simulator.loginAudit.map((entry) => entry.cause)).toEqual([cause, cause, cause]);
  });

  test("names the value that was copied badly, where the others look as NetSuite's do", async () => {
    account = await startAccount();
    const keys = {
      consumer_key: hex("a"),
      consumer_secret: hex("b"),
      token_id: hex("c"),
      token_secret: hex("d").slice(1),
    };
    const failure = await failureOf(account.open(keys).check());
    expect(failure).toMatchObject({ next: "stop", field: "token_secret" });
    expect(failure.message).toContain("unlike the others, token_secret is not 64 hexadecimal digits");
  });

  test("tells a wrong clock from a wrong key by NetSuite's own date", async () => {
    account = await startAccount({}, { credentials: [] });
    account.troubles.push(async (request) => {
      const reply = await account.simulator.app.fetch(request);
      const date = new Date(account.clock.now() + 12 * 60_000).toUTCString();
      return new Response(await reply.text(), { status: reply.status, headers: { date } });
    });
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", code: "CLOCK_SKEW" });
    expect(failure.message).toMatch(/this machine's clock is 12 minutes behind NetSuite's/);
    expect(failure.remedy).toContain("NTP");
    expect(account.exchanges).toHaveLength(1);
  });

  test("names the permission NetSuite says is missing", async () => {
    account = await startAccount();
    const detail = "Permission Violation: You need the 'Setup -> REST Web Services' permission to access this page.";
    account.troubles.push(problem(403, "INSUFFICIENT_PERMISSION", detail));
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "token_id", status: 403 });
    expect(failure.remedy).toContain("the permission “Setup → REST Web Services”");
  });

  test("names those for SuiteQL where NetSuite does not", async () => {
    account = await startAccount();
    account.troubles.push(problem(403, "INSUFFICIENT_PERMISSION", "Your current role does not have permission."));
    const { remedy } = await failureOf(account.connection.check());
    expect(remedy).toContain("“Reports → SuiteAnalytics Workbook”");
  });

  test("names the permission for customers where the role does not see them", async () => {
    account = await startAccount({}, { hiddenRecords: ["customer"] });
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", code: "INSUFFICIENT_PERMISSION", field: "token_id" });
    expect(failure.message).toBe("NetSuite shows no customer to the token's role");
    expect(failure.remedy).toContain("“Lists → Customers”");
  });

  test("names the host and the remedy when nothing answers", async () => {
    account = await startAccount();
    const failure = await failureOf(openNetsuite({ base_url: "http://127.0.0.1:9" }).check());
    expect(failure).toMatchObject({ next: "retry", code: "ECONNREFUSED", field: "base_url" });
    expect(failure.message).toContain("127.0.0.1:9");
  });

  test("names account_id when there is no such host", async () => {
    account = await startAccount();
    // Names below .invalid never exist; the address is made of the account id where base_url is not given.
    const parsed = netsuite.config.parse(demoConfig);
    const transport = createTransport({ limits: { concurrency: 1 }, clock: virtualClock("2026-03-18T12:00:00.000Z") });
    const send: typeof transport.send = (request, signal) =>
      transport.send({ ...request, url: "https://1234567-sb1.suitetalk.invalid/" }, signal);
    const failure = await failureOf(netsuite.open(parsed, { ...transport, send }).check());
    expect(failure).toMatchObject({ next: "retry", field: "account_id" });
    expect(failure.remedy).toContain("Setup → Company → Company Information");
  });

  test("says that something else than NetSuite answers", async () => {
    account = await startAccount();
    account.troubles.push(html(404));
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "base_url", status: 404 });
    expect(failure.message).toContain(
      "what answers there is not NetSuite's REST service: HTTP 404 (an HTML page instead of JSON)",
    );
  });

  test("ends with the address as suspect when HTML keeps coming in place of JSON", async () => {
    account = await startAccount();
    account.troubles.push(...Array.from({ length: 6 }, () => html(200)));
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "retry", field: "base_url", status: 200 });
    expect(failure.message).toContain("an HTML page instead of JSON");
  });

  test("reports an account that moved to another address", async () => {
    account = await startAccount();
    const location = "https://1234567.suitetalk.api.netsuite.com/";
    account.troubles.push(() => new Response(null, { status: 302, headers: { location } }));
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", status: 302 });
    expect(failure.message).toContain(location);
  });
});

describe("the time zone", () => {
  test("that is assumed is held against a record", async () => {
    account = await startAccount({ customer: customers(1) }, { timeZone: "Europe/Berlin" });
    const failure = await failureOf(account.connection.check());
    expect(failure).toMatchObject({ next: "stop", field: "time_zone", code: "WRONG_TIME_ZONE" });
    expect(failure.message).toContain("NetSuite shows its dates 9 hours ahead of America/Los_Angeles");
    expect(failure.remedy).toContain("Set time_zone");
  });

  test("that is configured is taken as it is", async () => {
    account = await startAccount({ customer: customers(1) }, { timeZone: "Europe/Berlin" });
    const connection = account.open({ time_zone: "Europe/Berlin" });
    expect(await connection.check()).toMatchObject({ timeZone: "Europe/Berlin" });
  });

  test("is not held against a record the role may not open", async () => {
    account = await startAccount({ customer: customers(1) }, { timeZone: "Europe/Berlin" });
    account.troubles.push(() => undefined, problem(403, "INSUFFICIENT_PERMISSION", "Your role may not."));
    expect(await account.connection.check()).toMatchObject({ timeZone: "America/Los_Angeles" });
  });
});
