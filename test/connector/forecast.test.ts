import { type BackfillProgress, forecast, forecastText } from "journey-hub/connector";
import { expect, test } from "vitest";

const now = Date.parse("2026-03-18T12:00:00.000Z");
const hourMs = 3_600_000;
const half: BackfillProgress = {
  records: 1_000,
  elapsedMs: hourMs,
  requests: 100,
  before: 0,
  total: 2_000,
  quota: null,
};
const quota = { used: 100, limit: 1_000, share: 0.9, resetsAt: now + 12 * hourMs };
const words = (progress: BackfillProgress) => forecastText(forecast(progress, now), { now, timeZone: "UTC" });

test("the pace so far is carried on to the end", () => {
  expect(forecast(half, now)).toEqual({ leftMs: hourMs, requestsLeft: 100, quotaShare: null });
  expect(words(half)).toBe("ends about 13:00");
});

test("what the rest takes is told as a share of the day's allowance", () => {
  expect(forecast({ ...half, quota }, now)).toEqual({ leftMs: hourMs, requestsLeft: 100, quotaShare: 0.1 });
  expect(words({ ...half, total: 4_100, quota })).toBe("ends about 15:06, 31 % of today's quota");
});

test("the time of day is the reader's", () => {
  expect(forecastText(forecast(half, now), { now, timeZone: "Asia/Kolkata" })).toBe("ends about 18:30");
});

test.each<[string, Partial<BackfillProgress>, number]>([
  // 665 of the 765 that reading may use are left today; a day's reading is done by 765.
  ["today's allowance suffices", { total: 7_650 }, 6.65],
  ["the rest is done after the allowance is given anew", { total: 8_650 }, 12 + 1],
  ["it takes days", { total: 1_000 + 10 * (665 + 765 + 100) }, 12 + 24 + 1],
])("where %s, it ends then", (_, progress, hours) => {
  const { leftMs } = forecast({ ...half, quota, ...progress }, now);
  expect((leftMs ?? 0) / hourMs).toBeCloseTo(hours, 1);
});

test("an end in days is told in days", () => {
  expect(words({ ...half, total: 100_000, quota })).toBe("ends about in 13 days, 990 % of today's quota");
});

test.each<[string, Partial<BackfillProgress>]>([
  ["the vendor does not count", { total: null }],
  ["nothing is read yet", { records: 0 }],
  ["no time has passed", { elapsedMs: 0 }],
])("there is none while %s", (_, progress) => {
  expect(words({ ...half, ...progress })).toBe("no forecast yet");
});

test("what was read in runs before is done, and says nothing of the pace", () => {
  expect(forecast({ ...half, before: 500 }, now)).toMatchObject({ leftMs: hourMs / 2, requestsLeft: 50 });
});

test("more than there should be is the end", () => {
  expect(forecast({ ...half, total: 900 }, now)).toEqual({ leftMs: 0, requestsLeft: 0, quotaShare: null });
});
