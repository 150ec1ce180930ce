import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import jsforce from "jsforce";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createSalesforceSimulator,
  demoCredentials,
  serverOptions,
  sfId,
} from "../../../../connectors/salesforce/simulator/index.ts";

const simulator = createSalesforceSimulator();
let server: ServerType;
let url: string;

beforeAll(async () => {
  simulator.load({
    orgId: sfId("00D", 1),
    objects: {
      Account: [{ Id: sfId("001", 1), Name: "Acme" }],
      Contact: Array.from({ length: 5000 }, (_, i) => ({
        Id: sfId("003", i + 1),
        LastName: `Person ${i + 1}`,
        AccountId: sfId("001", 1),
      })),
    },
  });
  const address = await new Promise<AddressInfo>((resolve) => {
    server = serve({ fetch: simulator.app.fetch, port: 0, hostname: "127.0.0.1", serverOptions }, resolve);
  });
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(() => {
  server.close();
});

async function connect() {
  const { clientId, clientSecret } = demoCredentials;
  const connection = new jsforce.Connection({
    loginUrl: url,
    instanceUrl: url,
    version: "62.0",
    oauth2: { loginUrl: url, clientId, clientSecret },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  return connection;
}

describe("the vendor's own npm client, unmodified, over a socket", () => {
  it("authorises, knows who it is, and reads the limits", async () => {
    const connection = await connect();
    expect(connection.instanceUrl).toBe(url);
    expect(await connection.identity()).toMatchObject({ organization_id: sfId("00D", 1) });
    expect((await connection.limits()).DailyApiRequests?.Max).toBe(100_000);
    expect(connection.limitInfo.apiUsage?.limit).toBe(100_000);
  });

  it("refuses a wrong secret with the vendor's error", async () => {
    const connection = new jsforce.Connection({
      loginUrl: url,
      oauth2: { loginUrl: url, clientId: demoCredentials.clientId, clientSecret: "wrong" },
    });
    await expect(connection.authorize({ grant_type: "client_credentials" })).rejects.toThrow(
      "invalid client credentials",
    );
  });

  it("queries and follows nextRecordsUrl through 5,000 rows", async () => {
    const connection = await connect();
    let page = await connection.query("SELECT Id, Account.Name FROM Contact ORDER BY Id");
    const sizes = [page.records.length];
    for (let i = 0; i < 5 && page.nextRecordsUrl; i++) {
      page = await connection.queryMore(page.nextRecordsUrl);
      sizes.push(page.records.length);
    }
    expect([sizes, page.totalSize, page.done]).toEqual([[2000, 2000, 1000], 5000, true]);
    expect(page.records.at(-1)).toMatchObject({ Id: sfId("003", 5000), Account: { Name: "Acme" } });
  });

  it("describes the org and an object", async () => {
    const connection = await connect();
    expect((await connection.describeGlobal()).sobjects.map(({ name }) => name)).toContain("OpportunityHistory");
    const { fields, keyPrefix } = await connection.describe("Contact");
    expect(keyPrefix).toBe("003");
    expect(fields.find(({ name }) => name === "Journey_Hub_Score__c")).toMatchObject({ type: "double", custom: true });
  });

  it("updates 200 records in one call and gets 200 results in order", async () => {
    const connection = await connect();
    const records = Array.from({ length: 200 }, (_, i) => ({
      Id: sfId("003", i + 1),
      Journey_Hub_Stage__c: i === 7 ? "x".repeat(81) : "Customer",
    }));
    const before = simulator.traffic().byRoute["PATCH composite/sobjects"] ?? 0;
    const results = await connection.sobject("Contact").update(records);
    expect(results).toHaveLength(200);
    expect(results[199]).toEqual({ id: sfId("003", 200), success: true, errors: [] });
    expect(results.flatMap((result, i) => (result.success ? [] : [i]))).toEqual([7]);
    expect(results[7]).toMatchObject({ errors: [{ statusCode: "STRING_TOO_LONG" }] });
    expect(simulator.traffic().byRoute["PATCH composite/sobjects"]).toBe(before + 1);
  });

  it("creates, retrieves, changes, upserts and deletes one record", async () => {
    const connection = await connect();
    const leads = connection.sobject("Lead");
    const { id } = await leads.create({ LastName: "Park", Company: "Park Tours" });
    if (!id) throw new Error("no id in the reply");
    expect(await leads.retrieve(id)).toMatchObject({ Name: "Park", Status: "Open - Not Contacted" });
    expect(await leads.update({ Id: id, Rating: "Hot" })).toMatchObject({ id, success: true });
    expect(await leads.upsert({ Id: id, Rating: "Cold" }, "Id")).toMatchObject({ success: true });
    expect(await leads.destroy(id)).toMatchObject({ id, success: true });
    await expect(leads.retrieve(id)).rejects.toMatchObject({ errorCode: "ENTITY_IS_DELETED" });
  });

  it("creates, retrieves and deletes many at once", async () => {
    const connection = await connect();
    const accounts = connection.sobject("Account");
    const made = await accounts.create([{ Name: "One" }, { Name: "Two" }]);
    const ids = made.flatMap(({ id }) => id ?? []);
    expect(await accounts.retrieve(ids)).toMatchObject([{ Name: "One" }, { Name: "Two" }]);
    expect((await accounts.destroy(ids)).map(({ success }) => success)).toEqual([true, true]);
  });

  it("reads the updated and deleted feeds with its own date format", async () => {
    const connection = await connect();
    const hour = 60 * 60 * 1000;
    const { ids } = await connection
      .sobject("Account")
      .updated(new Date(Date.now() - hour), new Date(Date.now() + hour));
    expect(ids).toEqual([sfId("001", 1)]);
    const { deletedRecords } = await connection
      .sobject("Lead")
      .deleted(new Date(Date.now() - hour), new Date(Date.now() + hour));
    expect(deletedRecords).toHaveLength(1);
  });

  it("surfaces the vendor's errors by their code", async () => {
    const connection = await connect();
    await expect(connection.query("SELECT Nope FROM Contact")).rejects.toMatchObject({ errorCode: "INVALID_FIELD" });
    await expect(connection.query("SELECT Id FROM Nope")).rejects.toMatchObject({ errorCode: "INVALID_TYPE" });
    const list = Array.from({ length: 800 }, (_, i) => `'${sfId("003", i + 1)}'`).join(",");
    await expect(connection.query(`SELECT Id FROM Contact WHERE Id IN (${list})`)).rejects.toMatchObject({
      errorCode: "ERROR_HTTP_414",
    });
    const accessToken = String(connection.accessToken);
    simulator.state.expireSessions();
    const lapsed = new jsforce.Connection({ instanceUrl: url, accessToken, version: "62.0" });
    await expect(lapsed.query("SELECT Id FROM Contact")).rejects.toMatchObject({ errorCode: "INVALID_SESSION_ID" });
  });
});
