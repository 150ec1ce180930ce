import { describe, expect, it } from "vitest";
import { cells, ids, readPage, readRefusal, sampleOrg } from "./sampleOrg.ts";

const contact = (id: string, fields: Record<string, unknown>) => ({ attributes: { type: "Contact" }, id, ...fields });
const update = (records: unknown[], allOrNone = false) => ({ allOrNone, records });

describe("sObject collections", () => {
  it("answer 200 with one result a record in request order, failures without an id", async () => {
    const { send } = await sampleOrg();
    const reply = await send(
      "PATCH",
      "/composite/sobjects",
      update([
        contact(ids.contact(2), { Journey_Hub_Grade__c: "B" }),
        contact(ids.contact(1), { Journey_Hub_Grade__c: "far too long" }),
        contact(ids.contact(99), { Journey_Hub_Grade__c: "B" }),
        contact(ids.contact(6), { Journey_Hub_Grade__c: "B" }),
        contact("nonsense", { Journey_Hub_Grade__c: "B" }),
        contact(ids.contact(3), { Nothing__c: "B" }),
        contact(ids.contact(2), { Journey_Hub_Grade__c: "C" }),
        { attributes: { type: "Contact" }, Journey_Hub_Grade__c: "C" },
        { attributes: { type: "Nope" }, id: ids.contact(1) },
      ]),
    );
    const failed = (statusCode: string, fields: string[] = []) => ({
      success: false,
      errors: [{ statusCode, message: expect.any(String), fields }],
    });
    expect([reply.status, await reply.json()]).toEqual([
      200,
      [
        { id: ids.contact(2), success: true, errors: [] },
        failed("STRING_TOO_LONG", ["Journey_Hub_Grade__c"]),
        failed("NOT_FOUND"),
        failed("ENTITY_IS_DELETED"),
        failed("MALFORMED_ID", ["Id"]),
        failed("INVALID_FIELD"),
        failed("DUPLICATE_VALUE", ["Id"]),
        failed("MISSING_ARGUMENT", ["Id"]),
        failed("INVALID_TYPE"),
      ],
    ]);
  });

  it("take every record back when all or none is asked", async () => {
    const { send, query } = await sampleOrg();
    const records = [
      contact(ids.contact(1), { FirstName: "Anne" }),
      contact(ids.contact(2), { FirstName: "x".repeat(50) }),
      { attributes: { type: "Opportunity" }, id: ids.opportunity(2), StageName: "Closed Lost" },
    ];
    const reply = await send("PATCH", "/composite/sobjects", update(records, true));
    expect(await reply.json()).toMatchObject([
      { success: false, errors: [{ statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK" }] },
      { success: false, errors: [{ statusCode: "STRING_TOO_LONG" }] },
      { success: false, errors: [{ statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK" }] },
    ]);
    const rows = await readPage(await query(`SELECT FirstName FROM Contact WHERE Id = '${ids.contact(1)}'`));
    expect(rows.records.map(cells)).toEqual([["Ann"]]);
    expect((await readPage(await query("SELECT Id FROM OpportunityHistory"))).totalSize).toBe(0);
    expect((await readPage(await query("SELECT Id FROM Opportunity WHERE StageName = 'Closed Lost'"))).totalSize).toBe(
      0,
    );
  });

  it("create, and create nothing when all or none fails", async () => {
    const { send, query } = await sampleOrg();
    const records = [
      { attributes: { type: "Lead" }, LastName: "A", Company: "A Ltd" },
      { attributes: { type: "Lead" }, LastName: "B" },
    ];
    const both = await send("POST", "/composite/sobjects", update(records));
    expect(await both.json()).toEqual([
      { id: "00QHs0000000003MAA", success: true, errors: [] },
      {
        success: false,
        errors: [
          {
            statusCode: "REQUIRED_FIELD_MISSING",
            message: "Required fields are missing: [Company]",
            fields: ["Company"],
          },
        ],
      },
    ]);
    await send("POST", "/composite/sobjects", update(records, true));
    expect((await readPage(await query("SELECT Id FROM Lead WHERE LastName = 'A'"))).totalSize).toBe(1);
  });

  it("delete by a list of ids", async () => {
    const { call, query } = await sampleOrg();
    const path = `/composite/sobjects?ids=${ids.contact(1)},${ids.contact(6)},${ids.opportunity(1)}`;
    const reply = await call(path, { method: "DELETE" });
    expect(await reply.json()).toMatchObject([
      { id: ids.contact(1), success: true },
      { success: false, errors: [{ statusCode: "ENTITY_IS_DELETED" }] },
      { id: ids.opportunity(1), success: true },
    ]);
    const undone = await call(`/composite/sobjects?ids=${ids.contact(2)},x&allOrNone=true`, { method: "DELETE" });
    expect(await undone.json()).toMatchObject([{ success: false }, { success: false }]);
    expect((await readPage(await query("SELECT Id FROM Contact"))).totalSize).toBe(4);
  });

  it("upsert by an external id and say which records are new, failures too", async () => {
    const erp = { name: "Erp_Number__c", type: "string", length: 20, externalId: true } as const;
    const rows = [1, 2, 3].map((n) => ({
      Id: ids.contact(n),
      LastName: `C ${n}`,
      Erp_Number__c: n === 3 ? "A" : "TWIN",
    }));
    const { send } = await sampleOrg(
      { customFields: { Contact: [erp] } },
      { orgId: "00DHs0000000001MAA", objects: { Contact: rows } },
    );
    const record = (Erp_Number__c: string, fields: object) => ({
      attributes: { type: "Contact" },
      Erp_Number__c,
      ...fields,
    });
    const body = update([
      record("A", { LastName: "x" }),
      record("B", { LastName: "y" }),
      record("C", {}),
      record("TWIN", {}),
    ]);
    const reply = await send("PATCH", "/composite/sobjects/Contact/Erp_Number__c", body);
    expect(await reply.json()).toMatchObject([
      { id: ids.contact(3), success: true, created: false },
      { id: ids.contact(4), success: true, created: true },
      { success: false, created: false, errors: [{ statusCode: "REQUIRED_FIELD_MISSING" }] },
      { success: false, created: false, errors: [{ statusCode: "DUPLICATE_EXTERNAL_ID" }] },
    ]);
  });

  it("retrieve the asked fields in the asked order, null for what is gone", async () => {
    const { send, call } = await sampleOrg();
    const asked = { ids: [ids.contact(2), ids.contact(6), ids.contact(1)], fields: ["LastName"] };
    const expected = [{ Id: ids.contact(2), LastName: "Silva" }, null, { Id: ids.contact(1), LastName: "Ray" }];
    expect(await (await send("POST", "/composite/sobjects/Contact", asked)).json()).toMatchObject(expected);
    const path = `/composite/sobjects/Contact?ids=${asked.ids.join(",")}&fields=LastName`;
    expect(await (await call(path)).json()).toMatchObject(expected);
  });

  it("are refused whole over 200 records, over ten runs of types, and when malformed", async () => {
    const { send, call } = await sampleOrg();
    const many = Array.from({ length: 201 }, (_, i) => contact(ids.contact(i + 1), {}));
    expect(await readRefusal(await send("PATCH", "/composite/sobjects", update(many)))).toBe(
      "400 EXCEEDED_ID_LIMIT record limit reached. cannot submit more than 200 records into this call",
    );
    const alternating = Array.from({ length: 11 }, (_, i) => ({
      attributes: { type: i % 2 ? "Contact" : "Account" },
      id: i % 2 ? ids.contact(1) : ids.account(1),
    }));
    expect(await readRefusal(await send("PATCH", "/composite/sobjects", update(alternating)))).toContain(
      "Cannot have more than 10 chunks in a single operation.",
    );
    expect(await readRefusal(await send("PATCH", "/composite/sobjects", update([{ id: ids.contact(1) }])))).toContain(
      "400 JSON_PARSER_ERROR",
    );
    expect(await readRefusal(await call("/composite/sobjects", { method: "DELETE" }))).toContain(
      "400 MISSING_ARGUMENT",
    );
    expect((await send("PUT", "/composite/sobjects", {})).status).toBe(405);
  });

  it("are refused whole for one unknown field where the org is switched to that", async () => {
    const { send } = await sampleOrg({ unknownFieldInCollection: "call" });
    const records = [contact(ids.contact(1), { FirstName: "x" }), contact(ids.contact(2), { Nothing__c: "x" })];
    expect(await readRefusal(await send("PATCH", "/composite/sobjects", update(records)))).toBe(
      "400 INVALID_FIELD No such column 'Nothing__c' on sobject of type Contact",
    );
  });
});
