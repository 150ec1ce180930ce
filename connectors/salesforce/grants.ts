import { signedAssertion } from "./assertion.ts";
import { type SalesforceConfig, signInOf } from "./config.ts";

/**
 * The token form of the ways to sign in that need nobody's approval: the app's own secret, a signed assertion, a user's password.
 * `now` is the vendor's clock.
 */
export function grantFields(config: SalesforceConfig, now: number): Record<string, string> {
  const { client_id, client_secret = "", username = "", audience = config.login_url } = config;
  const { private_key: privateKey = "", password = "", security_token = "" } = config;
  const app = { client_id, client_secret };
  switch (signInOf(config)) {
    case "jwt_bearer": {
      const assertion = signedAssertion({ clientId: client_id, username, audience, privateKey }, now);
      return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    }
    case "password":
      // Salesforce takes both in one.
      return { grant_type: "password", ...app, username, password: `${password}${security_token}` };
    default:
      return { grant_type: "client_credentials", ...app };
  }
}
