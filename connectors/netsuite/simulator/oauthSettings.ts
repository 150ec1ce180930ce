import type { MappedCertificate } from "./assertion.ts";

/** The integration record as OAuth 2.0 sees it. */
export interface OAuthSettings {
  clientId: string;
  clientSecret: string;
  /** A public client has no secret to show: PKCE alone protects its codes. */
  isPublicClient: boolean;
  /** Addresses a code may be sent to, each to the letter; "any": all of them, as a demo has it. */
  redirectUris: readonly string[] | "any";
  /** The boxes ticked in the integration record. */
  scopes: readonly string[];
  certificates: readonly MappedCertificate[];
  /** What the person answers when asked. */
  consent: "given" | "denied";
  /** Whether a refresh gives another refresh token and voids the one used: as public clients' do; of others it is not verified. */
  rotatesRefreshTokens: boolean;
  accessTokenLifetimeMs: number;
  refreshTokenLifetimeMs: number;
}

const hourMs = 3_600_000;

/** What the demo signs in with; certificates are to be given. */
export const demoOAuth: OAuthSettings = {
  clientId: "demo-oauth-client-id",
  clientSecret: "demo-oauth-client-secret",
  isPublicClient: false,
  redirectUris: "any",
  scopes: ["restlets", "rest_webservices"],
  certificates: [],
  consent: "given",
  rotatesRefreshTokens: false,
  accessTokenLifetimeMs: hourMs,
  refreshTokenLifetimeMs: 7 * 24 * hourMs,
};
