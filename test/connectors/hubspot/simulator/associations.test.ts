import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

test("one record's associations come with all their types, both ways", async () => {
  const { get } = startPortal();
  const companies = await get("/crm/v4/objects/contacts/101/associations/companies");
  expect(companies.body).toEqual({
    results: [
      {
        toObjectId: 301,
        associationTypes: [
          { category: "HUBSPOT_DEFINED", typeId: 1, label: "Primary" },
          { category: "HUBSPOT_DEFINED", typeId: 279, label: null },
        ],
      },
    ],
  });
  const contacts = await get("/crm/objects/2026-03/companies/301/associations/contacts");
  expect(contacts.body.results).toMatchObject([
    { toObjectId: 101, associationTypes: [{ typeId: 2 }, { typeId: 280 }] },
    { toObjectId: 102, associationTypes: [{ typeId: 280 }] },
  ]);
});

test("one record's associations page by the next id", async () => {
  const { get } = startPortal();
  const first = await get("/crm/v4/objects/companies/301/associations/contacts?limit=1");
  expect(first.body.paging?.next.after).toBe("102");
  const last = await get("/crm/v4/objects/companies/301/associations/contacts?limit=1&after=102");
  expect(last.body).toMatchObject({ results: [{ toObjectId: 102 }] });
  expect(last.body.paging).toBeUndefined();
});

test.each(["/crm/v4/associations", "/crm/associations/2026-03"])(
  "%s answers 207 with an error for each record without any",
  async (base) => {
    const { post } = startPortal();
    const { status, body } = await post(`${base}/contacts/companies/batch/read`, {
      inputs: [{ id: "101" }, { id: "104" }],
    });
    expect(status).toBe(207);
    expect(body).toMatchObject({
      status: "COMPLETE",
      results: [{ from: { id: "101" }, to: [{ toObjectId: 301 }] }],
      numErrors: 1,
      errors: [
        {
          status: "error",
          category: "OBJECT_NOT_FOUND",
          subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
          message: "No company is associated with contact 104.",
          context: { fromObjectId: ["104"], fromObjectType: ["contact"], toObjectType: ["company"] },
        },
      ],
    });
  },
);

test("a batch read where all have some is 200, and a long list goes on by its cursor", async () => {
  const { post } = startPortal({ limits: { associationPageSize: 1 } });
  const path = "/crm/v4/associations/companies/contacts/batch/read";
  const first = await post(path, { inputs: [{ id: "301" }] });
  expect(first.status).toBe(200);
  expect(first.body.results).toMatchObject([{ to: [{ toObjectId: 101 }], paging: { next: { after: "102" } } }]);
  const next = await post(path, { inputs: [{ id: "301", after: "102" }] });
  expect(next.body.results).toMatchObject([{ to: [{ toObjectId: 102 }] }]);
});

test("ids come as text by switch", async () => {
  const { get } = startPortal({ switches: { associatedId: "string" } });
  const { body } = await get("/crm/v4/objects/contacts/101/associations/companies");
  expect(body.results).toMatchObject([{ toObjectId: "301" }]);
});

test("PUT ties two records with a label and leaves their stamps alone", async () => {
  const { put, get } = startPortal();
  const answer = await put("/crm/v4/objects/contacts/103/associations/companies/302", [
    { associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 },
  ]);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    fromObjectTypeId: "0-1",
    fromObjectId: "103",
    toObjectTypeId: "0-2",
    toObjectId: "302",
    labels: ["Primary"],
  });
  const back = await get("/crm/v4/objects/companies/302/associations/contacts");
  expect(back.body.results).toMatchObject([{ toObjectId: 103, associationTypes: [{ typeId: 2, label: "Primary" }] }]);
  expect((await get("/crm/v3/objects/contacts/103")).body.updatedAt).toBe("2026-10-03T10:00:00.123Z");
});

test("the default association takes the unlabelled type, and DELETE unties both ways", async () => {
  const { put, get, remove } = startPortal();
  const tied = await put("/crm/v4/objects/contacts/103/associations/default/companies/302");
  expect(tied.body.results).toMatchObject([
    { from: { id: "103" }, to: { id: "302" }, associationSpec: { associationTypeId: 279 } },
  ]);
  expect((await remove("/crm/v4/objects/companies/302/associations/contacts/103")).status).toBe(204);
  expect((await get("/crm/v4/objects/contacts/103/associations/companies")).body.results).toEqual([]);
});

test("batches tie and untie; a record that is not there is an entry in a 207", async () => {
  const { post, get } = startPortal();
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 3 }];
  const path = "/crm/v4/associations/deals/contacts/batch";
  const tied = await post(`${path}/create`, {
    inputs: [
      { from: { id: "202" }, to: { id: "102" }, types },
      { from: { id: "202" }, to: { id: "999" }, types },
    ],
  });
  expect(tied.status).toBe(207);
  expect(tied.body).toMatchObject({ results: [{ toObjectId: "102" }], errors: [{ context: { ids: ["999"] } }] });
  expect((await post(`${path}/archive`, { inputs: [{ from: { id: "202" }, to: [{ id: "102" }] }] })).status).toBe(204);
  expect((await get("/crm/v4/objects/deals/202/associations/contacts")).body.results).toEqual([]);
  const plain = await post(`${path}/associate/default`, { inputs: [{ from: { id: "202" }, to: { id: "105" } }] });
  expect(plain.status).toBe(200);
});

test.each([
  [
    "a type of another pair",
    "/crm/v4/objects/contacts/101/associations/companies/302",
    [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 3 }],
    400,
  ],
  ["no type", "/crm/v4/objects/contacts/101/associations/companies/302", [], 400],
  [
    "a category nobody knows",
    "/crm/v4/objects/contacts/101/associations/companies/302",
    [{ associationCategory: "MINE", associationTypeId: 1 }],
    400,
  ],
  [
    "a record that is not there",
    "/crm/v4/objects/contacts/999/associations/companies/302",
    [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }],
    404,
  ],
  [
    "a target that is not there",
    "/crm/v4/objects/contacts/101/associations/companies/999",
    [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }],
    404,
  ],
  ["objects that do not go together", "/crm/v4/objects/notes/601/associations/default/emails/1", undefined, 404],
])("tying is refused for %s", async (_name, path, body, status) => {
  const { put } = startPortal();
  expect((await put(path, body)).status).toBe(status);
});

test("labels list the types from one object to another", async () => {
  const { get } = startPortal();
  const { body } = await get("/crm/v4/associations/contacts/companies/labels");
  expect(body.results).toEqual([
    { category: "HUBSPOT_DEFINED", typeId: 1, label: "Primary" },
    { category: "HUBSPOT_DEFINED", typeId: 279, label: null },
  ]);
});
