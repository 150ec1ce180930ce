import { expect, test } from "vitest";
import { dayAround } from "../../src/connector/day.ts";

const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  ["UTC", "2026-03-18T12:00:00.000Z", "2026-03-18T00:00:00.000Z", "2026-03-19T00:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29T12:00:00.000Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["Europe/Berlin", "2026-10-25T12:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  ["Asia/Kolkata", "2026-03-18T18:30:00.000Z", "2026-03-18T18:30:00.000Z", "2026-03-19T18:30:00.000Z"],
  ["Asia/Kolkata", "2026-03-18T18:29:59.999Z", "2026-03-17T18:30:00.000Z", "2026-03-18T18:30:00.000Z"],
  ["Pacific/Kiritimati", "2026-03-18T12:00:00.000Z", "2026-03-18T10:00:00.000Z", "2026-03-19T10:00:00.000Z"],
])("a day in %s that holds %s is from %s to %s", (zone, now, start, end) => {
  const day = dayAround(Date.parse(now), zone);
  expect([iso(day.start), iso(day.end)]).toEqual([start, end]);
});
