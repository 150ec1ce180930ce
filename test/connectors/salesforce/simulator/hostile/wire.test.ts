import type { DoorCounts } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { callerOf, type HostileOrg, hostileOrg, noon, pageOf, requestToken, signIn } from "./account.ts";

const contacts = "SELECT Id FROM Contact ORDER BY Id";

const refusal = z.tuple([z.object({ errorCode: z.string(), message: z.string() })]);

/** What came of a request: its status and the vendor's code and message, or how the body begins, or how it ended. */
async function seen(reply: Response): Promise<string> {
  const text = await reply.text().catch((cause: Error) => cause.message);
  const wait = reply.headers.has("retry-after") ? " with Retry-After" : "";
  if (!text.startsWith("[")) return `${reply.status}${wait} ${text.slice(0, 15)}`;
  const [{ errorCode, message }] = refusal.parse(JSON.parse(text));
  return `${reply.status}${wait} ${errorCode}: ${message}`;
}

/** Asks until the trouble has struck once; it strikes every second request. */
async function askUntilStruck(
  org: HostileOrg,
  name: string,
  ask: () => Promise<Response>,
): Promise<{ reply: Response; door: DoorCounts }> {
  for (let n = 0; n < 40; n++) {
    const reply = await ask();
    const door = org.account.door();
    if (door.struck[name]) return { reply, door };
    await reply.text();
  }
  throw new Error(`${name} did not strike`);
}

describe("the answer to a query, beset with", () => {
  test.each([
    ["too-many-requests-missing", "403 REQUEST_LIMIT_EXCEEDED: ConcurrentPerOrgLongTxn Limit exceeded."],
    [
      "too-many-requests-seconds",
      "403 with Retry-After REQUEST_LIMIT_EXCEEDED: ConcurrentPerOrgLongTxn Limit exceeded.",
    ],
    ["allowance-used-up", "403 REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded."],
    ["query-timeout", "400 QUERY_TIMEOUT: Your query request was running for too long."],
    ["server-error-500", "500 UNKNOWN_EXCEPTION: An unexpected error occurred. Please include this ErrorId: 1-2 (3)"],
    ["server-error-502", "502 "],
    ["server-error-503", "503 SERVER_UNAVAILABLE: Server temporarily unavailable"],
    ["server-error-504", "504 "],
    ["html-200", "200 <!DOCTYPE html>"],
    ["html-503", "503 <!DOCTYPE html>"],
    ["cut-connection", "200 cut on purpose"],
    ["session-expires", "401 INVALID_SESSION_ID: Session expired or invalid"],
    ["session-refused", "401 INVALID_SESSION_ID: Session expired or invalid"],
  ])("%s", async (name, answer) => {
    const org = hostileOrg();
    const { query } = callerOf(org, await signIn(org));
    org.beset({ only: [name] });
    const { reply, door } = await askUntilStruck(org, name, () => query(contacts));
    expect(await seen(reply)).toBe(answer);
    expect(Object.keys(door.struck)).toEqual([name]);
    expect(door.overLimit).toBe(0);
  });

  test("truncated-json", async () => {
    const org = hostileOrg();
    const { query } = callerOf(org, await signIn(org));
    org.beset({ only: ["truncated-json"] });
    const { reply } = await askUntilStruck(org, "truncated-json", () => query(contacts));
    const text = await reply.text();
    expect(reply.status).toBe(200);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test("endless-body", async () => {
    const org = hostileOrg();
    const { query } = callerOf(org, await signIn(org));
    org.beset({ only: ["endless-body"] });
    const { reply } = await askUntilStruck(org, "endless-body", () => query(contacts));
    const reader = reply.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    const more = await Promise.race([reader?.read(), new Promise((resolve) => setImmediate(resolve, "nothing yet"))]);
    expect(more).toBe("nothing yet");
    await reader?.cancel();
  });
});

describe("a session", () => {
  test("that was refused once is good again; one that expired is not", async () => {
    for (const [name, status] of [
      ["session-refused", 200],
      ["session-expires", 401],
    ] as const) {
      const org = hostileOrg();
      const { query } = callerOf(org, await signIn(org));
      org.beset({ only: [name] });
      await askUntilStruck(org, name, () => query(contacts));
      org.beset({ level: "none" });
      expect((await query(contacts)).status).toBe(status);
    }
  });

  test.each([
    ["sign-in-later", { error: "unknown_error", error_description: "retry your request" }],
    ["sign-in-refused", { error: "invalid_grant", error_description: "expired access/refresh token" }],
  ])("cannot be had for once: %s", async (name, refusal) => {
    const org = hostileOrg();
    org.beset({ only: [name] });
    const { reply } = await askUntilStruck(org, name, () => requestToken(org.account));
    expect([reply.status, await reply.json()]).toEqual([400, refusal]);
    org.beset({ level: "none" });
    expect((await requestToken(org.account)).status).toBe(200);
  });
});

describe("a page behind the first", () => {
  async function thirdPage(only?: string) {
    const org = hostileOrg();
    const caller = callerOf(org, await signIn(org));
    const first = await pageOf(await caller.query(contacts));
    const locator = first.nextRecordsUrl?.replace("/services/data/v62.0", "").replace(/-25$/, "");
    const page = (offset: number) => caller.call(`${locator}-${offset}`);
    const [second, third] = [await pageOf(await page(25)), await pageOf(await page(50))];
    if (only) org.beset({ only: [only] });
    const reply = only ? (await askUntilStruck(org, only, () => page(50))).reply : await page(50);
    return { org, page, reply, second, third };
  }

  test("is the same each time it is asked for, without trouble", async () => {
    const { reply, third } = await thirdPage();
    expect((await pageOf(reply)).records).toEqual(third.records);
  });

  test("page-repeated: is the one before", async () => {
    const { reply, second } = await thirdPage("page-repeated");
    expect((await pageOf(reply)).records).toEqual(second.records);
  });

  test("page-shifted: lacks its first row", async () => {
    const { reply, third } = await thirdPage("page-shifted");
    expect((await pageOf(reply)).records.slice(0, 24)).toEqual(third.records.slice(1));
  });

  test("cursor-expired: is not known any more, nor will it be", async () => {
    const { org, page, reply } = await thirdPage("cursor-expired");
    expect(await seen(reply)).toBe("400 INVALID_QUERY_LOCATOR: invalid query locator");
    org.beset({ level: "none" });
    expect((await page(50)).status).toBe(400);
  });
});

describe("a bulk job", () => {
  async function jobs(only?: string) {
    const org = hostileOrg();
    const { call } = callerOf(org, await signIn(org));
    const start = () =>
      call("/jobs/query", {
        method: "POST",
        body: JSON.stringify({ operation: "query", query: "SELECT Id FROM Task" }),
      });
    const ended = async (reply: Response): Promise<{ id: string; state: string }> => {
      const { id } = z.looseObject({ id: z.string() }).parse(await reply.json());
      org.clock.advance(60_000);
      return z.looseObject({ id: z.string(), state: z.string() }).parse(await (await call(`/jobs/query/${id}`)).json());
    };
    const job = only === undefined ? await ended(await start()) : null;
    return { org, start, ended, job, call };
  }

  /** Rows received against rows announced. */
  async function countsOf(reply: Response): Promise<[received: number, announced: number]> {
    return [
      Math.max(0, (await reply.text()).split("\n").length - 2),
      Number(reply.headers.get("sforce-numberofrecords")),
    ];
  }

  test("runs to its end without trouble, its pages as long as announced", async () => {
    const { job, call } = await jobs();
    expect(job?.state).toBe("JobComplete");
    const [received, announced] = await countsOf(await call(`/jobs/query/${job?.id}/results`));
    expect(received).toBe(announced);
    expect(announced).toBeGreaterThan(10);
  });

  test("bulk-job-fails: ends as Failed", async () => {
    const { org, start, ended } = await jobs("bulk-job-fails");
    org.beset({ only: ["bulk-job-fails"] });
    const { reply } = await askUntilStruck(org, "bulk-job-fails", start);
    expect((await ended(reply)).state).toBe("Failed");
  });

  test.each([
    ["bulk-result-cut", "fewer rows than announced", ([received, announced]: [number, number]) => received < announced],
    ["bulk-result-empty", "nothing at all", ([received, announced]: [number, number]) => received + announced === 0],
  ])("%s: a page with %s", async (name, _, isSo) => {
    const { org, job, call } = await jobs();
    org.beset({ only: [name] });
    const { reply } = await askUntilStruck(org, name, () => call(`/jobs/query/${job?.id}/results`));
    expect([reply.status, isSo(await countsOf(reply))]).toEqual([200, true]);
  });
});

describe("between two requests", () => {
  test("busy-org: things happen", async () => {
    const org = hostileOrg();
    const { query } = callerOf(org, await signIn(org));
    const changed = `SELECT Id, SystemModstamp FROM Contact WHERE SystemModstamp >= ${noon}`;
    expect((await pageOf(await query(changed))).records).toEqual([]);
    org.beset({ only: ["busy-org"] });
    for (let n = 0; n < 20; n++) await (await query(contacts)).text();
    org.beset({ level: "none" });
    expect((await pageOf(await query(changed))).records.length).toBeGreaterThan(0);
  });

  test("deleted-before-get: a row is deleted that is then asked for by id", async () => {
    const org = hostileOrg();
    const { query } = callerOf(org, await signIn(org));
    const [id = ""] = org.account.truth().get("Contact") ?? [];
    const byId = () => query(`SELECT Id, IsDeleted FROM Contact WHERE Id IN ('${id}')`);
    expect((await pageOf(await byId())).records).toMatchObject([{ IsDeleted: false }]);
    org.beset({ only: ["deleted-before-get"] });
    const { reply } = await askUntilStruck(org, "deleted-before-get", byId);
    expect((await pageOf(reply)).records).toMatchObject([{ IsDeleted: true }]);
    expect(org.account.truth().get("Contact")?.has(id)).toBe(false);
  });
});
