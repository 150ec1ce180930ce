import { buildWorld } from "journey-hub/connector/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { hubspotSeed } from "../../../../connectors/hubspot/simulator/adventureworks/index.ts";
import * as hubspot from "../../../../connectors/hubspot/simulator/index.ts";
import { netsuiteSeed } from "../../../../connectors/netsuite/simulator/adventureworks/index.ts";
import * as netsuite from "../../../../connectors/netsuite/simulator/index.ts";
import {
  salesforceSeed,
  salesforceSeedFields,
} from "../../../../connectors/salesforce/simulator/adventureworks/index.ts";
import * as salesforce from "../../../../connectors/salesforce/simulator/index.ts";
import { authorize, now } from "../../../connectors/netsuite/simulator/account.ts";

const epoch = "2026-11-20T09:00:00Z";
const world = buildWorld({ scale: "default", seed: 7, epoch });
const { protagonist, counts } = world;

describe("the seeds in their simulators", () => {
  it("lets HubSpot find the protagonist by her address, with her company and her ticket", async () => {
    const portal = hubspot.createHubspotSimulator({ now: () => Date.parse(epoch) });
    portal.load(hubspotSeed(world));
    const headers = {
      authorization: `Bearer ${hubspot.demoCredentials.accessTokens[0]}`,
      "content-type": "application/json",
    };
    const filter = { propertyName: "email", operator: "EQ", value: protagonist.email };
    const search = { filterGroups: [{ filters: [filter] }], properties: ["email", "lifecyclestage"] };
    const found = await portal.app.request("/crm/v3/objects/contacts/search", {
      method: "POST",
      headers,
      body: JSON.stringify(search),
    });
    expect(await found.json()).toMatchObject({ total: 1, results: [{ id: protagonist.hubspotContactId }] });
    const record = await portal.app.request(
      `/crm/v3/objects/contacts/${protagonist.hubspotContactId}?associations=companies,tickets`,
      { headers },
    );
    expect(await record.json()).toMatchObject({
      associations: {
        companies: { results: [{ id: protagonist.hubspotCompanyId }] },
        tickets: { results: [{ id: protagonist.hubspotTicketId }] },
      },
    });
  });

  it("lets Salesforce count its rows and show the protagonist's opportunity", async () => {
    const org = salesforce.createSalesforceSimulator({
      now: () => Date.parse(epoch),
      customFields: salesforceSeedFields,
    });
    org.load(salesforceSeed(world));
    const { clientId, clientSecret } = salesforce.demoCredentials;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
    });
    const token = await org.app.request("/services/oauth2/token", { method: "POST", body: form });
    const { access_token } = z.object({ access_token: z.string() }).parse(await token.json());
    const query = async (soql: string): Promise<unknown> => {
      const reply = await org.app.request(`/services/data/v62.0/query?q=${encodeURIComponent(soql)}`, {
        headers: { authorization: `Bearer ${access_token}` },
      });
      return reply.json();
    };
    const deleted = world.personRecords.filter(({ seat }) => seat.object === "Contact" && seat.isArchived).length;
    expect(await query("SELECT Id, Email FROM Contact")).toMatchObject({
      totalSize: (counts.byObject["salesforce:Contact"] ?? 0) - deleted,
    });
    expect(
      await query(
        `SELECT StageName, IsClosed, Account.Name FROM Opportunity WHERE Id = '${protagonist.salesforceOpportunityId}'`,
      ),
    ).toMatchObject({
      records: [{ StageName: "Negotiation/Review", IsClosed: false, Account: { Name: protagonist.companyName } }],
    });
  });

  it("lets NetSuite count its transactions and show the protagonist's open invoice", async () => {
    const account = netsuite.createNetsuiteSimulator({ now: () => now });
    account.load(netsuiteSeed(world));
    const query = async (q: string): Promise<unknown> => {
      const url = "https://netsuite.example/services/rest/query/v1/suiteql?limit=1000";
      const headers = {
        authorization: authorize({ url, method: "POST" }),
        prefer: "transient",
        "content-type": "application/json",
      };
      const reply = await account.app.request(url, { method: "POST", headers, body: JSON.stringify({ q }) });
      return reply.json();
    };
    const transactions =
      (counts.byObject["netsuite:transaction"] ?? 0) + (counts.byObject["netsuite:opportunity"] ?? 0);
    expect(await query("SELECT id, type FROM transaction ORDER BY id")).toMatchObject({
      count: 1000,
      totalResults: transactions,
    });
    expect(
      await query(
        `SELECT status, entity, foreignamountunpaid FROM transaction WHERE id = ${protagonist.netsuiteInvoiceId}`,
      ),
    ).toMatchObject({
      items: [{ status: "A", entity: protagonist.netsuiteCustomerId }],
    });
  });
});
