import { type Approvals, type CodeRefusal, createApprovals } from "journey-hub/connector/testing";
import type { OAuthSettings } from "./oauthSettings.ts";

/** What a token request is answered with: numbers come as text. */
export interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
  expires_in: string;
  token_type: "bearer";
}

/** What a bearer token is worth, and what it allows; null scopes: all there are. */
export interface BearerLook {
  state: "good" | "ended" | "refresh token" | "unknown";
  scopes: readonly string[] | null;
}

/** What was granted to an integration, by people and by certificates. */
export interface Grants {
  approvals: Approvals;
  /** Tokens for a code that a person's browser brought back. */
  redeem(form: URLSearchParams): TokenAnswer | CodeRefusal;
  /** Tokens for a refresh token; null where it has ended or was withdrawn. */
  refresh(token: string): TokenAnswer | null;
  /** A token for whoever has proved itself by a certificate; there is none to renew it by. */
  give(scopes: readonly string[]): TokenAnswer;
  look(token: string): BearerLook;
  /** Ends what a token of either kind belongs to. */
  revoke(token: string): void;
  /** All access tokens end; what they can be renewed by stays. */
  endAccess(): void;
  /** Everything that was granted is withdrawn, as an administrator can do under OAuth 2.0 Authorized Applications. */
  withdraw(): void;
}

interface AccessToken {
  scopes: readonly string[] | null;
  endsAt: number;
  /** Null: a certificate's. */
  refreshToken: string | null;
}

export function createGrants(settings: () => OAuthSettings, now: () => number): Grants {
  const approvals = approvalsOf(settings, now);
  const access = new Map<string, AccessToken>();
  const refreshEnds = new Map<string, number>();

  function answer(scopes: AccessToken["scopes"], refreshToken: string | null): TokenAnswer {
    const { accessTokenLifetimeMs } = settings();
    const access_token = `ns-access-${access.size + 1}`;
    access.set(access_token, { scopes, refreshToken, endsAt: now() + accessTokenLifetimeMs });
    return { access_token, expires_in: String(Math.round(accessTokenLifetimeMs / 1_000)), token_type: "bearer" };
  }

  function withRefreshToken(scopes: AccessToken["scopes"], refreshToken: string): TokenAnswer {
    refreshEnds.set(refreshToken, now() + settings().refreshTokenLifetimeMs);
    return { ...answer(scopes, refreshToken), refresh_token: refreshToken };
  }

  function endWhere(belongs: (token: AccessToken) => boolean): void {
    for (const token of access.values()) if (belongs(token)) token.endsAt = Number.NEGATIVE_INFINITY;
  }

  return {
    approvals,
    redeem(form) {
      const approval = approvals.redeem(form);
      return typeof approval === "string" ? approval : withRefreshToken(approval.scopes, approvals.issue(approval));
    },
    refresh(token) {
      const approval = now() < (refreshEnds.get(token) ?? Number.NEGATIVE_INFINITY) ? approvals.refresh(token) : null;
      if (!approval) return null;
      const { scopes, refreshToken } = approval;
      return refreshToken === null ? answer(scopes, token) : withRefreshToken(scopes, refreshToken);
    },
    give: (scopes) => answer(scopes, null),
    look(token) {
      const kept = access.get(token);
      if (!kept) return { state: refreshEnds.has(token) ? "refresh token" : "unknown", scopes: [] };
      return { state: now() < kept.endsAt ? "good" : "ended", scopes: kept.scopes };
    },
    revoke(token) {
      const refreshToken = access.get(token)?.refreshToken ?? token;
      approvals.revoke(refreshToken);
      endWhere((each) => each.refreshToken === refreshToken || each === access.get(token));
    },
    endAccess: () => endWhere(() => true),
    withdraw() {
      approvals.revoke();
      endWhere(() => true);
    },
  };
}

function approvalsOf(settings: () => OAuthSettings, now: () => number): Approvals {
  return createApprovals({
    // Read at each use, as the integration record may be edited meanwhile.
    get clientId() {
      return settings().clientId;
    },
    get redirectUris() {
      return settings().redirectUris;
    },
    get scopes() {
      return settings().scopes;
    },
    get pkce() {
      return settings().isPublicClient ? "required" : "optional";
    },
    now,
    rotates: () => settings().rotatesRefreshTokens,
    prefix: "ns",
  });
}
