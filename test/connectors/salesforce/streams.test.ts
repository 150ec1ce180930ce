import type { CursorState, SourceRecord } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import {
  type SalesforceRow,
  type SalesforceSimulatorOptions,
  sfId,
} from "../../../connectors/salesforce/simulator/index.ts";
import { contacts, edit, idsOf, readStream, remove, startOrg, streamOf, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

async function orgWith(rows: SalesforceRow[], options: SalesforceSimulatorOptions = {}): Promise<void> {
  org = await startOrg({ Contact: rows }, options);
}

const run = (name: string, state: CursorState | null = null, fields: readonly string[] = ["LastName"]) =>
  readStream(org, name, state, fields);

const contact = (n: number) => sfId("003", n);
const lastNames = (records: readonly SourceRecord[]) => records.map(({ payload }) => payload.LastName);
const old = "2026-03-01T08:00:00.000+0000";

const noon = "2026-03-18T12:00:00.000Z";
/** Everything up to noon has been read, and nothing is due to be read again. */
const upToNoon: CursorState = { mode: "changes", at: noon, reread: { completeFrom: noon } };

describe("a backfill", () => {
  test("reads every row over as many pages as it takes, then stands at the changes", async () => {
    await orgWith(contacts(4_321));
    const { records, batches, cursor } = await run("Contact");
    expect(idsOf(records)).toHaveLength(4_321);
    expect(batches.map((batch) => batch.records.length)).toEqual([2_000, 2_000, 321, 0]);
    expect(cursor).toMatchObject({ mode: "changes", at: "2026-03-18T11:45:00.000Z" });
  });

  test("goes on where Salesforce sends fewer rows than asked", async () => {
    await orgWith(contacts(1_050), { pageRowsMax: 500 });
    const { records } = await run("Contact");
    expect(idsOf(records)).toHaveLength(1_050);
  });

  test("gives the row as the mapping reads it: parents nested, addresses whole, no attributes", async () => {
    const owner = { Id: sfId("005", 1), Username: "ann@acme.example", LastName: "Ann", Email: "ann@acme.example" };
    const acme = { Id: sfId("001", 1), Name: "Acme" };
    const traits = { AccountId: acme.Id, MailingCity: "Zürich", OwnerId: owner.Id, SystemModstamp: old };
    org = await startOrg({ User: [owner], Account: [acme], Contact: contacts(1, () => traits) });
    const fields = ["LastName", "Account.Name", "Account.Owner.Email", "MailingAddress.city"];
    const { records } = await run("Contact", null, fields);
    const [record] = records;
    expect(record).toMatchObject({
      id: contact(1),
      at: "2026-03-01T08:00:00.000Z",
      deleted: false,
      payload: {
        Id: contact(1),
        SystemModstamp: old,
        IsDeleted: false,
        MasterRecordId: null,
        LastName: "Number 1",
        Account: { Name: "Acme", Owner: { Email: "ann@acme.example" } },
        MailingAddress: { city: "Zürich" },
      },
    });
    expect(JSON.stringify(record)).not.toContain("attributes");
  });

  test("leaves out what the org does not have, and says so with every page", async () => {
    await orgWith(contacts(2));
    const { records, batches } = await run("Contact", null, [
      "LastName",
      "Shoe_Size__c",
      "Account.Shoe_Size__c",
      "Dog.Name",
    ]);
    expect(lastNames(records)).toEqual(["Number 1", "Number 2"]);
    expect(batches[0]?.missingFields).toEqual(["Shoe_Size__c", "Account.Shoe_Size__c", "Dog.Name"]);
  });

  test("reads through a lookup to several objects what such lookups show", async () => {
    const owner = { Id: sfId("005", 1), Username: "ann@acme.example", LastName: "Ann", Email: "ann@acme.example" };
    org = await startOrg({
      User: [owner],
      Lead: [{ Id: sfId("00Q", 1), LastName: "Lee", Company: "Lee Ltd", OwnerId: owner.Id }],
    });
    const { records, batches } = await run("Lead", null, ["Owner.Email", "Owner.Division"]);
    expect(records[0]?.payload.Owner).toEqual({ Email: "ann@acme.example" });
    expect(batches[0]?.missingFields).toEqual(["Owner.Division"]);
  });

  test("notices a field that was taken away since it was described", async () => {
    await orgWith(contacts(3));
    org.troubles.push(
      () => undefined,
      async (request) => {
        const reply = await org.simulator.app.fetch(request);
        const description = (await reply.json()) as { fields: { name: string }[] };
        description.fields.push({ ...description.fields[0], name: "Gone__c" });
        return Response.json(description);
      },
    );
    const { records, batches } = await run("Contact", null, ["LastName", "Gone__c"]);
    expect(records).toHaveLength(3);
    expect(batches[0]?.missingFields).toEqual(["Gone__c"]);
  });

  test("marks deleted rows and names the winner of a merge", async () => {
    await orgWith(contacts(3));
    await remove(org, "Contact", contact(1));
    org.simulator.state.merge("Contact", contact(2), contact(3));
    const { records } = await run("Contact");
    const marks = new Map(records.map(({ id, deleted, payload }) => [id, [deleted, payload.MasterRecordId]]));
    expect([marks.get(contact(1)), marks.get(contact(2)), marks.get(contact(3))]).toEqual([
      [true, null],
      [false, null],
      [true, contact(2)],
    ]);
  });

  test("reads owners and stages first, stages as a whole each time", async () => {
    org = await startOrg();
    const names = Object.entries(org.connection.streams).filter(([, { reference }]) => reference);
    expect(names.map(([name]) => name)).toEqual(["User", "OpportunityStage"]);
    const { records, cursor } = await run("OpportunityStage", null, ["MasterLabel", "IsWon"]);
    expect(records.map(({ payload }) => payload.MasterLabel)).toContain("Closed Won");
    expect(cursor).toEqual({ mode: "whole", after: null });
  });

  test.each([
    ["Account", "001", { Name: "Acme" }],
    ["Lead", "00Q", { LastName: "Lee", Company: "Lee Ltd" }],
    ["Opportunity", "006", { Name: "Bikes", StageName: "Prospecting", CloseDate: "2026-04-01" }],
    ["OpportunityContactRole", "00K", { OpportunityId: sfId("006", 1), ContactId: contact(1) }],
    ["Case", "500", { Subject: "Broken" }],
    ["Task", "00T", { Subject: "Call" }],
    ["Event", "00U", { Subject: "Meeting", ActivityDateTime: old, DurationInMinutes: 30 }],
    ["User", "005", { Username: "ann@acme.example", LastName: "Ann", Email: "ann@acme.example" }],
  ] as const)("reads %s", async (object, prefix, values) => {
    org = await startOrg({ [object]: [{ Id: sfId(prefix, 1), ...values, SystemModstamp: old }] });
    const { records } = await run(object, null, Object.keys(values));
    expect(records).toMatchObject([
      { id: sfId(prefix, 1), at: "2026-03-01T08:00:00.000Z", deleted: false, payload: values },
    ]);
  });
});

describe("reading changes", () => {
  test("gives what changed and the look-back, nothing else", async () => {
    await orgWith(contacts(10));
    const { cursor } = await run("Contact");
    org.clock.advance(3_600_000);
    await edit(org, "Contact", contact(4), { LastName: "Four" });
    const second = await run("Contact", cursor);
    expect(lastNames(second.records)).toEqual(["Four"]);
    org.clock.advance(3_600_000);
    await edit(org, "Contact", contact(5), { LastName: "Five" });
    const third = await run("Contact", second.cursor);
    expect(lastNames(third.records)).toEqual(["Four", "Five"]);
    expect(third.cursor).toMatchObject({ mode: "changes", at: "2026-03-18T14:00:00.000Z" });
  });

  test("finds a row that was saved ten minutes before its transaction committed", async () => {
    await orgWith(contacts(3, (n) => (n === 2 ? { SystemModstamp: "2026-03-18T11:50:01.000+0000" } : {})));
    const { records } = await run("Contact", upToNoon);
    expect(lastNames(records)).toEqual(["Number 2"]);
  });

  test("loses none of many rows with one stamp, whatever the page borders", async () => {
    const tied = contacts(5_000, (n) => ({
      SystemModstamp: n <= 10 ? "2026-03-18T12:30:00.000+0000" : "2026-03-18T12:30:01.000+0000",
    }));
    await orgWith(tied);
    const { records, batches } = await run("Contact", upToNoon);
    expect(records).toHaveLength(5_000);
    expect(idsOf(records)).toHaveLength(5_000);
    expect(batches).toHaveLength(3);
  });

  test("sees deletions and merges", async () => {
    await orgWith(contacts(4));
    const { cursor } = await run("Contact");
    org.clock.advance(3_600_000);
    await remove(org, "Contact", contact(1));
    org.simulator.state.merge("Contact", contact(3), contact(2));
    const { records } = await run("Contact", cursor);
    expect(records.map(({ id, deleted, payload }) => [id, deleted, payload.MasterRecordId])).toEqual([
      [contact(1), true, null],
      [contact(2), true, contact(3)],
      [contact(3), false, null],
    ]);
  });

  test("asks the org once for its objects, then one query a run", async () => {
    await orgWith(contacts(10));
    const { cursor } = await run("Contact");
    const before = org.exchanges.length;
    await run("Contact", cursor);
    expect(org.exchanges.slice(before).map(({ operation, lane }) => `${operation} ${lane}`)).toEqual([
      "salesforce.Contact.query poll",
    ]);
  });
});

describe("reading everything again, a day later", () => {
  test("brings what has changed without a stamp", async () => {
    const formula = { name: "Health__c" as const, type: "double" as const, precision: 3, scale: 0 };
    await orgWith(
      contacts(3, () => ({ Health__c: 1 })),
      { customFields: { Contact: [formula] } },
    );
    const { cursor } = await run("Contact", null, ["Health__c"]);
    org.clock.advance(86_400_000);
    org.simulator.load({ orgId: sfId("00D", 7), objects: { Contact: contacts(3, (n) => ({ Health__c: n })) } });
    const { records } = await run("Contact", cursor, ["Health__c"]);
    expect(records.map(({ payload }) => payload.Health__c)).toEqual([1, 2, 3]);
  });

  test("shows the ids of each page as a whole, so that rows gone without a trace are found missing", async () => {
    await orgWith(contacts(3));
    const { cursor } = await run("Contact");
    org.clock.advance(86_400_000);
    org.simulator.load({ orgId: sfId("00D", 7), objects: { Contact: contacts(2) } });
    const { batches } = await run("Contact", cursor);
    expect(batches.at(-1)?.swept).toEqual({ order: "text", after: null, upTo: null });
    const stages = await run("OpportunityStage", null, ["MasterLabel"]);
    expect(stages.batches.at(-1)?.swept).toEqual({ order: "text", after: null, upTo: null });
  });
});

describe("fields too many for one address", () => {
  const names = Array.from({ length: 700 }, (_, i) => `A_rather_long_name_of_a_field_${i}__c` as const);
  const wide = { customFields: { Contact: names.map((name) => ({ name, type: "string" as const, length: 20 })) } };
  const wideContacts = (count: number) =>
    contacts(count, (n) => ({ [names[0] ?? ""]: `first ${n}`, [names[699] ?? ""]: `last ${n}` }));

  test("are read in parts and joined", async () => {
    await orgWith(wideContacts(5), wide);
    const { records, batches } = await run("Contact", null, names);
    expect(records.map(({ payload }) => [payload[names[0] ?? ""], payload[names[699] ?? ""]])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [`first ${n}`, `last ${n}`]),
    );
    expect(Object.keys(records[0]?.payload ?? {})).toHaveLength(704);
    expect(batches[0]?.missingFields).toEqual([]);
    expect(org.simulator.traffic().refused).toBe(0);
    expect(org.simulator.traffic().byRoute["GET queryAll"]).toBeGreaterThan(2);
  });

  test("lose no row where a later part comes in shorter pages", async () => {
    await orgWith(wideContacts(30), wide);
    const shorten = async (request: Request) => {
      const reply = await org.simulator.app.fetch(request);
      const page = (await reply.json()) as { records: unknown[]; done: boolean };
      return Response.json({ ...page, records: page.records.slice(0, 7), done: false });
    };
    org.troubles.push(
      () => undefined,
      () => undefined,
      () => undefined,
      shorten,
    );
    const { records, batches } = await run("Contact", null, names);
    expect(batches[0]?.records).toHaveLength(7);
    expect(idsOf(records)).toHaveLength(30);
    expect(records.every(({ payload }) => Object.keys(payload).length === 704)).toBe(true);
  });

  test("drop a row that changed between the parts; the changes bring it", async () => {
    await orgWith(wideContacts(3), wide);
    const editFirst = async () => {
      await edit(org, "Contact", contact(2), { LastName: "Changed" });
      return undefined;
    };
    org.troubles.push(
      () => undefined,
      () => undefined,
      () => undefined,
      editFirst,
    );
    const { batches, records } = await run("Contact", null, ["LastName", ...names]);
    expect(batches[0]?.records.map(({ id }) => id)).toEqual([contact(1), contact(3)]);
    expect(lastNames(records.filter(({ id }) => id === contact(2)))).toEqual(["Changed"]);
  });
});

describe("a count", () => {
  test("is that of the rows that are not deleted, in one request", async () => {
    await orgWith(contacts(30));
    await remove(org, "Contact", contact(7));
    expect(await streamOf(org.connection, "Contact").count?.()).toBe(29);
    const before = org.exchanges.length;
    expect(await streamOf(org.connection, "Contact").count?.()).toBe(29);
    expect(org.exchanges).toHaveLength(before + 1);
  });

  test("counts owners and stages as well, which cannot be deleted", async () => {
    org = await startOrg();
    expect(await streamOf(org.connection, "User").count?.()).toBe(1);
    expect(await streamOf(org.connection, "OpportunityStage").count?.()).toBe(10);
  });
});

describe("records by id", () => {
  test("come in one request, deleted ones marked, unknown ones left out", async () => {
    await orgWith(contacts(200));
    await remove(org, "Contact", contact(200));
    const ids = Array.from({ length: 200 }, (_, i) => contact(i + 1));
    const stream = streamOf(org.connection, "Contact");
    const records = await stream.byId?.([...ids.slice(1), sfId("003", 9_999)], {
      fields: ["LastName"],
      lane: "webhook",
    });
    expect(records).toHaveLength(199);
    expect(records?.filter(({ deleted }) => deleted).map(({ id }) => id)).toEqual([contact(200)]);
    expect(stream.idsMax).toBe(200);
    expect(await stream.byId?.([], { fields: ["LastName"], lane: "webhook" })).toEqual([]);
  });
});
