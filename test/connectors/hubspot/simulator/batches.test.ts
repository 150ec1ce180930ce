import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

const base = "/crm/v3/objects/contacts/batch";

test("a batch read of records that are there is 200", async () => {
  const { post } = startPortal();
  const { status, body } = await post(`${base}/read`, {
    inputs: [{ id: "101" }, { id: "103" }],
    properties: ["firstname"],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "COMPLETE", startedAt: "2026-11-02T09:00:00.000Z" });
  expect(body.results.map(({ properties }) => properties.firstname)).toEqual(["Ada", "Cleo"]);
  expect(body.errors).toBeUndefined();
});

test("a batch read that misses some is 207 with the ids it missed; archived records count as missing", async () => {
  const { post } = startPortal();
  const { status, body } = await post(`${base}/read`, { inputs: [{ id: "101" }, { id: "106" }, { id: "999" }] });
  expect(status).toBe(207);
  expect(body).toMatchObject({
    status: "COMPLETE",
    results: [{ id: "101" }],
    numErrors: 2,
    errors: [{ status: "error", category: "OBJECT_NOT_FOUND", context: { ids: ["106", "999"] } }],
  });
});

test("a batch read finds by e-mail, by the dated path as well", async () => {
  const { post } = startPortal();
  const body = { idProperty: "email", inputs: [{ id: "eve@fabrikam.example" }], properties: ["firstname"] };
  const answer = await post("/crm/objects/2026-03/contacts/batch/read", body);
  expect(answer.body.results).toMatchObject([{ id: "105", properties: { firstname: "Eve" } }]);
});

test("a merged id in a batch read gives the winner once", async () => {
  const { post } = startPortal();
  await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "102", objectIdToMerge: "101" });
  const { status, body } = await post(`${base}/read`, { inputs: [{ id: "101" }, { id: "102" }] });
  expect(status).toBe(200);
  expect(body.results.map(({ id }) => id)).toEqual(["102"]);
});

test("a batch update writes what it can and reports the rest as 207", async () => {
  const { post, get } = startPortal();
  const { status, body } = await post(`${base}/update`, {
    inputs: [
      { id: "101", properties: { city: "Bath" } },
      { id: "999", properties: { city: "Bath" }, objectWriteTraceId: "row-2" },
      { id: "105", properties: { email: "bob@northwind.example" } },
    ],
  });
  expect(status).toBe(207);
  expect(body.results.map(({ id }) => id)).toEqual(["101"]);
  expect(body.numErrors).toBe(2);
  expect(body.errors).toMatchObject([
    { category: "OBJECT_NOT_FOUND", context: { ids: ["999"], objectWriteTraceId: ["row-2"] } },
    { category: "CONFLICT", message: "Contact already exists. Existing ID: 102" },
  ]);
  expect((await get("/crm/v3/objects/contacts/101?properties=city")).body.properties.city).toBe("Bath");
  expect((await get("/crm/v3/objects/contacts/105?properties=email")).body.properties.email).toBe(
    "eve@fabrikam.example",
  );
});

test("a batch update identifies by a unique property of our own", async () => {
  const { post, patch } = startPortal();
  await patch("/crm/v3/objects/contacts/104", { properties: { erp_id: "C-17" } });
  const inputs = [{ id: "C-17", idProperty: "erp_id", properties: { city: "Ely" } }];
  const { body } = await post(`${base}/update`, { inputs });
  expect(body.results).toMatchObject([{ id: "104", properties: { city: "Ely", erp_id: "C-17" } }]);
});

test("an upsert updates who is there and makes who is not, saying which", async () => {
  const { post } = startPortal();
  const { status, body } = await post(`${base}/upsert`, {
    inputs: [
      { id: "Eve@Fabrikam.example", idProperty: "email", properties: { city: "Oslo" } },
      { id: "Fay@Fabrikam.example", idProperty: "email", properties: { firstname: "Fay" }, objectWriteTraceId: "t1" },
    ],
  });
  expect(status).toBe(200);
  expect(body.results).toMatchObject([
    { id: "105", new: false, properties: { city: "Oslo" } },
    { id: "602", new: true, objectWriteTraceId: "t1", properties: { email: "fay@fabrikam.example", firstname: "Fay" } },
  ]);
});

test("an upsert by something that is no e-mail fails for that record alone", async () => {
  const { post } = startPortal();
  const { status, body } = await post(`${base}/upsert`, {
    inputs: [{ id: "fay", idProperty: "email", properties: { firstname: "Fay" } }],
  });
  expect(status).toBe(207);
  expect(body.errors).toMatchObject([
    { category: "VALIDATION_ERROR", message: expect.stringContaining("INVALID_EMAIL") },
  ]);
});

test("a batch create is 201 and gives ids in order", async () => {
  const { post } = startPortal();
  const inputs = ["a", "b", "c"].map((name) => ({ properties: { firstname: name } }));
  const { status, body } = await post(`${base}/create`, { inputs });
  expect(status).toBe(201);
  expect(body.results.map(({ id, properties }) => [id, properties.firstname])).toEqual([
    ["602", "a"],
    ["603", "b"],
    ["604", "c"],
  ]);
});

test("a batch archive is 204 whether or not all were there", async () => {
  const { post, get } = startPortal();
  const { status } = await post(`${base}/archive`, { inputs: [{ id: "101" }, { id: "102" }, { id: "999" }] });
  expect(status).toBe(204);
  expect((await get("/crm/v3/objects/contacts")).body.results.map(({ id }) => id)).toEqual(["103", "104", "105"]);
});

test("by switch a bad property fails its record alone", async () => {
  const { post } = startPortal({ switches: { badPropertyFailsBatch: false } });
  const { status, body } = await post(`${base}/update`, {
    inputs: [
      { id: "101", properties: { city: "Bath" } },
      { id: "102", properties: { nope: "1" } },
    ],
  });
  expect(status).toBe(207);
  expect(body.results).toMatchObject([{ id: "101" }]);
  expect(body.errors).toMatchObject([{ message: expect.stringContaining("PROPERTY_DOESNT_EXIST") }]);
});

test("the same requests after the same seed give the same portal", async () => {
  const run = async () => {
    const { post, patch, get } = startPortal();
    await post(`${base}/create`, { inputs: [{ properties: { firstname: "a" } }, { properties: { firstname: "b" } }] });
    await patch("/crm/v3/objects/deals/201", { properties: { amount: "1" } });
    return [(await get("/crm/v3/objects/contacts?limit=100")).text, (await get("/crm/v3/objects/deals/201")).text];
  };
  expect(await run()).toEqual(await run());
});
