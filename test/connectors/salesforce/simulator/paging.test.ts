import { describe, expect, it } from "vitest";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { emptySeed, readPage, readRefusal, sampleOrg, wednesday } from "./sampleOrg.ts";

const manyAccounts = (count: number) => ({
  ...emptySeed,
  objects: { Account: Array.from({ length: count }, (_, i) => ({ Id: sfId("001", i + 1), Name: `Account ${i + 1}` })) },
});

describe("paging a query", () => {
  it("gives 5,300 rows in pages of 2,000, 2,000 and 1,300, each once", async () => {
    const { query, simulator, token } = await sampleOrg({}, manyAccounts(5300));
    const pages = [await readPage(await query("SELECT Id FROM Account ORDER BY Name"))];
    for (let page = pages[0]; page?.nextRecordsUrl && pages.length < 10; page = pages.at(-1)) {
      const headers = { authorization: `Bearer ${token}` };
      pages.push(await readPage(await simulator.app.request(page.nextRecordsUrl, { headers })));
    }
    expect(pages.map(({ totalSize, done, records }) => [totalSize, done, records.length])).toEqual([
      [5300, false, 2000],
      [5300, false, 2000],
      [5300, true, 1300],
    ]);
    expect(pages[0]?.nextRecordsUrl).toMatch(/^\/services\/data\/v62\.0\/query\/0r8\w+-2000$/);
    expect(pages[1]?.nextRecordsUrl).toMatch(/-4000$/);
    expect(pages[2]).not.toHaveProperty("nextRecordsUrl");
    expect(new Set(pages.flatMap(({ records }) => records.map(({ Id }) => Id))).size).toBe(5300);
    expect(simulator.state.queryWork().statements).toBe(1);
  });

  it("takes batchSize as a hint between 200 and 2,000", async () => {
    const { call } = await sampleOrg({}, manyAccounts(2500));
    const sizes: number[] = [];
    for (const batchSize of [10, 500, 9000]) {
      const headers = { "Sforce-Query-Options": `batchSize=${batchSize}` };
      sizes.push((await readPage(await call("/query?q=SELECT+Id+FROM+Account", { headers }))).records.length);
    }
    expect(sizes).toEqual([200, 500, 2000]);
  });

  it("points a queryAll's next page at query, and takes it under queryAll too", async () => {
    const { query, call } = await sampleOrg({ pageRowsMax: 2 });
    const first = await readPage(await query("SELECT Id FROM Contact", "queryAll"));
    expect(first).toMatchObject({ totalSize: 6, nextRecordsUrl: expect.stringContaining("/v62.0/query/0r8") });
    const locator = first.nextRecordsUrl?.split("/").at(-1);
    expect((await readPage(await call(`/queryAll/${locator}`))).records).toHaveLength(2);
  });

  it("keeps showing what the query found though rows change between pages", async () => {
    const { query, send, call } = await sampleOrg({ pageRowsMax: 4 });
    const first = await readPage(await query("SELECT LastName FROM Contact ORDER BY Id"));
    await send("PATCH", `/sobjects/Contact/${sfId("003", 5)}`, { LastName: "Somebody" });
    await call(`/sobjects/Contact/${sfId("003", 1)}`, { method: "DELETE" });
    const second = await readPage(await call(`/query/${first.nextRecordsUrl?.split("/").at(-1)}`));
    expect(second.records).toMatchObject([{ LastName: "Nobody" }]);
  });

  it.each([
    ["after two days", 2 * 24 * 60 * 60 * 1000, {}],
    ["when too many newer ones are open", 0, { locatorsMax: 1 }],
  ])("refuses a locator %s", async (_title, waitMs, options) => {
    let now = wednesday;
    const sessionSeconds = 10 * 24 * 60 * 60;
    const { query, call } = await sampleOrg({ now: () => now, pageRowsMax: 2, sessionSeconds, ...options });
    const first = await readPage(await query("SELECT Id FROM Contact"));
    await query("SELECT Id FROM Contact");
    now += waitMs;
    const reply = await call(`/query/${first.nextRecordsUrl?.split("/").at(-1)}`);
    expect(await readRefusal(reply)).toBe("400 INVALID_QUERY_LOCATOR invalid query locator");
  });

  it("refuses locators that were dropped, never given, or point past the end", async () => {
    const { query, call, simulator } = await sampleOrg({ pageRowsMax: 2 });
    const first = await readPage(await query("SELECT Id FROM Contact"));
    const locator = first.nextRecordsUrl?.split("/").at(-1) ?? "";
    expect((await call(`/query/${locator.replace(/-2$/, "-9")}`)).status).toBe(400);
    expect((await call("/query/0r8XYZ-2000")).status).toBe(400);
    simulator.state.dropLocators();
    expect((await call(`/query/${locator}`)).status).toBe(400);
  });

  it("answers an address over 16,384 bytes with a page of HTML", async () => {
    const { query, simulator } = await sampleOrg();
    const list = Array.from({ length: 700 }, (_, i) => `'${sfId("003", i + 1)}'`).join(",");
    const reply = await query(`SELECT Id FROM Contact WHERE Id IN (${list})`);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([414, "text/html; charset=UTF-8"]);
    expect(await reply.text()).toBe("<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>");
    expect(simulator.state.queryWork().statements).toBe(0);
  });

  it("counts the headers with the address", async () => {
    const { call } = await sampleOrg();
    const reply = await call("/limits", { headers: { "x-padding": "x".repeat(16_384) } });
    expect([reply.status, await reply.text()]).toEqual([
      431,
      "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>",
    ]);
  });
});
