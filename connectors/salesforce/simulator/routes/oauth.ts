import { createHmac } from "node:crypto";
import { type Context, Hono } from "hono";
import type { CodeRefusal } from "journey-hub/connector/testing";
import { type OAuthError, readAssertion } from "../jwt.ts";
import type { Service } from "../service.ts";

/** Approval, token endpoint, revocation and the identity URLs: everything outside `/services/data`. */
export function oauthRoutes(service: Service): Hono {
  const app = new Hono();
  // As if the person had signed in and answered; what may not be told to the app's address is told on a page.
  app.get("/services/oauth2/authorize", (c) => {
    const answer = service.approvals.authorize(new URL(c.req.url).searchParams);
    return "to" in answer
      ? c.redirect(answer.to, 302)
      : c.html(`<html><body>error=${answer.refused}</body></html>`, 400);
  });
  app.post("/services/oauth2/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const answer =
      form.get("grant_type") === jwtBearer
        ? assertionGrant(service, form, hostOf(service, c))
        : secretGrant(service, form);
    if ("error" in answer) return c.json(answer, 400);
    return c.json(tokenReply(service, c, answer));
  });
  app.post("/services/oauth2/revoke", async (c) => {
    const token = new URLSearchParams(await c.req.text()).get("token") ?? "";
    if (service.sessions.revoke(token) || service.approvals.revoke(token)) return c.body(null, 200);
    return c.json({ error: "unsupported_token_type", error_description: "this token type is not supported" }, 400);
  });
  app.get("/services/oauth2/userinfo", (c) => identity(service, c));
  app.get("/id/:org/:user", (c) => identity(service, c));
  return app;
}

/** What a sign-in leads to; without a user, the session is that of the app's run-as user. */
interface Granted {
  refreshToken: string | null;
  userId?: string;
  scopes?: readonly string[] | null;
}

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const sharedAudiences = ["https://login.salesforce.com", "https://test.salesforce.com"];

/** The JWT bearer flow: a signed assertion stands for the user it names; there is no refresh token. */
function assertionGrant({ settings, org }: Service, form: URLSearchParams, host: string): Granted | OAuthError {
  const read = readAssertion(form.get("assertion") ?? "", {
    certificate: settings.jwtCertificate,
    clientId: settings.credentials.clientId,
    audiences: [...sharedAudiences, host],
    now: settings.now(),
    secondsMax: settings.jwtSecondsMax,
  });
  if ("error" in read) return read;
  const { jwtApprovedUsernames: approved } = settings;
  const [user] = org.table("User").equal("Username", read.username);
  if (!user || !(approved === "all" || approved.includes(read.username))) {
    return { error: "invalid_grant", error_description: "user hasn't approved this consumer" };
  }
  if (user.IsActive !== true) return { error: "inactive_user", error_description: "user is inactive" };
  return { refreshToken: null, userId: user.Id };
}

/** Checks the grants that show a secret; the token endpoint refuses with an object, never with the API's array. */
function secretGrant(service: Service, form: URLSearchParams): Granted | OAuthError {
  const { credentials, clientCredentialsFlow, usernamePasswordFlow } = service.settings;
  const type = form.get("grant_type");
  if (!secretGrants.includes(type ?? "")) {
    return { error: "unsupported_grant_type", error_description: "grant type not supported" };
  }
  if (form.get("client_id") !== credentials.clientId) {
    return { error: "invalid_client_id", error_description: "client identifier invalid" };
  }
  const secret = form.get("client_secret");
  // A refresh, and a code that PKCE protects, may leave the secret out; one that is sent must fit.
  const isOptional = type === "refresh_token" || (type === "authorization_code" && form.has("code_verifier"));
  if (secret !== credentials.clientSecret && !(isOptional && secret === null)) {
    return { error: "invalid_client", error_description: "invalid client credentials" };
  }
  if (type === "client_credentials") {
    if (clientCredentialsFlow) return { refreshToken: null };
    return { error: "invalid_grant", error_description: "no client credentials user enabled" };
  }
  if (type === "refresh_token") {
    const refreshed = service.approvals.refresh(form.get("refresh_token") ?? "");
    return refreshed ?? { error: "invalid_grant", error_description: "expired access/refresh token" };
  }
  if (type === "authorization_code") return codeGrant(service, form);
  if (!usernamePasswordFlow) return { error: "invalid_grant", error_description: "authentication failure" };
  const known = form.get("username") === credentials.username && form.get("password") === credentials.password;
  if (known) return { refreshToken: null };
  return { error: "invalid_grant", error_description: "authentication failure - Invalid Password" };
}

const secretGrants = ["client_credentials", "refresh_token", "authorization_code", "password"];

const codeRefusals: Readonly<Record<CodeRefusal, OAuthError>> = {
  "unknown code": { error: "invalid_grant", error_description: "expired authorization code" },
  "another redirect_uri": {
    error: "redirect_uri_mismatch",
    error_description: "redirect_uri must match configuration",
  },
  "wrong verifier": { error: "invalid_grant", error_description: "invalid code verifier" },
};

/** The web server flow: a code, once; a refresh token comes with it where the scope was asked for. */
function codeGrant({ approvals }: Service, form: URLSearchParams): Granted | OAuthError {
  const approval = approvals.redeem(form);
  if (typeof approval === "string") return codeRefusals[approval];
  const lasts = (approval.scopes ?? []).some((scope) => /^(refresh_token|offline_access)$/.test(scope));
  return { scopes: approval.scopes, refreshToken: lasts ? approvals.issue(approval) : null };
}

/** The reply of a grant: no `expires_in`, `issued_at` in milliseconds as text, the signature a true one. */
function tokenReply(service: Service, c: Context, { refreshToken, userId, scopes }: Granted) {
  const { org, settings, sessions } = service;
  const host = hostOf(service, c);
  const id = `${host}/id/${org.id}/${userId ?? org.runAsUserId}`;
  const issuedAt = String(settings.now());
  const { clientSecret } = settings.credentials;
  return {
    access_token: sessions.issue(org.id, clientSecret),
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    signature: createHmac("sha256", clientSecret).update(`${id}${issuedAt}`).digest("base64"),
    scope: (scopes ?? ["api", "refresh_token"]).join(" "),
    instance_url: host,
    id,
    token_type: "Bearer",
    issued_at: issuedAt,
  };
}

function identity(service: Service, c: Context) {
  const token = bearerToken(c.req.header("authorization"));
  if (!token || !service.sessions.isValid(token)) return c.text("Bad_OAuth_Token", 403);
  const { org } = service;
  const user = org.table("User").get(org.runAsUserId);
  const host = hostOf(service, c);
  return c.json({
    id: `${host}/id/${org.id}/${org.runAsUserId}`,
    asserted_user: true,
    user_id: org.runAsUserId,
    organization_id: org.id,
    username: user?.Username ?? null,
    display_name: user?.Name ?? null,
    email: user?.Email ?? null,
    active: user?.IsActive ?? false,
    user_type: "STANDARD",
    urls: {
      rest: `${host}/services/data/v{version}/`,
      sobjects: `${host}/services/data/v{version}/sobjects/`,
      query: `${host}/services/data/v{version}/query/`,
    },
  });
}

function hostOf({ settings }: Service, c: Context): string {
  return settings.instanceUrl ?? new URL(c.req.url).origin;
}

/** The token of `Authorization: Bearer …` (or the older `OAuth …`); null for anything else. */
export function bearerToken(header: string | undefined): string | null {
  return /^(?:Bearer|OAuth) (\S+)$/.exec(header ?? "")?.[1] ?? null;
}
