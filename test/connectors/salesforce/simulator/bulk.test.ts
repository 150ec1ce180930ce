import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import jsforce from "jsforce";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createSalesforceSimulator,
  demoCredentials,
  type SalesforceSimulatorOptions,
  serverOptions,
  sfId,
} from "../../../../connectors/salesforce/simulator/index.ts";
import { readRefusal, sampleOrg, wednesday } from "./sampleOrg.ts";

const job = z.looseObject({ id: z.string(), state: z.string() });

/** An org whose clock the test moves, and the calls of a query job. */
async function bulkOrg(options: SalesforceSimulatorOptions = {}) {
  const clock = { now: wednesday };
  const org = await sampleOrg({ now: () => clock.now, ...options });
  const create = (query: string, more = {}) => org.send("POST", "/jobs/query", { operation: "query", query, ...more });
  const info = async (id: string) => job.parse(await (await org.call(`/jobs/query/${id}`)).json());
  const results = (id: string, search = "") => org.call(`/jobs/query/${id}/results${search}`);
  /** Creates a job and lets it run to its end. */
  const done = async (query: string, more = {}) => {
    const { id } = job.parse(await (await create(query, more)).json());
    clock.now += 60_000;
    return id;
  };
  return { ...org, clock, create, info, results, done };
}

const names = "SELECT Id, Name FROM Account ORDER BY Id";

describe("a query job", () => {
  it("is queued, runs, and is complete", async () => {
    const { create, info, clock } = await bulkOrg({ bulkQueueSeconds: 2, bulkRowsPerSecond: 2 });
    const created = await (await create("SELECT Id FROM Contact")).json();
    expect(created).toEqual({
      id: sfId("750", 1),
      operation: "query",
      object: "Contact",
      createdById: sfId("005", 1),
      createdDate: "2026-03-18T10:00:00.000+0000",
      systemModstamp: "2026-03-18T10:00:00.000+0000",
      state: "UploadComplete",
      concurrencyMode: "Parallel",
      contentType: "CSV",
      apiVersion: 62,
      lineEnding: "LF",
      columnDelimiter: "COMMA",
    });
    const { id } = job.parse(created);
    const seen = [];
    for (const seconds of [1, 2, 1, 5]) {
      clock.now += seconds * 1_000;
      const { state, numberRecordsProcessed } = await info(id);
      seen.push([state, numberRecordsProcessed]);
    }
    expect(seen).toEqual([
      ["UploadComplete", 0],
      ["InProgress", 2],
      ["InProgress", 4],
      ["JobComplete", 5],
    ]);
    expect(await info(id)).toMatchObject({ jobType: "V2Query", retries: 0, isPkChunkingSupported: true });
  });

  it("delivers CSV: every value quoted, null empty, quotes doubled, times with Z, parents by their path", async () => {
    const { simulator, done, results } = await bulkOrg();
    simulator.load({
      orgId: sfId("00D", 1),
      objects: {
        Account: [{ Id: sfId("001", 1), Name: 'Acme "Bikes", Ltd', AnnualRevenue: 1_000 }],
        Contact: [
          {
            Id: sfId("003", 1),
            LastName: "Ray\nJr",
            AccountId: sfId("001", 1),
            SystemModstamp: "2026-03-01T08:00:00.000+0000",
          },
        ],
      },
    });
    const id = await done(
      "select id, LASTNAME, Email, DoNotCall, SystemModstamp, account.name, Account.AnnualRevenue FROM Contact",
    );
    const reply = await results(id);
    expect(await reply.text()).toBe(
      '"Id","LastName","Email","DoNotCall","SystemModstamp","Account.Name","Account.AnnualRevenue"\n' +
        `"${sfId("003", 1)}","Ray\nJr","","false","2026-03-01T08:00:00.000Z","Acme ""Bikes"", Ltd","1000"\n`,
    );
    expect(reply.headers.get("content-type")).toBe("text/csv; charset=UTF-8");
    expect([reply.headers.get("sforce-locator"), reply.headers.get("sforce-numberofrecords")]).toEqual(["null", "1"]);
  });

  it.each([
    [{ columnDelimiter: "SEMICOLON" }, '"Id";"Name"\n'],
    [{ columnDelimiter: "TAB", lineEnding: "CRLF" }, '"Id"\t"Name"\r\n'],
    [{ columnDelimiter: "PIPE", contentType: "CSV" }, '"Id"|"Name"\n'],
    [{ columnDelimiter: "CARET" }, '"Id"^"Name"\n'],
    [{ columnDelimiter: "BACKQUOTE" }, '"Id"`"Name"\n'],
  ])("writes the form it was asked for: %j", async (form, heading) => {
    const { done, results } = await bulkOrg();
    const text = await (await results(await done(names, form))).text();
    expect(text.startsWith(heading)).toBe(true);
  });

  it("hands its results out page by page, each as often as it is asked for", async () => {
    const { done, results } = await bulkOrg();
    const id = await done("SELECT LastName FROM Contact ORDER BY Id");
    const pages: string[] = [];
    let locator = "";
    for (let n = 0; n < 10 && locator !== "null"; n++) {
      const search = `?maxRecords=2${locator && `&locator=${locator}`}`;
      const reply = await results(id, search);
      pages.push(`${reply.headers.get("sforce-numberofrecords")} ${(await reply.text()).split("\n").slice(1, -1)}`);
      expect(await (await results(id, search)).text()).toContain('"LastName"');
      locator = reply.headers.get("sforce-locator") ?? "null";
    }
    expect(pages.map((page) => page[0])).toEqual(["2", "2", "1"]);
    expect(new Set(pages.join(",").match(/"[^"]+"/g)).size).toBe(5);
  });

  it("gives no more rows a page than the vendor will, whatever is asked", async () => {
    const { done, results } = await bulkOrg({ bulkResultRowsMax: 3 });
    const reply = await results(await done("SELECT Id FROM Contact"), "?maxRecords=100000");
    expect(reply.headers.get("sforce-numberofrecords")).toBe("3");
  });

  it("answers with the heading alone where nothing is found", async () => {
    const { done, results } = await bulkOrg();
    const reply = await results(await done("SELECT Id FROM Contact WHERE LastName = 'None such'"));
    expect([reply.status, await reply.text(), reply.headers.get("sforce-numberofrecords")]).toEqual([
      200,
      '"Id"\n',
      "0",
    ]);
  });

  it("sees the org as it was when the job was created", async () => {
    const { done, results, send } = await bulkOrg();
    const id = await done("SELECT Id FROM Account");
    const before = await (await results(id)).text();
    expect((await send("POST", "/sobjects/Account", { Name: "Later" })).status).toBe(201);
    expect(await (await results(id)).text()).toBe(before);
  });

  it("sees deleted rows with queryAll only", async () => {
    const { done, results, call } = await bulkOrg();
    const count = async (operation: string) =>
      (await results(await done("SELECT Id FROM Lead", { operation }))).headers.get("sforce-numberofrecords");
    const before = await count("query");
    expect((await call(`/sobjects/Lead/${sfId("00Q", 1)}`, { method: "DELETE" })).status).toBe(204);
    expect(Number(await count("query"))).toBe(Number(before) - 1);
    expect(Number(await count("queryAll"))).toBeGreaterThanOrEqual(Number(before));
  });

  it("can be aborted while it waits or runs, and deleted once it has ended", async () => {
    const { create, info, send, call, clock } = await bulkOrg();
    const { id } = job.parse(await (await create(names)).json());
    expect(await readRefusal(await call(`/jobs/query/${id}`, { method: "DELETE" }))).toContain("400 INVALIDJOBSTATE");
    expect(await (await send("PATCH", `/jobs/query/${id}`, { state: "Aborted" })).json()).toMatchObject({
      state: "Aborted",
    });
    clock.now += 60_000;
    expect(await info(id)).toMatchObject({ state: "Aborted", numberRecordsProcessed: 0 });
    expect((await call(`/jobs/query/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await call(`/jobs/query/${id}`)).status).toBe(404);
  });

  it("can fail, and says why", async () => {
    const { simulator, create, info, results, clock } = await bulkOrg();
    simulator.state.failNextJob("InternalServerError: retried more than fifteen times");
    const { id } = job.parse(await (await create(names)).json());
    expect((await info(id)).state).toBe("UploadComplete");
    clock.now += 60_000;
    expect(await info(id)).toMatchObject({
      state: "Failed",
      errorMessage: "InternalServerError: retried more than fifteen times",
    });
    expect(await readRefusal(await results(id))).toContain("400 INVALIDJOBSTATE");
    expect((await info(job.parse(await (await create(names)).json()).id)).state).toBe("UploadComplete");
  });

  it("is listed with the others, and gone after a week", async () => {
    const { create, call, clock } = await bulkOrg({ sessionSeconds: 10 * 86_400 });
    await create(names);
    await create("SELECT Id FROM Lead");
    const list = async () =>
      z
        .object({ records: z.array(z.looseObject({ object: z.string() })) })
        .parse(await (await call("/jobs/query")).json());
    expect((await list()).records.map(({ object }) => object)).toEqual(["Account", "Lead"]);
    clock.now += 7 * 86_400_000;
    expect((await list()).records).toEqual([]);
    expect((await call(`/jobs/query/${sfId("750", 1)}`)).status).toBe(404);
  });
});

describe("the bulk service refuses", () => {
  it.each([
    [
      "an address",
      "SELECT Id, BillingAddress FROM Account",
      "API_ERROR Selecting compound data not supported in Bulk Query",
    ],
    ["a parent's address", "SELECT Account.BillingAddress FROM Contact", "Selecting compound data not supported"],
    ["COUNT()", "SELECT COUNT() FROM Account", "API_ERROR Aggregate Relationships not supported in Bulk Query"],
    ["COUNT(Id)", "SELECT COUNT(Id) FROM Account", "API_ERROR Aggregate Relationships not supported in Bulk Query"],
    ["OFFSET", "SELECT Id FROM Account LIMIT 5 OFFSET 5", "API_ERROR OFFSET is not supported"],
    ["FIELDS()", "SELECT FIELDS(STANDARD) FROM Account", "API_ERROR The SOQL FIELDS function is not supported"],
    ["an unknown field", "SELECT Nope FROM Account", "No such column 'Nope' on entity 'Account'"],
    ["an unknown object", "SELECT Id FROM Nope", "sObject type 'Nope' is not supported"],
    ["an unknown parent", "SELECT Nope.Name FROM Contact", "Didn't understand relationship 'Nope'"],
    ["a field twice", "SELECT Id, Id FROM Account", "duplicate field selected: Id"],
    ["bad grammar", "SELECT FROM Account", "API_ERROR"],
    ["a bad condition", "SELECT Id FROM Account WHERE Name = 5", "must be of type string"],
    ["long text in a condition", "SELECT Id FROM Account WHERE Description = 'x'", "can not be filtered"],
  ])("%s", async (_what, query, refusal) => {
    const { create } = await bulkOrg();
    const text = await readRefusal(await create(query));
    expect(text.startsWith("400 API_ERROR")).toBe(true);
    expect(text).toContain(refusal);
  });

  it.each([
    ["no statement", { operation: "query" }],
    ["an empty statement", { operation: "query", query: "" }],
    ["no operation", { query: names }],
    ["an operation that is none", { operation: "insert", query: names }],
    ["another format", { operation: "query", query: names, contentType: "JSON" }],
    ["another delimiter", { operation: "query", query: names, columnDelimiter: "," }],
    ["another line ending", { operation: "query", query: names, lineEnding: "CR" }],
    ["a member it does not know", { operation: "query", query: names, object: "Account" }],
  ])("a job with %s", async (_what, body) => {
    const { send } = await bulkOrg();
    expect(await readRefusal(await send("POST", "/jobs/query", body))).toMatch(/^400 API_ERROR /);
  });

  it("objects it does not serve", async () => {
    const { create } = await bulkOrg({ bulkUnsupported: ["OpportunityStage"] });
    expect(await readRefusal(await create("SELECT Id FROM OpportunityStage"))).toBe(
      "400 INVALIDENTITY Entity 'OpportunityStage' is not supported by the Bulk API.",
    );
  });

  it("results of a job that is not complete, a wrong locator, a wrong count", async () => {
    const { create, results, done } = await bulkOrg();
    const { id } = job.parse(await (await create(names)).json());
    expect(await readRefusal(await results(id))).toMatch(/^400 INVALIDJOBSTATE .* UploadComplete$/);
    const complete = await done(names);
    for (const search of ["?locator=xyz", "?locator=", `?locator=${Buffer.from("row 9999").toString("base64url")}`]) {
      expect(await readRefusal(await results(complete, search))).toBe("400 API_ERROR Invalid locator");
    }
    for (const search of ["?maxRecords=0", "?maxRecords=-1", "?maxRecords=ten"]) {
      expect(await readRefusal(await results(complete, search))).toContain("maxRecords must be a positive integer");
    }
    expect((await results(sfId("750", 99))).status).toBe(404);
  });

  it("results by another version than the job's, and versions from before query jobs", async () => {
    const { simulator, token, done } = await bulkOrg();
    const id = await done(names);
    const headers = { authorization: `Bearer ${token}` };
    const other = await simulator.app.request(`/services/data/v61.0/jobs/query/${id}/results`, { headers });
    expect(other.status).toBe(409);
    expect((await simulator.app.request("/services/data/v46.0/jobs/query", { headers })).status).toBe(404);
  });

  it("a change of state that is none, and aborting what has ended", async () => {
    const { send, done } = await bulkOrg();
    const id = await done(names);
    expect(await readRefusal(await send("PATCH", `/jobs/query/${id}`, { state: "Open" }))).toMatch(
      /^400 INVALIDJOBSTATE/,
    );
    expect(await readRefusal(await send("PATCH", `/jobs/query/${id}`, { state: "Aborted" }))).toContain("JobComplete");
  });

  it("jobs beyond a day's number, until a day has passed", async () => {
    const { create, call, clock } = await bulkOrg({ bulkQueryJobsMax: 2, sessionSeconds: 200_000 });
    await create(names);
    await create(names);
    expect(await readRefusal(await create(names))).toBe(
      "400 EXCEEDEDQUOTA Max bulk v2 query jobs (2) per 24 hrs has been reached",
    );
    expect(await (await call("/limits")).json()).toMatchObject({ DailyBulkV2QueryJobs: { Max: 2, Remaining: 0 } });
    clock.now += 86_400_000;
    expect((await create(names)).status).toBe(200);
  });

  it("jobs once a day's results are too big", async () => {
    const { create } = await bulkOrg({ bulkStorageMbMax: 0.0001 });
    await create(names);
    await create(names);
    expect(await readRefusal(await create(names))).toMatch(/^400 EXCEEDEDQUOTA Max bulk v2 query result size stored/);
  });

  it.each([
    ["feature-not-enabled", "400 FeatureNotEnabled Async API not enabled"],
    ["api-disabled", "403 API_DISABLED_FOR_ORG Bulk API is not enabled for this Organization or Partner"],
    ["no-permission", "403 INSUFFICIENT_ACCESS insufficient access rights on cross-reference id"],
  ] as const)("everything, and nothing else, in an org set to %s", async (bulkRefusal, refusal) => {
    const { create, call } = await bulkOrg({ bulkRefusal });
    expect(await readRefusal(await create(names))).toBe(refusal);
    expect((await call("/jobs/query")).ok).toBe(false);
    expect((await call("/sobjects")).status).toBe(200);
  });

  it.each([
    [true, "api-usage=4/100000"],
    [false, "api-usage=2/100000"],
  ])("no call for its own sake: whether they count as API calls can be set (%j)", async (bulkCallsCount, usage) => {
    const { create, call } = await bulkOrg({ bulkCallsCount });
    await create(names);
    await call("/jobs/query");
    await call("/sobjects");
    expect((await call("/sobjects")).headers.get("sforce-limit-info")).toBe(usage);
  });

  it("methods a path does not have", async () => {
    const { call } = await bulkOrg();
    expect((await call("/jobs/query", { method: "DELETE" })).status).toBe(405);
    expect((await call(`/jobs/query/${sfId("750", 1)}/results`, { method: "POST" })).status).toBe(405);
  });
});

describe("the vendor's own npm client", () => {
  it("runs a query job and reads its records", async () => {
    const simulator = createSalesforceSimulator({ bulkQueueSeconds: 0, bulkRowsPerSecond: 1_000_000_000 });
    const rows = Array.from({ length: 3_000 }, (_, n) => ({ Id: sfId("003", n + 1), LastName: `Person "${n}", Jr` }));
    simulator.load({ orgId: sfId("00D", 1), objects: { Contact: rows } });
    const server = createAdaptorServer({ serverOptions, fetch: simulator.app.fetch });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { clientId, clientSecret } = demoCredentials;
    const connection = new jsforce.Connection({
      loginUrl: url,
      version: "62.0",
      oauth2: { loginUrl: url, clientId, clientSecret },
    });
    await connection.authorize({ grant_type: "client_credentials" });
    connection.bulk2.pollInterval = 5;
    const stream = await connection.bulk2.query("SELECT Id, LastName, SystemModstamp FROM Contact");
    const records = z.array(z.looseObject({ Id: z.string(), LastName: z.string() })).parse(await stream.toArray());
    expect([records.length, records[7]?.LastName]).toEqual([3_000, 'Person "7", Jr']);
    await new Promise((resolve) => server.close(resolve));
  });
});
