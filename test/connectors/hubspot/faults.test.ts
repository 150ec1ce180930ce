import type { Page, Position } from "journey-hub/connector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  changesFrom,
  contacts,
  elsewhere,
  failureOf,
  noon,
  oauth,
  openHubspot,
  run,
  startAccount,
  streamOf,
  type TestAccount,
} from "./account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount({ objects: { contacts: contacts(250) } });
});
afterEach(() => account.close());

const fields = ["properties.email"];
const passedMs = () => account.clock.now() - Date.parse(noon);
const limited =
  (policyName: string, headers: Record<string, string> = {}) =>
  () =>
    Response.json(
      { status: "error", message: `You have reached your ${policyName} limit.`, policyName },
      { status: 429, headers },
    );
const tokenRequests = () => account.requests.filter((request) => request === "POST /oauth/v1/token").length;

describe("a token that runs out", () => {
  test("before its time is renewed once, by all calls that wait", async () => {
    account.connection = account.open(oauth);
    await account.connection.check();
    account.clock.advance(30 * 60_000);
    const stream = streamOf(account.connection, "contacts");
    const pages = await Promise.all([null, "1101", "1201"].map((after) => stream.pages({ after, fields })));
    expect(pages.map(({ records }) => records.length)).toEqual([100, 100, 50]);
    expect(tokenRequests()).toBe(2);
  });

  test("amid a run is renewed once and nothing is read twice", async () => {
    account.connection = account.open(oauth);
    const expired = () =>
      Response.json({ status: "error", message: "expired", category: "EXPIRED_AUTHENTICATION" }, { status: 401 });
    account.troubles.push(
      () => undefined,
      () => undefined,
      expired,
    );
    const { records } = await run(account, "contacts", fields);
    expect(records.length).toBe(250);
    expect(tokenRequests()).toBe(2);
  });

  test("and whose renewal does not help ends the run, naming refresh_token", async () => {
    account.connection = account.open(oauth);
    const refusal = () => Response.json({ status: "error", message: "no" }, { status: 401 });
    account.troubles.push(
      () => undefined,
      refusal,
      () => undefined,
      refusal,
    );
    const failure = await failureOf(run(account, "contacts", fields));
    expect(failure).toMatchObject({ next: "reauthorise", field: "refresh_token", status: 401 });
  });
});

describe("an answer to an earlier question", () => {
  test("is asked for again amid the records of one millisecond, so that none of them is passed over", async () => {
    await account.close();
    const stamps = (n: number) => (n > 20 ? "2026-11-02T11:50:00.000Z" : "2026-11-02T11:50:00.001Z");
    account = await startAccount(
      { objects: { contacts: contacts(30, (n) => ({ updatedAt: stamps(n) })) } },
      { limits: { pageRows: 10 } },
    );
    const search = { filterGroups: [], sorts: ["lastmodifieddate"], properties: ["email"], limit: 10 };
    const earlier = await elsewhere(account, "POST", "/crm/v3/objects/contacts/search", search);
    const none = () => undefined;
    account.troubles.push(none, none, none, () => Response.json(earlier));
    const ids: string[] = [];
    let since: Position | null = { at: "2026-11-02T11:50:00.000Z", id: null };
    while (since) {
      const page: Page<Position> | undefined = await streamOf(account.connection, "contacts").changes?.({
        since,
        fields,
      });
      ids.push(...(page?.records.map(({ id }) => id) ?? []));
      since = page?.next ?? null;
    }
    expect(ids.sort()).toEqual(contacts(30).map(({ id }) => id));
  });

  test("is asked for again amid a list", async () => {
    const first = await elsewhere(account, "GET", "/crm/v3/objects/contacts?limit=100&properties=email");
    account.troubles.push(
      () => undefined,
      () => Response.json(first),
    );
    const { ids } = await run(account, "contacts", fields);
    expect(ids.length).toBe(250);
  });
});

describe("limits", () => {
  test("of the burst are kept by HubSpot's count of arrivals, however long a single request is on its way", async () => {
    const requests = 20;
    await account.close();
    account = await startAccount({}, { limits: { burst: requests } });
    account.connection = account.open({ requests_per_10_seconds: requests });
    account.troubles.push(async () => {
      await account.clock.sleep(3_000);
      return undefined;
    });
    const stream = streamOf(account.connection, "contacts");
    for (let n = 0; n < 3 * requests; n++) await stream.byId?.([String(n)], { fields, lane: "webhook" });
    expect(account.simulator.traffic()).toMatchObject({ requests: 3 * requests, refused: 0 });
  });

  test.each([
    ["a Retry-After in seconds", limited("SECONDLY", { "retry-after": "7" }), 7_000],
    ["the ten seconds' window without Retry-After", limited("TEN_SECONDLY_ROLLING"), 10_000],
    ["the search's second", limited("SECONDLY"), 1_000],
    ["a locked record", () => Response.json({ status: "error", message: "locked" }, { status: 423 }), 2_000],
  ])("%s is waited for", async (_, trouble, waitMs) => {
    account.troubles.push(trouble);
    const { records } = await streamOf(account.connection, "contacts").pages({ after: null, fields });
    expect(records.length).toBe(100);
    expect(passedMs()).toBe(waitMs);
  });

  test.each([-10, 10])("a Retry-After as a date is one of HubSpot's clock, be it %i minutes off", async (minutes) => {
    const there = Date.parse(noon) + minutes * 60_000;
    const headers = {
      date: new Date(there).toUTCString(),
      "retry-after": new Date(there + 7_000).toUTCString(),
    };
    account.troubles.push(limited("TEN_SECONDLY_ROLLING", headers));
    await streamOf(account.connection, "contacts").pages({ after: null, fields });
    expect(passedMs()).toBe(7_000);
  });

  test.each([
    ["a private app's answers", {}, { used: 2, limit: 625_000, share: 0.9, resetsAt: null }],
    ["an OAuth app's answers, which do not tell", oauth, null],
  ])("of the day are known from %s", async (_, config, expected) => {
    const connection = account.open(config);
    await streamOf(connection, "contacts").pages({ after: null, fields });
    await streamOf(connection, "contacts").pages({ after: null, fields });
    expect(connection.quota?.()).toEqual(expected);
  });

  test("of the day leave a tenth to the account's other tools: reading waits until midnight there", async () => {
    await account.close();
    account = await startAccount({ objects: { contacts: contacts(5) } }, { limits: { daily: 20 } });
    const connection = account.open({ time_zone: "Europe/Berlin" });
    const page = () => streamOf(connection, "contacts").pages({ after: null, fields });
    for (let n = 0; n < 16; n++) await page();
    expect(await failureOf(page())).toMatchObject({
      next: "retry",
      code: "ALLOWANCE_NEARLY_USED_UP",
      afterMs: 11 * 3_600_000, // it is noon in Greenwich
    });
    expect((await connection.check()).name).toBe("HubSpot 424242");
  });

  test("the day's limit ends the run", async () => {
    account.troubles.push(limited("DAILY"));
    expect(await failureOf(run(account, "contacts", fields))).toMatchObject({
      next: "retry",
      code: "DAILY",
      status: 429,
    });
    expect(account.requests).toHaveLength(1);
  });

  test("are not met by a run of more searches than a second allows", async () => {
    const at = (n: number) => new Date(Date.parse("2026-11-02T11:50:00.000Z") + n).toISOString();
    const many = await startAccount({ objects: { contacts: contacts(2_400, (n) => ({ updatedAt: at(n) })) } });
    const { ids } = await run(many, "contacts", fields, changesFrom(at(0)));
    await many.close();
    expect(ids.length).toBe(2_400);
    expect(many.simulator.traffic().refused).toBe(0);
  });
});

describe("faults on the way", () => {
  const page = () =>
    new Response("<html>Bad gateway</html>", { status: 502, headers: { "content-type": "text/html" } });
  test.each([
    ["a 500", () => Response.json({ status: "error", message: "internal error" }, { status: 500 })],
    ["a web page of HubSpot's edge", page],
    [
      "a web page that says it is fine",
      () => new Response("<html>OK</html>", { headers: { "content-type": "text/html" } }),
    ],
    ["a cut connection", () => "cut" as const],
    [
      "half an answer",
      () => new Response('{"results":[{"id":"1001","prop', { headers: { "content-type": "application/json" } }),
    ],
  ])("%s is tried again", async (_, trouble) => {
    account.troubles.push(() => undefined, trouble);
    const { records } = await run(account, "contacts", fields);
    expect(records.length).toBe(250);
  });

  test("that stay end the run with the vendor's words", async () => {
    const down = () => Response.json({ status: "error", message: "internal error" }, { status: 500 });
    account.troubles.push(...Array.from({ length: 6 }, () => down));
    const failure = await failureOf(run(account, "contacts", fields));
    expect(failure).toMatchObject({ next: "retry", status: 500, message: "HubSpot: internal error (500)" });
    expect(account.requests).toHaveLength(6);
  });

  test("of the network that stay name base_url", async () => {
    account.troubles.push(...Array.from({ length: 6 }, () => () => "cut" as const));
    const failure = await failureOf(run(account, "contacts", fields));
    expect(failure).toMatchObject({ next: "retry", field: "base_url", code: "ECONNRESET" });
  });

  test("without an answer end in time and name base_url", async () => {
    const silent = () => new Promise<undefined>(() => undefined);
    account.troubles.push(...Array.from({ length: 6 }, () => silent));
    account.connection = openHubspot({ base_url: account.url }, { timeoutMs: 30 });
    const failure = await failureOf(run(account, "contacts", fields));
    expect(failure).toMatchObject({ next: "retry", field: "base_url" });
    expect(failure.message).toBe(`${new URL(account.url).host} did not answer in time`);
  });

  test("leave the cursor where the stored records are, and the next run loses nothing", async () => {
    const down = () => Response.json({ status: "error", message: "internal error" }, { status: 500 });
    const fresh = await startAccount({ objects: { contacts: contacts(250) } });
    const first = await streamOf(fresh.connection, "contacts").pages({ after: null, fields });
    fresh.troubles.push(...Array.from({ length: 6 }, () => down));
    const state = { mode: "backfill", after: first.next, from: "2026-11-02T11:45:00.000Z" } as const;
    await failureOf(run(fresh, "contacts", fields, state));
    await elsewhere(fresh, "PATCH", "/crm/v3/objects/contacts/1001", { properties: { firstname: "Ada" } });
    const { ids } = await run(fresh, "contacts", fields, state);
    await fresh.close();
    expect(ids.length).toBe(151); // the rest, and the one that changed meanwhile
  });
});
