import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { errorForNetwork, errorForStatus, SourceError } from "./errors.ts";
import type { IncomingReply, Transport } from "./transport.ts";

/** How the hub proves to a token endpoint which app it is: id and secret in the form's body, or as HTTP Basic. */
export interface OAuthClient {
  id: string;
  /** Undefined: a public app, which PKCE alone protects. */
  secret: string | undefined;
  proof: "body" | "basic";
}

/** A vendor's token endpoint, declared. */
export interface TokenEndpoint<Config> {
  /** Names it in messages: `Salesforce sign-in`. */
  what: string;
  /** Names its requests in metrics and logs: `salesforce.token`. */
  operation: string;
  tokenUrl(config: Config): string;
  /** Reads an answer; throws a SourceError for a refusal. Absent: as RFC 6749 has it (`readTokenReply`). */
  read?(reply: IncomingReply, asked: TokenQuestion<Config>): Granted;
}

/**
 * How a person lets the hub into an account, declared: OAuth 2.0's authorization code flow with refresh tokens. The hub makes the address,
 * `state` and PKCE verifier, takes the answer, exchanges the code and keeps the tokens sealed; the connector's session gets them from
 * `openFlow`, which refreshes them.
 * @example
 * const flow: OAuthFlow<NetsuiteConfig> = {
 *   what: "NetSuite sign-in", operation: "netsuite.token", vendor: "NetSuite",
 *   settings: { sign_in: "authorization_code" }, fields: ["account_id", "client_id", "client_secret"],
 *   uses: (config) => config.sign_in === "authorization_code",
 *   authorizeUrl: (config) => `https://${host(config)}.app.netsuite.com/app/login/oauth2/authorize.nl`,
 *   tokenUrl: (config) => `${addressOf(config)}/services/rest/auth/oauth2/v1/token`,
 *   client: (config) => ({ id: config.client_id, secret: config.client_secret, proof: "basic" }),
 *   scopes: ["rest_webservices"], pkce: true,
 * };
 * // in defineConnector: authorise: flow, and in open(config, transport, vault): openFlow(flow, { config, transport, vault })
 */
export interface OAuthFlow<Config> extends TokenEndpoint<Config> {
  /** Whom the person approves the app at. */
  vendor: string;
  /** Settings that choose this way to sign in: written with the connection when a person begins it. */
  settings?: Readonly<Record<string, string>>;
  /** The settings it needs a person to give, in the order they are asked for. */
  fields: readonly string[];
  /** Whether a connection with these settings signs in this way. */
  uses(config: Config): boolean;
  /** Where the person approves. */
  authorizeUrl(config: Config): string;
  client(config: Config): OAuthClient;
  /** What the hub must be allowed. */
  scopes: readonly string[];
  /** What it makes use of where the account has it, and the parameter that asks for it (HubSpot). */
  optionalScopes?: { parameter: string; names: readonly string[] };
  /** Whether the vendor checks PKCE (S256). */
  pkce: boolean;
  /** Further parameters of the address: `{ prompt: "consent" }`. */
  parameters?: Readonly<Record<string, string>>;
  /** A refresh token that stands in the settings, from a round trip made elsewhere. */
  refreshToken?(config: Config): string | undefined;
  /** How long an access token lasts where the vendor does not say. */
  lifetimeMs?: number;
}

/** One question to a token endpoint. */
export interface TokenQuestion<Config> {
  config: Config;
  /** The form's fields: `grant_type` and what belongs to it. */
  form: Readonly<Record<string, string>>;
  /** Whether this endpoint has given a token before: what is no answer of the vendor's then is a passing failure. */
  hasWorked: boolean;
  /** The vendor's clock when it was asked, and when it had answered. */
  askedAt: number;
  answeredAt: number;
}

/** What a token endpoint gave. */
export interface Granted {
  accessToken: string;
  /** Null: the one before goes on. */
  refreshToken: string | null;
  expiresInMs: number | null;
  /** What was granted; null where the vendor does not say. */
  scopes: readonly string[] | null;
  /** The host to use from now on, where the vendor names one. */
  address: string | null;
  /** The vendor's id of the account, where it says. */
  account: string | null;
}

interface Circumstances<Config> {
  config: Config;
  transport: Transport;
}

/** What a person is sent off with, and what stays here. */
export interface Departure {
  redirectUri: string;
  state: string;
  verifier: string;
}

/** A `state` and a PKCE verifier, 256 random bits each. */
export function departFor(redirectUri: string): Departure {
  const random = () => randomBytes(32).toString("base64url");
  return { redirectUri, state: random(), verifier: random() };
}

/** The address at which a person approves the app. */
export function authorizeAddress<Config>(
  flow: OAuthFlow<Config>,
  config: Config,
  { redirectUri, state, verifier }: Departure,
): string {
  const { scopes, optionalScopes, pkce, parameters } = flow;
  const url = new URL(flow.authorizeUrl(config));
  const query = {
    response_type: "code",
    client_id: flow.client(config).id,
    redirect_uri: redirectUri,
    scope: scopes.join(" "),
    ...(optionalScopes ? { [optionalScopes.parameter]: optionalScopes.names.join(" ") } : {}),
    state,
    ...(pkce ? { code_challenge: challengeOf(verifier), code_challenge_method: "S256" } : {}),
    ...parameters,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** The S256 challenge of a PKCE verifier (RFC 7636). */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** Exchanges a code for tokens. Throws SourceError; a `stop` where the vendor granted less than the scopes asked for. */
export async function redeemCode<Config>(
  flow: OAuthFlow<Config>,
  { config, transport }: Circumstances<Config>,
  { code, redirectUri, verifier }: Pick<Departure, "redirectUri" | "verifier"> & { code: string },
): Promise<Granted> {
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    ...(flow.pkce ? { code_verifier: verifier } : {}),
  };
  const granted = await requestTokens(flow, {
    config,
    transport,
    client: flow.client(config),
    form: () => form,
    hasWorked: false,
  });
  const missing = flow.scopes.filter((scope) => granted.scopes !== null && !granted.scopes.includes(scope));
  if (missing.length > 0) throw tooLittle(flow.vendor, missing);
  if (granted.refreshToken === null) throw notForLong(flow.vendor);
  return granted;
}

/** Gets new tokens for a refresh token. Throws SourceError. */
export function refreshTokens<Config>(
  flow: OAuthFlow<Config>,
  { config, transport }: Circumstances<Config>,
  { refreshToken, hasWorked, claim }: { refreshToken: string } & Pick<TokenRequest<Config>, "hasWorked" | "claim">,
): Promise<Granted> {
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const asked = { form: () => form, hasWorked, ...(claim ? { claim } : {}) };
  return requestTokens(flow, { config, transport, client: flow.client(config), ...asked });
}

/** What a token endpoint is asked; `form` is made for each attempt, at the vendor's time (assertions hold it). */
export interface TokenRequest<Config> extends Circumstances<Config> {
  /** Null: what the form holds is the proof (signed assertions). */
  client: OAuthClient | null;
  form(vendorNow: number): Readonly<Record<string, string>>;
  hasWorked: boolean;
  /** Before each attempt: rejects where another process has begun to renew the same tokens meanwhile. */
  claim?(): Promise<void>;
}

/** Asks a token endpoint under the transport's policy, before every other call. Throws SourceError. */
export function requestTokens<Config>(
  endpoint: TokenEndpoint<Config>,
  { config, transport, client, form, hasWorked, claim }: TokenRequest<Config>,
): Promise<Granted> {
  const { read = (reply, asked) => readTokenReply(reply, { what: endpoint.what, now: asked.answeredAt }) } = endpoint;
  return transport.call({
    operation: endpoint.operation,
    lane: "webhook", // first in line: all other calls wait for it
    async attempt(signal) {
      await claim?.();
      const askedAt = transport.vendorNow();
      const asked = form(askedAt);
      const { headers, body } = proven(client, asked);
      const reply = await transport.send({ method: "POST", url: endpoint.tokenUrl(config), headers, body }, signal);
      return read(reply, { config, form: asked, hasWorked, askedAt, answeredAt: transport.vendorNow() });
    },
    classify: (cause) => errorForNetwork(cause, endpoint.what),
  });
}

function proven(client: OAuthClient | null, form: Readonly<Record<string, string>>) {
  const body = new URLSearchParams(form);
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
  };
  if (client?.proof === "basic") {
    // By RFC 6749 both are form-encoded before they are joined.
    const pair = [client.id, client.secret ?? ""].map(encodeURIComponent).join(":");
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  } else if (client) {
    body.set("client_id", client.id);
    if (client.secret !== undefined) body.set("client_secret", client.secret);
  }
  return { headers, body: body.toString() };
}

const granted = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  // Some send it as text.
  expires_in: z.coerce.number().positive().optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
});
const refused = z.looseObject({ error: z.string(), error_description: z.string().default("") });

/** The tokens of an answer in the form of RFC 6749. Throws SourceError: `lostApproval` for a refused code or refresh token. */
export function readTokenReply(reply: IncomingReply, { what, now }: { what: string; now: number }): Granted {
  const body = parsed(reply.text);
  const refusal = refused.safeParse(body).data;
  if (refusal) throw errorForRefusal(refusal, reply, { what, now });
  const grant = granted.safeParse(body).data;
  if (reply.status !== 200 || !grant) {
    const message = `${what}: the answer is no token (HTTP ${reply.status})`;
    throw errorForStatus(reply.status, message, { retryAfter: reply.headers["retry-after"] ?? null, now });
  }
  return {
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token ?? null,
    expiresInMs: grant.expires_in === undefined ? null : grant.expires_in * 1_000,
    scopes: grant.scope === undefined ? null : grant.scope.split(/[\s,]+/).filter(Boolean),
    address: null,
    account: null,
  };
}

const remedies: Readonly<Record<string, { field?: string; remedy: string; lostApproval?: boolean }>> = {
  invalid_grant: { remedy: "Approve the app again.", lostApproval: true },
  invalid_client: { field: "client_id, client_secret", remedy: "Copy id and secret of the app again." },
  unauthorized_client: { field: "client_id", remedy: "Allow the app this way to sign in." },
  invalid_scope: { remedy: "Give the app the scopes its page names, then approve it again." },
};

function errorForRefusal(
  { error, error_description: description }: z.infer<typeof refused>,
  { status, headers }: IncomingReply,
  { what, now }: { what: string; now: number },
): SourceError {
  const text = `${what}: ${description || error} (${error})`;
  if (status >= 500 || status === 429 || error === "temporarily_unavailable" || error === "server_error") {
    const asked = errorForStatus(status, text, { retryAfter: headers["retry-after"] ?? null, now, code: error });
    return asked.next === "retry" ? asked : new SourceError("retry", text, { status, code: error });
  }
  return new SourceError("stop", text, { status, code: error, ...remedies[error] });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON, so neither tokens nor a refusal: the caller says so
  }
}

function tooLittle(vendor: string, missing: readonly string[]): SourceError {
  return new SourceError("stop", `${vendor} granted less than was asked for: ${missing.join(", ")} is missing`, {
    code: "MISSING_SCOPES",
    remedy: "Give the app these scopes at the vendor, then approve it again.",
  });
}

function notForLong(vendor: string): SourceError {
  return new SourceError("stop", `${vendor} gave no refresh token, so the approval would end within hours`, {
    code: "NO_REFRESH_TOKEN",
    remedy: "Allow the app offline access (refresh tokens) at the vendor, then approve it again.",
  });
}
