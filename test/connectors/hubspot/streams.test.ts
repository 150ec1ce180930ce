import { afterEach, describe, expect, test } from "vitest";
import type { HubspotSeed, HubspotSimulatorOptions } from "../../../connectors/hubspot/simulator/index.ts";
import { changesFrom, contacts, elsewhere, run, startAccount, streamOf, type TestAccount } from "./account.ts";

const open: TestAccount[] = [];
afterEach(() => Promise.all(open.splice(0).map((account) => account.close())));
async function accountWith(seed: Partial<HubspotSeed>, options?: HubspotSimulatorOptions): Promise<TestAccount> {
  const account = await startAccount(seed, options);
  open.push(account);
  return account;
}

const fields = ["properties.email", "properties.firstname", "associations.companies.results", "url"];
const company = (id: string) => ({
  id,
  properties: { name: `Company ${id}` },
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-09-01T00:00:00.000Z",
});
const tie = (fromId: string, toId: string, typeId: number) =>
  ({ fromType: "contacts", fromId, toType: "companies", toId, typeId }) as const;

describe("a backfill", () => {
  test("reads every record once, by id, over more than two pages", async () => {
    const account = await accountWith({ objects: { contacts: contacts(250) } });
    const { records, ids, cursor } = await run(account, "contacts", fields);
    expect(ids).toEqual(contacts(250).map(({ id }) => id));
    expect(records.length).toBe(250);
    // Far enough back for changes that reach search an hour late.
    expect(cursor).toMatchObject({ mode: "changes", at: "2026-11-02T10:55:00.000Z" });
  });

  test("gives the record as HubSpot has it, with what was asked for alone", async () => {
    const account = await accountWith({
      objects: { contacts: contacts(1), companies: [company("301"), company("302")] },
      associations: [tie("1001", "301", 279), tie("1001", "302", 1), tie("1001", "302", 279)],
    });
    const { records } = await run(account, "contacts", fields);
    expect(records).toEqual([
      {
        id: "1001",
        at: "2026-10-01T08:00:00.000Z",
        deleted: false,
        payload: {
          id: "1001",
          properties: {
            email: "person1@acme.example",
            firstname: "Person 1",
            lastmodifieddate: "2026-10-01T08:00:00.000Z",
          },
          createdAt: "2026-01-05T08:00:00.000Z",
          updatedAt: "2026-10-01T08:00:00.000Z",
          archived: false,
          url: "https://app.hubspot.com/contacts/424242/record/0-1/1001",
          associations: {
            companies: {
              results: [
                { id: "302", type: "contact_to_company" },
                { id: "301", type: "contact_to_company_unlabeled" },
                { id: "302", type: "contact_to_company_unlabeled" },
              ],
            },
          },
        },
      },
    ]);
  });

  test("names the properties the account does not have", async () => {
    const account = await accountWith({ objects: { contacts: contacts(2) } });
    const { batches } = await run(account, "contacts", [...fields, "properties.industry_code", "properties.jobtitle"]);
    expect(batches[0]?.missingFields).toEqual(["properties.industry_code"]);
    expect(batches[0]?.records[0]?.payload.properties).toMatchObject({ industry_code: null, jobtitle: null });
  });

  test("gives the same text whether listed, searched or read by id", async () => {
    const account = await accountWith({
      objects: { contacts: contacts(3), companies: [company("301"), company("302")] },
      associations: [tie("1002", "301", 279), tie("1002", "302", 1), tie("1002", "302", 279)],
    });
    const contactStream = streamOf(account.connection, "contacts");
    const listed = await contactStream.pages({ after: null, fields });
    const searched = await contactStream.changes?.({ since: { at: "2026-01-01T00:00:00.000Z", id: null }, fields });
    const read = await contactStream.byId?.(["1001", "1002", "1003"], { fields, lane: "webhook" });
    expect(JSON.stringify(searched?.records)).toBe(JSON.stringify(listed.records));
    expect(JSON.stringify(read)).toBe(JSON.stringify(listed.records));
  });

  test("reads property lists too long for an address by batches of ids", async () => {
    const many = Array.from({ length: 400 }, (_, n) => `properties.custom_property_number_${n}`);
    const account = await accountWith({ objects: { contacts: contacts(120) } });
    const { records } = await run(account, "contacts", [...many, ...fields]);
    expect(records.length).toBe(120);
    expect(records[7]?.payload).toMatchObject({ properties: { email: "person8@acme.example" } });
    expect(account.requests.filter((request) => request.endsWith("/contacts/batch/read")).length).toBe(2);
  });

  test("follows the associations of a record that has more than a page of them", async () => {
    const companies = Array.from({ length: 7 }, (_, n) => company(String(301 + n)));
    const account = await accountWith(
      {
        objects: { contacts: contacts(2), companies },
        associations: companies.map(({ id }) => tie("1001", id, 279)),
      },
      { limits: { associationPageSize: 3 } },
    );
    const read = await streamOf(account.connection, "contacts").byId?.(["1001", "1002"], { fields, lane: "webhook" });
    const found = read?.map(({ payload }) => payload.associations);
    expect(found).toEqual([
      { companies: { results: companies.map(({ id }) => ({ id, type: "contact_to_company_unlabeled" })) } },
      { companies: { results: [] } },
    ]);
  });

  test("works on the dated paths alone", async () => {
    const account = await accountWith({
      objects: { contacts: contacts(3), companies: [company("301")] },
      associations: [tie("1002", "301", 279)],
    });
    account.connection = account.open({ api_version: "2026-03" });
    await account.connection.check();
    const { ids } = await run(account, "contacts", fields);
    expect(ids).toEqual(["1001", "1002", "1003"]);
    expect(account.requests.filter((request) => /\/v\d/.test(request))).toEqual([]);
  });
});

describe("an incremental run", () => {
  test("reads only what changed, and its look-back", async () => {
    const account = await accountWith({ objects: { contacts: contacts(150) } });
    const { cursor } = await run(account, "contacts", fields);
    account.clock.advance(3_600_000);
    await elsewhere(account, "PATCH", "/crm/v3/objects/contacts/1042", { properties: { firstname: "Ada" } });
    const first = await run(account, "contacts", fields, cursor);
    expect(first.ids).toEqual(["1042"]);
    expect(first.records[0]?.payload).toMatchObject({ properties: { firstname: "Ada" } });
    expect(first.cursor).toMatchObject({ mode: "changes", at: "2026-11-02T13:00:00.000Z" });
    account.clock.advance(3_600_000);
    expect((await run(account, "contacts", fields, first.cursor)).ids).toEqual(["1042"]);
  });

  test("loses nothing where many records share a stamp across the border of a page", async () => {
    const at = (n: number) => (n <= 150 ? 0 : n <= 390 ? 1 : n - 300);
    const stamp = (n: number) => new Date(Date.parse("2026-11-02T11:50:00.000Z") + at(n) * 1_000).toISOString();
    const account = await accountWith({ objects: { contacts: contacts(460, (n) => ({ updatedAt: stamp(n) })) } });
    const since = changesFrom("2026-11-02T11:50:00.000Z");
    const { ids } = await run(account, "contacts", fields, since);
    expect(ids.sort()).toEqual(contacts(460).map(({ id }) => id));
  });

  test("reads one millisecond of more records than a search gives, past the cap of 10,000", async () => {
    const updatedAt = "2026-11-02T11:50:00.123Z";
    const account = await accountWith(
      { objects: { contacts: contacts(1_301, () => ({ updatedAt })) } },
      { limits: { searchResults: 600 } },
    );
    const since = changesFrom("2026-11-02T11:50:00.000Z");
    const { records, ids, cursor } = await run(account, "contacts", fields, since);
    expect(ids.length).toBe(1_301);
    expect(records.length).toBe(1_301);
    expect(cursor).toMatchObject({ mode: "changes", at: updatedAt });
  });

  test("goes on where pages hold fewer rows than were asked for", async () => {
    const stamp = (n: number) => new Date(Date.parse("2026-11-02T11:50:00.000Z") + Math.floor(n / 40)).toISOString();
    const account = await accountWith(
      { objects: { contacts: contacts(130, (n) => ({ updatedAt: stamp(n) })) } },
      { limits: { pageRows: 10 } },
    );
    const { ids } = await run(account, "contacts", fields, changesFrom("2026-11-02T11:50:00.000Z"));
    expect(ids.length).toBe(130);
  });

  test("takes search results that come slightly out of order", async () => {
    const account = await accountWith(
      {
        objects: {
          contacts: contacts(450, (n) => ({
            updatedAt: new Date(Date.parse("2026-11-02T11:50:00.000Z") + n).toISOString(),
          })),
        },
      },
      { switches: { searchDisorder: true } },
    );
    const { ids } = await run(account, "contacts", fields, changesFrom("2026-11-02T11:50:00.000Z"));
    expect(ids.length).toBe(450);
  });

  test("gives the winner of a merge with the ids it absorbed", async () => {
    const account = await accountWith({ objects: { contacts: contacts(3) } });
    const merged = [...fields, "properties.hs_merged_object_ids"];
    const { cursor } = await run(account, "contacts", merged);
    account.clock.advance(3_600_000);
    const body = { primaryObjectId: "1001", objectIdToMerge: "1003" };
    await elsewhere(account, "POST", "/crm/v3/objects/contacts/merge", body);
    const { records } = await run(account, "contacts", merged, cursor);
    expect(records.map(({ id, payload }) => [id, payload.properties])).toEqual([
      ["1001", expect.objectContaining({ hs_merged_object_ids: "1003" })],
      ["1003", undefined],
    ]);
  });
});

describe("stragglers", () => {
  test("that reach search an hour late are found when a run looks back that far", async () => {
    const account = await accountWith(
      { objects: { contacts: contacts(60) } },
      { switches: { searchStragglerMs: 60 * 60_000 } },
    );
    let { cursor } = await run(account, "contacts", fields);
    account.clock.advance(3_600_000);
    const changed = Array.from({ length: 60 }, (_, n) => String(1001 + n));
    for (const id of changed) {
      await elsewhere(account, "PATCH", `/crm/v3/objects/contacts/${id}`, { properties: { firstname: "Late" } });
    }
    const seen = new Set<string>();
    for (let minutes = 0; minutes <= 100; minutes += 20) {
      const read = await run(account, "contacts", fields, cursor);
      for (const { id, payload } of read.records) if (JSON.stringify(payload).includes("Late")) seen.add(id);
      cursor = read.cursor;
      if (minutes === 0) expect(seen.size).toBeLessThan(60);
      account.clock.advance(20 * 60_000);
    }
    expect([...seen].sort()).toEqual(changed);
  });
});

describe("records by id", () => {
  test("leave out what HubSpot does not have", async () => {
    const account = await accountWith({ objects: { contacts: contacts(2) } });
    const read = await streamOf(account.connection, "contacts").byId?.(["1002", "999999"], { fields, lane: "webhook" });
    expect(read?.map(({ id }) => id)).toEqual(["1002"]);
  });

  test("ask nothing for no ids", async () => {
    const account = await accountWith({});
    expect(await streamOf(account.connection, "contacts").byId?.([], { fields, lane: "webhook" })).toEqual([]);
    expect(account.requests).toEqual([]);
  });
});

describe("reference records", () => {
  test("are the active owners and after them the archived ones", async () => {
    const owner = (id: number, archived: boolean) => ({
      id: String(id),
      email: `owner${id}@acme.example`,
      firstName: "Olga",
      lastName: `Number ${id}`,
      userId: id + 7,
      archived,
    });
    const owners = Array.from({ length: 250 }, (_, n) => owner(n + 1, n % 2 === 1));
    const account = await accountWith({ owners });
    const { records, ids, cursor } = await run(account, "owners", []);
    expect(ids.length).toBe(250);
    expect(records[0]).toMatchObject({ id: "1", deleted: false, payload: { email: "owner1@acme.example" } });
    expect(records.at(-1)).toMatchObject({ id: "250", deleted: false, payload: { archived: true } });
    expect(cursor).toEqual({ mode: "whole", after: null });
  });

  test("are the pipelines of deals and of tickets with their stages", async () => {
    const account = await accountWith({});
    const deals = await run(account, "deal_pipelines", []);
    const tickets = await run(account, "ticket_pipelines", []);
    expect(deals.records).toMatchObject([{ id: "default", payload: { label: "Sales Pipeline" } }]);
    expect(deals.records[0]?.payload.stages).toHaveLength(7);
    expect(tickets.records).toMatchObject([{ id: "0", payload: { label: "Support Pipeline" } }]);
  });
});

test.each(["companies", "deals", "tickets", "notes", "emails", "calls", "meetings"] as const)(
  "%s are read both ways",
  async (object) => {
    const account = await accountWith({
      objects: { [object]: [{ ...company("301"), updatedAt: "2026-11-02T11:50:00.000Z" }] },
    });
    const asked = ["properties.hs_object_id", "associations.contacts.results"];
    expect((await run(account, object, asked)).ids).toEqual(["301"]);
    const changes = await run(account, object, asked, changesFrom("2026-11-02T11:50:00.000Z"));
    expect(changes.records).toMatchObject([{ id: "301", at: "2026-11-02T11:50:00.000Z", deleted: false }]);
  },
);
