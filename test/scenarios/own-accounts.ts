import { createHubspotSimulator, demoCredentials as hubspotKeys } from "../../connectors/hubspot/simulator/index.ts";
import { createNetsuiteSimulator, demoCredentials as netsuiteKeys } from "../../connectors/netsuite/simulator/index.ts";
import {
  createSalesforceSimulator,
  demoCredentials as salesforceKeys,
  sfId,
} from "../../connectors/salesforce/simulator/index.ts";
import type { Vendor } from "../../src/cli/vendors.ts";

/* An account whose people made an object of their own, memberships, and a field of their own on contacts: simulated at each vendor. */

const longAgo = "2026-01-05T09:00:00.000Z";
const since = "2026-02-01T08:30:00.000Z";

/** What people do to memberships at the vendor; `n` is 1 to 3. */
export interface Account {
  /** What the hub calls the object, and its fields level, colour and since. */
  object: string;
  fields: Record<"level" | "colour" | "since", string>;
  mapping: string;
  /** The shipped mapping of contacts and the path of the account's own field on them. */
  contacts: { file: string; path: string };
  config(url: string): Record<string, unknown>;
  /** Whether a request reads memberships. */
  reads(request: Request): Promise<boolean>;
  app: { fetch(request: Request): Response | Promise<Response> };
  set(n: number, values: Partial<Record<"name" | "level" | "since", string>>): Promise<void>;
  delete(n: number): Promise<void>;
  /** Level becomes tier, colour is removed, since becomes a text. */
  disfigure(): Promise<void>;
  /** Level, colour and since are again what they were. */
  mend(): Promise<void>;
}

const names = ["Ann's membership", "Ben's membership", "Cleo's membership"];
const people = ["ann", "ben", "cleo"];
const levels = ["gold", "silver", "bronze"];
const numbered = <T>(make: (n: number) => T): T[] => [1, 2, 3].map(make);

/** How a vendor's file differs from the others': the record's head, and what the fields are called. */
interface MappingParts extends Pick<Account, "object" | "fields"> {
  vendor: Vendor;
  record: string;
  name: string;
  member: string;
}

const mappingOf = ({ vendor, object, record, name, fields, member }: MappingParts): string => `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: ${vendor}, object: ${object} }
to: activity
record: ${record}
fields:
  type: other
  subject: ${name}
  occurred_at: ${fields.since}
  contact_ref: ${member}
custom_fields:
  - ${fields.level}
  - ${fields.colour}
examples:
  - name: no more than an id
    in: { Id: "1", id: "1" }
    out: { remote_id: "1" }
`;

/** By vendor, on a clock. */
export const accounts: Record<Vendor, (now: () => number) => Account> = { salesforce, hubspot, netsuite };

function salesforce(now: () => number): Account {
  const object = "Membership__c";
  const fields = { level: "Level__c", colour: "Colour__c", since: "Since__c" } as const;
  const since__c = { name: fields.since, type: "datetime" } as const;
  const simulator = createSalesforceSimulator({
    now,
    customFields: { Contact: [{ name: "Club__c", type: "string" }] },
    customObjects: [
      {
        name: object,
        label: "Membership",
        plural: "Memberships",
        keyPrefix: "a01",
        fields: [
          { name: fields.level, type: "picklist", picklistValues: ["gold", "silver", "bronze"] },
          { name: fields.colour, type: "string" },
          since__c,
          { name: "Member__c", type: "reference", referenceTo: ["Contact"] },
        ],
      },
    ],
  });
  simulator.load({
    orgId: sfId("00D", 7),
    objects: {
      Contact: numbered((n) => ({
        ...{ Id: sfId("003", n), LastName: people[n - 1] ?? "", Email: `${people[n - 1]}@acme.example` },
        Club__c: `club ${n}`,
      })),
      [object]: numbered((n) => ({
        ...{ Id: sfId("a01", n), Name: names[n - 1] ?? "", Level__c: levels[n - 1] ?? null, Colour__c: "red" },
        ...{ Since__c: since.replace("Z", "+0000"), Member__c: sfId("003", n) },
      })),
    },
  });
  const { setup } = simulator;
  const patch = async (n: number, body: object) => {
    await call(simulator.app, `/services/data/v62.0/sobjects/${object}/${sfId("a01", n)}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${await salesforceToken(simulator.app)}` },
      body,
    });
  };
  return {
    object,
    fields,
    mapping: mappingOf({
      vendor: "salesforce",
      object,
      fields,
      name: "Name",
      member: "{ ref: Contact, from: Member__c }",
      record: "{ id: Id, created_at: CreatedDate, updated_at: SystemModstamp, deleted: IsDeleted }",
    }),
    contacts: { file: "Contact.yaml", path: "Club__c" },
    config: (login_url) => {
      const { clientId: client_id, clientSecret: client_secret } = salesforceKeys;
      return { login_url, client_id, client_secret };
    },
    reads: async ({ url }) => /FROM\+Membership__c/.test(url),
    app: simulator.app,
    set: (n, { name, level, since: at }) =>
      patch(n, { ...(name && { Name: name }), ...(level && { Level__c: level }), ...(at && { Since__c: at }) }),
    async delete(n) {
      await call(simulator.app, `/services/data/v62.0/sobjects/${object}/${sfId("a01", n)}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${await salesforceToken(simulator.app)}` },
      });
    },
    async disfigure() {
      setup.renameField(object, fields.level, "Tier__c");
      setup.removeField(object, fields.colour);
      setup.retypeField(object, fields.since, "string");
    },
    async mend() {
      setup.renameField(object, "Tier__c", fields.level);
      setup.addField(object, { name: fields.colour, type: "string" });
      setup.retypeField(object, fields.since, "datetime");
    },
  };
}

async function salesforceToken(app: Requests): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = salesforceKeys;
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
  const reply = await app.request("/services/oauth2/token", { method: "POST", body });
  const { access_token } = (await reply.json()) as { access_token: string };
  return access_token;
}

function hubspot(now: () => number): Account {
  const object = "p424242_membership";
  const fields = { level: "properties.level", colour: "properties.colour", since: "properties.since" } as const;
  const simulator = createHubspotSimulator({ now });
  const property = (name: string, type: "string" | "datetime" = "string") => {
    return { name, label: name, type, fieldType: type === "string" ? "text" : "date", groupName: "membership" };
  };
  simulator.load({
    portalId: 424242,
    owners: [],
    pipelines: {},
    customObjects: [{ name: "membership", labels: { singular: "Membership", plural: "Memberships" } }],
    properties: {
      contacts: [property("club")],
      [object]: [property("title"), property("level"), property("colour"), property("since", "datetime")],
    },
    objects: {
      contacts: numbered((n) => ({
        id: String(100 + n),
        properties: { email: `${people[n - 1]}@acme.example`, club: `club ${n}` },
        ...{ createdAt: longAgo, updatedAt: longAgo },
      })),
      [object]: numbered((n) => ({
        id: String(200 + n),
        properties: { title: names[n - 1] ?? "", level: levels[n - 1] ?? null, colour: "red", since },
        ...{ createdAt: longAgo, updatedAt: longAgo },
      })),
    },
    associations: numbered((n) => ({
      fromType: object,
      fromId: String(200 + n),
      toType: "contacts",
      toId: String(100 + n),
      typeId: 1001,
    })),
  });
  const headers = { authorization: `Bearer ${hubspotKeys.accessTokens[0]}` };
  const ask = (method: string, path: string, body?: object) =>
    call(simulator.app, path, { method, headers, ...(body ? { body } : {}) });
  const definitions = `/crm/v3/properties/${object}`;
  const create = (name: string) => ask("POST", definitions, property(name));
  return {
    object,
    fields,
    mapping: mappingOf({
      vendor: "hubspot",
      object,
      fields,
      name: "properties.title",
      member: '{ ref: contacts, from: "associations.contacts.results[0].id" }',
      record: "{ id: id, created_at: createdAt, updated_at: properties.hs_lastmodifieddate, deleted: archived }",
    }),
    contacts: { file: "contacts.yaml", path: "properties.club" },
    config: (base_url) => ({ base_url, access_token: hubspotKeys.accessTokens[0] }),
    reads: async ({ url }) => url.includes(`/objects/${object}`) && !url.includes("archived=true"),
    app: simulator.app,
    set: (n, { name, level, since: at }) =>
      ask("PATCH", `/crm/v3/objects/${object}/${200 + n}`, {
        properties: { ...(name && { title: name }), ...(level && { level }), ...(at && { since: at }) },
      }),
    delete: (n) => ask("DELETE", `/crm/v3/objects/${object}/${200 + n}`),
    // The name of a property stays for good: who renames one makes another and archives the first.
    async disfigure() {
      await create("tier");
      await ask("DELETE", `${definitions}/level`);
      await ask("DELETE", `${definitions}/colour`);
      await ask("PATCH", `${definitions}/since`, { type: "string", fieldType: "text" });
    },
    async mend() {
      for (const name of ["level", "colour"]) {
        const definition = simulator.state.catalog(object).definitions.get(name);
        if (definition) definition.archived = false;
      }
      await ask("PATCH", `${definitions}/since`, { type: "datetime", fieldType: "date" });
    },
  };
}

function netsuite(now: () => number): Account {
  const object = "customrecord_membership";
  const fields = { level: "custrecord_level", colour: "custrecord_colour", since: "custrecord_since" } as const;
  const simulator = createNetsuiteSimulator({
    now,
    timestampWindowMs: Number.POSITIVE_INFINITY,
    customFields: {
      contact: { custentity_club: { kind: "text" } },
      [object]: {
        custrecord_level: { kind: "text" },
        custrecord_colour: { kind: "text" },
        custrecord_since: { kind: "datetime" },
        custrecord_member: { kind: "integer", references: "contact" },
      },
    },
  });
  simulator.load({
    accountId: netsuiteKeys.accountId,
    timeZone: "America/Los_Angeles",
    dateFormat: "MM/DD/YYYY",
    tables: {
      contact: numbered((n) => ({
        ...{ id: 100 + n, entityid: people[n - 1] ?? "", email: `${people[n - 1]}@acme.example` },
        ...{ custentity_club: `club ${n}`, datecreated: longAgo, lastmodifieddate: longAgo },
      })),
      [object]: numbered((n) => ({
        ...{ id: n, name: names[n - 1] ?? "", custrecord_level: levels[n - 1] ?? null, custrecord_colour: "red" },
        ...{ custrecord_since: since, custrecord_member: 100 + n, created: longAgo, lastmodified: longAgo },
      })),
    },
  });
  const { setup } = simulator;
  const table = () => simulator.state().table(object);
  return {
    object,
    fields,
    mapping: mappingOf({
      vendor: "netsuite",
      object,
      fields,
      name: "name",
      member: "{ ref: contact, from: custrecord_member }",
      record: "{ id: id, created_at: created, updated_at: lastmodified, deleted: false }",
    }),
    contacts: { file: "contact.yaml", path: "custentity_club" },
    config: (base_url) => ({
      ...{ base_url, account_id: netsuiteKeys.accountId, token_id: netsuiteKeys.tokenId },
      ...{ token_secret: netsuiteKeys.tokenSecret, consumer_key: netsuiteKeys.consumerKey },
      consumer_secret: netsuiteKeys.consumerSecret,
    }),
    reads: async (request) => /FROM customrecord_membership/.test(await request.text()),
    app: simulator.app,
    async set(n, { name, level, since: at }) {
      table().update(n, {
        ...(name && { name }),
        ...(level && { custrecord_level: level }),
        ...(at && { custrecord_since: at }),
        lastmodified: new Date(now()).toISOString(),
      });
    },
    async delete(n) {
      table().remove(n);
    },
    async disfigure() {
      setup.renameField(object, fields.level, "custrecord_tier");
      setup.removeField(object, fields.colour);
      setup.retypeField(object, fields.since, { kind: "text" });
    },
    async mend() {
      setup.renameField(object, "custrecord_tier", fields.level);
      setup.addField(object, fields.colour, { kind: "text" });
      setup.retypeField(object, fields.since, { kind: "datetime" });
    },
  };
}

interface Requests {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

async function call(
  app: Requests,
  path: string,
  { body, headers, method }: { method: string; headers: Record<string, string>; body?: object },
): Promise<void> {
  const reply = await app.request(path, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!reply.ok) throw new Error(`${method} ${path} refused: ${await reply.text()}`);
}
