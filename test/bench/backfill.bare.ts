/*
 * The limit: what a programmer writes by hand with the same client to read an object to its end, page after page: no quota, no retry, no
 * time-out, no check of what came, no cursor. HubSpot's and Salesforce's clients are used as they come; of NetSuite's only the signer can
 * be (its `request` loses headers and repeats nonces), with node's fetch.
 */

import { createRequire } from "node:module";
import { Client } from "@hubspot/api-client";
import jsforce from "jsforce";
import { type BenchVendor, read } from "./backfill.accounts.ts";

type Settings = Record<string, string>;

const NetsuiteRest = createRequire(import.meta.url)("netsuite-rest") as new (
  options: object,
) => {
  getAuthorizationHeader(request: { url: string; method: string }): { Authorization: string };
};

/** Reads the account's object to its end. @returns how many records came. */
export const readBare: Readonly<Record<BenchVendor, (settings: Settings) => Promise<number>>> = {
  async hubspot({ base_url = "", access_token = "" }) {
    const client = new Client({ basePath: base_url, accessToken: access_token });
    const properties = [...read.hubspot.fields.map((field) => field.replace("properties.", "")), "lastmodifieddate"];
    let [count, after]: [number, string | undefined] = [0, undefined];
    do {
      const page = await client.crm.contacts.basicApi.getPage(100, after, properties);
      count += page.results.length;
      after = page.paging?.next?.after;
    } while (after !== undefined);
    return count;
  },
  async salesforce({ login_url = "", client_id = "", client_secret = "" }) {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
    const token = (await (
      await fetch(`${login_url}/services/oauth2/token`, { method: "POST", body: form })
    ).json()) as {
      access_token: string;
      instance_url: string;
    };
    const connection = new jsforce.Connection({
      instanceUrl: token.instance_url,
      accessToken: token.access_token,
      version: "62.0",
    });
    let page = await connection.query(`SELECT Id, SystemModstamp, ${read.salesforce.fields.join(", ")} FROM Contact`);
    let count = page.records.length;
    while (!page.done && page.nextRecordsUrl) {
      page = await connection.queryMore(page.nextRecordsUrl);
      count += page.records.length;
    }
    return count;
  },
  async netsuite({ base_url = "", ...keys }) {
    const {
      consumer_key,
      consumer_secret: consumer_secret_key,
      token_id: token,
      token_secret,
      account_id: realm,
    } = keys;
    const signer = new NetsuiteRest({ consumer_key, consumer_secret_key, token, token_secret, realm });
    const url = `${base_url}/services/rest/query/v1/suiteql?limit=1000`;
    let [count, last, hasMore] = [0, 0, true];
    while (hasMore) {
      const q = `SELECT id, ${read.netsuite.fields.join(", ")}, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate FROM contact WHERE id > ${last} ORDER BY id`;
      const headers = {
        ...signer.getAuthorizationHeader({ url, method: "POST" }),
        "content-type": "application/json",
        prefer: "transient",
      };
      const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify({ q }) });
      const page = (await reply.json()) as { items: { id: string }[]; hasMore: boolean };
      count += page.items.length;
      last = Number(page.items.at(-1)?.id ?? last);
      hasMore = page.hasMore;
    }
    return count;
  },
};
