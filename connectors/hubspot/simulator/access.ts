import { Refusal } from "./errors.ts";
import type { Settings } from "./settings.ts";

/** An OAuth access token in force or expired. */
interface IssuedToken {
  expiresAt: number;
  refreshToken: string;
}

export interface Access {
  /** Gives the app behind a bearer header. Throws 401, as HubSpot words it. */
  caller(authorization: string | undefined): Caller;
  /** Exchanges a refresh token. Throws 400 BAD_REFRESH_TOKEN and the like. */
  refresh(form: Record<string, string>): { accessToken: string; refreshToken: string; expiresIn: number };
  expiry(accessToken: string): IssuedToken | undefined;
  /** Every OAuth token in force ends now, whatever it was promised. */
  expireTokens(): void;
}

export interface Caller {
  kind: "private" | "oauth";
  /** Limits are counted by it. */
  app: string;
}

/** Who may call: private app tokens and service keys for ever, OAuth tokens for their lifetime. */
export function createAccess({ credentials, limits, now }: Settings): Access {
  const issued = new Map<string, IssuedToken>();
  const { accessTokens, clientId, clientSecret, refreshTokens } = credentials;

  function caller(authorization: string | undefined): Caller {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token !== undefined && accessTokens.includes(token)) return { kind: "private", app: token };
    const oauth = token === undefined ? undefined : issued.get(token);
    if (!oauth) throw unauthenticated();
    if (now() >= oauth.expiresAt) throw expired(oauth.expiresAt, now());
    return { kind: "oauth", app: clientId };
  }

  function refresh(form: Record<string, string>) {
    if (form.grant_type !== "refresh_token") {
      throw oauthRefusal("BAD_GRANT_TYPE", `missing or unknown grant_type: ${form.grant_type ?? ""}`);
    }
    if (form.client_id !== clientId) throw oauthRefusal("BAD_CLIENT_ID", "missing or unknown client id");
    if (form.client_secret !== clientSecret)
      throw oauthRefusal("BAD_CLIENT_SECRET", "missing or invalid client secret");
    const refreshToken = form.refresh_token ?? "";
    if (!refreshTokens.includes(refreshToken)) {
      throw oauthRefusal("BAD_REFRESH_TOKEN", "missing or unknown refresh token");
    }
    const accessToken = `CN-demo-${issued.size + 1}`;
    issued.set(accessToken, { expiresAt: now() + limits.accessTokenLifetimeMs, refreshToken });
    return { accessToken, refreshToken, expiresIn: Math.floor(limits.accessTokenLifetimeMs / 1000) };
  }

  function expireTokens(): void {
    for (const token of issued.values()) token.expiresAt = Math.min(token.expiresAt, now());
  }

  return { caller, refresh, expiry: (accessToken) => issued.get(accessToken), expireTokens };
}

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
