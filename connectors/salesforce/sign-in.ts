import {
  errorForNetwork,
  type IncomingReply,
  SourceError,
  type SourceErrorDetails,
  type Transport,
} from "journey-hub/connector";
import { z } from "zod";
import { signedAssertion } from "./assertion.ts";
import { isSafeForSecrets, type SalesforceConfig } from "./config.ts";
import { breaksOff, errorForReply, json } from "./refusals.ts";

/** What a sign-in gave: the token, the host to use from now on, and whose org it is. */
export interface Grant {
  accessToken: string;
  instanceUrl: string;
  organizationId: string | null;
  /** Given where the org rotates refresh tokens; the one used is void then. */
  refreshToken: string | null;
}

/** What is known from the sign-ins before. */
export interface SignInHistory {
  /** The refresh token that is valid now; null where there is none. */
  refreshToken: string | null;
  /** Whether this address has given a token before: what is no answer of Salesforce's then is a passing failure. */
  hasWorked: boolean;
}

/**
 * Asks for an access token: by refresh token where there is one, by a signed assertion where there is a key, else by client credentials.
 * A refusal is a `stop` that names the config field at fault; an unreachable or failing host is a `retry`.
 */
export async function signIn(
  config: SalesforceConfig,
  { refreshToken, hasWorked }: SignInHistory,
  transport: Transport,
): Promise<Grant> {
  const url = `${config.login_url}/services/oauth2/token`;
  return transport.call({
    operation: "salesforce.token",
    lane: "webhook", // first in line: every other call waits for it
    async attempt(signal) {
      const askedAt = transport.vendorNow();
      const body = new URLSearchParams(grantFields(config, refreshToken, askedAt)).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
      const reply = await transport.send({ method: "POST", url, headers, body }, signal);
      const now = transport.vendorNow();
      const wasMistaken = Math.abs(now - askedAt) > clockErrorMaxMs;
      return grantIn(reply, { loginUrl: config.login_url, hasWorked, wasMistaken }, now);
    },
    classify: (cause) => errorForNetwork(cause, what),
  });
}

const what = "Salesforce sign-in";
/** Beyond this an assertion was made for a wrong time: the answer has told us the vendor's. */
const clockErrorMaxMs = 60_000;

function grantFields(config: SalesforceConfig, refreshToken: string | null, now: number): Record<string, string> {
  const { client_id, client_secret, username, private_key: privateKey, audience = config.login_url } = config;
  if (privateKey !== undefined && username !== undefined) {
    const assertion = signedAssertion({ clientId: client_id, username, audience, privateKey }, now);
    return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  }
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

/** Who answered, whether it has answered as Salesforce before, and whether we asked it with a wrong time. */
interface Answering {
  loginUrl: string;
  hasWorked: boolean;
  wasMistaken: boolean;
}

function grantIn(reply: IncomingReply, from: Answering, now: number): Grant {
  const body = json(reply.text);
  const refusal = refused.safeParse(body).data;
  if (refusal) throw errorForGrant(refusal, reply.status, from.wasMistaken);
  const grant = granted.safeParse(body).data;
  if (reply.status !== 200 || !grant) throw notSalesforce(reply, from, now);
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
    /invalid assertion/,
    {
      field: "private_key",
      remedy:
        "Upload the certificate that belongs to this key: Setup → App Manager → the app → Edit → Use Digital Signatures; a new one takes some minutes.",
    },
  ],
  [
    /^invalid_grant$/,
    /audience/,
    {
      field: "audience",
      remedy: "Set audience to https://login.salesforce.com, for a sandbox to https://test.salesforce.com.",
    },
  ],
  [
    /^invalid_grant$/,
    /expired authorization code/,
    {
      field: "private_key",
      remedy: "Set this machine's clock: Salesforce found the time of the signed statement past.",
    },
  ],
  [
    /^invalid_grant$|^invalid_app_access$/,
    /approved/,
    {
      field: "username",
      remedy:
        "Let this user use the app: Manage → Edit Policies → Admin approved users are pre-authorized, then add the user's profile or permission set there.",
    },
  ],
  [/^inactive_user$/, /./, { field: "username", remedy: "Choose an active user: Setup → Users." }],
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

function errorForGrant(refusal: z.infer<typeof refused>, status: number, wasMistaken: boolean): SourceError {
  const { error, error_description: description } = refusal;
  const text = `${what}: ${description || error} (${error})`;
  if (wasMistaken && /expired authorization code|invalid assertion/.test(description)) {
    return new SourceError("retry", text, { status, code: error });
  }
  // Both are Salesforce's way to say "not now" with a status of 400.
  if (error === "unknown_error" || /retry your request|rate exceeded/i.test(description) || status >= 500) {
    return new SourceError("retry", text, { status, code: error });
  }
  const known = grantRefusals.find(([code, words]) => code.test(error) && words.test(description || error));
  const advice = known?.[2] ?? { field: "client_id", remedy: "See Setup → Login History for what Salesforce noted." };
  return new SourceError("stop", text, { status, code: error, ...advice });
}

/**
 * No token and no refusal in the vendor's form: a failing host may recover, and so does one that has worked before or whose answer
 * breaks off; any other answer comes from the wrong host.
 */
function notSalesforce(reply: IncomingReply, { loginUrl, hasWorked }: Answering, now: number): SourceError {
  const error = errorForReply(reply, undefined, what, now);
  const isPassing = reply.status >= 400 || hasWorked || breaksOff(reply);
  if (error.next === "retry" && isPassing) return error;
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
