import type { Client } from "@hubspot/api-client";
import { SourceError, type Transport } from "journey-hub/connector";
import { openClient, sendOnce } from "./client.ts";
import { type HubspotConfig, usesOauth } from "./config.ts";
import { failureOf } from "./refusals.ts";
import { tokenReply } from "./replies.ts";

/** Clients that carry a good token. */
export interface Access {
  /** The client with the newest token. */
  client(): Client;
  /** Resolves when the token is good for at least another minute. */
  ready(): Promise<void>;
  /** Gets a new token unless that has happened since `refused` was handed out. Absent: the token never changes. */
  renew?(refused: Client): Promise<void>;
}

/** Access by the configured token, or by OAuth tokens got and renewed as needed, one request for all that wait. */
export function openAccess(config: HubspotConfig, transport: Transport): Access {
  if (!usesOauth(config)) {
    const client = openClient(config, config.access_token);
    return { client: () => client, ready: async () => undefined };
  }
  return openOauthAccess(config, config, transport);
}

const renewBeforeMs = 60_000;

function openOauthAccess(
  config: HubspotConfig,
  credentials: { client_id: string; client_secret: string; refresh_token: string },
  transport: Transport,
): Access {
  let client = openClient(config);
  let goodUntil = 0;
  // v1 refresh tokens do not rotate; should HubSpot send another one, it is the one to use from then on.
  let refreshToken = credentials.refresh_token;
  let renewing: Promise<void> | null = null;

  async function fetchToken(): Promise<void> {
    const { client_id, client_secret } = credentials;
    const token = await requestToken({ client_id, client_secret, refresh_token: refreshToken }, config, transport);
    refreshToken = token.refresh_token ?? refreshToken;
    goodUntil = transport.now() + token.expires_in * 1_000 - renewBeforeMs;
    client = openClient(config, token.access_token);
  }

  function renewOnce(): Promise<void> {
    renewing ??= fetchToken().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  return {
    client: () => client,
    ready: async () => {
      if (transport.now() >= goodUntil) await renewOnce();
    },
    renew: async (refused) => {
      if (refused === client) await renewOnce();
    },
  };
}

function requestToken(
  { client_id, client_secret, refresh_token }: { client_id: string; client_secret: string; refresh_token: string },
  config: HubspotConfig,
  transport: Transport,
) {
  const client = openClient(config);
  return transport.call({
    operation: "hubspot.oauth.token",
    lane: "webhook", // all other calls wait for it
    attempt: async (signal) => {
      try {
        return await sendOnce(
          { config, transport, signal },
          {
            reply: tokenReply,
            send: ({ oauth }, options) =>
              oauth.tokensApi.create(
                "refresh_token",
                undefined,
                undefined,
                client_id,
                client_secret,
                refresh_token,
                options,
              ),
          },
          client,
        );
      } catch (error) {
        throw error instanceof SourceError ? tokenRefusal(error) : error;
      }
    },
    classify: (cause) => failureOf(cause, config),
  });
}

/** What the token endpoint refuses is a wrong setting; its status names which one. */
function tokenRefusal(error: SourceError): SourceError {
  const { status, code = "" } = error.details;
  if (error.next === "retry" || (status !== 400 && status !== 401)) return error;
  const field = /SECRET/.test(code) ? "client_secret" : /CLIENT/.test(code) ? "client_id" : "refresh_token";
  const remedy =
    field === "refresh_token"
      ? "Install the app in the HubSpot account again and set the refresh_token it is given."
      : `Copy ${field} again from the app's Auth page in HubSpot.`;
  return new SourceError("stop", error.message, { cause: error, ...error.details, field, remedy });
}
