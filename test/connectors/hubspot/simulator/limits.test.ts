import { expect, test } from "vitest";
import { demoCredentials } from "../../../../connectors/hubspot/simulator/index.ts";
import { type Reply, startPortal } from "./small-portal.ts";

const list = "/crm/v3/objects/contacts?limit=1";
const search = "/crm/v3/objects/contacts/search";

test("answers count down the rolling window and the day", async () => {
  const { get } = startPortal();
  await get(list);
  const { headers } = await get(list);
  expect(headers.get("X-HubSpot-RateLimit-Max")).toBe("190");
  expect(headers.get("X-HubSpot-RateLimit-Remaining")).toBe("188");
  expect(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds")).toBe("10000");
  expect(headers.get("X-HubSpot-RateLimit-Daily")).toBe("625000");
  expect(headers.get("X-HubSpot-RateLimit-Daily-Remaining")).toBe("624998");
});

test("one call too many in ten seconds is 429 with the policy's name, until the window has rolled on", async () => {
  const { get, clock } = startPortal({ limits: { burst: 3 } });
  await get(list);
  clock.ms += 6_000;
  await get(list);
  await get(list);
  const refused = await get(list);
  expect(refused.status).toBe(429);
  expect(refused.body).toEqual({
    status: "error",
    message: "You have reached your ten_secondly_rolling limit.",
    correlationId: expect.any(String),
    errorType: "RATE_LIMIT",
    policyName: "TEN_SECONDLY_ROLLING",
    groupName: expect.stringMatching(/^publicapi:.*:424242$/),
  });
  expect(refused.headers.get("Retry-After")).toBeNull();
  clock.ms += 4_000;
  expect((await get(list)).status).toBe(200);
  expect((await get(list)).status).toBe(429);
});

test("all searches of the account share five a second, without rate headers", async () => {
  const { post, clock } = startPortal();
  for (let count = 0; count < 5; count += 1) expect((await post(search, {})).status).toBe(200);
  const refused = await post("/crm/objects/2026-03/deals/search", {});
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ policyName: "SECONDLY", message: "You have reached your secondly limit." });
  clock.ms += 1000;
  const answer = await post(search, {});
  expect(answer.status).toBe(200);
  expect(answer.headers.get("X-HubSpot-RateLimit-Remaining")).toBeNull();
});

test("searches do not count against the rolling window", async () => {
  const { get, post } = startPortal({ limits: { burst: 1 } });
  await post(search, {});
  expect((await get(list)).status).toBe(200);
});

test("the day's calls start anew at midnight of the account's zone", async () => {
  const { get, post, clock } = startPortal({ limits: { daily: 2 }, timeZone: "America/New_York" });
  await get(list);
  await post(search, {});
  const refused = await get(list);
  expect(refused.body).toMatchObject({ policyName: "DAILY", message: "You have reached your daily limit." });
  clock.ms = Date.parse("2026-11-03T04:59:59Z");
  expect((await get(list)).status).toBe(429);
  clock.ms = Date.parse("2026-11-03T05:00:00Z");
  expect((await get(list)).status).toBe(200);
});

test("an OAuth app has a window of its own and no daily headers", async () => {
  const { simulator, get } = startPortal({ limits: { burst: 1, oauthBurst: 2 } });
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: demoCredentials.clientId,
    client_secret: demoCredentials.clientSecret,
    refresh_token: demoCredentials.refreshTokens[0] ?? "",
  });
  const answer = await simulator.app.request("/oauth/v1/token", { method: "POST", body });
  const { access_token }: Reply = JSON.parse(await answer.text());
  await get(list);
  expect((await get(list)).status).toBe(429);
  const first = await get(list, access_token);
  expect(first.headers.get("X-HubSpot-RateLimit-Max")).toBe("2");
  expect(first.headers.get("X-HubSpot-RateLimit-Daily")).toBeNull();
  expect((await get(list, access_token)).status).toBe(200);
  expect((await get(list, access_token)).status).toBe(429);
});

test("a planned trouble strikes the next matching requests, then the truth is back", async () => {
  const { get, simulator } = startPortal();
  simulator.trouble({ path: /contacts/, status: 502, body: "<html>Bad gateway</html>", times: 2 });
  expect((await get("/crm/v3/objects/deals")).status).toBe(200);
  const html = await get(list);
  expect(html.status).toBe(502);
  expect(html.headers.get("content-type")).toContain("text/html");
  expect((await get(list)).status).toBe(502);
  expect((await get(list)).status).toBe(200);
});

test("a trouble after the effect loses the answer, not the write", async () => {
  const { post, get, simulator } = startPortal();
  simulator.trouble({ method: "POST", status: 504, body: "", afterEffect: true });
  expect((await post("/crm/v3/objects/contacts", { properties: { email: "twice@x.example" } })).status).toBe(504);
  expect((await get("/crm/v3/objects/contacts/twice@x.example?idProperty=email")).status).toBe(200);
});

test("traffic counts requests, refusals and routes", async () => {
  const { get, simulator } = startPortal();
  await Promise.all([get("/crm/v3/objects/contacts/101"), get("/crm/v3/objects/contacts/102"), get("/crm/v3/nothing")]);
  expect(simulator.traffic()).toMatchObject({
    requests: 3,
    refused: 1,
    byRoute: { "GET /crm/v3/objects/contacts/:id": 2, "GET /crm/v3/nothing": 1 },
  });
  expect(simulator.traffic().peakConcurrency).toBeGreaterThanOrEqual(1);
});
