import { fieldHistory } from "./histories.ts";
import type { Org } from "./org.ts";
import type { SalesforceRow } from "./values.ts";
import { createRecord, liveRow } from "./writes/records.ts";

/** What a lead becomes, or is added to: ids of rows that are there, null for a new one; a deal is made only if named. */
export interface ConversionTarget {
  accountId: string | null;
  contactId: string | null;
  opportunityName: string | null;
}

/**
 * Converts a lead as the vendor's button does: an account, a contact and perhaps a deal take its place, its tasks and events move to
 * the contact, and the lead stays, converted and naming what it became.
 */
export function convertLead(org: Org, leadId: string, target: ConversionTarget): void {
  const lead = liveRow(org, org.object("Lead"), leadId);
  const accountId = target.accountId ?? createRecord(org, org.object("Account"), { Name: lead.Company }).id;
  const contactId = target.contactId ?? createRecord(org, org.object("Contact"), personOf(lead, accountId)).id;
  const opportunityId = target.opportunityName === null ? null : dealFor(org, accountId, target.opportunityName);
  const stamps = { LastModifiedDate: org.stamp, SystemModstamp: org.stamp };
  for (const name of ["Task", "Event"] as const) {
    for (const row of [...org.table(name).values()]) {
      if (row.WhoId === lead.Id) org.table(name).put({ ...row, ...stamps, WhoId: contactId, AccountId: accountId });
    }
  }
  const converted: SalesforceRow = {
    ...lead,
    ...stamps,
    Status: "Closed - Converted",
    IsConverted: true,
    ConvertedDate: org.stamp.slice(0, 10),
    ConvertedAccountId: accountId,
    ConvertedContactId: contactId,
    ConvertedOpportunityId: opportunityId,
  };
  org.table("Lead").put(converted);
  for (const { object, row } of fieldHistory(org, "Lead", converted, lead)) org.table(object).put(row);
}

function personOf(lead: SalesforceRow, accountId: string): Record<string, unknown> {
  const kept = ["FirstName", "LastName", "Email", "Phone", "Title", "LeadSource"] as const;
  return { AccountId: accountId, ...Object.fromEntries(kept.map((name) => [name, lead[name] ?? null])) };
}

function dealFor(org: Org, accountId: string, name: string): string {
  const given = { AccountId: accountId, Name: name, StageName: "Prospecting", CloseDate: org.stamp.slice(0, 10) };
  return createRecord(org, org.object("Opportunity"), given).id;
}
