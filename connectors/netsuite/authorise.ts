import type { OAuthFlow, TokenEndpoint } from "journey-hub/connector";
import { addressOf, loginAddressOf, type NetsuiteConfig } from "./config.ts";

/** What the hub must be allowed. */
export const scopes = ["rest_webservices"] as const;

/** The account's own token endpoint, for every flow. */
export const tokenEndpoint: TokenEndpoint<NetsuiteConfig> = {
  what: "NetSuite sign-in",
  operation: "netsuite.token",
  tokenUrl: (config) => `${addressOf(config)}/services/rest/auth/oauth2/v1/token`,
};

/**
 * A person's approval. NetSuite's refresh tokens end after seven days unless the integration record lets them rotate, so for a hub that runs
 * unattended a certificate is the better way.
 */
export const flow: OAuthFlow<NetsuiteConfig> = {
  ...tokenEndpoint,
  vendor: "NetSuite",
  settings: { sign_in: "authorization_code" },
  fields: ["account_id", "client_id", "client_secret"],
  uses: ({ sign_in }) => sign_in === "authorization_code",
  authorizeUrl: (config) => `${loginAddressOf(config)}/app/login/oauth2/authorize.nl`,
  client: (config) => {
    if (config.sign_in !== "authorization_code") throw new Error("this connection signs in without anybody's approval");
    return { id: config.client_id, secret: config.client_secret, proof: config.client_secret ? "basic" : "body" };
  },
  scopes,
  pkce: true,
  refreshToken: (config) => (config.sign_in === "authorization_code" ? config.refresh_token : undefined),
};
