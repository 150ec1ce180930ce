import { createRandom } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { isoInstant, openZone } from "../../../connectors/netsuite/zone.ts";

describe("a wall-clock time as an instant", () => {
  test.each([
    ["America/Los_Angeles", "2026-01-15 08:30:05", "2026-01-15T16:30:05.000Z", "winter"],
    ["America/Los_Angeles", "2026-07-15 08:30:05", "2026-07-15T15:30:05.000Z", "summer"],
    ["America/Los_Angeles", "2026-03-08 01:59:59", "2026-03-08T09:59:59.000Z", "just before the clock goes forward"],
    ["America/Los_Angeles", "2026-03-08 03:00:00", "2026-03-08T10:00:00.000Z", "just after"],
    ["America/Los_Angeles", "2026-03-08 02:30:00", "2026-03-08T10:30:00.000Z", "the hour that is skipped"],
    ["America/Los_Angeles", "2026-11-01 01:30:00", "2026-11-01T08:30:00.000Z", "the hour that comes twice: the first"],
    ["America/Los_Angeles", "2026-11-01 02:00:00", "2026-11-01T10:00:00.000Z", "after it"],
    ["Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z", "the other side of the ocean"],
    ["Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00.000Z", "half an hour that comes twice"],
    ["Asia/Kolkata", "2026-01-01 00:00:00", "2025-12-31T18:30:00.000Z", "half an hour off"],
    ["Pacific/Apia", "2011-12-31 00:30:00", "2011-12-30T10:30:00.000Z", "after a day that was skipped"],
    ["UTC", "2026-01-01 00:00:00", "2026-01-01T00:00:00.000Z", "no zone at all"],
  ])("%s %s is %s (%s)", (name, wall, instant) => {
    expect(isoInstant(openZone(name).instantOf(wall))).toBe(instant);
  });

  test("goes both ways for every half-hour of a year but the hours that come twice", () => {
    const zone = openZone("America/New_York");
    const wrong: string[] = [];
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_800_000) {
      if (zone.instantOf(zone.wallOf(at)) !== at && !zone.repeatedAround(at)) wrong.push(isoInstant(at));
    }
    expect(wrong).toEqual([]);
  });

  test.each(["", "03/18/2026", "2026-03-18", "2026-03-18T04:00:00Z", "2026-13-01 00:00:00"])("%j is none", (wall) => {
    expect(() => openZone("UTC").instantOf(wall)).toThrow("where YYYY-MM-DD HH:MM:SS was asked for");
  });
});

describe("the stretch that comes twice", () => {
  const around = (name: string, at: string) => {
    const repeated = openZone(name).repeatedAround(Date.parse(at));
    return repeated && [isoInstant(repeated.from), isoInstant(repeated.to)];
  };
  const losAngeles = ["2026-11-01T08:00:00.000Z", "2026-11-01T10:00:00.000Z"];

  test.each([
    ["2026-11-01T07:59:59.000Z", null],
    ["2026-11-01T08:00:00.000Z", losAngeles],
    ["2026-11-01T08:59:59.000Z", losAngeles],
    ["2026-11-01T09:00:00.000Z", losAngeles],
    ["2026-11-01T09:59:59.000Z", losAngeles],
    ["2026-11-01T10:00:00.000Z", null],
    ["2026-03-08T10:00:00.000Z", null],
    ["2026-06-01T10:00:00.000Z", null],
  ])("around %s is %j", (at, expected) => {
    expect(around("America/Los_Angeles", at)).toEqual(expected);
  });

  test("is an hour in all where the clock goes back by half of one", () => {
    const expected = ["2026-04-04T14:30:00.000Z", "2026-04-04T15:30:00.000Z"];
    expect(around("Australia/Lord_Howe", "2026-04-04T15:00:00.000Z")).toEqual(expected);
  });

  test("has bounds that come once", () => {
    const zone = openZone("America/Los_Angeles");
    const repeated = zone.repeatedAround(Date.parse("2026-11-01T09:00:00.000Z"));
    expect(repeated && [zone.wallOf(repeated.from - 1_000), zone.wallOf(repeated.to)]).toEqual([
      "2026-11-01 00:59:59",
      "2026-11-01 02:00:00",
    ]);
  });
});

test("instants are written as Date writes them", () => {
  const instants = [0, -1, 999, 1_000, 59_999, 86_399_000, -86_400_000, Date.UTC(2026, 1, 28, 23, 59, 59, 7)];
  const chance = createRandom(5);
  for (let n = 0; n < 2_000; n++) instants.push(1_000 * chance.int(-60_000_000_000, 200_000_000_000));
  for (const instant of instants) expect(isoInstant(instant)).toBe(new Date(instant).toISOString());
});

test("a year of four digits stays what it is, however early", () => {
  expect(isoInstant(openZone("UTC").instantOf("0021-03-05 14:07:09"))).toBe("0021-03-05T14:07:09.000Z");
});

test.each([
  "2026-13-05 14:07:09",
  "2026-03-05T14:07:09",
  "2026-03-05 24:07:09",
  "2026-3-5 1:07:09",
  "2026-03-05 14:07:0x",
])("%s is no date with a time", (wall) => {
  expect(() => openZone("UTC").instantOf(wall)).toThrow("where YYYY-MM-DD HH:MM:SS was asked for");
});
