import { confirmGone } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { instantOf } from "../../../connectors/hubspot/records.ts";
import type { HubspotSeed, HubspotSimulatorOptions } from "../../../connectors/hubspot/simulator/index.ts";
import { changesFrom, contacts, elsewhere, run, startAccount, streamOf, type TestAccount } from "./account.ts";

const open: TestAccount[] = [];
afterEach(() => Promise.all(open.splice(0).map((account) => account.close())));
async function accountWith(seed: Partial<HubspotSeed>, options?: HubspotSimulatorOptions): Promise<TestAccount> {
  const account = await startAccount(seed, options);
  open.push(account);
  return account;
}

const fields = ["properties.email", "properties.firstname"];

describe("merged records", () => {
  test("are deleted, also where the mapping does not ask for their ids and they were merged one after the other", async () => {
    const account = await accountWith({ objects: { contacts: contacts(4) } });
    account.clock.advance(3_600_000);
    const merge = (primaryObjectId: string, objectIdToMerge: string) =>
      elsewhere(account, "POST", "/crm/v3/objects/contacts/merge", { primaryObjectId, objectIdToMerge });
    await merge("1002", "1004");
    await merge("1001", "1002");
    const since = { at: "2026-11-02T12:30:00.000Z", id: null };
    const page = await streamOf(account.connection, "contacts").changes?.({ since, fields: ["properties.email"] });
    const [winner, ...losers] = page?.records ?? [];
    expect(winner).toMatchObject({ id: "1001", at: "2026-11-02T13:00:00.000Z", deleted: false });
    expect(winner?.payload.properties).not.toHaveProperty("hs_merged_object_ids");
    const gone = { at: "2026-11-02T13:00:00.000Z", deleted: true, payload: { _merged_into: "1001" } };
    expect(losers).toEqual([
      { id: "1004", ...gone },
      { id: "1002", ...gone },
    ]);
  });

  test("come along with the record they went into, whichever is asked for by id: a reading that misses one learns where it is", async () => {
    const account = await accountWith({ objects: { contacts: contacts(4) } });
    account.clock.advance(3_600_000);
    const body = { primaryObjectId: "1002", objectIdToMerge: "1004" };
    await elsewhere(account, "POST", "/crm/v3/objects/contacts/merge", body);
    const stream = streamOf(account.connection, "contacts");
    const byId = async (...ids: string[]) =>
      (await stream.byId?.(ids, { fields, lane: "webhook" }))?.map(({ id, deleted }) => [id, deleted]);
    expect(await byId("1002")).toEqual([
      ["1002", false],
      ["1004", true],
    ]);
    expect(await byId("1004", "1003")).toEqual(
      expect.arrayContaining([
        ["1003", false],
        ["1002", false],
        ["1004", true],
      ]),
    );
    expect(await confirmGone(stream, { suspects: ["1004", "1009"], witness: "1001", fields })).toEqual({
      records: [
        { id: "1004", at: null, deleted: true, payload: { _merged_into: "1002" } },
        { id: "1009", at: null, deleted: true, payload: {} },
      ],
      doubted: [],
    });
  });
});

describe("merged records that search never shows", () => {
  test("are deleted, because the record they went into is among the archived ones", async () => {
    const account = await accountWith({ objects: { contacts: contacts(4) } });
    const before = await run(account, "contacts_archived", fields);
    account.clock.advance(3_600_000);
    const body = { primaryObjectId: "1001", objectIdToMerge: "1003" };
    await elsewhere(account, "POST", "/crm/v3/objects/contacts/merge", body);
    await elsewhere(account, "DELETE", "/crm/v3/objects/contacts/1001");
    const { records } = await run(account, "contacts_archived", fields, before.cursor);
    expect(records.map(({ id, at, deleted, payload }) => [id, at, deleted, payload.properties])).toEqual([
      ["1001", "2026-11-02T13:00:00.000Z", true, expect.not.objectContaining({ hs_merged_object_ids: "1003" })],
      ["1003", "2026-11-02T13:00:00.000Z", true, undefined],
    ]);
  });

  test("are deleted with the record that keeps its id, where the merge makes a third one", async () => {
    const deals = contacts(3, (n) => ({ properties: { dealname: `Deal ${n}` } }));
    const account = await accountWith({ objects: { deals } }, { switches: { mergeMakesNewId: true } });
    account.clock.advance(3_600_000);
    const body = { primaryObjectId: "1001", objectIdToMerge: "1003" };
    await elsewhere(account, "POST", "/crm/v3/objects/deals/merge", body);
    const since = { at: "2026-11-02T12:30:00.000Z", id: null };
    const page = await streamOf(account.connection, "deals").changes?.({ since, fields: ["properties.dealname"] });
    expect(page?.records.map(({ id, deleted }) => [id, deleted])).toEqual([
      [expect.not.stringMatching(/^100[123]$/), false],
      ["1003", true],
      ["1001", true],
    ]);
  });
});

describe("the count of live records", () => {
  test("is HubSpot's own, without the archived ones", async () => {
    const archivedAt = "2026-11-01T08:00:00.000Z";
    const account = await accountWith({
      objects: { contacts: contacts(250, (n) => (n > 220 ? { archived: true, archivedAt } : {})) },
    });
    expect(await streamOf(account.connection, "contacts").count?.()).toBe(220);
    expect(account.requests).toEqual(["POST /crm/v3/objects/contacts/search"]);
    expect(streamOf(account.connection, "contacts_archived").count).toBeUndefined();
  });
});

describe("archived records", () => {
  test("come as deleted by the object's second stream, though their stamp has not moved", async () => {
    const account = await accountWith({ objects: { contacts: contacts(5) } });
    const live = await run(account, "contacts", fields);
    const before = await run(account, "contacts_archived", fields);
    expect(before.ids).toEqual([]);
    account.clock.advance(3_600_000);
    await elsewhere(account, "DELETE", "/crm/v3/objects/contacts/1002");
    expect((await run(account, "contacts", fields, live.cursor)).ids).toEqual([]);
    const { records, cursor } = await run(account, "contacts_archived", fields, before.cursor);
    expect(records).toMatchObject([
      {
        id: "1002",
        at: "2026-11-02T13:00:00.000Z",
        deleted: true,
        payload: { archivedAt: "2026-11-02T13:00:00.000Z" },
      },
    ]);
    account.clock.advance(3_600_000);
    await elsewhere(account, "DELETE", "/crm/v3/objects/contacts/1005");
    account.clock.advance(600_000);
    expect((await run(account, "contacts_archived", fields, cursor)).ids).toEqual(["1002", "1005"]);
  });

  test("that were archived out of the order of their ids lose nothing", async () => {
    const minute = (n: number) => new Date(Date.parse("2026-11-02T11:00:00.000Z") - n * 60_000).toISOString();
    const archived = contacts(250, (n) => ({ archived: true, archivedAt: minute(n) }));
    const account = await accountWith({ objects: { contacts: archived } });
    const since = changesFrom(minute(200));
    const { ids, cursor } = await run(account, "contacts_archived", fields, since);
    expect(ids.length).toBe(205); // 200 minutes and the look-back of five, both ends included
    expect(cursor).toMatchObject({ mode: "changes", at: minute(1) });
  });
});

test.each([
  ["2026-11-02T13:00:00.000Z", "2026-11-02T13:00:00.000Z"],
  ["2026-11-30T13:00:00.000Z", "2026-11-30T13:00:00.000Z"],
  ["2026-11-02T13:00:00Z", "2026-11-02T13:00:00.000Z"],
  ["2026-11-02T13:00:00.123456Z", "2026-11-02T13:00:00.123Z"],
  ["2026-11-02T15:00:00.000+02:00", "2026-11-02T13:00:00.000Z"],
])("a stamp %s is read as %s", (written, instant) => {
  expect(instantOf(written)).toBe(instant);
});

test.each(["2026-13-02T13:00:00.000Z", "2026-11-02T25:00:00.000Z", "soon"])("a stamp %s is refused", (written) => {
  expect(() => instantOf(written)).toThrow(RangeError);
});
