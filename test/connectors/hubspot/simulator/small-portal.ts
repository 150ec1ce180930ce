import {
  createHubspotSimulator,
  demoCredentials,
  type HubspotSeed,
  type HubspotSimulatorOptions,
} from "../../../../connectors/hubspot/simulator/index.ts";

/** Five live contacts and an archived one, two companies, two deals, a ticket, a note: small enough to know by heart. */
export const smallSeed: HubspotSeed = {
  portalId: 424242,
  objects: {
    contacts: [
      contact("101", "2026-10-01T10:00:00.000Z", {
        email: "ada@northwind.example",
        firstname: "Ada",
        lastname: "Lovelace",
        company: "Northwind Traders",
        city: "London",
        numemployees: "10",
        lifecyclestage: "lead",
        hs_lead_status: "NEW",
        hubspot_owner_id: "501",
        hs_email_optout: "false",
        phone: "+44 20 7946 0001",
      }),
      contact("102", "2026-10-02T10:00:00.000Z", {
        email: "bob@northwind.example",
        firstname: "Bob",
        lastname: "Stone",
        company: "Northwind Traders",
        city: "Leeds",
        numemployees: "250",
        lifecyclestage: "customer",
        hs_email_optout: "true",
        date_of_birth: "1980-05-17",
      }),
      contact("103", "2026-10-03T10:00:00.123Z", {
        email: "cleo@contoso.example",
        hs_additional_emails: "cleo.old@contoso.example",
        firstname: "Cleo",
        city: "london",
        numemployees: "50",
        lifecyclestage: "subscriber",
      }),
      contact("104", "2026-10-03T10:00:00.123Z", {
        firstname: "Dan",
        lastname: "O'Neil",
        company: "Contoso Ltd",
        jobtitle: "Head of Purchasing",
      }),
      contact("105", "2026-10-05T10:00:00.000Z", {
        email: "eve@fabrikam.example",
        firstname: "Eve",
        lastname: "Stone-Miller",
        lifecyclestage: "opportunity",
        numemployees: "9.5",
      }),
      {
        ...contact("106", "2026-10-04T10:00:00.000Z", { email: "gone@fabrikam.example", firstname: "Gone" }),
        archived: true,
        archivedAt: "2026-10-20T08:00:00.000Z",
      },
    ],
    companies: [
      row("301", "2026-09-01T00:00:00.000Z", { name: "Northwind Traders", domain: "northwind.example" }),
      row("302", "2026-09-02T00:00:00.000Z", { name: "Contoso", domain: "contoso.example", industry: "RETAIL" }),
    ],
    deals: [
      row("201", "2026-09-10T00:00:00.000Z", {
        dealname: "Fifty road bikes",
        amount: "50000",
        dealstage: "contractsent",
        pipeline: "default",
      }),
      row("202", "2026-09-11T00:00:00.000Z", {
        dealname: "Helmets",
        amount: "1200.50",
        dealstage: "closedwon",
        pipeline: "default",
        closedate: "2026-09-11T00:00:00.000Z",
        hs_is_closed: "true",
        hs_is_closed_won: "true",
      }),
    ],
    tickets: [
      row("401", "2026-09-12T00:00:00.000Z", { subject: "Bent wheel", hs_pipeline: "0", hs_pipeline_stage: "1" }),
    ],
    notes: [
      row("601", "2026-09-13T00:00:00.000Z", { hs_note_body: "Called back", hs_timestamp: "2026-09-13T00:00:00Z" }),
    ],
  },
  associations: [
    { fromType: "contacts", fromId: "101", toType: "companies", toId: "301", typeId: 1, label: "Primary" },
    { fromType: "contacts", fromId: "101", toType: "companies", toId: "301", typeId: 279 },
    { fromType: "contacts", fromId: "102", toType: "companies", toId: "301", typeId: 279 },
    { fromType: "deals", fromId: "201", toType: "contacts", toId: "101", typeId: 3 },
    { fromType: "notes", fromId: "601", toType: "contacts", toId: "101", typeId: 202 },
  ],
  owners: [
    { id: "501", email: "sam@bikes.example", firstName: "Sam", lastName: "Seller", userId: 9001 },
    { id: "502", email: "tia@bikes.example", firstName: "Tia", lastName: "Trader", userId: 9002 },
    { id: "503", email: "left@bikes.example", firstName: "Lee", lastName: "Left", userId: 9003, archived: true },
  ],
  pipelines: {},
  properties: {
    contacts: [
      {
        name: "erp_id",
        label: "ERP id",
        type: "string",
        fieldType: "text",
        groupName: "contactinformation",
        unique: true,
      },
      {
        name: "interests",
        label: "Interests",
        type: "enumeration",
        fieldType: "checkbox",
        groupName: "contactinformation",
        options: ["road", "mountain", "touring"],
      },
    ],
  },
};

/** The vendor's clock of the tests; move it with `clock.ms += …`. */
export function startPortal(options: HubspotSimulatorOptions = {}) {
  const clock = { ms: Date.parse("2026-11-02T09:00:00.000Z") };
  const simulator = createHubspotSimulator({ now: () => clock.ms, ...options });
  simulator.load(smallSeed);
  return { clock, simulator, ...calls(simulator.app) };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Reply;
}

/** The parts of HubSpot's replies the tests look at; which are there depends on the call. */
export interface Reply {
  status: string;
  message: string;
  category: string;
  id: string;
  properties: Record<string, string | null>;
  results: Row[];
  total: number;
  paging?: { next: { after: string; link?: string } };
  numErrors: number;
  errors: Record<string, unknown>[];
  access_token: string;
  [field: string]: unknown;
}

export interface Row {
  id: string;
  properties: Record<string, string | null>;
  [field: string]: unknown;
}

interface Front {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

function calls(app: Front, token = demoCredentials.accessTokens[0]) {
  async function call(method: string, path: string, body?: unknown, bearer = token): Promise<Answer> {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await app.request(path, { method, headers, ...(body === undefined ? {} : { body: text }) });
    const reply = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, text: reply, body: JSON.parse(json ? reply : "{}") };
  }
  return {
    call,
    get: (path: string, bearer?: string) => call("GET", path, undefined, bearer),
    post: (path: string, body: unknown, bearer?: string) => call("POST", path, body, bearer),
    patch: (path: string, body: unknown) => call("PATCH", path, body),
    put: (path: string, body?: unknown) => call("PUT", path, body),
    remove: (path: string) => call("DELETE", path),
  };
}

function row(id: string, updatedAt: string, properties: Record<string, string | null>) {
  return { id, properties, createdAt: "2026-01-01T00:00:00.000Z", updatedAt };
}

function contact(id: string, updatedAt: string, properties: Record<string, string | null>) {
  return { ...row(id, updatedAt, properties), createdAt: `2026-01-0${id.at(-1)}T00:00:00.000Z` };
}
