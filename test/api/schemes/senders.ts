import type { Connections } from "../../hub/world.ts";
import { crmSenders } from "./crm-senders.ts";
import type { Sender } from "./sender.ts";
import { webhookSenders } from "./webhook-senders.ts";

/** Every sender whose webhooks the hub takes. */
export const senders: readonly Sender[] = [...webhookSenders, ...crmSenders];

/** All of them as connections of one hub. */
export const connections: Connections = Object.fromEntries(senders.map(({ connection, entry }) => [connection, entry]));

/** The sender of this connection; a test that names another one fails here. */
export function senderNamed(connection: string): Sender {
  const found = senders.find((sender) => sender.connection === connection);
  if (!found) throw new Error(`no sender ${connection}`);
  return found;
}
