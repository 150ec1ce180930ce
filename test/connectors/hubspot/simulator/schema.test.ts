import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

const stage = {
  name: "journey_hub_stage",
  label: "Journey stage",
  type: "string",
  fieldType: "text",
  groupName: "journey_hub",
};

test.each([
  [
    "contacts",
    [
      "email",
      "firstname",
      "phone",
      "lifecyclestage",
      "hs_lead_status",
      "hs_analytics_source",
      "num_conversion_events",
      "recent_conversion_date",
      "hs_email_optout",
      "hs_merged_object_ids",
      "lastmodifieddate",
    ],
  ],
  [
    "companies",
    ["name", "domain", "industry", "numberofemployees", "annualrevenue", "lifecyclestage", "hs_lastmodifieddate"],
  ],
  [
    "deals",
    [
      "dealname",
      "amount",
      "deal_currency_code",
      "dealstage",
      "pipeline",
      "closedate",
      "dealtype",
      "closed_lost_reason",
      "hs_is_closed_won",
    ],
  ],
  [
    "tickets",
    [
      "subject",
      "content",
      "hs_pipeline_stage",
      "hs_ticket_priority",
      "hs_ticket_category",
      "source_type",
      "closed_date",
    ],
  ],
  ["notes", ["hs_timestamp", "hs_note_body", "hubspot_owner_id"]],
  ["emails", ["hs_timestamp", "hs_email_subject", "hs_email_direction", "hs_email_status", "hs_email_text"]],
  ["calls", ["hs_timestamp", "hs_call_title", "hs_call_direction", "hs_call_status", "hs_call_duration"]],
  ["meetings", ["hs_timestamp", "hs_meeting_title", "hs_meeting_start_time", "hs_meeting_outcome"]],
])("%s have their usual properties", async (type, names) => {
  const { get } = startPortal();
  const { body } = await get(`/crm/v3/properties/${type}`);
  expect(body.results.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

test("a definition says what may be written and which options there are", async () => {
  const { get } = startPortal();
  const { body } = await get("/crm/properties/2026-03/contacts/lifecyclestage");
  expect(body).toMatchObject({
    name: "lifecyclestage",
    type: "enumeration",
    fieldType: "select",
    groupName: "contactinformation",
    hubspotDefined: true,
    modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: false },
  });
  expect(body.options).toContainEqual({ label: "Lead", value: "lead", displayOrder: 1, hidden: false });
  expect((await get("/crm/v3/properties/contacts/createdate")).body.modificationMetadata).toMatchObject({
    readOnlyValue: true,
  });
  expect((await get("/crm/v3/properties/contacts/nope")).body).toMatchObject({ subCategory: "PROPERTY_DOESNT_EXIST" });
});

test("a property is made in a group of its own, then written and searched", async () => {
  const { post, patch } = startPortal();
  expect((await post("/crm/v3/properties/contacts/groups", { name: "journey_hub", label: "Journey Hub" })).status).toBe(
    201,
  );
  const made = await post("/crm/v3/properties/contacts", stage);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...stage,
    hasUniqueValue: false,
    createdAt: "2026-11-02T09:00:00.000Z",
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
  });
  expect(
    (await patch("/crm/v3/objects/contacts/101", { properties: { journey_hub_stage: "consideration" } })).status,
  ).toBe(200);
  const found = {
    filterGroups: [{ filters: [{ propertyName: "journey_hub_stage", operator: "EQ", value: "consideration" }] }],
  };
  expect((await post("/crm/v3/objects/contacts/search", found)).body.total).toBe(1);
});

const inGroup = { ...stage, groupName: "contactinformation" };

test.each([
  ["a name that exists", { ...inGroup, name: "email" }, 409, /^Property named 'email' already exists\.$/],
  ["an unknown group", stage, 400, /^Property group 'journey_hub' does not exist$/],
  ["no label", { ...inGroup, label: undefined }, 400, /required fields were not set: \[label\]/],
  ["an unknown type", { ...inGroup, type: "text" }, 400, /not one of the values accepted for Enum class: \[string, /],
  ["an unknown field type", { ...inGroup, fieldType: "string" }, 400, /not one of the values accepted/],
  ["capitals in the name", { ...inGroup, name: "JourneyStage" }, 400, /lower-case letters/],
  [
    "an enumeration without options",
    { ...inGroup, type: "enumeration", fieldType: "select" },
    400,
    /at least one option/,
  ],
])("making a property is refused for %s", async (_name, body, status, message) => {
  const { post } = startPortal();
  const answer = await post("/crm/v3/properties/contacts", body);
  expect(answer.status).toBe(status);
  expect(answer.body.message).toMatch(message);
});

test("no more than ten unique properties, and a unique one serves as idProperty at once", async () => {
  const { post, get } = startPortal({ limits: { uniqueProperties: 2 } });
  const unique = (name: string) => ({ ...inGroup, name, hasUniqueValue: true });
  expect((await post("/crm/v3/properties/contacts", unique("hub_id"))).status).toBe(201);
  expect((await post("/crm/v3/properties/contacts", unique("hub_id_2"))).status).toBe(400);
  await post("/crm/v3/objects/contacts", { properties: { hub_id: "H1", firstname: "Hal" } });
  expect((await get("/crm/v3/objects/contacts/H1?idProperty=hub_id")).body.properties.firstname).toBe("Hal");
});

test("custom properties are changed and archived, HubSpot's own are not", async () => {
  const { post, patch, remove, get } = startPortal();
  await post("/crm/v3/properties/contacts", inGroup);
  const changed = await patch("/crm/v3/properties/contacts/journey_hub_stage", { label: "Stage" });
  expect(changed.body).toMatchObject({ label: "Stage", name: "journey_hub_stage" });
  expect((await patch("/crm/v3/properties/contacts/email", { label: "Mail" })).status).toBe(400);
  expect((await remove("/crm/v3/properties/contacts/journey_hub_stage")).status).toBe(204);
  expect((await get("/crm/v3/properties/contacts/journey_hub_stage")).status).toBe(404);
  expect((await get("/crm/v3/properties/contacts?archived=true")).body.results).toHaveLength(1);
});

test("properties are read and made in batches", async () => {
  const { post } = startPortal();
  const made = await post("/crm/v3/properties/contacts/batch/create", {
    inputs: [inGroup, { ...inGroup, name: "journey_hub_score" }],
  });
  expect(made.status).toBe(201);
  const read = await post("/crm/v3/properties/contacts/batch/read", {
    archived: false,
    inputs: [{ name: "journey_hub_score" }, { name: "nope" }],
  });
  expect(read.status).toBe(207);
  expect(read.body).toMatchObject({
    results: [{ name: "journey_hub_score" }],
    errors: [{ context: { name: ["nope"] } }],
  });
});

test("owners page by id; archived ones come alone and without a user", async () => {
  const { get } = startPortal();
  const first = await get("/crm/v3/owners/?limit=1");
  expect(first.body.results).toMatchObject([{ id: "501", email: "sam@bikes.example", userId: 9001, archived: false }]);
  expect(first.body.paging?.next.after).toBe("502");
  expect((await get("/crm/owners/2026-03?limit=1&after=502")).body.results).toMatchObject([{ id: "502" }]);
  const archived = await get("/crm/v3/owners?archived=true");
  expect(archived.body.results).toMatchObject([{ id: "503", userIdIncludingInactive: 9003 }]);
  expect(archived.body.results[0]).not.toHaveProperty("userId");
  expect((await get("/crm/v3/owners?email=TIA@bikes.example")).body.results).toHaveLength(1);
  expect((await get("/crm/v3/owners/9002?idProperty=userId")).body.id).toBe("502");
  expect((await get("/crm/v3/owners/777")).status).toBe(404);
  expect((await get("/crm/v3/owners?limit=501")).status).toBe(400);
});

test("pipelines come with stages and what closes them", async () => {
  const { get } = startPortal();
  const { body } = await get("/crm/v3/pipelines/deals");
  expect(body.results).toMatchObject([{ id: "default", label: "Sales Pipeline" }]);
  const won = await get("/crm/pipelines/2026-03/deals/default/stages/closedwon");
  expect(won.body.metadata).toEqual({ isClosed: "true", probability: "1.0" });
  expect((await get("/crm/v3/pipelines/tickets/0/stages")).body.results).toHaveLength(4);
  expect((await get("/crm/v3/pipelines/deals/nope")).status).toBe(404);
  expect((await get("/crm/v3/pipelines/contacts")).status).toBe(400);
});

test("the account names itself, its zone and the calls of the day", async () => {
  const { get } = startPortal({ limits: { daily: 1000 } });
  expect((await get("/account-info/v3/details")).body).toMatchObject({
    portalId: 424242,
    timeZone: "America/New_York",
    companyCurrency: "USD",
    utcOffset: "-05:00",
    utcOffsetMilliseconds: -18_000_000,
  });
  const usage = await get("/account-info/v3/api-usage/daily/private-apps");
  expect(usage.body.results).toMatchObject([{ usageLimit: 1000, currentUsage: 2 }]);
});
