import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createSalesforceSimulator, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { emptySeed, readRefusal, sampleOrg } from "./sampleOrg.ts";

const describeReply = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) });

async function fieldsOf(reply: Response) {
  const { fields } = describeReply.parse(await reply.json());
  return Object.fromEntries(fields.map((field) => [field.name, field]));
}

describe("what a client can discover", () => {
  it("lists the API versions without a session", async () => {
    const { app } = createSalesforceSimulator();
    const versions = z.array(z.unknown()).parse(await (await app.request("/services/data")).json());
    expect(versions).toContainEqual({ label: "Winter '25", url: "/services/data/v62.0", version: "62.0" });
    expect(versions.at(-1)).toEqual({ label: "Winter '27", url: "/services/data/v68.0", version: "68.0" });
  });

  it("names the resources of a version and who is asking", async () => {
    const { call } = await sampleOrg();
    expect(await (await call("")).json()).toMatchObject({
      query: "/services/data/v62.0/query",
      sobjects: "/services/data/v62.0/sobjects",
      identity: "http://localhost/id/00DHs0000000001MAA/005Hs0000000001IAA",
    });
  });

  it("lists the sixteen objects with their prefixes", async () => {
    const { call } = await sampleOrg();
    const { sobjects } = z
      .object({ sobjects: z.array(z.looseObject({ name: z.string(), keyPrefix: z.string() })) })
      .parse(await (await call("/sobjects")).json());
    expect(sobjects.map(({ name, keyPrefix }) => `${name} ${keyPrefix}`)).toEqual([
      "Account 001",
      "Contact 003",
      "Lead 00Q",
      "Opportunity 006",
      "OpportunityContactRole 00K",
      "OpportunityHistory 008",
      "OpportunityStage 01J",
      "OpportunityFieldHistory 017",
      "Case 500",
      "CaseHistory 017",
      "LeadHistory 017",
      "ContactHistory 017",
      "Task 00T",
      "Event 00U",
      "User 005",
      "Organization 00D",
    ]);
  });

  it("describes types, lengths, precision, lookups and what can be written", async () => {
    const { call } = await sampleOrg();
    const fields = await fieldsOf(await call("/sobjects/opportunity/describe"));
    expect(fields.Name).toMatchObject({ type: "string", length: 120, nillable: false, createable: true });
    expect(fields.Amount).toMatchObject({ type: "currency", precision: 18, scale: 2, updateable: true });
    expect(fields.AccountId).toMatchObject({
      type: "reference",
      referenceTo: ["Account"],
      relationshipName: "Account",
    });
    expect(fields.IsWon).toMatchObject({ type: "boolean", createable: false, updateable: false });
    expect(fields.ExpectedRevenue).toMatchObject({ calculated: true, updateable: false });
    expect(fields.Description).toMatchObject({ type: "textarea", filterable: false });
    expect(fields.StageName).toMatchObject({ restrictedPicklist: true });
    expect(fields.StageName?.picklistValues).toContainEqual({
      active: true,
      defaultValue: false,
      label: "Closed Won",
      validFor: null,
      value: "Closed Won",
    });
  });

  it.each(["Account", "Contact", "Lead"])("has the hub's five fields on %s unless told otherwise", async (object) => {
    const { call } = await sampleOrg();
    const fields = await fieldsOf(await call(`/sobjects/${object}/describe`));
    expect(fields.Journey_Hub_Stage__c).toMatchObject({ type: "string", length: 80, custom: true, updateable: true });
    expect(fields.Journey_Hub_Stage_Date__c).toMatchObject({ type: "datetime" });
    expect(fields.Journey_Hub_Score__c).toMatchObject({ type: "double", precision: 18, scale: 0 });
    expect(fields.Journey_Hub_Grade__c).toMatchObject({ length: 10 });
    expect(fields.Journey_Hub_Why__c).toMatchObject({ length: 255 });
  });

  it("has no custom fields where there are none, and its own where they are declared", async () => {
    const { call } = await sampleOrg({ customFields: "none" }, emptySeed);
    const fields = await fieldsOf(await call("/sobjects/Contact/describe"));
    expect(Object.keys(fields).filter((name) => name.endsWith("__c"))).toEqual([]);
    const declared = await sampleOrg(
      { customFields: { Contact: [{ name: "Erp_Number__c", type: "string", length: 20, externalId: true }] } },
      emptySeed,
    );
    expect((await fieldsOf(await declared.call("/sobjects/Contact/describe"))).Erp_Number__c).toMatchObject({
      label: "Erp Number",
      length: 20,
      externalId: true,
      custom: true,
    });
  });

  it("has CurrencyIsoCode only in an org with several currencies", async () => {
    const { call } = await sampleOrg({ multiCurrency: true });
    const fields = await fieldsOf(await call("/sobjects/Opportunity/describe"));
    expect(fields.CurrencyIsoCode).toMatchObject({ type: "picklist", restrictedPicklist: true });
  });

  it("shows an object's summary on its own path", async () => {
    const { call } = await sampleOrg();
    expect(await (await call("/sobjects/Case")).json()).toMatchObject({
      objectDescribe: { name: "Case", keyPrefix: "500" },
    });
  });

  it.each([
    ["GET", "/sobjects/Nope__c/describe", "404 NOT_FOUND The requested resource does not exist"],
    ["GET", "/nowhere", "404 NOT_FOUND The requested resource does not exist"],
    ["PUT", "/query", "405 METHOD_NOT_ALLOWED HTTP Method 'PUT' not allowed. Allowed are HEAD,GET"],
    [
      "DELETE",
      "/sobjects/Account",
      "405 METHOD_NOT_ALLOWED HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET,POST",
    ],
  ])("refuses %s %s", async (method, path, refusal) => {
    const { call } = await sampleOrg();
    expect(await readRefusal(await call(path, { method }))).toBe(refusal);
  });

  it("refuses a version that is not served", async () => {
    const { simulator, token } = await sampleOrg();
    for (const version of ["v20.0", "v99.0", "62.0"]) {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await simulator.app.request(`/services/data/${version}/sobjects`, { headers });
      expect(await readRefusal(reply)).toBe("404 NOT_FOUND The requested resource does not exist");
    }
  });

  it("refuses a seed with a column the org does not have", () => {
    const simulator = createSalesforceSimulator({ customFields: "none" });
    const rows = [{ Id: sfId("001", 1), Name: "Acme", Journey_Hub_Stage__c: "x" }];
    expect(() => simulator.load({ orgId: sfId("00D", 1), objects: { Account: rows } })).toThrow(
      "seed: Account has no field Journey_Hub_Stage__c",
    );
  });
});
