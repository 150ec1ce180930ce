import { afterEach, describe, expect, test } from "vitest";
import type { SalesforceRow, SalesforceSimulatorOptions } from "../../../connectors/salesforce/simulator/index.ts";
import { contacts, idsOf, readStream, startOrg, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

async function orgWith(rows: SalesforceRow[], options: SalesforceSimulatorOptions = {}): Promise<void> {
  org = await startOrg({ Contact: rows }, options);
}
const run = (name: string, fields: readonly string[] = ["LastName"]) => readStream(org, name, null, fields);

describe("on the way", () => {
  const html = () =>
    new Response("<h1>Service Unavailable</h1>", { status: 503, headers: { "content-type": "text/html" } });
  const refuse =
    (status: number, errorCode: string, message: string, headers = {}) =>
    () =>
      Response.json([{ errorCode, message }], { status, headers });

  test("a session that lapses in the middle is renewed once, and no page is lost", async () => {
    await orgWith(contacts(4_100));
    org.troubles.push(
      () => undefined,
      () => undefined,
      () => undefined,
      () => {
        org.simulator.state.expireSessions();
        return undefined;
      },
    );
    const { records } = await run("Contact");
    expect(idsOf(records)).toHaveLength(4_100);
    expect(org.exchanges.filter(({ operation }) => operation === "salesforce.token")).toHaveLength(2);
    expect(org.exchanges.filter(({ outcome }) => outcome === "reauthorise")).toHaveLength(1);
  });

  test("many requests that find the session lapsed share one renewal", async () => {
    org = await startOrg({ Contact: contacts(3) });
    const streams = ["Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Event", "User"];
    await Promise.all(streams.map((name) => run(name, [])));
    org.simulator.state.expireSessions();
    await Promise.all(streams.map((name) => run(name, [])));
    expect(org.exchanges.filter(({ operation }) => operation === "salesforce.token")).toHaveLength(2);
  });

  test("an error page, a cut connection, a lock and a timeout are tried again", async () => {
    await orgWith(contacts(5));
    org.troubles.push(
      () => undefined,
      () => undefined,
      html,
      () => "cut",
      refuse(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
      refuse(503, "SERVER_UNAVAILABLE", "Server temporarily unavailable"),
    );
    const { records } = await run("Contact");
    expect(records).toHaveLength(5);
    expect(org.exchanges.filter(({ outcome }) => outcome === "retry")).toHaveLength(4);
  });

  test("Retry-After is waited for", async () => {
    await orgWith(contacts(5));
    const startedAt = org.clock.now();
    org.troubles.push(
      () => undefined,
      () => undefined,
      refuse(429, "TOO_MANY", "Slow down", { "retry-after": "17" }),
    );
    expect((await run("Contact")).records).toHaveLength(5);
    expect(org.clock.now() - startedAt).toBe(17_000);
  });

  test.each([
    ["too many long requests", 403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."],
    ["maintenance", 503, "SERVER_UNAVAILABLE", "Server temporarily unavailable"],
  ])("Retry-After is waited for beside a code we know: %s", async (_, status, code, message) => {
    await orgWith(contacts(5));
    const startedAt = org.clock.now();
    org.troubles.push(
      () => undefined,
      () => undefined,
      refuse(status, code, message, { "retry-after": "20" }),
    );
    expect((await run("Contact")).records).toHaveLength(5);
    expect(org.clock.now() - startedAt).toBe(20_000);
  });

  test.each([400, 403, 404, 500])("a refusal that breaks off is no refusal: HTTP %i is tried again", async (status) => {
    await orgWith(contacts(5));
    const broken = () =>
      new Response('[{"errorCode":"INVALID_FI', { status, headers: { "content-type": "application/json" } });
    org.troubles.push(() => undefined, broken, broken);
    expect((await run("Contact")).records).toHaveLength(5);
  });

  test("a refusal that is none of Salesforce's ends the run rather than skipping something", async () => {
    await orgWith(contacts(5));
    org.troubles.push(
      () => undefined,
      () => new Response("Bad Request", { status: 400 }),
    );
    await expect(run("Contact")).rejects.toMatchObject({ next: "stop", details: { status: 400 } });
  });

  test.each([
    ["breaks off", () => new Response('{"access_token":"00D', { headers: { "content-type": "application/json" } })],
    [
      "is a page, as it was not before",
      () => new Response("<h1>Soon</h1>", { headers: { "content-type": "text/html" } }),
    ],
  ])("a renewal whose answer %s is tried again", async (_, answer) => {
    await orgWith(contacts(5));
    await run("Contact");
    org.simulator.state.expireSessions();
    org.troubles.push(() => undefined, answer);
    expect((await run("Contact")).records).toHaveLength(5);
  });

  test("too many long requests are waited for, some seconds", async () => {
    await orgWith(contacts(5));
    const startedAt = org.clock.now();
    const limit = refuse(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.");
    org.troubles.push(
      () => undefined,
      () => undefined,
      limit,
    );
    expect((await run("Contact")).records).toHaveLength(5);
    expect(org.clock.now() - startedAt).toBe(5_000);
  });

  test("a used-up daily allowance ends the run and names the hour to wait", async () => {
    await orgWith(contacts(5));
    const limit = refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    org.troubles.push(
      () => undefined,
      () => undefined,
      limit,
    );
    await expect(run("Contact")).rejects.toMatchObject({
      next: "retry",
      message: "Salesforce, reading Contact: TotalRequests Limit exceeded. (REQUEST_LIMIT_EXCEEDED)",
      details: { afterMs: 3_600_000, code: "REQUEST_LIMIT_EXCEEDED", status: 403 },
    });
  });

  test.each(["short", "long"] as const)(
    "reading waits when the allowance is nearly used up, told in the %s form, while what is urgent goes on",
    async (limitInfo) => {
      await orgWith(contacts(5), { dailyRequestsMax: 20, limitInfo });
      for (let n = 0; n < 16; n++) await org.connection.check();
      // Ours count too, and more: the sign-in, which Salesforce leaves out.
      expect(org.connection.quota?.()).toEqual({ used: 17, limit: 20, share: 0.9, resetsAt: null });
      await expect(run("Contact")).rejects.toMatchObject({
        next: "retry",
        message: expect.stringMatching(/^17 of the account's 20 requests a day are used/),
        details: { code: "ALLOWANCE_NEARLY_USED_UP", afterMs: 900_000 },
      });
      expect(await org.connection.check()).toMatchObject({ name: "Acme Bikes" });
    },
  );

  test("a Retry-After that is a date is one of Salesforce's clock", async () => {
    await orgWith(contacts(5));
    const startedAt = org.clock.now();
    const there = startedAt - 180_000; // by ours, the date has passed
    const at = (ms: number) => new Date(ms).toUTCString();
    const headers = { date: at(there), "retry-after": at(there + 17_000) };
    org.troubles.push(() => new Response("busy", { status: 503, headers }));
    expect((await run("Contact")).records).toHaveLength(5);
    expect(org.clock.now() - startedAt).toBe(17_000);
  });

  test("an object hidden from the user stops its stream and names the permission", async () => {
    await orgWith([]);
    org.troubles.push(() => undefined, refuse(404, "NOT_FOUND", "The requested resource does not exist"));
    await expect(run("Contact")).rejects.toMatchObject({
      next: "stop",
      message: "Salesforce shows no object Contact to the integration user",
      details: {
        remedy: "Give the integration user Read and View All on Contact: Setup → Permission Sets → Object Settings.",
      },
    });
  });

  test("an address Salesforce finds too long stops with the mapping as suspect", async () => {
    await orgWith(contacts(1), { uriBytesMax: 700 });
    await expect(
      run("Contact", ["Email", "Phone", "MailingStreet", ...Array(20).fill("Title")]),
    ).resolves.toBeDefined();
    org.troubles.push(
      () => new Response("<h1>Bad Message 414</h1>", { status: 414, headers: { "content-type": "text/html" } }),
    );
    await expect(run("Contact")).rejects.toMatchObject({ next: "stop", details: { status: 414 } });
  });

  test("an unknown refusal stops rather than skips, with the vendor's words", async () => {
    await orgWith(contacts(1));
    org.troubles.push(
      () => undefined,
      () => undefined,
      refuse(400, "SOMETHING_NEW", "\nSELECT Id\n  ^\nThis is new"),
    );
    await expect(run("Contact")).rejects.toMatchObject({
      next: "stop",
      message: "Salesforce, reading Contact: SELECT Id ^ This is new (SOMETHING_NEW)",
    });
  });
});
