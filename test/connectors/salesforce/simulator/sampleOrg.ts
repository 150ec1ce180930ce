import { z } from "zod";
import {
  createSalesforceSimulator,
  demoCredentials,
  type SalesforceRow,
  type SalesforceSeed,
  type SalesforceSimulatorOptions,
  sfId,
} from "../../../../connectors/salesforce/simulator/index.ts";

/** A Wednesday: the instant every test of the simulator stands at unless it moves its clock. */
export const wednesday = Date.parse("2026-03-18T10:00:00Z");

const account = (n: number) => sfId("001", n);
const contact = (n: number) => sfId("003", n);
const opportunity = (n: number) => sfId("006", n);
const user = (n: number) => sfId("005", n);

const accounts: SalesforceRow[] = [
  {
    Id: account(1),
    Name: "Acme Bikes",
    Type: "Customer - Direct",
    Industry: "Retail",
    Rating: "Hot",
    AnnualRevenue: 1_200_000,
    NumberOfEmployees: 40,
    BillingStreet: "Seestrasse 1",
    BillingCity: "Zürich",
    BillingCountry: "Switzerland",
    Website: "https://acme.example",
    Description: "A long story",
    OwnerId: user(1),
    CreatedDate: "2024-01-15T08:00:00.000+0000",
    SystemModstamp: "2026-03-17T09:00:00.000+0000",
  },
  {
    Id: account(2),
    Name: "Acme Bikes Germany",
    ParentId: account(1),
    Industry: "Retail",
    AnnualRevenue: 300_000,
    BillingCity: "Berlin",
    OwnerId: user(2),
    CreatedDate: "2025-06-01T00:00:00.000+0000",
    SystemModstamp: "2026-03-18T09:30:00.000+0000",
  },
  {
    Id: account(3),
    Name: "O'Hara & Sons",
    Industry: "Manufacturing",
    Rating: "Cold",
    NumberOfEmployees: 7,
    OwnerId: user(1),
    CreatedDate: "2025-11-20T16:45:10.000+0000",
    SystemModstamp: "2026-02-10T12:00:00.000+0000",
  },
  {
    Id: account(4),
    Name: "100% Cycling_Co",
    AnnualRevenue: 0,
    OwnerId: user(1),
    CreatedDate: "2023-03-05T10:00:00.000+0000",
    SystemModstamp: "2025-12-31T23:59:59.000+0000",
  },
  {
    Id: account(5),
    Name: "Gone Ltd",
    IsDeleted: true,
    MasterRecordId: account(1),
    OwnerId: user(1),
    CreatedDate: "2024-05-05T10:00:00.000+0000",
    SystemModstamp: "2026-03-16T07:00:00.000+0000",
  },
];

const contacts: SalesforceRow[] = [
  {
    Id: contact(1),
    AccountId: account(1),
    FirstName: "Ann",
    LastName: "Ray",
    Email: "ann.ray@acme.example",
    Title: "Head of Sales",
    Birthdate: "1980-05-04",
    LeadSource: "Web",
    OwnerId: user(1),
    Journey_Hub_Score__c: 82,
    Journey_Hub_Stage__c: "Customer",
    CreatedDate: "2024-02-01T10:00:00.000+0000",
    SystemModstamp: "2026-03-18T08:00:00.000+0000",
  },
  {
    Id: contact(2),
    AccountId: account(1),
    FirstName: "Bo",
    LastName: "Silva",
    Email: "BO@acme.example",
    HasOptedOutOfEmail: true,
    ReportsToId: contact(1),
    OwnerId: user(2),
    Journey_Hub_Score__c: 15,
    CreatedDate: "2024-03-01T10:00:00.000+0000",
    SystemModstamp: "2026-03-18T08:00:00.000+0000",
  },
  {
    Id: contact(3),
    AccountId: account(2),
    FirstName: "José",
    LastName: "Núñez",
    LeadSource: "Trade Show",
    OwnerId: user(2),
    CreatedDate: "2025-03-01T10:00:00.000+0000",
    SystemModstamp: "2026-03-11T10:00:00.000+0000",
  },
  {
    Id: contact(4),
    AccountId: account(3),
    FirstName: "Dee",
    LastName: "O'Hara",
    Email: "dee@ohara.example",
    Birthdate: "1991-12-31",
    LeadSource: "Web",
    OwnerId: user(1),
    CreatedDate: "2025-04-01T10:00:00.000+0000",
    SystemModstamp: "2026-01-31T23:00:00.000+0000",
  },
  {
    Id: contact(5),
    FirstName: "Eve",
    LastName: "Nobody",
    Email: "eve@free.example",
    OwnerId: user(1),
    CreatedDate: "2026-03-18T09:00:00.000+0000",
    SystemModstamp: "2026-03-18T09:00:00.000+0000",
  },
  {
    Id: contact(6),
    LastName: "Zed",
    IsDeleted: true,
    OwnerId: user(1),
    CreatedDate: "2024-03-01T10:00:00.000+0000",
    SystemModstamp: "2026-03-18T07:00:00.000+0000",
  },
];

/** A small org in which every kind of statement has something to find. */
export const sampleSeed: SalesforceSeed = {
  orgId: sfId("00D", 1),
  objects: {
    User: [
      {
        Id: user(1),
        Username: "ines@hub.example",
        FirstName: "Ines",
        LastName: "Keller",
        Email: "ines@hub.example",
        IsActive: true,
      },
      { Id: user(2), Username: "omar@hub.example", FirstName: "Omar", LastName: "Diaz", Email: "omar@hub.example" },
    ],
    Account: accounts,
    Contact: contacts,
    Lead: [
      { Id: sfId("00Q", 1), FirstName: "Lia", LastName: "Park", Company: "Park Tours", OwnerId: sfId("00G", 1) },
      { Id: sfId("00Q", 2), LastName: "Stone", Company: "Stone AG", OwnerId: user(2), IsConverted: true },
    ],
    Opportunity: [
      {
        Id: opportunity(1),
        AccountId: account(1),
        Name: "Acme 20 bikes",
        StageName: "Closed Won",
        Amount: 24_000.5,
        CloseDate: "2026-03-01",
        OwnerId: user(1),
      },
      {
        Id: opportunity(2),
        AccountId: account(1),
        Name: "Acme service",
        StageName: "Prospecting",
        Amount: 5000,
        CloseDate: "2026-04-15",
        OwnerId: user(2),
      },
      {
        Id: opportunity(3),
        AccountId: account(3),
        Name: "O'Hara frames",
        StageName: "Negotiation/Review",
        CloseDate: "2026-03-31",
        OwnerId: user(1),
      },
    ],
    OpportunityContactRole: [
      {
        Id: sfId("00K", 1),
        OpportunityId: opportunity(1),
        ContactId: contact(1),
        Role: "Decision Maker",
        IsPrimary: true,
      },
      { Id: sfId("00K", 2), OpportunityId: opportunity(1), ContactId: contact(2), Role: "Evaluator" },
    ],
    Case: [
      {
        Id: sfId("500", 1),
        CaseNumber: "00001001",
        Subject: "Broken chain",
        Priority: "High",
        ContactId: contact(1),
        AccountId: account(1),
      },
      { Id: sfId("500", 2), CaseNumber: "00001002", Subject: "Invoice copy", Status: "Closed", ContactId: contact(4) },
    ],
    Task: [
      {
        Id: sfId("00T", 1),
        WhoId: contact(1),
        WhatId: opportunity(1),
        Subject: "Call",
        Status: "Completed",
        ActivityDate: "2026-03-18",
      },
      { Id: sfId("00T", 2), WhoId: sfId("00Q", 1), Subject: "Email", ActivityDate: "2026-03-25", Priority: "High" },
      { Id: sfId("00T", 3), WhatId: account(2), Subject: "Send Quote", ActivityDate: "2026-03-10" },
    ],
    Event: [
      {
        Id: sfId("00U", 1),
        WhoId: contact(2),
        Subject: "Demo\nday",
        StartDateTime: "2026-03-19T09:00:00.000+0000",
        DurationInMinutes: 45,
      },
    ],
  },
};

export const emptySeed: SalesforceSeed = { orgId: sfId("00D", 1), objects: {} };

/** A simulator filled with the sample org and a fetch that carries a valid session. */
export async function sampleOrg(options: SalesforceSimulatorOptions = {}, seed = sampleSeed) {
  const simulator = createSalesforceSimulator({ now: () => wednesday, ...options });
  simulator.load(seed);
  const token = await login(simulator);
  const call = (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    return simulator.app.request(`/services/data/v62.0${path}`, { ...init, headers });
  };
  const send = (method: string, path: string, body: unknown) =>
    call(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  const query = (statement: string, resource = "query") => call(`/${resource}?q=${encodeURIComponent(statement)}`);
  return { simulator, token, call, send, query };
}

/** An access token by the client credentials flow. */
export async function login(simulator: ReturnType<typeof createSalesforceSimulator>): Promise<string> {
  const reply = await requestToken(simulator, {
    grant_type: "client_credentials",
    client_id: demoCredentials.clientId,
    client_secret: demoCredentials.clientSecret,
  });
  return z.object({ access_token: z.string() }).parse(await reply.json()).access_token;
}

export function requestToken(simulator: ReturnType<typeof createSalesforceSimulator>, form: Record<string, string>) {
  return simulator.app.request("/services/oauth2/token", { method: "POST", body: new URLSearchParams(form) });
}

const queryReply = z.strictObject({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), z.unknown())),
});

/** The body of a query's reply, which must have exactly the vendor's members. */
export async function readPage(reply: Response): Promise<z.infer<typeof queryReply>> {
  return queryReply.parse(await reply.json());
}

/** A refusal as `status CODE message`. */
export async function readRefusal(reply: Response): Promise<string> {
  const errors = z.array(z.object({ message: z.string(), errorCode: z.string() })).parse(await reply.json());
  return errors.map(({ errorCode, message }) => `${reply.status} ${errorCode} ${message}`).join("\n");
}

/** A reply's values without their names: one list a record, parents' values in place after the record's own. */
export function cells(record: Record<string, unknown>): unknown[] {
  return Object.entries(record).flatMap(([name, value]) => {
    if (name === "attributes") return [];
    return typeof value === "object" && value !== null ? cells({ ...value }) : [value];
  });
}

export const ids = { account, contact, opportunity, user };
