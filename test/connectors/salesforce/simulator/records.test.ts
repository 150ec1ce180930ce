import { describe, expect, it } from "vitest";
import { z } from "zod";
import { cells, emptySeed, ids, readPage, readRefusal, sampleOrg, wednesday } from "./sampleOrg.ts";

const created = z.object({ id: z.string(), success: z.literal(true), errors: z.tuple([]) });

describe("creating a record", () => {
  it("answers 201 with the id and stamps the row by the vendor's clock, in whole seconds", async () => {
    const { send, query } = await sampleOrg({ now: () => wednesday + 987 });
    const reply = await send("POST", "/sobjects/Contact", { LastName: "New", FirstName: "Nia", Email: "" });
    expect(reply.status).toBe(201);
    const { id } = created.parse(await reply.json());
    const { records } = await readPage(
      await query(
        `SELECT Name, Email, CreatedDate, SystemModstamp, OwnerId, HasOptedOutOfEmail FROM Contact WHERE Id = '${id}'`,
      ),
    );
    const stamp = "2026-03-18T10:00:00.000+0000";
    expect(records.map(cells)).toEqual([["Nia New", null, stamp, stamp, ids.user(1), false]]);
  });

  it.each([
    ["Contact", {}, "400 REQUIRED_FIELD_MISSING Required fields are missing: [LastName]"],
    ["Lead", { LastName: "x" }, "400 REQUIRED_FIELD_MISSING Required fields are missing: [Company]"],
    ["Contact", { LastName: "x", foo: 1 }, "400 INVALID_FIELD No such column 'foo' on sobject of type Contact"],
    [
      "Contact",
      { LastName: "x", FirstName: "y".repeat(41) },
      `400 STRING_TOO_LONG First Name: data value too large: ${"y".repeat(41)} (max length=40)`,
    ],
    [
      "Opportunity",
      { Name: "x", CloseDate: "2026-05-01", StageName: "Dreaming" },
      "400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST Stage: bad value for restricted picklist field: Dreaming",
    ],
    [
      "Contact",
      { LastName: "x", CreatedDate: "2020-01-01T00:00:00Z" },
      "400 INVALID_FIELD_FOR_INSERT_UPDATE Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
    ],
    [
      "Contact",
      { LastName: "x", Id: ids.contact(9) },
      "400 INVALID_FIELD_FOR_INSERT_UPDATE cannot specify Id in an insert call",
    ],
    ["Contact", { LastName: "x", Email: "nobody" }, "400 INVALID_EMAIL_ADDRESS Email: invalid email address: nobody"],
    ["Contact", { LastName: "x", AccountId: "1" }, "400 MALFORMED_ID Account ID: id value of incorrect type: 1"],
    [
      "Contact",
      { LastName: "x", AccountId: ids.contact(1) },
      `400 FIELD_INTEGRITY_EXCEPTION Account ID: id value of incorrect type: ${ids.contact(1)}`,
    ],
    [
      "Contact",
      { LastName: "x", AccountId: ids.account(99) },
      "400 INVALID_CROSS_REFERENCE_KEY invalid cross reference id",
    ],
    ["Contact", { LastName: "x", AccountId: ids.account(5) }, "400 ENTITY_IS_DELETED entity is deleted"],
    [
      "Account",
      { Name: "x", NumberOfEmployees: 1e9 },
      "400 NUMBER_OUTSIDE_VALID_RANGE Employees: value outside of valid range on numeric field: 1000000000",
    ],
    [
      "Account",
      { Name: "x", AnnualRevenue: "much" },
      "400 JSON_PARSER_ERROR Cannot deserialize instance of double from VALUE_STRING value much or request may be missing a required field",
    ],
    [
      "Contact",
      { LastName: 5 },
      "400 JSON_PARSER_ERROR Cannot deserialize instance of string from VALUE_NUMBER value 5 or request may be missing a required field",
    ],
    [
      "Contact",
      { LastName: "x", Birthdate: "2020-02-30" },
      "400 JSON_PARSER_ERROR Cannot deserialize instance of date from VALUE_STRING value 2020-02-30 or request may be missing a required field",
    ],
    [
      "User",
      { Username: "INES@hub.example", LastName: "x", Email: "x@hub.example" },
      `400 DUPLICATE_VALUE duplicate value found: Username duplicates value on record with id: ${ids.user(1)}`,
    ],
    ["OpportunityHistory", {}, "400 INVALID_TYPE_FOR_OPERATION entity type OpportunityHistory does not support create"],
    ["Nope__c", {}, "404 NOT_FOUND The requested resource does not exist"],
  ])("refuses %s %j", async (object, body, refusal) => {
    const { send } = await sampleOrg();
    expect(await readRefusal(await send("POST", `/sobjects/${object}`, body))).toBe(refusal);
  });

  it("refuses a body that is no JSON object, and another media type", async () => {
    const { call } = await sampleOrg();
    const post = (body: string, type: string) =>
      call("/sobjects/Contact", { method: "POST", body, headers: { "content-type": type } });
    expect(await readRefusal(await post("{", "application/json"))).toContain("400 JSON_PARSER_ERROR");
    expect(await readRefusal(await post("[]", "application/json"))).toContain("400 JSON_PARSER_ERROR");
    expect(await readRefusal(await post("<x/>", "text/xml"))).toContain("415 UNSUPPORTED_MEDIA_TYPE");
  });

  it("refuses the hub's fields where nobody has created them", async () => {
    const { send } = await sampleOrg({ customFields: "none" }, emptySeed);
    const body = { LastName: "x", Journey_Hub_Stage__c: "Customer" };
    expect(await readRefusal(await send("POST", "/sobjects/Contact", body))).toBe(
      "400 INVALID_FIELD No such column 'Journey_Hub_Stage__c' on sobject of type Contact",
    );
  });
});

describe("reading, changing and deleting a record", () => {
  it("reads all fields or the asked ones", async () => {
    const { call } = await sampleOrg();
    expect(await (await call(`/sobjects/Account/${ids.account(1)}`)).json()).toMatchObject({
      attributes: { type: "Account", url: `/services/data/v62.0/sobjects/Account/${ids.account(1)}` },
      Name: "Acme Bikes",
      BillingAddress: { city: "Zürich", country: "Switzerland" },
      Fax: null,
    });
    expect(await (await call(`/sobjects/Account/${ids.account(1)}?fields=Name,rating`)).json()).toEqual({
      attributes: { type: "Account", url: `/services/data/v62.0/sobjects/Account/${ids.account(1)}` },
      Id: ids.account(1),
      Name: "Acme Bikes",
      Rating: "Hot",
    });
  });

  it("answers 204 to a change and moves the stamps", async () => {
    let now = wednesday;
    const { send, query } = await sampleOrg({ now: () => now });
    now += 61_500;
    const reply = await send("PATCH", `/sobjects/Contact/${ids.contact(3)}`, {
      Journey_Hub_Score__c: 41.4,
      Journey_Hub_Stage_Date__c: "2026-03-18T09:59:58.900+02:00",
      LeadSource: null,
    });
    expect([reply.status, await reply.text()]).toEqual([204, ""]);
    const { records } = await readPage(
      await query(
        "SELECT Journey_Hub_Score__c, Journey_Hub_Stage_Date__c, LeadSource, SystemModstamp, LastModifiedDate, CreatedDate " +
          `FROM Contact WHERE Id = '${ids.contact(3)}'`,
      ),
    );
    const moved = "2026-03-18T10:01:01.000+0000";
    expect(records.map(cells)).toEqual([
      [41, "2026-03-18T07:59:58.000+0000", null, moved, moved, "2025-03-01T10:00:00.000+0000"],
    ]);
  });

  it("answers 204 to a deletion, after which only queryAll sees the row", async () => {
    let now = wednesday;
    const { call, query } = await sampleOrg({ now: () => now });
    now += 5000;
    expect((await call(`/sobjects/Lead/00QHs0000000001MAA`, { method: "DELETE" })).status).toBe(204);
    expect((await readPage(await query("SELECT Id FROM Lead"))).totalSize).toBe(1);
    const all = await readPage(
      await query("SELECT IsDeleted, SystemModstamp FROM Lead WHERE LastName = 'Park'", "queryAll"),
    );
    expect(all.records.map(cells)).toEqual([[true, "2026-03-18T10:00:05.000+0000"]]);
  });

  it.each([
    [
      "GET",
      "/sobjects/Contact/rid",
      "404 NOT_FOUND Provided external ID field does not exist or is not accessible: rid",
    ],
    [
      "PATCH",
      "/sobjects/Contact/rid",
      "404 NOT_FOUND Provided external ID field does not exist or is not accessible: rid",
    ],
    ["GET", `/sobjects/Contact/${ids.contact(99)}`, "404 NOT_FOUND The requested resource does not exist"],
    ["DELETE", `/sobjects/Contact/${ids.contact(99)}`, "404 NOT_FOUND The requested resource does not exist"],
    ["GET", `/sobjects/Contact/${ids.contact(6)}`, "404 ENTITY_IS_DELETED entity is deleted"],
    ["PATCH", `/sobjects/Contact/${ids.contact(6)}`, "404 ENTITY_IS_DELETED entity is deleted"],
    ["DELETE", `/sobjects/Contact/${ids.contact(6)}`, "404 ENTITY_IS_DELETED entity is deleted"],
    [
      "PATCH",
      `/sobjects/Contact/${ids.account(1)}`,
      `400 MALFORMED_ID Contact ID: id value of incorrect type: ${ids.account(1)}`,
    ],
    [
      "GET",
      `/sobjects/Contact/${ids.contact(1)}?fields=Id,foo`,
      "400 INVALID_FIELD No such column 'foo' on sobject of type Contact",
    ],
    [
      "DELETE",
      `/sobjects/User/${ids.user(2)}`,
      "400 INVALID_TYPE_FOR_OPERATION entity type User does not support delete",
    ],
  ])("refuses %s %s", async (method, path, refusal) => {
    const { call, send } = await sampleOrg();
    const reply = method === "PATCH" ? await send(method, path, { FirstName: "x" }) : await call(path, { method });
    expect(await readRefusal(reply)).toBe(refusal);
  });

  it("refuses to blank a required field and to change what is read-only", async () => {
    const { send } = await sampleOrg();
    const path = `/sobjects/Contact/${ids.contact(1)}`;
    expect(await readRefusal(await send("PATCH", path, { LastName: "" }))).toContain("REQUIRED_FIELD_MISSING");
    expect(await readRefusal(await send("PATCH", path, { Name: "x" }))).toContain("INVALID_FIELD_FOR_INSERT_UPDATE");
    expect(await readRefusal(await send("PATCH", path, { Id: ids.contact(1) }))).toBe(
      "400 INVALID_FIELD The Id field should not be specified in the sobject data.",
    );
  });
});

describe("records by external id", () => {
  const erp = { name: "Erp_Number__c", type: "string", length: 20, externalId: true } as const;
  const options = { customFields: { Contact: [erp] } };

  it("creates with 201, then updates the same row with 200", async () => {
    const { send, call } = await sampleOrg(options, emptySeed);
    const first = await send("PATCH", "/sobjects/Contact/Erp_Number__c/K%2F7", { LastName: "Ray" });
    const second = await send("PATCH", "/sobjects/Contact/Erp_Number__c/K%2F7", { LastName: "Rey" });
    expect([first.status, second.status]).toEqual([201, 200]);
    const { id } = z.looseObject({ id: z.string(), created: z.literal(true) }).parse(await first.json());
    expect(await second.json()).toEqual({ id, success: true, errors: [], created: false });
    expect(await (await call("/sobjects/Contact/erp_number__c/k%2F7?fields=LastName")).json()).toMatchObject({
      LastName: "Rey",
    });
    expect((await call("/sobjects/Contact/Erp_Number__c/K%2F7", { method: "DELETE" })).status).toBe(204);
    expect((await call("/sobjects/Contact/Erp_Number__c/K%2F7")).status).toBe(404);
  });

  it("answers 300 with the URLs of the rows when several carry the value", async () => {
    const rows = [1, 2].map((n) => ({ Id: ids.contact(n), LastName: `Twin ${n}`, Erp_Number__c: "A1" }));
    const { send } = await sampleOrg(options, { ...emptySeed, objects: { Contact: rows } });
    const reply = await send("PATCH", "/sobjects/Contact/Erp_Number__c/A1", { LastName: "x" });
    expect([reply.status, await reply.json()]).toEqual([
      300,
      rows.map(({ Id }) => `/services/data/v62.0/sobjects/Contact/${Id}`),
    ]);
  });

  it("refuses a field that is no external id, and one named again in the body", async () => {
    const { send } = await sampleOrg(options, emptySeed);
    expect(await readRefusal(await send("PATCH", "/sobjects/Contact/Namez/1", { LastName: "x" }))).toBe(
      "404 NOT_FOUND Provided external ID field does not exist or is not accessible: Namez",
    );
    const body = { LastName: "x", Erp_Number__c: "1" };
    expect(await readRefusal(await send("PATCH", "/sobjects/Contact/Erp_Number__c/1", body))).toBe(
      "400 INVALID_FIELD The Erp_Number__c field should not be specified in the sobject data.",
    );
  });
});
