import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import type { Seeds } from "./three-accounts.ts";

/** The same story in three accounts: a deal won, one that never moved, a ticket closed, a person or firm on its way. */

export const today = "2026-03-18T12:00:00.000Z";
/** A day of this year at nine. */
export const on = (day: string) => `2026-${day}T09:00:00.000Z`;
/** The same as Salesforce writes it. */
const sf = (day: string) => `2026-${day}T09:00:00.000+0000`;

export const [deal, untouchedDeal, ticket, lead] = [sfId("006", 1), sfId("006", 2), sfId("500", 1), sfId("00Q", 1)];
export const ann = sfId("005", 1);
export const ben = sfId("005", 2);
/** A system note. */
const stageOf = (id: number, field: string, from: string, to: string, day: string) => {
  const [recordtypeid, recordid] = field.startsWith("TRANDOC")
    ? [-30, 5001]
    : field.startsWith("EVENT")
      ? [-23, 6001]
      : [-9, 2211];
  return { id, recordtypeid, recordid, field, oldvalue: from, newvalue: to, name: 31, context: "UIF", date: on(day) };
};

export const seeds: Seeds = {
  hubspot: {
    objects: {
      deals: [
        {
          id: "7001",
          properties: {
            dealname: "Fleet renewal",
            amount: "1000",
            pipeline: "default",
            dealstage: "closedwon",
            closedate: on("02-10"),
            hs_is_closed: "true",
            hs_is_closed_won: "true",
            hs_deal_stage_probability: "1.0",
          },
          history: {
            dealstage: [
              { value: "closedwon", timestamp: on("02-10") },
              { value: "qualifiedtobuy", timestamp: on("01-20") },
              { value: "appointmentscheduled", timestamp: on("01-05") },
            ],
            amount: [
              { value: "1000", timestamp: on("01-20") },
              { value: "800", timestamp: on("01-05") },
            ],
            closedate: [
              // HubSpot sets it a moment after the stage.
              { value: on("02-10"), timestamp: "2026-02-10T09:00:00.140Z" },
              { value: on("03-31"), timestamp: on("01-05") },
            ],
          },
          createdAt: on("01-05"),
          updatedAt: on("03-01"),
        },
        {
          id: "7002",
          properties: { dealname: "Spare parts", pipeline: "default", dealstage: "appointmentscheduled" },
          createdAt: on("02-01"),
          updatedAt: on("03-01"),
        },
      ],
      tickets: [
        {
          id: "8001",
          properties: { subject: "Brakes squeal", hs_pipeline: "0", hs_pipeline_stage: "4", closed_date: on("02-03") },
          history: {
            hs_pipeline_stage: [
              { value: "4", timestamp: on("02-03") },
              { value: "3", timestamp: on("02-02") },
              { value: "1", timestamp: on("02-01") },
            ],
          },
          createdAt: on("02-01"),
          updatedAt: on("02-20"),
        },
      ],
      contacts: [
        {
          id: "51",
          properties: { email: "maria@contoso.example", lifecyclestage: "customer", hs_lead_status: "OPEN_DEAL" },
          history: {
            lifecyclestage: [
              { value: "customer", timestamp: on("02-10") },
              { value: "lead", timestamp: on("01-02") },
            ],
            hs_lead_status: [
              { value: "OPEN_DEAL", timestamp: on("01-15") },
              { value: "NEW", timestamp: on("01-08") },
            ],
          },
          createdAt: on("01-02"),
          updatedAt: on("03-02"),
        },
      ],
    },
  },
  salesforce: {
    User: [
      { Id: ann, FirstName: "Ann", LastName: "Owner", Username: "ann@acme.example", IsActive: true },
      { Id: ben, FirstName: "Ben", LastName: "Owner", Username: "ben@acme.example", IsActive: true },
    ],
    Opportunity: [
      {
        Id: deal,
        Name: "Fleet renewal",
        StageName: "Closed Won",
        Amount: 1000,
        CloseDate: "2026-02-28",
        OwnerId: ben,
        LastStageChangeDate: sf("02-10"),
        CreatedDate: sf("01-05"),
        LastModifiedDate: sf("03-01"),
        SystemModstamp: sf("03-01"),
      },
      {
        Id: untouchedDeal,
        Name: "Spare parts",
        StageName: "Prospecting",
        CloseDate: "2026-04-30",
        CreatedDate: sf("02-01"),
        LastModifiedDate: sf("03-01"),
        SystemModstamp: sf("03-01"),
      },
    ],
    OpportunityHistory: [
      ["Prospecting", 800, "2026-02-28", 10, "01-05"],
      ["Negotiation/Review", 1000, "2026-02-28", 90, "01-20"],
      ["Closed Won", 1000, "2026-02-28", 100, "02-10"],
    ].map(([StageName = "", Amount = 0, CloseDate = "", Probability = 0, day], n) => ({
      ...{ Id: sfId("008", n + 1), OpportunityId: deal, StageName, Amount, CloseDate, Probability },
      ...{ CreatedDate: sf(String(day)), SystemModstamp: sf(String(day)) },
    })),
    OpportunityFieldHistory: [
      { ...{ Id: sfId("017", 1), Field: "Owner", DataType: "Text", OldValue: "Ann Owner", NewValue: "Ben Owner" } },
      { ...{ Id: sfId("017", 2), Field: "Owner", DataType: "EntityId", OldValue: ann, NewValue: ben } },
    ].map((row) => ({ ...row, OpportunityId: deal, CreatedDate: sf("01-25") })),
    Case: [
      {
        Id: ticket,
        Subject: "Brakes squeal",
        Status: "Closed",
        Priority: "High",
        ClosedDate: sf("02-03"),
        CreatedDate: sf("02-01"),
        LastModifiedDate: sf("02-20"),
        SystemModstamp: sf("02-20"),
      },
    ],
    CaseHistory: [
      { Id: sfId("017", 3), Field: "Status", OldValue: "New", NewValue: "Working", CreatedDate: sf("02-02") },
      { Id: sfId("017", 4), Field: "Status", OldValue: "Working", NewValue: "Closed", CreatedDate: sf("02-03") },
    ].map((row) => ({ ...row, CaseId: ticket })),
    Lead: [
      {
        Id: lead,
        LastName: "Yang",
        Company: "Fabrikam",
        Status: "Closed - Not Converted",
        CreatedDate: sf("01-02"),
        LastModifiedDate: sf("03-02"),
        SystemModstamp: sf("03-02"),
      },
    ],
    LeadHistory: [
      { from: "Open - Not Contacted", to: "Working - Contacted", day: "01-08" },
      { from: "Working - Contacted", to: "Closed - Not Converted", day: "01-15" },
    ].map(({ from, to, day }, n) => ({
      ...{ Id: sfId("017", 5 + n), LeadId: lead, Field: "Status", OldValue: from, NewValue: to, CreatedDate: sf(day) },
    })),
  },
  netsuite: {
    employee: [{ id: 31, entityid: "Ann Owner", datecreated: on("01-01"), lastmodifieddate: on("01-01") }],
    customer: [
      {
        ...{ id: 2211, companyname: "Contoso Bikes", isperson: "F", entitystatus: 13 },
        ...{ datecreated: on("01-02"), lastmodifieddate: on("03-02") },
      },
    ],
    opportunity: [
      {
        ...{ id: 5001, title: "Fleet renewal", entity: 2211, status: "C", entitystatus: 13, probability: 100 },
        ...{ actualclosedate: "2026-02-10", createddate: on("01-05"), lastmodifieddate: on("03-01") },
      },
      {
        ...{ id: 5002, title: "Spare parts", entity: 2211, status: "A", entitystatus: 8, probability: 20 },
        ...{ createddate: on("02-01"), lastmodifieddate: on("03-01") },
      },
    ],
    supportcase: [
      {
        ...{ id: 6001, title: "Brakes squeal", company: 2211, status: 5, priority: "High", enddate: on("02-03") },
        ...{ createddate: on("02-01"), lastmodifieddate: on("02-20") },
      },
    ],
    systemnote: [
      stageOf(1, "TRANDOC.KENTITYSTATUS", "In Discussion", "Proposal", "01-20"),
      stageOf(2, "TRANDOC.KENTITYSTATUS", "Proposal", "Closed Won", "02-10"),
      stageOf(3, "EVENT.KSTATUS", "Not Started", "In Progress", "02-02"),
      stageOf(4, "EVENT.KSTATUS", "In Progress", "Closed", "02-03"),
      stageOf(5, "ENTITY.KENTITYSTATUS", "LEAD-Qualified", "PROSPECT-Proposal", "01-15"),
      stageOf(6, "ENTITY.KENTITYSTATUS", "PROSPECT-Proposal", "CUSTOMER-Closed Won", "02-10"),
    ],
  },
};
