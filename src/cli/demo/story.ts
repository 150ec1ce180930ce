import type { World } from "../../connector/testing/index.ts";
import type { VendorAccounts } from "./accounts.ts";

export type Protagonist = World["protagonist"];

/** One thing that happens in the demo, done through the vendor's own HTTP. */
export interface Scene {
  told: string;
  play(accounts: VendorAccounts): Promise<void>;
}

const demoForm = "8f5e6c1a-0000-4000-8000-000000000002";

/** The demo's short story about one customer, over all three systems. */
export function scenes(who: Protagonist, portalId: string): Scene[] {
  return [
    {
      told: `${who.firstName} ${who.lastName} fills in the demo request form on the website (HubSpot announces it by webhook)`,
      play: (accounts) =>
        accounts.submitForm(portalId, demoForm, { email: who.email, firstname: who.firstName, lastname: who.lastName }),
    },
    {
      told: `Sales moves ${who.companyName}'s opportunity to Closed Won in Salesforce`,
      async play({ salesforce }) {
        const result = await salesforce
          .sobject("Opportunity")
          .update({ Id: who.salesforceOpportunityId, StageName: "Closed Won" });
        if (!result.success) throw new Error(`Salesforce refused: ${JSON.stringify(result.errors)}`);
      },
    },
    {
      told: `${who.companyName} pays an open invoice in NetSuite`,
      async play({ netsuite }) {
        await netsuite(
          "POST",
          `/services/rest/record/v1/invoice/${who.netsuiteInvoiceId}/!transform/customerPayment`,
          {},
        );
      },
    },
    {
      told: `A ticket of ${who.firstName}'s is escalated in HubSpot`,
      async play({ hubspot }) {
        await hubspot.crm.tickets.basicApi.update(who.hubspotTicketId, {
          properties: { hs_ticket_priority: "URGENT" },
        });
      },
    },
  ];
}

/** What stands in one CRM record, read by a fresh client. */
export interface ReadBack {
  record: string;
  values: Record<string, unknown>;
}

/** The hub's fields on the company, the subject of the journey, as they stand in the three CRMs now. */
export async function readBack(accounts: VendorAccounts, who: Protagonist): Promise<ReadBack[]> {
  const names = ["stage", "stage_date", "score", "grade", "why"];
  const company = await accounts.hubspot.crm.companies.basicApi.getById(
    who.hubspotCompanyId,
    names.map((name) => `journey_hub_${name}`),
  );
  const fields = ["Stage", "Stage_Date", "Score", "Grade", "Why"].map((name) => `Journey_Hub_${name}__c`);
  const found = await accounts.salesforce
    .sobject("Account")
    .findOne({ Id: who.salesforceAccountId }, fields.join(", "));
  const { reply } = await accounts.netsuite("GET", `/services/rest/record/v1/customer/${who.netsuiteCustomerId}`);
  return [
    { record: `HubSpot company ${who.hubspotCompanyId}`, values: pick(company.properties, names, "journey_hub_") },
    {
      record: `Salesforce Account ${who.salesforceAccountId}`,
      values: pick({ ...found }, ["Stage__c", "Stage_Date__c", "Score__c", "Grade__c", "Why__c"], "Journey_Hub_"),
    },
    { record: `NetSuite customer ${who.netsuiteCustomerId}`, values: pick(reply, names, "custentity_journey_hub_") },
  ];
}

function pick(record: Record<string, unknown>, names: readonly string[], prefix: string): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name.replace("__c", "").toLowerCase(), record[`${prefix}${name}`] ?? null]),
  );
}
