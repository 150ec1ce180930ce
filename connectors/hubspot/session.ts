import type { Client } from "@hubspot/api-client";
import type { Lane, TokenVault, Transport } from "journey-hub/connector";
import { type Access, openAccess } from "./access.ts";
import { type Request, sendOnce } from "./client.ts";
import type { HubspotConfig } from "./config.ts";
import { type OwnObjects, openOwnObjects } from "./own-objects-memory.ts";
import { failureOf } from "./refusals.ts";

/** What the streams, the write-back and the check talk to HubSpot with. */
export interface HubspotSession {
  config: HubspotConfig;
  transport: Transport;
  access: Access;
  /** The objects of the account's own, remembered for a while. */
  ownObjects: OwnObjects;
}

/** How a request counts and is named in logs: `contacts.search`. */
export interface Passing {
  operation: string;
  lane: Lane;
  pool?: "search";
}

export function openSession(config: HubspotConfig, transport: Transport, vault: TokenVault): HubspotSession {
  const ownObjects = openOwnObjects(() => transport.now());
  return { config, transport, access: openAccess(config, transport, vault), ownObjects };
}

/** A request through the vendor's client. Throws SourceError. */
export function exchange<Reply>(session: HubspotSession, request: Passing & Request<Reply>): Promise<Reply> {
  const { config, transport } = session;
  return attempt(session, request, (client, signal) => sendOnce({ config, transport, signal }, request, client));
}

/** Something that makes one HTTP exchange, under the hub's policy and with a token that is still good. Throws SourceError. */
export async function attempt<Reply>(
  { config, transport, access }: HubspotSession,
  { operation, lane, pool }: Passing,
  make: (client: Client, signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  await access.ready();
  let client = access.client();
  const { renew } = access;
  return transport.call({
    operation: `hubspot.${operation}`,
    lane,
    ...(pool ? { pool } : {}),
    attempt: (signal) => {
      client = access.client();
      return make(client, signal);
    },
    classify: (cause) => failureOf(cause, config),
    ...(renew ? { renew: () => renew(client) } : {}),
  });
}
