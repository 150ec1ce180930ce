import { expect, test } from "vitest";
import { linkable, localPath } from "../../src/console/address.ts";
import { counted, durationText, moneyText, pointsText, timesIn, wordText } from "../../src/console/format.tsx";
import { addressText } from "../../src/model/address-text.ts";

test("money is exact to the last digit", () => {
  expect(moneyText({ amount: "12345678901234567.89", currency: "EUR" })).toBe("€12,345,678,901,234,567.89");
  expect(moneyText({ amount: "-3", currency: "JPY" })).toBe("-JP¥3");
});

test("what is no money is not shown as money", () => {
  for (const value of [{ amount: "1e9", currency: "EUR" }, { amount: "3", currency: "euro" }, { amount: 3 }, "3 EUR"]) {
    expect(moneyText(value)).toBeNull();
  }
});

test("an address is one line, and nothing else is an address", () => {
  const parts = {
    type: "work",
    line1: "180 Park Avenue",
    city: "Sydney",
    state: "NSW",
    postal_code: "2000",
    country: "AU",
  };
  expect(addressText(parts)).toBe("180 Park Avenue, Sydney, NSW 2000, AU");
  expect(addressText({ city: "Bonn" })).toBe("Bonn");
  for (const value of [{}, { type: "work" }, { amount: "3", currency: "EUR" }, ["Bonn"], "Bonn", null]) {
    expect(addressText(value)).toBeNull();
  }
});

test("times are those of the hub's zone", () => {
  const { moment, day, clock } = timesIn("America/New_York");
  const instant = "2026-03-01T02:30:00.000Z";
  expect([moment(instant), day(instant), clock(instant)]).toEqual([
    "28 Feb 2026, 21:30",
    "Saturday, 28 February 2026",
    "21:30",
  ]);
  expect(moment("not a time")).toBe("not a time");
});

test("counts, points, durations and words read as people write them", () => {
  expect([counted(1, "record"), counted(20_411, "record"), counted(2, "company", "companies")]).toEqual([
    "1 record",
    "20,411 records",
    "2 companies",
  ]);
  expect(pointsText(12.26)).toBe("12.3");
  expect(wordText("deal.stage_changed")).toBe("Deal stage changed");
  const after = (ms: number) =>
    durationText("2026-01-01T00:00:00.000Z", new Date(Date.UTC(2026, 0, 1) + ms).toISOString());
  expect([after(2_500), after(150_000), after(5_400_000)]).toEqual(["2.5 s", "2.5 min", "1.5 h"]);
});

test("only web addresses are linked to", () => {
  expect(linkable("https://app.hubspot.com/contacts/1")).toBe("https://app.hubspot.com/contacts/1");
  for (const address of ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//evil", "x", null]) {
    expect(linkable(address)).toBeNull();
  }
});

test("a path out of a request never leads off this console", () => {
  expect(localPath("/customers?q=a%20b&kind=person")).toBe("/customers?q=a%20b&kind=person");
  for (const path of ["//evil.example", "/\\evil", "https://evil.example", "", undefined]) {
    expect(localPath(path)).toBe("/");
  }
});
