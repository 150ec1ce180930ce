import {
  type Granted,
  type IncomingReply,
  memoryVault,
  type OAuthFlow,
  openFlow,
  openTokens,
  requestTokens,
  SourceError,
  type TokenAccess,
  type TokenEndpoint,
  type TokenQuestion,
  type TokenVault,
  type Transport,
} from "journey-hub/connector";
import { z } from "zod";
import { isSafeForSecrets, type SalesforceConfig, signInOf } from "./config.ts";
import { grantFields } from "./grants.ts";
import { breaksOff, errorForReply, json } from "./refusals.ts";
import { errorForGrant, what } from "./sign-in-refusals.ts";

/** Sessions last as long as the org's settings say, which nobody tells us: two hours unless an administrator chose otherwise. */
const sessionMs = 2 * 3_600_000;

const endpoint: TokenEndpoint<SalesforceConfig> = {
  what,
  operation: "salesforce.token",
  tokenUrl: ({ login_url }) => `${login_url}/services/oauth2/token`,
  read: grantIn,
};

/** The web server flow: a person approves the app, and the hub signs in as that person from then on. */
export const webServerFlow: OAuthFlow<SalesforceConfig> = {
  ...endpoint,
  vendor: "Salesforce",
  settings: { sign_in: "authorization_code" },
  fields: ["login_url", "client_id", "client_secret"],
  uses: (config) => signInOf(config) === "authorization_code",
  authorizeUrl: ({ login_url }) => `${login_url}/services/oauth2/authorize`,
  client: ({ client_id, client_secret }) => ({ id: client_id, secret: client_secret, proof: "body" }),
  scopes: ["api", "refresh_token"],
  pkce: true,
  // Else whoever is signed in there would approve by a click, maybe as the wrong user.
  parameters: { prompt: "login consent" },
  refreshToken: ({ refresh_token }) => refresh_token,
  lifetimeMs: sessionMs,
};

/**
 * Sessions of the org, by the way these settings sign in: renewed two hours after their beginning and when the org ends them. A refusal is a
 * `stop` that names the config field at fault; an unreachable or failing host is a `retry`.
 */
export function openSignIn(config: SalesforceConfig, transport: Transport, vault: TokenVault): TokenAccess {
  if (webServerFlow.uses(config)) return openFlow(webServerFlow, { config, transport, vault });
  return openTokens({
    vault: memoryVault(), // these can be asked for again at any time
    transport,
    lifetimeMs: sessionMs,
    ask: ({ hasWorked }) =>
      requestTokens(endpoint, {
        config,
        transport,
        client: null, // each of these proves itself in a way of its own
        form: (now) => grantFields(config, now),
        hasWorked,
      }),
  });
}

/** Beyond this an assertion was made for a wrong time: the answer has told us the vendor's. */
const clockErrorMaxMs = 60_000;

const granted = z.looseObject({
  access_token: z.string().min(1),
  instance_url: z.url(),
  id: z.string().optional(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
});
const refused = z.looseObject({ error: z.string(), error_description: z.string().default("") });

function grantIn(reply: IncomingReply, asked: TokenQuestion<SalesforceConfig>): Granted {
  const body = json(reply.text);
  const refusal = refused.safeParse(body).data;
  if (refusal) {
    const wasMistaken = Math.abs(asked.answeredAt - asked.askedAt) > clockErrorMaxMs;
    throw errorForGrant(refusal, { status: reply.status, form: asked.form, config: asked.config, wasMistaken });
  }
  const grant = granted.safeParse(body).data;
  if (reply.status !== 200 || !grant) throw notSalesforce(reply, asked);
  const address = new URL(grant.instance_url).origin;
  if (!isSafeForSecrets(address)) throw unsafe(address);
  return {
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token ?? null,
    expiresInMs: null, // Salesforce does not say
    scopes: grant.scope === undefined ? null : scopesIn(grant.scope),
    address,
    account: /\/id\/([^/]+)\//.exec(grant.id ?? "")?.[1] ?? null,
  };
}

/** `full` holds every scope but the one for refresh tokens, which older apps name offline_access. */
function scopesIn(text: string): string[] {
  const scopes = text.split(" ").filter(Boolean);
  return [
    ...scopes,
    ...(scopes.includes("full") ? ["api"] : []),
    ...(scopes.includes("offline_access") ? ["refresh_token"] : []),
  ];
}

/**
 * No token and no refusal in the vendor's form: a failing host may recover, and so does one that has worked before or whose answer
 * breaks off; any other answer comes from the wrong host.
 */
function notSalesforce(
  reply: IncomingReply,
  { config, hasWorked, answeredAt }: TokenQuestion<SalesforceConfig>,
): SourceError {
  const error = errorForReply(reply, undefined, what, answeredAt);
  const isPassing = reply.status >= 400 || hasWorked || breaksOff(reply);
  if (error.next === "retry" && isPassing) return error;
  return new SourceError(
    "stop",
    `${what}: ${config.login_url} does not answer like Salesforce (HTTP ${reply.status})`,
    {
      status: reply.status,
      field: "login_url",
      remedy: "Set login_url to the org's My Domain address, e.g. https://acme.my.salesforce.com (Setup → My Domain).",
    },
  );
}

function unsafe(instanceUrl: string): SourceError {
  return new SourceError("stop", `${what}: the org's address ${instanceUrl} is not https, so no token is sent there`, {
    field: "login_url",
    remedy: "Check that login_url is the org's My Domain address.",
  });
}
