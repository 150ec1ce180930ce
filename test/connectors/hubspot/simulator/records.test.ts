import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

const families = ["/crm/v3/objects", "/crm/objects/2026-03"];

test.each(families)("%s lists by id, the cursor naming the next record", async (base) => {
  const { get } = startPortal();
  const first = await get(`${base}/contacts?limit=2&properties=firstname`);
  expect(first.body.results.map(({ id }) => id)).toEqual(["101", "102"]);
  expect(first.body.paging?.next.after).toBe("103");
  expect(first.body.paging?.next.link).toContain("after=103");
  const last = await get(`${base}/contacts?limit=3&after=103`);
  expect(last.body.results.map(({ id }) => id)).toEqual(["103", "104", "105"]);
  expect(last.body.paging).toBeUndefined();
});

test.each(families)("%s reads one record with its associations and its stamps", async (base) => {
  const { get } = startPortal();
  const { body } = await get(`${base}/contacts/101?properties=firstname,jobtitle&associations=companies,deals`);
  expect(body).toMatchObject({
    id: "101",
    properties: { firstname: "Ada", jobtitle: null, lastmodifieddate: "2026-10-01T10:00:00.000Z", hs_object_id: "101" },
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-10-01T10:00:00.000Z",
    archived: false,
    associations: {
      companies: {
        results: [
          { id: "301", type: "contact_to_company" },
          { id: "301", type: "contact_to_company_unlabeled" },
        ],
      },
      deals: { results: [{ id: "201", type: "contact_to_deal" }] },
    },
  });
});

test("both path families write to one store", async () => {
  const { patch, get, post } = startPortal();
  await patch("/crm/objects/2026-03/contacts/101", { properties: { city: "Bath" } });
  expect((await get("/crm/v3/objects/contacts/101?properties=city")).body.properties.city).toBe("Bath");
  const made = await post("/crm/v3/objects/0-2", { properties: { name: "Fabrikam" } });
  expect((await get(`/crm/objects/2026-03/company/${made.body.id}`)).body.properties.name).toBe("Fabrikam");
});

test("archived records are listed only when asked for, and then alone", async () => {
  const { get } = startPortal();
  const { body } = await get("/crm/v3/objects/contacts?archived=true");
  expect(body.results).toMatchObject([{ id: "106", archived: true, archivedAt: "2026-10-20T08:00:00.000Z" }]);
  expect((await get("/crm/v3/objects/contacts/106")).status).toBe(404);
  expect((await get("/crm/v3/objects/contacts/106?archived=true")).body.id).toBe("106");
});

test("archiving moves a record out of listings and search without touching its stamp", async () => {
  const { remove, get, post } = startPortal();
  expect((await remove("/crm/v3/objects/contacts/103")).status).toBe(204);
  const { body } = await get("/crm/v3/objects/contacts/103?archived=true");
  expect(body).toMatchObject({ updatedAt: "2026-10-03T10:00:00.123Z", archivedAt: "2026-11-02T09:00:00.000Z" });
  expect((await post("/crm/v3/objects/contacts/search", {})).body.total).toBe(4);
  expect((await get("/crm/v3/objects/contacts")).body.results).toHaveLength(4);
  expect((await remove("/crm/v3/objects/contacts/103")).status).toBe(204);
  expect((await remove("/crm/v3/objects/contacts/999")).status).toBe(404);
});

test("a record is found by a unique property, e-mails also by an additional one", async () => {
  const { get } = startPortal();
  expect((await get("/crm/v3/objects/contacts/ADA@northwind.example?idProperty=email")).body.id).toBe("101");
  expect((await get("/crm/v3/objects/contacts/cleo.old@contoso.example?idProperty=email")).body.id).toBe("103");
  expect((await get("/crm/v3/objects/contacts/Ada?idProperty=firstname")).status).toBe(400);
  expect((await get("/crm/v3/objects/contacts/nobody@x.example?idProperty=email")).body).toEqual({
    status: "error",
    message: "resource not found",
    correlationId: expect.any(String),
    category: "OBJECT_NOT_FOUND",
  });
});

test.each([
  ["a limit above 100", "limit=101"],
  ["a limit of none", "limit=0"],
  ["a limit that is a word", "limit=ten"],
  ["history with a page above 50", "limit=51&propertiesWithHistory=city"],
  ["a cursor that is no id", "after=abc"],
  ["associations with an unknown object", "associations=widgets"],
])("a list refuses %s", async (_name, query) => {
  const { get } = startPortal();
  expect((await get(`/crm/v3/objects/contacts?${query}`)).status).toBe(400);
});

test("a created record carries the stamps, an id of its own and what HubSpot works out", async () => {
  const { post, get } = startPortal();
  const { status, body } = await post("/crm/v3/objects/contacts", {
    properties: { email: "New@Fabrikam.example", lifecyclestage: "lead", numemployees: 12 },
    associations: [{ to: { id: "302" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 279 }] }],
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    id: "602",
    createdAt: "2026-11-02T09:00:00.000Z",
    properties: {
      email: "new@fabrikam.example",
      hs_email_domain: "fabrikam.example",
      numemployees: "12",
      createdate: "2026-11-02T09:00:00.000Z",
      lastmodifieddate: "2026-11-02T09:00:00.000Z",
      hs_lifecyclestage_lead_date: "2026-11-02T09:00:00.000Z",
      hs_object_id: "602",
    },
  });
  const companies = await get("/crm/v4/objects/contacts/602/associations/companies");
  expect(companies.body.results).toMatchObject([{ toObjectId: 302 }]);
});

test("a create that names a missing record makes nothing", async () => {
  const { post, get } = startPortal();
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 279 }];
  const refused = await post("/crm/v3/objects/contacts", {
    properties: { email: "new@fabrikam.example" },
    associations: [{ to: { id: "999" }, types }],
  });
  expect(refused.status).toBe(400);
  expect((await get("/crm/v3/objects/contacts/new@fabrikam.example?idProperty=email")).status).toBe(404);
});

test("a taken e-mail is a conflict that names the holder", async () => {
  const { post } = startPortal();
  const { status, body } = await post("/crm/v3/objects/contacts", { properties: { email: "bob@northwind.example" } });
  expect(status).toBe(409);
  expect(body).toMatchObject({ category: "CONFLICT", message: "Contact already exists. Existing ID: 102" });
});

test.each([
  ["notes", { hs_note_body: "no time" }, ["hs_timestamp"]],
  ["tickets", { subject: "no stage" }, ["hs_pipeline_stage"]],
])("creating %s without a required property is refused", async (type, properties, missing) => {
  const { post } = startPortal();
  const { status, body } = await post(`/crm/v3/objects/${type}`, { properties });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    message: `Error creating ${type.slice(0, -1).toUpperCase()}. Some required properties were not set.`,
    context: { properties: missing },
  });
});

test("an update moves the stamp and keeps the history of what changed", async () => {
  const { patch, get, clock } = startPortal();
  clock.ms += 60_000;
  await patch("/crm/v3/objects/deals/201", { properties: { dealstage: "closedwon" } });
  const { body } = await get(
    "/crm/v3/objects/deals/201?propertiesWithHistory=dealstage&properties=hs_is_closed_won,closedate",
  );
  expect(body.properties).toMatchObject({
    hs_is_closed_won: "true",
    closedate: "2026-11-02T09:01:00.000Z",
    hs_lastmodifieddate: "2026-11-02T09:01:00.000Z",
  });
  expect(body.propertiesWithHistory).toMatchObject({
    dealstage: [
      { value: "closedwon", timestamp: "2026-11-02T09:01:00.000Z" },
      { value: "contractsent", timestamp: "2026-01-01T00:00:00.000Z" },
    ],
  });
});

test("the empty string clears a value", async () => {
  const { patch, get, post } = startPortal();
  await patch("/crm/v3/objects/contacts/101", { properties: { city: "" } });
  expect((await get("/crm/v3/objects/contacts/101?properties=city")).body.properties.city).toBeNull();
  const without = { filterGroups: [{ filters: [{ propertyName: "city", operator: "NOT_HAS_PROPERTY" }] }] };
  expect((await post("/crm/v3/objects/contacts/search", without)).body.results[0]?.id).toBe("101");
});

test("closing a ticket sets its close date, reopening takes it away", async () => {
  const { patch } = startPortal();
  const closed = await patch("/crm/v3/objects/tickets/401", { properties: { hs_pipeline_stage: "4" } });
  expect(closed.body.properties.closed_date).toBe("2026-11-02T09:00:00.000Z");
  const open = await patch("/crm/v3/objects/tickets/401", { properties: { hs_pipeline_stage: "2" } });
  expect(open.body.properties.closed_date).toBeUndefined();
});

test("the lifecycle stage moves forward only: an earlier one answers success and changes nothing", async () => {
  const { patch } = startPortal();
  const back = await patch("/crm/v3/objects/contacts/102", { properties: { lifecyclestage: "lead", city: "York" } });
  expect(back.status).toBe(200);
  expect(back.body.properties).toMatchObject({ lifecyclestage: "customer", city: "York" });
  await patch("/crm/v3/objects/contacts/102", { properties: { lifecyclestage: "" } });
  const again = await patch("/crm/v3/objects/contacts/102", { properties: { lifecyclestage: "lead" } });
  expect(again.body.properties.lifecyclestage).toBe("lead");
});

test("by switch the lifecycle stage takes any value", async () => {
  const { patch } = startPortal({ switches: { lifecycleStage: "any" } });
  const back = await patch("/crm/v3/objects/contacts/102", { properties: { lifecyclestage: "lead" } });
  expect(back.body.properties.lifecyclestage).toBe("lead");
});

test("a merged contact vanishes, its id, e-mail and associations lead to the winner", async () => {
  const { post, get, patch } = startPortal();
  const { status, body } = await post("/crm/v3/objects/contacts/merge", {
    primaryObjectId: "102",
    objectIdToMerge: "101",
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: "102",
    createdAt: "2026-01-01T00:00:00.000Z",
    properties: {
      email: "bob@northwind.example",
      hs_additional_emails: "ada@northwind.example",
      hs_merged_object_ids: "101",
      hs_calculated_merged_vids: `101:${Date.parse("2026-11-02T09:00:00.000Z")}`,
      hs_lead_status: "NEW",
      lastmodifieddate: "2026-11-02T09:00:00.000Z",
    },
  });
  expect((await get("/crm/v3/objects/contacts/101")).body.id).toBe("102");
  expect((await get("/crm/v3/objects/contacts/ada@northwind.example?idProperty=email")).body.id).toBe("102");
  expect((await get("/crm/v3/objects/contacts")).body.results.map(({ id }) => id)).toEqual([
    "102",
    "103",
    "104",
    "105",
  ]);
  expect((await get("/crm/v4/objects/deals/201/associations/contacts")).body.results).toMatchObject([
    { toObjectId: 102 },
  ]);
  await patch("/crm/v3/objects/contacts/101", { properties: { city: "Hull" } });
  expect((await get("/crm/v3/objects/contacts/102?properties=city")).body.properties.city).toBe("Hull");
});

test("chained merges all lead to the last winner", async () => {
  const { post, get } = startPortal();
  await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "102", objectIdToMerge: "101" });
  await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "103", objectIdToMerge: "102" });
  const { body } = await get("/crm/v3/objects/contacts/101?properties=hs_merged_object_ids,hs_calculated_merged_vids");
  expect(body.id).toBe("103");
  expect(body.properties.hs_merged_object_ids).toBe("101;102");
  expect(body.properties.hs_calculated_merged_vids).toMatch(/^102:/);
});

test("by switch merged companies become a third record", async () => {
  const { post, get } = startPortal({ switches: { mergeMakesNewId: true } });
  const { body } = await post("/crm/v3/objects/companies/merge", { primaryObjectId: "301", objectIdToMerge: "302" });
  expect(body).toMatchObject({ id: "602", properties: { name: "Northwind Traders", industry: "RETAIL" } });
  expect(body.properties.hs_merged_object_ids?.split(";").sort()).toEqual(["301", "302"]);
  expect((await get("/crm/v3/objects/companies/302")).body.id).toBe("602");
  expect((await get("/crm/v4/objects/contacts/102/associations/companies")).body.results).toMatchObject([
    { toObjectId: 602 },
  ]);
});

test("a merge into itself or of what is not there is refused", async () => {
  const { post } = startPortal();
  expect(
    (await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "101", objectIdToMerge: "101" })).status,
  ).toBe(400);
  expect(
    (await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "101", objectIdToMerge: "999" })).status,
  ).toBe(404);
});
