import { describe, expect, it } from "vitest";
import { ids, readRefusal, sampleOrg, wednesday } from "./sampleOrg.ts";

const window = (start: string, end: string) => `start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`;

describe("the updated and deleted feeds", () => {
  it("list the ids changed in a window and how far the answer is complete", async () => {
    const { call } = await sampleOrg();
    const reply = await call(
      `/sobjects/Contact/updated/?${window("2026-03-18T08:00:30+00:00", "2026-03-18T12:00:00+00:00")}`,
    );
    expect(await reply.json()).toEqual({
      ids: [ids.contact(1), ids.contact(2), ids.contact(5)],
      latestDateCovered: "2026-03-18T10:00:00.000+0000",
    });
  });

  it("list what was deleted, and nothing of it among the updated", async () => {
    let now = wednesday;
    const { call } = await sampleOrg({ now: () => now });
    now += 90_000;
    await call(`/sobjects/Contact/${ids.contact(1)}`, { method: "DELETE" });
    now += 120_000;
    const asked = window("2026-03-18T10:00:00Z", "2026-03-18T10:03:00Z");
    expect(await (await call(`/sobjects/Contact/deleted?${asked}`)).json()).toEqual({
      deletedRecords: [{ id: ids.contact(1), deletedDate: "2026-03-18T10:01:30.000+0000" }],
      earliestDateAvailable: "2026-03-03T10:03:00.000+0000",
      latestDateCovered: "2026-03-18T10:03:00.000+0000",
    });
    expect(await (await call(`/sobjects/Contact/updated?${asked}`)).json()).toMatchObject({ ids: [] });
  });

  it("accept an unescaped plus in the zone, which arrives as a blank", async () => {
    const { call } = await sampleOrg();
    const reply = await call("/sobjects/Contact/updated?start=2026-03-18T09:00:00+00:00&end=2026-03-18T09:30:00+00:00");
    expect(await reply.json()).toMatchObject({ ids: [ids.contact(5)] });
  });

  it.each([
    [
      "updated",
      window("2026-02-01T00:00:00Z", "2026-03-18T00:00:00Z"),
      "INVALID_REPLICATION_DATE startDate cannot be more than 30 days ago",
    ],
    [
      "deleted",
      window("2026-03-01T00:00:00Z", "2026-03-18T00:00:00Z"),
      "INVALID_REPLICATION_DATE startDate cannot be more than 15 days ago",
    ],
    [
      "updated",
      window("2026-03-18T09:00:00Z", "2026-03-18T09:00:59Z"),
      "INVALID_REPLICATION_DATE endDate must be at least one minute greater than startDate",
    ],
    [
      "updated",
      window("yesterday", "2026-03-18T09:00:59Z"),
      "INVALID_REPLICATION_DATE Value of start date parameter is invalid: yesterday",
    ],
    ["updated", "start=2026-03-18T09:00:00Z", "MISSING_ARGUMENT The end parameter is required"],
  ])("refuse %s?%s", async (feed, asked, refusal) => {
    const { call } = await sampleOrg();
    expect(await readRefusal(await call(`/sobjects/Contact/${feed}?${asked}`))).toBe(`400 ${refusal}`);
  });
});
