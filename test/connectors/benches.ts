import type { Exchange, OpenConnection, TokenVault } from "journey-hub/connector";
import { demoCredentials as hubspotDemo } from "../../connectors/hubspot/simulator/index.ts";
import { demoOAuth, demoCredentials as netsuiteDemo } from "../../connectors/netsuite/simulator/index.ts";
import { demoCredentials as salesforceDemo } from "../../connectors/salesforce/simulator/index.ts";
import { startAccount as startHubspot } from "./hubspot/account.ts";
import { customers, startAccount as startNetsuite } from "./netsuite/account.ts";
import { ecKeys } from "./netsuite/simulator/keys.ts";
import { startOrg } from "./salesforce/org.ts";
import { keyPair } from "./salesforce/simulator/assertion.ts";

/** An account of a vendor, and a connection of a row's kind to it. */
export interface Bench {
  clock: { advance(ms: number): void };
  exchanges: Exchange[];
  open(vault: TokenVault): OpenConnection;
  /** Ends what the vendor gave before its time; absent: it gives nothing that ends. */
  endEarly?: () => void;
  /** Takes the credential back at the vendor. */
  withdraw(): void;
  close(): Promise<void>;
}

/** `narrow`: with an app, key or user that lacks a permission the hub needs. */
export type Start = (narrow: boolean) => Promise<Bench>;

const { publicKey, privateKey } = keyPair();

function salesforce(
  config: (credentials: typeof salesforceDemo) => Record<string, unknown>,
  withdraw: "secret" | "user" | "password" | "approval",
): Start {
  return async (narrow) => {
    const credentials = { ...salesforceDemo };
    const approved = [credentials.username];
    const org = await startOrg(
      {},
      {
        credentials,
        jwtCertificate: publicKey,
        jwtApprovedUsernames: approved,
        usernamePasswordFlow: true,
        ...(narrow ? { appScopes: ["refresh_token", "id"] } : {}),
      },
    );
    const { state } = org.simulator;
    const takeBack = {
      secret: () => void Object.assign(credentials, { clientSecret: "another" }),
      user: () => void approved.pop(),
      password: () => void Object.assign(credentials, { password: "another" }),
      approval: () => state.revokeApprovals(),
    }[withdraw];
    return {
      ...org,
      open: (vault) => org.open(config(salesforceDemo), { vault }),
      endEarly: () => state.expireSessions(),
      withdraw() {
        takeBack();
        state.expireSessions();
      },
    };
  };
}

function hubspot(config: Record<string, unknown>, scopes: "of the token" | "of the app"): Start {
  return async (narrow) => {
    const credentials = { ...hubspotDemo, accessTokens: [...hubspotDemo.accessTokens] };
    const [missingScopes, appScopes] = [["crm.objects.contacts.read"], ["oauth"]];
    const account = await startHubspot(
      {},
      { credentials, ...(narrow ? (scopes === "of the app" ? { appScopes } : { missingScopes }) : {}) },
    );
    const { simulator } = account;
    const isKey = "service_key" in config || config.access_token !== undefined;
    return {
      ...account,
      open: (vault) => account.open(config, vault),
      ...(isKey ? {} : { endEarly: () => simulator.expireTokens() }),
      withdraw: () => (isKey ? void credentials.accessTokens.pop() : simulator.uninstall()),
    };
  };
}

type NetsuiteWay = "token" | "certificate" | "authorization_code";

function netsuite(way: NetsuiteWay, config: Record<string, unknown>): Start {
  return async (narrow) => {
    const credentials: (typeof netsuiteDemo)[] = [netsuiteDemo];
    const certificates = [{ id: "cert-1", publicKey: certificate.publicKey }];
    const isApproved = way === "authorization_code";
    const account = await startNetsuite(
      { customer: customers(1) },
      {
        credentials,
        oauth: { certificates, ...(narrow && isApproved ? { scopes: ["restlets"] } : {}) },
        ...(narrow && !isApproved ? { hiddenRecords: ["customer"] } : {}),
      },
    );
    const { oauth } = account.simulator;
    return {
      ...account,
      open: (vault) => account.open(config, vault),
      ...(way === "token" ? {} : { endEarly: () => oauth.endAccess() }),
      withdraw() {
        credentials.pop();
        oauth.change({ certificates: [] });
        oauth.withdraw();
      },
    };
  };
}

const { username, password, refreshToken } = salesforceDemo;
const certificate = ecKeys();
const integration = { account_id: netsuiteDemo.accountId, client_id: demoOAuth.clientId };
const app = { client_id: hubspotDemo.clientId, client_secret: hubspotDemo.clientSecret, access_token: undefined };
const [hubspotKey] = hubspotDemo.accessTokens;

/** By the names of the README's table: connector and way to sign in. */
export const starts: Readonly<Record<string, Start>> = {
  "Salesforce: client credentials": salesforce(() => ({}), "secret"),
  "Salesforce: signed statement (JWT bearer)": salesforce(
    () => ({ client_secret: undefined, username, private_key: privateKey }),
    "user",
  ),
  "Salesforce: approval in a browser": salesforce(() => ({ sign_in: "authorization_code" }), "approval"),
  "Salesforce: refresh token from elsewhere": salesforce(() => ({ refresh_token: refreshToken }), "approval"),
  "Salesforce: user name and password": salesforce(() => ({ username, password }), "password"),
  "HubSpot: service key": hubspot({ service_key: hubspotKey, access_token: undefined }, "of the token"),
  "HubSpot: token of a legacy private app": hubspot({ access_token: hubspotKey }, "of the token"),
  "HubSpot: approval in a browser": hubspot(app, "of the app"),
  "HubSpot: refresh token from elsewhere": hubspot(
    { ...app, refresh_token: hubspotDemo.refreshTokens[0] },
    "of the token",
  ),
  "NetSuite: token-based authentication": netsuite("token", {}),
  "NetSuite: certificate (machine to machine)": netsuite("certificate", {
    sign_in: "certificate",
    ...integration,
    certificate_id: "cert-1",
    private_key: certificate.privateKey,
  }),
  "NetSuite: approval in a browser": netsuite("authorization_code", {
    sign_in: "authorization_code",
    ...integration,
    client_secret: demoOAuth.clientSecret,
  }),
};
