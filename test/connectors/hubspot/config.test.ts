import { expect, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.ts";

const usual = { api_version: "v3", oldest_signature: "v3", base_url: "https://api.hubapi.com" };
const token = { access_token: "pat-na1-x" };
const app = { client_id: "c", client_secret: "s" };
const oauth = { client_id: "c", client_secret: "s", refresh_token: "r" };

test.each([
  [token, { access_token: "pat-na1-x", ...usual }],
  [{ service_key: "pat-na1-y" }, { service_key: "pat-na1-y", ...usual }],
  [app, { ...app, ...usual }],
  [oauth, { ...oauth, ...usual }],
  [
    { ...token, base_url: "http://127.0.0.1:8361/", portal_id: 42, api_version: "2026-03" },
    { ...token, ...usual, base_url: "http://127.0.0.1:8361", portal_id: "42", api_version: "2026-03" },
  ],
])("%j is a connection", (config, parsed) => {
  expect(hubspot.config.parse(config)).toEqual(parsed);
});

test.each([
  [{}, "access_token", "Give service_key or access_token, or client_id and client_secret of an OAuth app."],
  [{ client_id: "c" }, "access_token", "Give service_key or access_token, or client_id and client_secret"],
  [{ ...token, ...oauth }, "refresh_token", "Give either a token or the OAuth values, not both."],
  [{ ...token, service_key: "pat-na1-y" }, "access_token", "Give either service_key or access_token, not both."],
  [{ ...token, base_url: "api.hubapi.com" }, "base_url", "base_url must be an address such as"],
  [{ ...token, portal_id: "acme" }, "portal_id", "portal_id is a number"],
  [{ ...token, time_zone: "Berlin" }, "time_zone", "write the zone as in the time zone database"],
  [{ ...token, api_version: "v4" }, "api_version", "Invalid option"],
  [{ ...token, acess_token: "typo" }, "", "acess_token"],
  [{ ...token, app_id: "12" }, "app_id", "Give app_id and developer_api_key together"],
  [{ ...token, app_id: "twelve", developer_api_key: "k" }, "app_id", "app_id is a number"],
])("%j is refused at %s", (config, path, message) => {
  const [issue] = hubspot.config.safeParse(config).error?.issues ?? [];
  expect(issue?.path.join(".")).toBe(path);
  expect(issue?.message).toContain(message);
});

test("secrets are marked", () => {
  expect(hubspot.secrets).toEqual([
    "service_key",
    "access_token",
    "client_secret",
    "refresh_token",
    "app_client_secret",
    "developer_api_key",
  ]);
});

test.each([
  [token, 190],
  [oauth, 110],
  [app, 110],
  [{ ...token, requests_per_10_seconds: 100 }, 100],
])("%j may make %d requests in ten seconds, and four searches a second", (config, requests) => {
  expect(hubspot.limits(hubspot.config.parse(config))).toEqual({
    concurrency: 8,
    burst: { requests, windowMs: 10_000, untilAnswered: true },
    pools: { search: { requests: 4, windowMs: 1_000 } },
    daily: { resets: "rolling" },
  });
});

test("with the account's time zone its day ends at midnight there", () => {
  const { daily } = hubspot.limits(hubspot.config.parse({ ...token, time_zone: "Europe/Berlin" }));
  expect(daily).toEqual({ resets: { timeZone: "Europe/Berlin" } });
});
