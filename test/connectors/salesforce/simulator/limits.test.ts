import { describe, expect, it } from "vitest";
import { readRefusal, sampleOrg, wednesday } from "./sampleOrg.ts";

describe("limits", () => {
  it("are told with every reply, in the short form or with bursts and the app's share", async () => {
    const short = await sampleOrg({ dailyRequestsMax: 15_000 });
    await short.call("/sobjects");
    expect((await short.call("/limits")).headers.get("sforce-limit-info")).toBe("api-usage=2/15000");
    const long = await sampleOrg({ limitInfo: "long" });
    expect((await long.call("/limits")).headers.get("sforce-limit-info")).toBe(
      "api-usage=1/100000; api-bursts=1/750; per-app-api-usage=1/250(appName=journey-hub)",
    );
  });

  it("are told with refusals too", async () => {
    const { query } = await sampleOrg();
    expect((await query("SELECT")).headers.get("sforce-limit-info")).toBe("api-usage=1/100000");
  });

  it("are a resource: name, maximum, remaining", async () => {
    const { call } = await sampleOrg({ dailyRequestsMax: 50 });
    expect(await (await call("/limits")).json()).toMatchObject({
      DailyApiRequests: { Max: 50, Remaining: 49 },
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    });
  });

  it("refuse calls once the day's allowance is used up, until the next day", async () => {
    let now = wednesday;
    const { call } = await sampleOrg({ now: () => now, dailyRequestsMax: 2, sessionSeconds: 1e6 });
    expect((await call("/limits")).status).toBe(200);
    expect((await call("/limits")).status).toBe(200);
    expect(await readRefusal(await call("/limits"))).toBe("403 REQUEST_LIMIT_EXCEEDED TotalRequests Limit exceeded.");
    now += 24 * 60 * 60 * 1000;
    expect((await call("/limits")).status).toBe(200);
  });

  it("refuse a further call while too many long ones are open, and name that limit", async () => {
    let now = wednesday;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { call, simulator } = await sampleOrg({
      now: () => now,
      longRequestsMax: 2,
      hold: (request) => (request.url.endsWith("/sobjects") ? gate : Promise.resolve()),
    });
    const long = [call("/sobjects"), call("/sobjects")];
    expect((await call("/limits")).status).toBe(200);
    now += 20_000;
    expect(await readRefusal(await call("/limits"))).toBe(
      "403 REQUEST_LIMIT_EXCEEDED ConcurrentPerOrgLongTxn Limit exceeded.",
    );
    open();
    expect((await Promise.all(long)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await call("/limits")).status).toBe(200);
    expect(simulator.traffic()).toEqual({
      requests: 6,
      refused: 1,
      overLimit: 1,
      peakConcurrency: 3,
      byRoute: { "POST services/oauth2/token": 1, "GET sobjects": 2, "GET limits": 3 },
    });
  });

  it("count routes by what is asked, not by ids", async () => {
    const { call, simulator } = await sampleOrg({ pageRowsMax: 2 });
    await call("/query?q=SELECT+Id+FROM+Contact");
    await call("/query/0r8Hs0000000000001-2");
    await call("/sobjects/Contact/003Hs0000000001IAA");
    await call("/sobjects/Contact/Id/003Hs0000000001IAA");
    await call("/sobjects/Contact/describe");
    await simulator.app.request("/id/00DHs0000000001MAA/005Hs0000000001IAA");
    expect(Object.keys(simulator.traffic().byRoute)).toEqual([
      "POST services/oauth2/token",
      "GET query",
      "GET query/{locator}",
      "GET sobjects/Contact/{id}",
      "GET sobjects/Contact/Id/{value}",
      "GET sobjects/Contact/describe",
      "GET id/{org}/{user}",
    ]);
  });

  it("answer paths outside the API with a page", async () => {
    const { simulator } = await sampleOrg();
    const reply = await simulator.app.request("/nowhere");
    expect([reply.status, await reply.text()]).toEqual([404, expect.stringContaining("URL No Longer Exists")]);
  });
});
