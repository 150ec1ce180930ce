import { SourceError } from "journey-hub/connector";
import { openDeveloperClient, type Request, sendOnce } from "./client.ts";
import type { HubspotConfig } from "./config.ts";
import { failureOf } from "./refusals.ts";
import type { HubspotSession, Passing } from "./session.ts";

/** The app whose subscriptions the hub may change, with the key of its developer account. */
export interface DeveloperApp {
  appId: number;
  key: string;
}

/** Null where the settings name none. */
export function developerApp({ app_id, developer_api_key }: HubspotConfig): DeveloperApp | null {
  return app_id === undefined || developer_api_key === undefined ? null : { appId: app_id, key: developer_api_key };
}

/** A request about an app, signed in as its developer: no token of an account may make one. Throws SourceError. */
export async function asDeveloper<Reply>(
  { config, transport }: HubspotSession,
  { key }: DeveloperApp,
  request: Passing & Request<Reply>,
): Promise<Reply> {
  const client = openDeveloperClient(config, key);
  return transport.call({
    operation: `hubspot.${request.operation}`,
    lane: request.lane,
    attempt: (signal) => sendOnce({ config, transport, signal }, request, client).catch(forDeveloper),
    classify: (cause) => failureOf(cause, config),
  });
}

/** What the refusal of an account's token would mean is not what that of a developer's key does. */
function forDeveloper(cause: unknown): never {
  if (!(cause instanceof SourceError)) throw cause;
  const { status } = cause.details;
  if (status === 404) {
    const remedy = "Check app_id: it is shown on the app's page in the developer account.";
    throw new SourceError(cause.next, cause.message, { ...cause.details, cause, field: "app_id", remedy });
  }
  if (status !== 401 && status !== 403) throw cause;
  throw new SourceError("stop", cause.message, {
    cause,
    status,
    field: "developer_api_key",
    remedy: "Copy the API key anew from the developer account that app_id belongs to (Keys > Developer API key).",
  });
}
