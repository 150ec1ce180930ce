import { type Approval, type Approvals, type CodeRefusal, createApprovals } from "journey-hub/connector/testing";
import { Refusal } from "./errors.ts";
import type { Settings } from "./settings.ts";

/** An OAuth access token in force or expired. */
interface IssuedToken extends Approval {
  expiresAt: number;
  refreshToken: string;
}

/** What the token endpoint gives. */
export interface Granted {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

export interface Access {
  /** Who has installed the app, and which refresh tokens are good. */
  approvals: Approvals;
  /** Gives the app behind a bearer header. Throws 401, as HubSpot words it. */
  caller(authorization: string | undefined): Caller;
  /** Exchanges a code or a refresh token. Throws 400 BAD_REFRESH_TOKEN and the like. */
  exchange(form: URLSearchParams): Granted;
  expiry(accessToken: string): IssuedToken | undefined;
  /** Every OAuth token in force ends now, whatever it was promised. */
  expireTokens(): void;
}

export interface Caller {
  kind: "private" | "oauth";
  /** Limits are counted by it. */
  app: string;
  /** What an installation granted; null: everything. */
  scopes: readonly string[] | null;
}

/** Who may call: private app tokens and service keys for ever, OAuth tokens for their lifetime. */
export function createAccess({ credentials, limits, switches, now, redirectUris, appScopes }: Settings): Access {
  const issued = new Map<string, IssuedToken>();
  const { accessTokens, clientId, clientSecret, refreshTokens } = credentials;
  const rotates = () => switches.rotateRefreshTokens;
  const known = { clientId, now, rotates, redirectUris, refreshTokens, scopes: appScopes };
  const approvals = createApprovals({ ...known, prefix: "na1" });

  function caller(authorization: string | undefined): Caller {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token !== undefined && accessTokens.includes(token)) return { kind: "private", app: token, scopes: null };
    const oauth = token === undefined ? undefined : issued.get(token);
    if (!oauth) throw unauthenticated();
    if (now() >= oauth.expiresAt) throw expired(oauth.expiresAt, now());
    return { kind: "oauth", app: clientId, scopes: oauth.scopes };
  }

  function exchange(form: URLSearchParams): Granted {
    const grantType = form.get("grant_type");
    if (grantType !== "refresh_token" && grantType !== "authorization_code") {
      throw oauthRefusal("BAD_GRANT_TYPE", `missing or unknown grant_type: ${grantType ?? ""}`);
    }
    if (form.get("client_id") !== clientId) throw oauthRefusal("BAD_CLIENT_ID", "missing or unknown client id");
    if (form.get("client_secret") !== clientSecret)
      throw oauthRefusal("BAD_CLIENT_SECRET", "missing or invalid client secret");
    const { scopes, refreshToken } = grantType === "refresh_token" ? refreshed(form) : redeemed(form);
    const accessToken = `CN-demo-${issued.size + 1}`;
    issued.set(accessToken, { expiresAt: now() + limits.accessTokenLifetimeMs, refreshToken, scopes });
    return { accessToken, refreshToken, expiresIn: Math.floor(limits.accessTokenLifetimeMs / 1000) };
  }

  function refreshed(form: URLSearchParams): Approval & { refreshToken: string } {
    const shown = form.get("refresh_token") ?? "";
    const approval = approvals.refresh(shown);
    if (!approval) throw oauthRefusal("BAD_REFRESH_TOKEN", "missing or unknown refresh token");
    return { ...approval, refreshToken: approval.refreshToken ?? shown };
  }

  function redeemed(form: URLSearchParams): Approval & { refreshToken: string } {
    const approval = approvals.redeem(form);
    if (typeof approval === "string") throw oauthRefusal(...codeRefusals[approval]);
    return { ...approval, refreshToken: approvals.issue(approval) };
  }

  function expireTokens(): void {
    for (const token of issued.values()) token.expiresAt = Math.min(token.expiresAt, now());
  }

  return { approvals, caller, exchange, expiry: (accessToken) => issued.get(accessToken), expireTokens };
}

const codeRefusals: Readonly<Record<CodeRefusal, [status: string, message: string]>> = {
  "unknown code": ["BAD_AUTH_CODE", "missing or unknown auth code"],
  "another redirect_uri": ["BAD_REDIRECT_URI", "missing or unknown redirect URI"],
  "wrong verifier": ["BAD_AUTH_CODE", "missing or invalid code verifier"],
};

function unauthenticated(): Refusal {
  const guide = "https://developers.hubspot.com/docs/methods/auth/oauth-overview";
  return new Refusal(401, {
    message: `Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at ${guide}`,
    category: "INVALID_AUTHENTICATION",
  });
}

function expired(at: number, now: number): Refusal {
  return new Refusal(401, {
    message: `The OAuth token used to make this call expired ${Math.floor((now - at) / 1000)} second(s) ago.`,
    category: "EXPIRED_AUTHENTICATION",
    context: { "expire time": [new Date(at).toISOString()] },
  });
}

const oauthRefusal = (status: string, message: string): Refusal => new Refusal(400, { status, message });
