import type { CursorState } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { customers, edit, idsOf, readStream, remove, startAccount, type TestAccount } from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

const run = (name: string, state: CursorState | null = null, fields: readonly string[] = ["companyname"]) =>
  readStream(account, name, state, fields);

const since = (at: string): CursorState => ({ mode: "changes", at, reread: { completeFrom: at } });

describe("reading changes", () => {
  test("gives what changed and the look-back, nothing else", async () => {
    account = await startAccount({ customer: customers(10) });
    const { cursor } = await run("customer");
    account.clock.advance(7_200_000);
    await edit(account, 4, { grade: "A" });
    const second = await run("customer", cursor);
    expect(idsOf(second.records)).toEqual([4]);
    account.clock.advance(7_200_000);
    await edit(account, 5, { grade: "B" });
    const third = await run("customer", second.cursor);
    expect(third.records.map(({ id }) => id)).toEqual(["4", "5"]);
    expect(third.cursor).toMatchObject({ mode: "changes", at: "2026-03-18T16:00:00.000Z" });
    account.clock.advance(7_200_000);
    await edit(account, 6, { grade: "C" });
    expect(idsOf((await run("customer", third.cursor)).records)).toEqual([5, 6]);
  });

  test("loses none of many rows with one stamp, whatever the page borders", async () => {
    const tied = customers(3_500, (n) => ({
      lastmodifieddate: n <= 10 ? "2026-03-18T11:30:00Z" : "2026-03-18T11:30:01Z",
    }));
    account = await startAccount({ customer: tied });
    const { records, batches } = await run("customer", since("2026-03-18T12:00:00.000Z"));
    expect(records).toHaveLength(3_500);
    expect(idsOf(records)).toHaveLength(3_500);
    expect(batches).toHaveLength(4);
  });

  test("compares in the account's zone, not in UTC", async () => {
    const row = (n: number) => ({ lastmodifieddate: n === 1 ? "2026-03-18T10:59:59Z" : "2026-03-18T11:00:00Z" });
    account = await startAccount({ customer: customers(2, row) }, { timeZone: "Asia/Kolkata" });
    account.connection = account.open({ time_zone: "Asia/Kolkata" });
    const { records } = await run("customer", since("2026-03-18T12:00:00.000Z"));
    expect(records.map(({ id, at }) => [id, at])).toEqual([["2", "2026-03-18T11:00:00.000Z"]]);
    expect(account.statements[0]).toContain("2026-03-18 16:30:00");
  });

  test("reads only its own rows", async () => {
    const fresh = (n: number) => (n > 4_900 ? { lastmodifieddate: "2026-03-18T11:30:00Z" } : {});
    account = await startAccount({ customer: customers(5_000, fresh) });
    const { records } = await run("customer", since("2026-03-18T12:00:00.000Z"), ["entitystatus_stage"]);
    expect(records).toHaveLength(100);
    expect(account.simulator.rowsScanned()).toBeLessThanOrEqual(200);
  });
});

describe("the hour the clock repeats", () => {
  // Los Angeles, 1 November 2026: 01:00 to 01:59 comes at 08:00 and again at 09:00 UTC.
  const startAt = "2026-11-01T12:00:00.000Z";
  const minute = (n: number) => new Date(Date.parse("2026-11-01T07:30:00Z") + n * 2_000).toISOString();

  test("loses no row and does not turn in circles, however many changed in it", async () => {
    account = await startAccount({ customer: customers(5_000, (n) => ({ lastmodifieddate: minute(n) })) }, { startAt });
    const { records, batches, cursor } = await run("customer", since("2026-11-01T08:00:00.000Z"));
    expect(idsOf(records)).toHaveLength(5_000);
    expect(batches.length).toBeLessThanOrEqual(4);
    expect(cursor).toMatchObject({ mode: "changes", at: minute(5_000) });
  });

  test("takes no later change for an older one", async () => {
    const rows = customers(1, () => ({ lastmodifieddate: "2026-11-01T08:50:00Z" }));
    account = await startAccount({ customer: rows }, { startAt: "2026-11-01T09:10:00.000Z" });
    const first = await run("customer", since("2026-11-01T08:40:00.000Z"));
    await edit(account, 1, { grade: "A" });
    const second = await run("customer", first.cursor, ["custentity_journey_hub_grade"]);
    expect(second.records.at(-1)).toMatchObject({ id: "1", payload: { custentity_journey_hub_grade: "A" } });
    expect((second.records.at(-1)?.at ?? "") >= (first.records.at(-1)?.at ?? "")).toBe(true);
  });

  test("loses no deletion", async () => {
    account = await startAccount({ customer: customers(2) }, { startAt });
    remove(account, "customer", [1], "2026-11-01T08:30:00Z");
    remove(account, "customer", [2], "2026-11-01T09:30:00Z");
    const { records } = await run("customer", since("2026-11-01T10:20:00.000Z"));
    expect(idsOf(records)).toEqual([1, 2]);
  });

  test("a run that begins in it begins before it", async () => {
    const rows = customers(2, (n) => ({ lastmodifieddate: n === 1 ? "2026-11-01T08:05:00Z" : "2026-11-01T09:05:00Z" }));
    account = await startAccount({ customer: rows }, { startAt });
    const { records } = await run("customer", since("2026-11-01T10:20:00.000Z"));
    expect(idsOf(records)).toEqual([1, 2]);
  });
});

describe("deleted records", () => {
  test("come with the changes, marked, without values", async () => {
    account = await startAccount({ customer: customers(4) });
    const { cursor } = await run("customer");
    account.clock.advance(3_600_000);
    remove(account, "customer", [2], "2026-03-18T12:40:00Z");
    remove(account, "lead", [3], "2026-03-18T12:41:00Z");
    const { records } = await run("customer", cursor);
    expect(records).toEqual([
      { id: "2", at: "2026-03-18T12:40:00.000Z", deleted: true, payload: {} },
      { id: "3", at: "2026-03-18T12:41:00.000Z", deleted: true, payload: {} },
    ]);
  });

  test("dated by the day alone come without a stamp, all of that day", async () => {
    account = await startAccount({ customer: customers(2) });
    remove(account, "customer", [2], "2026-03-18T07:00:00Z");
    const { records } = await run("customer", since("2026-03-18T13:00:00.000Z"));
    expect(records).toEqual([{ id: "2", at: null, deleted: true, payload: {} }]);
  });

  test("never move the cursor past changes that are not read yet", async () => {
    const rows = customers(1_500, (n) => ({
      lastmodifieddate: n <= 1_200 ? "2026-03-18T11:10:00Z" : "2026-03-18T11:20:00Z",
    }));
    account = await startAccount({ customer: rows });
    remove(account, "customer", [7], "2026-03-18T11:59:00Z");
    const { batches } = await run("customer", since("2026-03-18T12:00:00.000Z"));
    expect(batches.map(({ records }) => records.filter(({ deleted }) => deleted).map(({ id }) => id))).toEqual([
      [],
      ["7"],
    ]);
    expect(batches[0]?.cursor).toMatchObject(since("2026-03-18T12:00:00.000Z"));
  });

  test("of other kinds are not this stream's", async () => {
    account = await startAccount({ customer: customers(1) });
    remove(account, "contact", [9], "2026-03-18T11:40:00Z");
    expect((await run("customer", since("2026-03-18T12:00:00.000Z"))).records).toEqual([]);
    expect((await run("contact", since("2026-03-18T12:00:00.000Z"), ["email"])).records).toMatchObject([{ id: "9" }]);
  });

  test("that the role may not see are reported with the missing fields", async () => {
    account = await startAccount({ customer: customers(1) }, { hiddenRecords: ["deletedrecord"] });
    const { batches } = await run("customer", since("2026-03-18T12:00:00.000Z"));
    expect(batches.map(({ missingFields }) => missingFields)).toEqual([["deletedrecord"]]);
  });
});
