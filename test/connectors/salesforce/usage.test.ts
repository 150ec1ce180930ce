import { describe, expect, test } from "vitest";
import { apiUsageIn } from "../../../connectors/salesforce/usage.ts";

describe("Sforce-Limit-Info", () => {
  test.each([
    ["the short form", "api-usage=18/15000", { used: 18, limit: 15_000 }],
    ["bursts behind it", "api-usage=10018/100000; api-bursts=1/750", { used: 10_018, limit: 100_000 }],
    [
      "the app's share before it",
      "per-app-api-usage=17/250(appName=journey-hub); api-usage=18/15000",
      { used: 18, limit: 15_000 },
    ],
    ["the app's share alone", "per-app-api-usage=17/250(appName=journey-hub)", null],
    ["figures that are none", "api-usage=many/15000", null],
    ["no header", undefined, null],
  ])("%s", (_what, header, expected) => {
    expect(apiUsageIn(header)).toEqual(expected);
  });
});
