import {
  type Activity,
  type CompanyRecord,
  type Deal,
  knownIn,
  type PersonRecord,
  type RecordIds,
  recordIdsIn,
  type Ticket,
  type World,
} from "journey-hub/connector/testing";
import { sfId } from "../ids.ts";
import { type CustomFieldDeclaration, defaultCustomFields } from "../schema/custom.ts";
import { type SalesforceRow, type SalesforceSeed, type SObjectName, stampText } from "../values.ts";
import { addressOf, casePriorities, caseStatuses, caseTypes, leadStatuses, probabilities, stages } from "./words.ts";

/**
 * The custom fields of an org with this seed: the write-back fields, and `Account.NetSuite_Id__c`, which the firm keeps by
 * hand. Hand it to the simulator as `customFields`; an org without it refuses the seed.
 */
export const salesforceSeedFields: Partial<Record<SObjectName, CustomFieldDeclaration[]>> = {
  ...defaultCustomFields,
  Account: [
    ...(defaultCustomFields.Account ?? []),
    { name: "NetSuite_Id__c", type: "string", length: 40, externalId: true },
  ],
};

/** The part of the world this org knows. The first user is the integration that API calls run as. */
export function salesforceSeed(world: World): SalesforceSeed {
  const people = world.personRecords.filter(({ seat }) => seat.system === "salesforce");
  const accounts = world.companyRecords.filter(({ seat }) => seat.system === "salesforce");
  const deals = knownIn(world.deals, "salesforce");
  const activities = world.activities.filter(({ system }) => system === "salesforce");
  const known = recordIdsIn(world, "salesforce");
  return {
    orgId: sfId("00D", 1),
    objects: {
      User: [integrationUser, ...world.colleagues.map(userRow)],
      Account: accounts.map(accountRow),
      Contact: people.filter(({ seat }) => seat.object === "Contact").map(contactRow),
      Lead: people.filter(({ seat }) => seat.object === "Lead").map(leadRow),
      Opportunity: deals.map(({ id, entry }) => opportunityRow(id, entry, known)),
      OpportunityContactRole: numbered(
        "00K",
        deals.flatMap(({ id, entry }) => roleRows(id, entry, known)),
      ),
      OpportunityHistory: numbered(
        "008",
        deals.flatMap(({ id, entry }) => historyRows(id, entry)),
      ),
      Case: knownIn(world.tickets, "salesforce").map(({ id, entry }, at) => caseRow(id, entry, at, known)),
      Task: activities.filter(({ kind }) => kind !== "meeting").map(taskRow),
      Event: activities.filter(({ kind }) => kind === "meeting").map(eventRow),
    },
  };
}

const integrationUser: SalesforceRow = {
  Id: sfId("005", 1),
  Username: "integration@demo.example",
  FirstName: "Integration",
  LastName: "User",
  Email: "integration@demo.example",
  Alias: "integ",
  IsActive: true,
  UserType: "Standard",
};

function userRow(colleague: World["colleagues"][number]): SalesforceRow {
  const { salesforceId, firstName, lastName, email, title, isActive, hiredAt } = colleague;
  return {
    Id: salesforceId,
    Username: email,
    FirstName: firstName,
    LastName: lastName,
    Email: email,
    Title: title,
    Alias: lastName.slice(0, 8).toLowerCase(),
    IsActive: isActive,
    UserType: "Standard",
    ...stampsOf({ createdAt: hiredAt, updatedAt: hiredAt }),
  };
}

function numbered(prefix: string, rows: readonly Record<string, string | number | boolean | null>[]): SalesforceRow[] {
  return rows.map((row, at) => ({ Id: sfId(prefix, at + 1), ...row }));
}

function accountRow(record: CompanyRecord): SalesforceRow {
  const isCustomer = record.standing === "customer" || record.standing === "evangelist";
  return {
    Id: record.seat.id,
    IsDeleted: record.archivedAt !== null,
    Name: record.name,
    Type: isCustomer ? "Customer - Channel" : "Prospect",
    ParentId: record.parentRecordId,
    ...addressOf("Billing", record.address),
    Phone: record.phone,
    Website: record.domain && `https://www.${record.domain}`,
    Industry: "Retail",
    AnnualRevenue: record.annualRevenue,
    NumberOfEmployees: record.employees,
    Description: record.businessType,
    OwnerId: record.owner.salesforceId,
    NetSuite_Id__c: record.crossIds.netsuite ?? null,
    ...stampsOf(record),
  };
}

function contactRow(record: PersonRecord): SalesforceRow {
  return {
    Id: record.seat.id,
    ...personColumns(record),
    AccountId: record.companyRecordId,
    Birthdate: record.kind === "consumer" ? record.birthDate : null,
    ...addressOf("Mailing", record.address),
  };
}

function leadRow(record: PersonRecord): SalesforceRow {
  const { conversion } = record;
  return {
    Id: record.seat.id,
    ...personColumns(record),
    // The field is required; web forms without it are filed under this text.
    Company: record.companyName ?? "[not provided]",
    Status: conversion ? "Closed - Converted" : leadStatuses[record.standing],
    ...addressOf("", record.address),
    IsConverted: conversion !== null,
    ConvertedDate: conversion && stampText(conversion.at).slice(0, 10),
    ConvertedAccountId: conversion?.accountId ?? null,
    ConvertedContactId: conversion?.contactId ?? null,
    ConvertedOpportunityId: conversion?.opportunityId ?? null,
  };
}

function personColumns(record: PersonRecord) {
  return {
    IsDeleted: record.archivedAt !== null,
    FirstName: record.firstName,
    LastName: record.lastName,
    Email: record.email,
    Phone: record.phone,
    Title: record.title,
    LeadSource: record.source,
    OwnerId: record.owner.salesforceId,
    ...stampsOf(record),
  };
}

function opportunityRow(id: string, deal: Deal, known: RecordIds): SalesforceRow {
  const last = deal.steps.at(-1) ?? { step: "appointment", at: deal.createdAt };
  const [primary] = deal.people;
  return {
    Id: id,
    AccountId: known.companies.get(deal.customerId) ?? null,
    ContactId: known.persons.get(primary?.customerId ?? "") ?? null,
    Name: deal.name.slice(0, 120),
    StageName: stages[last.step],
    Amount: deal.amountCents / 100,
    CloseDate: deal.closesOn,
    Type: "Existing Customer - Upgrade",
    Description: deal.lossReason && `Lost: ${deal.lossReason}`,
    OwnerId: deal.owner.salesforceId,
    LastStageChangeDate: stampText(last.at),
    ...stampsOf(deal),
  };
}

/** Roles for those of the deal's people whom this org has as contacts; exactly one is primary. */
function roleRows(id: string, deal: Deal, known: RecordIds) {
  const contacts = deal.people.flatMap(({ customerId, role }) => {
    const contactId = known.persons.get(customerId);
    return contactId?.startsWith("003") ? [{ contactId, role }] : [];
  });
  return contacts.map(({ contactId, role }, at) => ({
    OpportunityId: id,
    ContactId: contactId,
    Role: role,
    IsPrimary: at === 0,
    ...stampsOf({ createdAt: deal.createdAt, updatedAt: deal.createdAt }),
  }));
}

function historyRows(id: string, deal: Deal) {
  return deal.steps.map(({ step, at }) => ({
    OpportunityId: id,
    StageName: stages[step],
    Amount: deal.amountCents / 100,
    Probability: probabilities[step],
    ExpectedRevenue: Math.round(deal.amountCents * probabilities[step]) / 10_000,
    CloseDate: deal.closesOn,
    ForecastCategory: step === "won" ? "Closed" : step === "lost" ? "Omitted" : "Pipeline",
    CreatedById: deal.owner.salesforceId,
    CreatedDate: stampText(at),
    SystemModstamp: stampText(at),
  }));
}

function caseRow(id: string, ticket: Ticket, at: number, known: RecordIds): SalesforceRow {
  return {
    Id: id,
    CaseNumber: String(1_001 + at).padStart(8, "0"),
    ContactId: known.persons.get(ticket.personId ?? "") ?? null,
    AccountId: known.companies.get(ticket.customerId) ?? null,
    Subject: ticket.subject,
    Description: ticket.body,
    Status: caseStatuses[ticket.status],
    IsEscalated: ticket.status === "escalated",
    Priority: casePriorities[ticket.priority],
    Type: caseTypes[ticket.category],
    Origin: "Email",
    ClosedDate: ticket.closedAt === null ? null : stampText(ticket.closedAt),
    OwnerId: ticket.owner.salesforceId,
    ...stampsOf(ticket),
  };
}

function taskRow(activity: Activity): SalesforceRow {
  const kind = activity.kind === "call" ? "Call" : activity.kind === "email" ? "Email" : "Task";
  return {
    ...activityColumns(activity),
    ActivityDate: stampText(activity.at).slice(0, 10),
    Status: activity.isDone ? "Completed" : "Not Started",
    Type: kind === "Task" ? "Other" : kind,
    TaskSubtype: kind,
    CallDurationInSeconds: kind === "Call" ? activity.durationMs / 1000 : null,
    CallType: kind === "Call" ? (activity.direction === "inbound" ? "Inbound" : "Outbound") : null,
    CompletedDateTime: activity.isDone ? stampText(activity.at) : null,
  };
}

function eventRow(activity: Activity): SalesforceRow {
  return {
    ...activityColumns(activity),
    ActivityDate: stampText(activity.at).slice(0, 10),
    ActivityDateTime: stampText(activity.at),
    StartDateTime: stampText(activity.at),
    EndDateTime: stampText(activity.at + activity.durationMs),
    DurationInMinutes: activity.durationMs / 60_000,
    Type: "Meeting",
    EventSubtype: "Event",
  };
}

/** An activity with a lead can be about nothing else: Salesforce refuses WhatId beside a lead. */
function activityColumns(activity: Activity): SalesforceRow {
  const isLead = activity.personRecordId?.startsWith("00Q") ?? false;
  return {
    Id: activity.id,
    WhoId: activity.personRecordId,
    WhatId: isLead ? null : (activity.dealRecordId ?? activity.companyRecordId),
    AccountId: isLead ? null : activity.companyRecordId,
    Subject: activity.subject,
    Description: activity.body,
    OwnerId: activity.owner.salesforceId,
    ...stampsOf({ createdAt: activity.at, updatedAt: activity.updatedAt }),
  };
}

/** Salesforce keeps whole seconds; deleting a row moves its stamp. */
function stampsOf(entry: { createdAt: number; updatedAt: number; archivedAt?: number | null }) {
  const modified = stampText(entry.archivedAt ?? entry.updatedAt);
  return { CreatedDate: stampText(entry.createdAt), LastModifiedDate: modified, SystemModstamp: modified };
}
