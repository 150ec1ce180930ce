import { Client as HubspotClient } from "@hubspot/api-client";
import jsforce from "jsforce";
import NetsuiteRest from "netsuite-rest";
import type { Vendor } from "../vendors.ts";

/** Settings of the simulated accounts, as their simulators printed them. */
export type VendorConfigs = Record<Vendor, Record<string, unknown>>;

/** The three accounts through the vendors' own clients: the demo's story plays, and is read back, as an outsider would. */
export interface VendorAccounts {
  hubspot: HubspotClient;
  salesforce: jsforce.Connection;
  netsuite(method: string, path: string, body?: unknown): Promise<{ status: number; reply: Record<string, unknown> }>;
  /** HubSpot's forms API, which websites call without a token. */
  submitForm(portalId: string, formId: string, fields: Record<string, string>): Promise<void>;
}

/** Opens fresh clients, independent of the hub's. */
export async function openVendorAccounts(configs: VendorConfigs): Promise<VendorAccounts> {
  const { hubspot, salesforce, netsuite } = configs;
  const connection = new jsforce.Connection({
    version: "62.0",
    oauth2: {
      loginUrl: text(salesforce, "login_url"),
      clientId: text(salesforce, "client_id"),
      clientSecret: text(salesforce, "client_secret"),
    },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  return {
    hubspot: new HubspotClient({ accessToken: text(hubspot, "access_token"), basePath: text(hubspot, "base_url") }),
    salesforce: connection,
    netsuite: (method, path, body) => netsuiteCall(netsuite, { method, path, body }),
    submitForm: (portalId, formId, fields) => submitForm(text(hubspot, "base_url"), portalId, formId, fields),
  };
}

async function netsuiteCall(
  config: Record<string, unknown>,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<{ status: number; reply: Record<string, unknown> }> {
  const signer = new NetsuiteRest({
    consumer_key: text(config, "consumer_key"),
    consumer_secret_key: text(config, "consumer_secret"),
    token: text(config, "token_id"),
    token_secret: text(config, "token_secret"),
    realm: text(config, "account_id").replaceAll("-", "_").toUpperCase(),
  });
  const url = `${text(config, "base_url")}${path}`;
  const { Authorization } = signer.getAuthorizationHeader({ url, method });
  const headers = { Authorization, "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const answer = await response.text();
  if (!response.ok)
    throw new Error(`NetSuite answered ${response.status} to ${method} ${path}: ${answer.slice(0, 300)}`);
  return { status: response.status, reply: answer === "" ? {} : (JSON.parse(answer) as Record<string, unknown>) };
}

async function submitForm(
  baseUrl: string,
  portalId: string,
  formId: string,
  fields: Record<string, string>,
): Promise<void> {
  const response = await fetch(`${baseUrl}/submissions/v3/integration/submit/${portalId}/${formId}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ fields: Object.entries(fields).map(([name, value]) => ({ name, value })) }),
  });
  if (!response.ok)
    throw new Error(`HubSpot's forms API answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
}

function text(config: Record<string, unknown>, field: string): string {
  const value = config[field];
  if (typeof value !== "string") throw new Error(`the simulator gave no ${field}`);
  return value;
}
