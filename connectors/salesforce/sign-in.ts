import {
  errorForNetwork,
  type IncomingReply,
  SourceError,
  type SourceErrorDetails,
  type Transport,
} from "journey-hub/connector";
import { z } from "zod";
import { isSafeForSecrets, type SalesforceConfig } from "./config.ts";
import { errorForReply, json } from "./refusals.ts";

/** What a sign-in gave: the token, the host to use from now on, and whose org it is. */
export interface Grant {
  accessToken: string;
  instanceUrl: string;
  organizationId: string | null;
  /** Given where the org rotates refresh tokens; the one used is void then. */
  refreshToken: string | null;
}

/**
 * Asks for an access token: by refresh token where there is one, else by client credentials.
 * A refusal is a `stop` that names the config field at fault; an unreachable or failing host is a `retry`.
 */
export async function signIn(
  config: SalesforceConfig,
  refreshToken: string | null,
  transport: Transport,
): Promise<Grant> {
  const url = `${config.login_url}/services/oauth2/token`;
  const form = new URLSearchParams(grantFields(config, refreshToken));
  let reply: IncomingReply | undefined;
  return transport.call({
    operation: "salesforce.token",
    lane: "webhook", // first in line: every other call waits for it
    async attempt(signal) {
      reply = undefined;
      const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
      reply = await transport.send({ method: "POST", url, headers, body: form.toString() }, signal);
      return grantIn(reply, config.login_url, transport.now());
    },
    classify: (cause) => errorForNetwork(cause, what),
  });
}

const what = "Salesforce sign-in";

function grantFields(config: SalesforceConfig, refreshToken: string | null): Record<string, string> {
  const { client_id, client_secret } = config;
  const app = { client_id, ...(client_secret === undefined ? {} : { client_secret }) };
  if (refreshToken === null) return { grant_type: "client_credentials", ...app };
  return { grant_type: "refresh_token", refresh_token: refreshToken, ...app };
}

const granted = z.looseObject({
  access_token: z.string().min(1),
  instance_url: z.url(),
  id: z.string().optional(),
  refresh_token: z.string().optional(),
});
const refused = z.looseObject({ error: z.string(), error_description: z.string().default("") });

function grantIn(reply: IncomingReply, loginUrl: string, now: number): Grant {
  const body = json(reply.text);
  const refusal = refused.safeParse(body).data;
  if (refusal) throw errorForGrant(refusal.error, refusal.error_description, reply.status);
  const grant = granted.safeParse(body).data;
  if (reply.status !== 200 || !grant) throw notSalesforce(reply, loginUrl, now);
  const instanceUrl = new URL(grant.instance_url).origin;
  if (!isSafeForSecrets(instanceUrl)) throw unsafe(instanceUrl);
  return {
    accessToken: grant.access_token,
    instanceUrl,
    organizationId: /\/id\/([^/]+)\//.exec(grant.id ?? "")?.[1] ?? null,
    refreshToken: grant.refresh_token ?? null,
  };
}

/** The token endpoint's refusals, by its `error` and the words of the description. */
const grantRefusals: readonly (readonly [
  error: RegExp,
  description: RegExp,
  advice: Pick<SourceErrorDetails, "field" | "remedy">,
])[] = [
  [
    /^invalid_client_id$/,
    /./,
    {
      field: "client_id",
      remedy: "Copy the consumer key again: Setup → App Manager → the app → Manage Consumer Details.",
    },
  ],
  [
    /^invalid_client$/,
    /secret|credentials/i,
    {
      field: "client_secret",
      remedy: "Copy the consumer secret again: Setup → App Manager → the app → Manage Consumer Details.",
    },
  ],
  [
    /^invalid_client$|^unauthorized_client$/,
    /./,
    {
      field: "client_id",
      remedy:
        "Check client_id and client_secret; for client credentials, enable the flow in the app (Manage → Edit Policies → Client Credentials Flow) and choose its run-as user.",
    },
  ],
  [
    /^invalid_grant$/,
    /refresh|expired|token/i,
    {
      field: "refresh_token",
      remedy: "The refresh token was withdrawn or has expired: approve the app again and set the new token.",
    },
  ],
  [
    /^invalid_grant$/,
    /./,
    {
      field: "client_id",
      remedy:
        "For client credentials, enable the flow in the app and choose an active run-as user (Setup → App Manager → Manage → Edit Policies); see also Setup → Login History.",
    },
  ],
  [
    /^unsupported_grant_type$|^invalid_request$/,
    /./,
    {
      field: "login_url",
      remedy: "Client credentials work at the org's own address only: find it under Setup → My Domain.",
    },
  ],
];

function errorForGrant(error: string, description: string, status: number): SourceError {
  const text = `${what}: ${description || error} (${error})`;
  // Both are Salesforce's way to say "not now" with a status of 400.
  if (error === "unknown_error" || /retry your request|rate exceeded/i.test(description) || status >= 500) {
    return new SourceError("retry", text, { status, code: error });
  }
  const known = grantRefusals.find(([code, words]) => code.test(error) && words.test(description || error));
  const advice = known?.[2] ?? { field: "client_id", remedy: "See Setup → Login History for what Salesforce noted." };
  return new SourceError("stop", text, { status, code: error, ...advice });
}

/** No token and no refusal in the vendor's form: a failing host may recover, any other answer comes from the wrong host. */
function notSalesforce(reply: IncomingReply, loginUrl: string, now: number): SourceError {
  const error = errorForReply(reply, undefined, what, now);
  if (error.next === "retry" && reply.status >= 400) return error;
  return new SourceError("stop", `${what}: ${loginUrl} does not answer like Salesforce (HTTP ${reply.status})`, {
    status: reply.status,
    field: "login_url",
    remedy: "Set login_url to the org's My Domain address, e.g. https://acme.my.salesforce.com (Setup → My Domain).",
  });
}

function unsafe(instanceUrl: string): SourceError {
  return new SourceError("stop", `${what}: the org's address ${instanceUrl} is not https, so no token is sent there`, {
    field: "login_url",
    remedy: "Check that login_url is the org's My Domain address.",
  });
}
