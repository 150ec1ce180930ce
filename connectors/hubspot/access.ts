import type { Client } from "@hubspot/api-client";
import { openFlow, type Tokens, type TokenVault, type Transport } from "journey-hub/connector";
import { openClient } from "./client.ts";
import { type HubspotConfig, tokenOf, usesOauth } from "./config.ts";
import { installFlow } from "./oauth.ts";

/** Clients that carry a good token. */
export interface Access {
  /** The client with the newest token. */
  client(): Client;
  /** Resolves when the token is good for at least another minute. */
  ready(): Promise<void>;
  /** Gets a new token unless that has happened since `refused` was handed out. Absent: the token never changes. */
  renew?(refused: Client): Promise<void>;
}

/** Access by the token of the settings, or by OAuth tokens got and renewed as needed, one request for all that wait. */
export function openAccess(config: HubspotConfig, transport: Transport, vault: TokenVault): Access {
  if (!usesOauth(config)) {
    const client = openClient(config, tokenOf(config));
    return { client: () => client, ready: async () => undefined };
  }
  return openOauthAccess(config, transport, vault);
}

function openOauthAccess(config: HubspotConfig, transport: Transport, vault: TokenVault): Access {
  const access = openFlow(installFlow, { config, transport, vault });
  let client = openClient(config);
  let using: Tokens | null = null;

  function use(tokens: Tokens): void {
    if (using?.accessToken !== tokens.accessToken) client = openClient(config, tokens.accessToken);
    using = tokens;
  }

  return {
    client: () => client,
    ready: async () => use(await access.current()),
    renew: async (refused) => {
      if (refused === client && using) use(await access.renewed(using));
    },
  };
}
