import { timingSafeEqual } from "node:crypto";
import type { Context, Hono } from "hono";
import { readAssertion } from "./assertion.ts";
import { type BearerLook, createGrants, type Grants, type TokenAnswer } from "./grants.ts";
import { demoOAuth, type OAuthSettings } from "./oauthSettings.ts";
import type { LoginAuditEntry } from "./signature.ts";

/** OAuth 2.0 of one account. */
export interface OAuthDesk {
  settings(): OAuthSettings;
  /** From now on the integration record is so; what is left out stays as it was. */
  change(changed: Partial<OAuthSettings>): void;
  /** All access tokens end; what they can be renewed by stays. */
  endAccess(): void;
  /** Everything that was granted is withdrawn. */
  withdraw(): void;
  /** Null where a bearer token lets its holder use the REST services; else why not. */
  refusalOf(token: string): Refusal | null;
}

type Refusal = Pick<LoginAuditEntry, "cause" | "detail">;

/** A refusal of the token endpoint; NetSuite describes none of them, the Login Audit Trail has the cause. */
interface TokenRefusal extends Refusal {
  error: "invalid_request" | "invalid_client" | "invalid_grant" | "unsupported_grant_type";
}

/** What the routes work with. */
export interface OAuthOptions {
  now(): number;
  accountId(): string;
  /** Scheme and host by which clients know the account, when they are not those of the request. */
  origin: string | undefined;
  settings: Partial<OAuthSettings>;
  note(entry: Refusal): void;
}

const tokenPath = "/services/rest/auth/oauth2/v1/token";

/** Serves the authorization, token and revocation endpoints. They go before what asks every other request for its login. */
export function serveOAuth(app: Hono, options: OAuthOptions): OAuthDesk {
  let settings: OAuthSettings = { ...demoOAuth, ...options.settings };
  const grants = createGrants(() => settings, options.now);

  app.get("/app/login/oauth2/authorize.nl", (c) => {
    const query = new URL(c.req.url).searchParams;
    if (!/^[\x20-\x7e]{22,1024}$/.test(query.get("state") ?? "")) return unasked(c, options, "InvalidState");
    grants.approvals.consent = settings.consent;
    const led = grants.approvals.authorize(query);
    if ("refused" in led) {
      return unasked(c, options, led.refused === "invalid_client_id" ? "UnknownIntegration" : "InvalidRedirectURI");
    }
    const back = new URL(led.to);
    const person = { role: "3", entity: "7", company: options.accountId() };
    for (const [name, value] of Object.entries(person)) back.searchParams.set(name, value);
    return c.redirect(back.href, 302);
  });

  app.post(tokenPath, async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const audience = `${options.origin ?? new URL(c.req.url).origin}${tokenPath}`;
    const basic = c.req.header("authorization");
    const given = grantFor(form, { settings, grants, now: options.now(), audience, basic });
    if ("error" in given) return refuse(c, options, given);
    return c.json(given, 200, { "cache-control": "no-store" });
  });

  app.post("/services/rest/auth/oauth2/v1/revoke", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const refusal = clientRefusal(form, settings, c.req.header("authorization"));
    if (refusal) return refuse(c, options, refusal);
    grants.revoke(form.get("token") ?? "");
    return c.body(null, 200);
  });

  return {
    settings: () => settings,
    change(changed) {
      settings = { ...settings, ...changed };
    },
    endAccess: grants.endAccess,
    withdraw: grants.withdraw,
    refusalOf: (token) => bearerRefusal(grants.look(token), settings),
  };
}

interface Asked {
  settings: OAuthSettings;
  grants: Grants;
  now: number;
  audience: string;
  /** The Authorization header. */
  basic: string | undefined;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

function grantFor(form: URLSearchParams, asked: Asked): TokenAnswer | TokenRefusal {
  const { settings, grants, basic } = asked;
  const type = form.get("grant_type") ?? "";
  if (type === "client_credentials") return certificateGrant(form, asked);
  const unknown = clientRefusal(form, settings, basic);
  if (unknown) return unknown;
  if (type === "authorization_code") {
    const redeemed = grants.redeem(form);
    return typeof redeemed === "string" ? refusal("invalid_grant", "InvalidAuthorizationCode", redeemed) : redeemed;
  }
  if (type !== "refresh_token") return refusal("unsupported_grant_type", "MalformedAuthorization", type);
  const refreshed = grants.refresh(form.get("refresh_token") ?? "");
  return refreshed ?? refusal("invalid_grant", "RefreshTokenExpired", "refresh_token");
}

function certificateGrant(
  form: URLSearchParams,
  { settings, grants, now, audience }: Asked,
): TokenAnswer | TokenRefusal {
  const type = form.get("client_assertion_type") ?? "";
  if (type !== assertionType) return refusal("invalid_request", "MalformedAuthorization", type);
  const { clientId, certificates, scopes } = settings;
  const rules = { clientId, certificates, scopes, audience, now };
  const read = readAssertion(form.get("client_assertion") ?? "", rules);
  return "scopes" in read ? grants.give(read.scopes) : { error: "invalid_grant", ...read };
}

function refusal(error: TokenRefusal["error"], cause: Refusal["cause"], detail: string): TokenRefusal {
  return { error, cause, detail };
}

/** A confidential client shows its secret by HTTP Basic, and in no other way. */
function clientRefusal(form: URLSearchParams, settings: OAuthSettings, basic: string | undefined): TokenRefusal | null {
  const { clientId, clientSecret, isPublicClient } = settings;
  const shown = isPublicClient ? `${form.get("client_id") ?? ""}:` : pairIn(basic);
  const isKnown = sameText(shown, isPublicClient ? `${clientId}:` : `${clientId}:${clientSecret}`);
  return isKnown ? null : refusal("invalid_client", "ClientAuthenticationFailed", shown.split(":")[0] ?? "");
}

function pairIn(header = ""): string {
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/_=-]+)$/i.exec(header) ?? [];
  // As the parts of a form: that is how both are written before they are joined.
  const [pair = ""] = new URLSearchParams(Buffer.from(encoded, "base64").toString("utf8")).keys();
  return pair;
}

function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const causes = {
  ended: "AccessTokenExpired",
  "refresh token": "TokenRejected",
  unknown: "InvalidSignature",
} as const satisfies Partial<Record<BearerLook["state"], Refusal["cause"]>>;

function bearerRefusal({ state, scopes }: BearerLook, settings: OAuthSettings): Refusal | null {
  if (state !== "good") return { cause: causes[state], detail: state };
  const allowed = [scopes ?? settings.scopes, settings.scopes];
  if (allowed.every((names) => names.includes("rest_webservices"))) return null;
  return { cause: "ScopeMismatched", detail: (scopes ?? []).join(",") };
}

/** A page for the person: what is wrong is the application's fault, and nobody is sent anywhere. */
function unasked(c: Context, { note }: OAuthOptions, cause: Refusal["cause"]): Response | Promise<Response> {
  note({ cause, detail: c.req.query("client_id") ?? "" });
  return c.html("<html><body>The request is not valid.</body></html>", 400);
}

function refuse(c: Context, { note, accountId }: OAuthOptions, { error, ...entry }: TokenRefusal): Response {
  note(entry);
  if (error !== "invalid_client") return c.json({ error }, 400);
  return c.json({ error }, 401, { "www-authenticate": `Basic realm="${accountId()}"` });
}
