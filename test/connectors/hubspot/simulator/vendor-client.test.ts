import { serve } from "@hono/node-server";
import { Client } from "@hubspot/api-client";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js";
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from "@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCredentials } from "../../../../connectors/hubspot/simulator/index.ts";
import { startPortal } from "./small-portal.ts";

/** HubSpot's own client, unmodified and without its retries or limiter, over a real socket. */
let hubspot: Client;
let basePath: string;
let close: () => void;

beforeAll(async () => {
  const { simulator } = startPortal();
  await new Promise<void>((ready) => {
    const server = serve({ fetch: simulator.app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
      basePath = `http://127.0.0.1:${port}`;
      ready();
    });
    close = () => server.close();
  });
  hubspot = new Client({ accessToken: demoCredentials.accessTokens[0] ?? "", basePath });
});
afterAll(() => close());

test("lists contacts page by page", async () => {
  const page = await hubspot.crm.contacts.basicApi.getPage(2, undefined, ["email"], undefined, ["companies"]);
  expect(page.results.map(({ id }) => id)).toEqual(["101", "102"]);
  expect(page.results[0]?.createdAt).toEqual(new Date("2026-01-01T00:00:00.000Z"));
  expect(page.results[0]?.associations?.companies?.results).toMatchObject([{ id: "301" }, { id: "301" }]);
  expect(page.paging?.next?.after).toBe("103");
});

test("searches with a filter, a sort and an offset", async () => {
  const found = await hubspot.crm.contacts.searchApi.doSearch({
    filterGroups: [
      { filters: [{ propertyName: "lastmodifieddate", operator: FilterOperatorEnum.Gte, value: "1790000000000" }] },
    ],
    sorts: ["-lastmodifieddate"],
    properties: ["email"],
    limit: 2,
    after: "0",
  });
  expect(found.total).toBe(5);
  expect(found.results.map(({ id }) => id)).toEqual(["105", "104"]);
  expect(found.paging?.next?.after).toBe("2");
});

test("updates in a batch; the missing record is in the errors of a 207", async () => {
  const reply = await hubspot.crm.contacts.batchApi.update({
    inputs: [
      { id: "101", properties: { city: "Bath" } },
      { id: "999", properties: { city: "Bath" } },
    ],
  });
  expect(reply.results.map(({ id }) => id)).toEqual(["101"]);
  expect(reply).toMatchObject({ numErrors: 1, errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: ["999"] } }] });
});

test("upserts by e-mail", async () => {
  const reply = await hubspot.crm.contacts.batchApi.upsert({
    inputs: [{ id: "new@tailspin.example", idProperty: "email", properties: { firstname: "Nell" } }],
  });
  expect(reply.results[0]).toMatchObject({ _new: true, properties: { email: "new@tailspin.example" } });
});

test("reads, creates and archives deals, notes and tickets through the generic objects API", async () => {
  const made = await hubspot.crm.objects.basicApi.create("notes", {
    properties: { hs_timestamp: "2026-11-01T00:00:00Z", hs_note_body: "Hello" },
    associations: [],
  });
  expect((await hubspot.crm.objects.basicApi.getById("notes", made.id, ["hs_note_body"])).properties.hs_note_body).toBe(
    "Hello",
  );
  await hubspot.crm.objects.basicApi.archive("notes", made.id);
  await expect(hubspot.crm.objects.basicApi.getById("notes", made.id)).rejects.toMatchObject({ code: 404 });
  expect((await hubspot.crm.deals.basicApi.getById("201")).properties.dealname).toBe("Fifty road bikes");
  expect((await hubspot.crm.tickets.basicApi.getPage()).results).toHaveLength(1);
});

test("makes a property group and a property, and is told of one that exists", async () => {
  await hubspot.crm.properties.groupsApi.create("contacts", {
    name: "journey_hub",
    label: "Journey Hub",
    displayOrder: -1,
  });
  const property = {
    name: "journey_hub_stage",
    label: "Journey stage",
    type: PropertyCreateTypeEnum.String,
    fieldType: PropertyCreateFieldTypeEnum.Text,
    groupName: "journey_hub",
  };
  const made = await hubspot.crm.properties.coreApi.create("contacts", property);
  expect(made).toMatchObject({ name: "journey_hub_stage", modificationMetadata: { readOnlyValue: false } });
  await expect(hubspot.crm.properties.coreApi.create("contacts", property)).rejects.toMatchObject({
    code: 409,
    body: { category: "OBJECT_ALREADY_EXISTS" },
  });
  expect((await hubspot.crm.properties.coreApi.getAll("contacts")).results.length).toBeGreaterThan(60);
});

test("reads and ties associations", async () => {
  const read = await hubspot.crm.associations.v4.batchApi.getPage("contacts", "companies", {
    inputs: [{ id: "101" }, { id: "105" }],
  });
  expect(read.results).toMatchObject([
    { _from: { id: "101" }, to: [{ associationTypes: [{ typeId: 1 }, { typeId: 279 }] }] },
  ]);
  expect(read).toMatchObject({ numErrors: 1 });
  await hubspot.crm.associations.v4.basicApi.createDefault("contacts", "105", "companies", "302");
  const page = await hubspot.crm.associations.v4.basicApi.getPage("contacts", "105", "companies");
  expect(page.results).toHaveLength(1);
});

test("reads owners and pipelines", async () => {
  const owners = await hubspot.crm.owners.ownersApi.getPage();
  expect(owners.results.map(({ email }) => email)).toEqual(["sam@bikes.example", "tia@bikes.example"]);
  const pipelines = await hubspot.crm.pipelines.pipelinesApi.getAll("deals");
  expect(pipelines.results[0]?.stages.map(({ id }) => id)).toContain("closedwon");
});

test("merges contacts, for which 13.5.0 has no call of its own but apiRequest", async () => {
  const answer = await hubspot.apiRequest({
    method: "POST",
    path: "/crm/v3/objects/contacts/merge",
    body: { primaryObjectId: "103", objectIdToMerge: "104" },
  });
  expect(await answer.json()).toMatchObject({ id: "103", properties: { hs_merged_object_ids: "104" } });
});

test("refreshes an OAuth token and calls with it", async () => {
  const { clientId, clientSecret, refreshTokens } = demoCredentials;
  const reply = await new Client({ basePath }).oauth.tokensApi.create(
    "refresh_token",
    undefined,
    undefined,
    clientId,
    clientSecret,
    refreshTokens[0],
  );
  expect(reply).toMatchObject({ tokenType: "bearer", expiresIn: 1800 });
  const owners = await new Client({ accessToken: reply.accessToken, basePath }).crm.owners.ownersApi.getPage();
  expect(owners.results).toHaveLength(2);
});

test("raises HubSpot's errors with code and body", async () => {
  const wrong = new Client({ accessToken: "pat-na1-wrong", basePath });
  await expect(wrong.crm.contacts.basicApi.getPage()).rejects.toMatchObject({
    code: 401,
    body: { category: "INVALID_AUTHENTICATION" },
  });
  await expect(
    hubspot.crm.contacts.batchApi.update({ inputs: [{ id: "101", properties: { nope: "1" } }] }),
  ).rejects.toMatchObject({ code: 400, body: { message: expect.stringContaining("PROPERTY_DOESNT_EXIST") } });
});

test("reaches the dated paths by apiRequest", async () => {
  const answer = await hubspot.apiRequest({ path: "/crm/objects/2026-03/companies", qs: { limit: 1 } });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ results: [{ id: "301" }] });
  const details = await hubspot.apiRequest({ path: "/account-info/v3/details" });
  expect(await details.json()).toMatchObject({ portalId: 424242 });
});
