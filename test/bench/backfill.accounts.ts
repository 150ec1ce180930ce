/* Vendor accounts of one object to backfill from, of any size, without limits of a second: the bench measures reading, not waiting. */

import type { Hono } from "hono";
import { createHubspotSimulator, demoCredentials as hubspotKey } from "../../connectors/hubspot/simulator/index.ts";
import { createNetsuiteSimulator, demoCredentials as netsuiteKey } from "../../connectors/netsuite/simulator/index.ts";
import { sfId } from "../../connectors/salesforce/simulator/ids.ts";
import {
  createSalesforceSimulator,
  demoCredentials as salesforceKey,
} from "../../connectors/salesforce/simulator/index.ts";

export const vendors = ["salesforce", "hubspot", "netsuite"] as const;
export type BenchVendor = (typeof vendors)[number];

/** The stream that is read, and its fields. */
export const read: Readonly<Record<BenchVendor, { stream: string; fields: readonly string[] }>> = {
  salesforce: { stream: "Contact", fields: ["FirstName", "LastName", "Email", "Phone", "Title"] },
  hubspot: {
    stream: "contacts",
    fields: ["firstname", "lastname", "email", "phone", "jobtitle"].map((name) => `properties.${name}`),
  },
  netsuite: { stream: "contact", fields: ["firstname", "lastname", "email", "phone", "title"] },
};

/** So many that a reading takes seconds: in less than one, it is the warming up of the code that is measured. NetSuite's are its most rows. */
export const recordsDefault: Readonly<Record<BenchVendor, number>> = {
  salesforce: 400_000,
  hubspot: 100_000,
  netsuite: 100_000,
};

const modifiedAt = "2026-01-05T08:00:00.000Z";
const person = (n: number) => ({
  first: `Person${n}`,
  last: "Miller",
  email: `person${n}@acme.example`,
  phone: "+14255550100",
});

export function accountOf(vendor: BenchVendor, records: number): { app: Hono; config(url: string): object } {
  if (vendor === "hubspot") return hubspot(records);
  return vendor === "salesforce" ? salesforce(records) : netsuite(records);
}

function hubspot(records: number) {
  const unlimited = Number.MAX_SAFE_INTEGER;
  const simulator = createHubspotSimulator({
    limits: { burst: unlimited, daily: unlimited, searchPerSecond: unlimited },
  });
  const contacts = Array.from({ length: records }, (_, n) => {
    const { first, last, email, phone } = person(n);
    const properties = { firstname: first, lastname: last, email, phone, jobtitle: "Buyer" };
    return { id: String(1_000_000 + n), properties, createdAt: modifiedAt, updatedAt: modifiedAt };
  });
  simulator.load({ portalId: 1, objects: { contacts }, associations: [], owners: [], pipelines: {} });
  return {
    app: simulator.app,
    config: (url: string) => ({ base_url: url, access_token: hubspotKey.accessTokens[0] }),
  };
}

function salesforce(records: number) {
  // Query jobs are done at once: what the vendor takes for them is no work of ours.
  const jobs = { bulkQueueSeconds: 0, bulkRowsPerSecond: 1_000_000_000 };
  const simulator = createSalesforceSimulator({ dailyRequestsMax: 100_000_000, locatorsMax: 1_000, ...jobs });
  const Contact = Array.from({ length: records }, (_, n) => {
    const { first, last, email, phone } = person(n);
    const stamps = { CreatedDate: modifiedAt, LastModifiedDate: modifiedAt, SystemModstamp: modifiedAt };
    return {
      Id: sfId("003", n + 1),
      FirstName: first,
      LastName: last,
      Email: email,
      Phone: phone,
      Title: "Buyer",
      ...stamps,
    };
  });
  simulator.load({ orgId: sfId("00D", 1), objects: { Contact } });
  const { clientId, clientSecret } = salesforceKey;
  return {
    app: simulator.app,
    config: (url: string) => ({ login_url: url, client_id: clientId, client_secret: clientSecret }),
  };
}

function netsuite(records: number) {
  const simulator = createNetsuiteSimulator({ concurrencyMax: 100, rowsMax: 100_000 });
  const contact = Array.from({ length: records }, (_, n) => {
    const { first, last, email, phone } = person(n);
    return {
      id: n + 1,
      entityid: `${first} ${last}`,
      firstname: first,
      lastname: last,
      email,
      phone,
      title: "Buyer",
      lastmodifieddate: modifiedAt,
      datecreated: modifiedAt,
    };
  });
  simulator.load({ accountId: netsuiteKey.accountId, timeZone: "UTC", dateFormat: "YYYY-MM-DD", tables: { contact } });
  const { accountId, consumerKey, consumerSecret, tokenId, tokenSecret } = netsuiteKey;
  return {
    app: simulator.app,
    config: (url: string) => ({
      account_id: accountId,
      consumer_key: consumerKey,
      consumer_secret: consumerSecret,
      token_id: tokenId,
      token_secret: tokenSecret,
      time_zone: "UTC",
      base_url: url,
    }),
  };
}
