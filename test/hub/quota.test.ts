import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGovernor, SourceError } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { storedQuota, withShare } from "../../src/hub/quota.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { steppedClock } from "../connector/stepped-clock.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-quota-"));
  store = await openStore({ folder });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const today = "2026-03-18T00:00:00.000Z";
const booking = { window: today, since: today, calls: 10, limit: 1_000 };
const kept = async () =>
  (await store.db.select().from(store.tables.quotas))
    .map((row) => `${row.connection} ${row.window_start} ${row.used}`)
    .sort();

test("calls are kept by connection and stretch of time, and those that count are summed up", async () => {
  const crm = storedQuota(store, "crm");
  expect(await crm.book(booking)).toBe(10);
  expect(await crm.book({ ...booking, calls: 5 })).toBe(15);
  expect(await storedQuota(store, "erp").book(booking)).toBe(10);
  expect(await crm.book({ ...booking, window: "2026-03-18T01:00:00.000Z", calls: 1 })).toBe(16);
  expect(await kept()).toEqual([
    "crm 2026-03-18T00:00:00.000Z 15",
    "crm 2026-03-18T01:00:00.000Z 1",
    "erp 2026-03-18T00:00:00.000Z 10",
  ]);
});

test("stretches that no longer count are forgotten", async () => {
  const crm = storedQuota(store, "crm");
  await crm.book(booking);
  const tomorrow = "2026-03-19T00:00:00.000Z";
  expect(await crm.book({ ...booking, window: tomorrow, since: tomorrow })).toBe(10);
  expect(await kept()).toEqual(["crm 2026-03-19T00:00:00.000Z 10"]);
});

test("bookings of the same instant are all counted", async () => {
  const books = Array.from({ length: 20 }, () => storedQuota(store, "crm").book({ ...booking, calls: 1 }));
  expect((await Promise.all(books)).toSorted((left, right) => left - right)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test("two governors on one store keep one allowance, and a third knows of it after them", async () => {
  const clock = steppedClock(Date.parse("2026-03-18T12:00:00.000Z"));
  const limits = { concurrency: 100, daily: { requests: 200, resets: { timeZone: "UTC" } } };
  const governors = [1, 2, 3].map(() =>
    createGovernor(limits, clock, { patienceMs: 0, ledger: storedQuota(store, "crm") }),
  );
  const [one, two, three] = governors;
  let goes = 0;
  for (let n = 0; n < 300; n++) {
    const refused = await (n % 2 ? one : two)?.enter("webhook").then(
      (leave) => leave(),
      (cause: unknown) => cause,
    );
    if (!(refused instanceof SourceError)) goes += 1;
  }
  expect(goes).toBe(180);
  await expect(three?.enter("webhook")).rejects.toMatchObject({ details: { code: "ALLOWANCE_NEARLY_USED_UP" } });
});

test("a store that takes nothing refuses the call: nothing is sent that was not counted", async () => {
  const closed = await openStore({ folder });
  await closed.close();
  const clock = virtualClock("2026-03-18T12:00:00.000Z");
  const governor = createGovernor({ concurrency: 1 }, clock, { ledger: storedQuota(closed, "crm") });
  await expect(governor.enter("poll")).rejects.toThrow();
});

test("a connection's settings say which share of the allowance is the hub's", () => {
  expect(withShare({ concurrency: 1 }, 0.75)).toEqual({ concurrency: 1, reserve: 0.25 });
  expect(withShare({ concurrency: 1, reserve: 0.2 }, undefined)).toEqual({ concurrency: 1, reserve: 0.2 });
});
