import {
  memoryVault,
  openFlow,
  openTokens,
  readTokenReply,
  requestTokens,
  SourceError,
  type TokenAccess,
  type TokenEndpoint,
  type TokenVault,
  type Transport,
} from "journey-hub/connector";
import type NetsuiteRest from "netsuite-rest";
import { signedAssertion } from "./assertion.ts";
import { flow, scopes, tokenEndpoint } from "./authorise.ts";
import type { CertificateConfig, NetsuiteConfig, TokenConfig } from "./config.ts";

/** How the requests of one call show who sends them. */
export interface Proof {
  /** The Authorization header of one attempt. */
  authorization(request: { url: string; method: string }): string;
  /** Gets another token in the place of the refused one. Absent: each attempt is signed anew, and nothing else would help. */
  renew?(): Promise<void>;
}

export interface SignIn {
  /** To be awaited before a call begins: it may have to ask for a token. Throws SourceError. */
  proof(): Promise<Proof>;
}

/** Opens the way to sign in that the settings choose; nothing is sent before the first call. */
export function openSignIn(config: NetsuiteConfig, transport: Transport, vault: TokenVault): SignIn {
  if (config.sign_in === "certificate") return bearing(certificateTokens(config, transport));
  if (config.sign_in === "authorization_code") return bearing(openFlow(flow, { config, transport, vault }));
  return signing(config);
}

/** Token-based authentication: every attempt has a signature of its own, and no token is asked for. */
function signing(config: TokenConfig): SignIn {
  let signer: Promise<NetsuiteRest> | null = null;
  return {
    async proof() {
      signer ??= openSigner(config);
      const opened = await signer;
      return { authorization: (request) => opened.getAuthorizationHeader(request).Authorization };
    },
  };
}

/** Loaded on first use: it brings an HTTP client of its own that we do not use. */
async function openSigner(config: TokenConfig): Promise<NetsuiteRest> {
  const { default: Signer } = await import("netsuite-rest");
  return new Signer({
    consumer_key: config.consumer_key,
    consumer_secret_key: config.consumer_secret,
    token: config.token_id,
    token_secret: config.token_secret,
    realm: config.account_id,
  });
}

function bearing(access: TokenAccess): SignIn {
  return {
    async proof() {
      let tokens = await access.current();
      return {
        authorization: () => `Bearer ${tokens.accessToken}`,
        async renew() {
          tokens = await access.renewed(tokens);
        },
      };
    },
  };
}

/** The tokens of the client credentials flow: there is no approval to keep, so a new one can be asked for at any time. */
function certificateTokens(config: CertificateConfig, transport: Transport): TokenAccess {
  const { client_id: clientId, certificate_id: certificateId, private_key: privateKey } = config;
  const assertion = { clientId, certificateId, privateKey, scopes, audience: tokenEndpoint.tokenUrl(config) };
  return openTokens({
    vault: memoryVault(),
    transport,
    ask: ({ hasWorked }) =>
      requestTokens(certificateEndpoint, {
        config,
        transport,
        client: null,
        form: (vendorNow) => ({
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: signedAssertion(assertion, vendorNow),
        }),
        hasWorked,
      }),
  });
}

/** Beyond this an assertion was made for a wrong time: the answer has told us the vendor's. */
const clockErrorMaxMs = 60_000;

const certificateEndpoint: TokenEndpoint<NetsuiteConfig> = {
  ...tokenEndpoint,
  read(reply, { askedAt, answeredAt }) {
    try {
      return readTokenReply(reply, { what: tokenEndpoint.what, now: answeredAt });
    } catch (cause) {
      if (!(cause instanceof SourceError) || cause.next !== "stop") throw cause;
      const { status = 0, code = "" } = cause.details;
      const wasMistaken = Math.abs(answeredAt - askedAt) > clockErrorMaxMs;
      if (wasMistaken) throw new SourceError("retry", cause.message, { status, code });
      // Most of what may be wrong with an assertion meets the same word.
      throw new SourceError("stop", cause.message, {
        status,
        code,
        field: "client_id, certificate_id, private_key",
        remedy: certificateRemedy,
      });
    }
  },
};

const certificateRemedy =
  "Look under Setup → Integration → OAuth 2.0 Client Credentials (M2M) Setup: the mapping must be there, neither revoked nor expired (a certificate " +
  "lasts two years at most, a sandbox loses its mappings when it is refreshed), its Certificate ID be certificate_id and its certificate that of " +
  "private_key; the integration record must allow Client Credentials (Machine to Machine) Grant and the scope REST Web Services.";
