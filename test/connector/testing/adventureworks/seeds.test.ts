import { buildWorld } from "journey-hub/connector/testing";
import { describe, expect, it } from "vitest";
import { hubspotSeed } from "../../../../connectors/hubspot/simulator/adventureworks/index.ts";
import { netsuiteSeed } from "../../../../connectors/netsuite/simulator/adventureworks/index.ts";
import { salesforceSeed } from "../../../../connectors/salesforce/simulator/adventureworks/index.ts";

const world = buildWorld({ scale: "default", seed: 7, epoch: "2026-11-20T09:00:00Z" });

type Id = string | number | boolean | null | undefined;

/** The values that are set and not among the ids. */
function strays(values: readonly Id[], ...ids: readonly ReadonlySet<string>[]): Id[] {
  return values.filter(
    (value) => value !== null && value !== undefined && !ids.some((known) => known.has(String(value))),
  );
}

describe("the HubSpot seed", () => {
  const seed = hubspotSeed(world);
  const idsOf = (rows: readonly { id: string }[] = []) => new Set(rows.map(({ id }) => id));

  it("gives every record of a type an id of its own", () => {
    for (const rows of Object.values(seed.objects)) expect(idsOf(rows).size).toBe(rows.length);
  });

  it("has as many rows as the world counts", () => {
    const counted = Object.entries(seed.objects).map(([type, rows]) => [`hubspot:${type}`, rows.length]);
    expect(world.counts.byObject).toMatchObject(Object.fromEntries(counted));
  });

  it("ties only records there are, but for three notes on purged contacts", () => {
    const ids = Object.fromEntries(Object.entries(seed.objects).map(([type, rows]) => [type, idsOf(rows)]));
    const loose = seed.associations.filter(
      ({ fromType, fromId, toType, toId }) => !ids[fromType]?.has(fromId) || !ids[toType]?.has(toId),
    );
    expect(loose.map(({ fromType, fromId, toId }) => ({ fromType, noteId: fromId, contactId: toId }))).toEqual(
      world.dangling.map(({ noteId, contactId }) => ({ fromType: "notes", noteId, contactId })),
    );
  });

  it("names owners there are", () => {
    const rows = Object.values(seed.objects).flat();
    expect(
      strays(
        rows.map(({ properties }) => properties.hubspot_owner_id),
        idsOf(seed.owners),
      ),
    ).toEqual([]);
  });

  it("shows web conversions, archived contacts and every lifecycle stage", () => {
    const contacts = seed.objects.contacts ?? [];
    const converted = contacts.filter(({ properties }) => Number(properties.num_conversion_events) > 0);
    expect(converted.length).toBeGreaterThan(300);
    expect(
      converted.every(({ properties }) => properties.recent_conversion_event_name && properties.recent_conversion_date),
    ).toBe(true);
    expect(contacts.some(({ archived, archivedAt }) => archived && archivedAt)).toBe(true);
    const stages = ["subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer", "evangelist", "other"];
    expect(new Set(contacts.map(({ properties }) => properties.lifecyclestage))).toEqual(new Set(stages));
  });
});

describe("the Salesforce seed", () => {
  const { objects } = salesforceSeed(world);
  const idsOf = (object: keyof typeof objects) => new Set((objects[object] ?? []).map(({ Id }) => Id));
  const column = (object: keyof typeof objects, name: string): Id[] => (objects[object] ?? []).map((row) => row[name]);

  it("gives every row an id of its own, eighteen characters long", () => {
    const ids = Object.values(objects).flatMap((rows) => rows.map(({ Id }) => Id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.length !== 18)).toEqual([]);
  });

  it("has as many rows as the world counts", () => {
    const counted = Object.entries(objects).map(([object, rows]) => [`salesforce:${object}`, rows.length]);
    expect(world.counts.byObject).toMatchObject(Object.fromEntries(counted));
  });

  it.each([
    ["Account", "ParentId", ["Account"]],
    ["Account", "OwnerId", ["User"]],
    ["Contact", "AccountId", ["Account"]],
    ["Lead", "ConvertedContactId", ["Contact"]],
    ["Lead", "ConvertedAccountId", ["Account"]],
    ["Lead", "ConvertedOpportunityId", ["Opportunity"]],
    ["Opportunity", "AccountId", ["Account"]],
    ["OpportunityContactRole", "OpportunityId", ["Opportunity"]],
    ["OpportunityContactRole", "ContactId", ["Contact"]],
    ["OpportunityHistory", "OpportunityId", ["Opportunity"]],
    ["Case", "ContactId", ["Contact"]],
    ["Case", "AccountId", ["Account"]],
    ["Task", "WhoId", ["Contact", "Lead"]],
    ["Task", "WhatId", ["Account", "Opportunity"]],
    ["Event", "WhoId", ["Contact", "Lead"]],
    ["Event", "WhatId", ["Account", "Opportunity"]],
  ] as const)("has %s.%s lead somewhere", (object, name, targets) => {
    const values = column(object, name);
    expect(values.some((value) => value !== null)).toBe(true);
    expect(strays(values, ...targets.map(idsOf))).toEqual([]);
  });

  it("converts leads only into live contacts or ones that were deleted later", () => {
    const converted = (objects.Lead ?? []).filter((row) => row.IsConverted === true);
    expect(converted.length).toBeGreaterThan(50);
    expect(converted.filter((row) => row.Status !== "Closed - Converted" || row.ConvertedContactId === null)).toEqual(
      [],
    );
  });

  it("keeps the NetSuite id on some accounts", () => {
    const customers = new Set(
      world.companyRecords.filter(({ seat }) => seat.system === "netsuite").map(({ seat }) => seat.id),
    );
    const kept = column("Account", "NetSuite_Id__c").filter((value) => value !== null);
    expect(kept.length).toBeGreaterThan(10);
    expect(strays(kept, customers)).toEqual([]);
  });
});

describe("the NetSuite seed", () => {
  const { tables } = netsuiteSeed(world);
  const idsOf = (table: keyof typeof tables) => new Set((tables[table] ?? []).map(({ id }) => String(id)));
  const column = (table: keyof typeof tables, name: string): Id[] => (tables[table] ?? []).map((row) => row[name]);

  it("gives every entity an id of its own, customers, contacts and employees together", () => {
    const ids = [...column("customer", "id"), ...column("contact", "id"), ...column("employee", "id")].map(String);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("gives every transaction an id and a number of its own, opportunities included", () => {
    const ids = [...column("transaction", "id"), ...column("opportunity", "id")].map(String);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(column("transaction", "tranid")).size).toBe(tables.transaction?.length);
  });

  it.each([
    ["customer", "parent", ["customer"]],
    ["customer", "salesrep", ["employee"]],
    ["customer", "entitystatus", ["entitystatus"]],
    ["customer", "subsidiary", ["subsidiary"]],
    ["contact", "company", ["customer"]],
    ["opportunity", "entity", ["customer"]],
    ["transaction", "entity", ["customer"]],
    ["transaction", "currency", ["currency"]],
    ["transactionline", "transaction", ["transaction"]],
    ["nexttransactionlinelink", "previousdoc", ["transaction"]],
    ["nexttransactionlinelink", "nextdoc", ["transaction"]],
    ["supportcase", "company", ["customer"]],
    ["supportcase", "contact", ["contact"]],
    ["systemnote", "recordid", ["transaction", "customer"]],
  ] as const)("has %s.%s lead somewhere", (table, name, targets) => {
    const values = column(table, name);
    expect(values.some((value) => value !== null)).toBe(true);
    expect(strays(values, ...targets.map(idsOf))).toEqual([]);
  });

  it("links every payment to the invoice it pays", () => {
    const links = tables.nexttransactionlinelink ?? [];
    const paid = new Map(
      links
        .filter(({ linktype }) => linktype === "Payment")
        .map(({ nextdoc, previoustype }) => [nextdoc, previoustype]),
    );
    const payments = (tables.transaction ?? []).filter(({ type }) => type === "CustPymt");
    expect(payments.filter(({ id }) => paid.get(id ?? null) !== "CustInvc")).toEqual([]);
  });

  it("uses the letters each type of transaction has", () => {
    const letters = { Estimate: "ABCVX", SalesOrd: "ABCDEFGH", CustInvc: "AB", CustPymt: "ABC", CustCred: "AB" };
    const allowed = new Map(Object.entries(letters));
    const wrong = (tables.transaction ?? []).filter(
      ({ type, status }) => !allowed.get(String(type))?.includes(String(status)),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps the Salesforce account's id on some customers", () => {
    const accounts = new Set(
      world.companyRecords.filter(({ seat }) => seat.system === "salesforce").map(({ seat }) => seat.id),
    );
    const companies = (tables.customer ?? [])
      .filter(({ isperson }) => isperson === "F")
      .map(({ externalid }) => externalid);
    expect(companies.filter((value) => value !== null).length).toBeGreaterThan(10);
    expect(strays(companies, accounts)).toEqual([]);
  });
});
