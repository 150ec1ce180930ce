import {
  type Granted,
  type IncomingReply,
  type OAuthFlow,
  SourceError,
  type TokenQuestion,
} from "journey-hub/connector";
import { type HubspotConfig, hubspotAddress, usesOauth } from "./config.ts";
import { basePaths } from "./paths.ts";
import { notJson, parseJson, refusalOf, unknownShape } from "./refusals.ts";
import { tokenReply } from "./replies.ts";

/**
 * HubSpot's OAuth: a super admin installs the app in the account. The app must name the same scopes as required and as optional ones
 * (README, Permissions), else HubSpot shows an error in place of the consent. No PKCE: its documents know none.
 */
export const installFlow: OAuthFlow<HubspotConfig> = {
  vendor: "HubSpot",
  what: "HubSpot",
  operation: "hubspot.oauth.token",
  fields: ["client_id", "client_secret"],
  uses: usesOauth,
  // A simulator or a proxy answers at one address.
  authorizeUrl: ({ base_url }) =>
    `${base_url === hubspotAddress ? "https://app.hubspot.com" : base_url}/oauth/authorize`,
  tokenUrl: ({ base_url, api_version }) => `${base_url}${basePaths[api_version].oauth}/token`,
  client: ({ client_id = "", client_secret }) => ({ id: client_id, secret: client_secret, proof: "body" }),
  scopes: [
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "crm.objects.owners.read",
    "tickets",
  ],
  optionalScopes: {
    parameter: "optional_scope",
    names: [
      "crm.schemas.deals.read",
      "sales-email-read",
      "crm.schemas.contacts.read",
      "crm.schemas.contacts.write",
      "crm.schemas.companies.read",
      "crm.schemas.companies.write",
      "crm.objects.contacts.write",
      "crm.objects.companies.write",
      "crm.objects.custom.read",
      "crm.schemas.custom.read",
    ],
  },
  pkce: false,
  refreshToken: ({ refresh_token }) => refresh_token,
  lifetimeMs: 30 * 60_000,
  read: readGrant,
};

function readGrant(reply: IncomingReply, asked: TokenQuestion<HubspotConfig>): Granted {
  if (reply.status < 200 || reply.status > 299) {
    throw tokenRefusal(refusalOf(reply, asked.config, asked.answeredAt), asked.config);
  }
  const body = parseJson(reply.text);
  if (body === undefined) throw notJson(reply);
  const parsed = tokenReply.safeParse(body);
  if (!parsed.success) throw unknownShape(parsed.error, reply.status);
  const { access_token, refresh_token, expires_in, hub_id, scopes } = parsed.data;
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresInMs: expires_in * 1_000,
    scopes: scopes ?? null,
    address: null,
    account: hub_id ?? null,
  };
}

/** What the token endpoint refuses is a wrong setting or an approval that is over; its status names which one. */
function tokenRefusal(error: SourceError, { refresh_token }: HubspotConfig): SourceError {
  const { field: _, remedy: __, ...details } = error.details;
  const { status, code = "" } = details;
  if (error.next === "retry" || (status !== 400 && status !== 401)) return error;
  const known = { cause: error, ...details };
  if (/REDIRECT/i.test(code)) {
    const remedy = "Add the redirect address, exactly as the hub shows it, on the app's Auth page in HubSpot.";
    return new SourceError("stop", error.message, { ...known, remedy });
  }
  const setting = /SECRET/.test(code) ? "client_secret" : /CLIENT/i.test(code) ? "client_id" : null;
  if (setting) {
    const remedy = `Copy ${setting} again from the app's Auth page in HubSpot.`;
    return new SourceError("stop", error.message, { ...known, field: setting, remedy });
  }
  return new SourceError("stop", error.message, {
    ...known,
    ...(refresh_token === undefined ? {} : { field: "refresh_token" }),
    remedy: "Install the app in the HubSpot account again.",
    lostApproval: true,
  });
}
