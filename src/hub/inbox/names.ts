import { keepHealth } from "../health.ts";
import type { Hub, HubConnection } from "../hub.ts";

/**
 * The stream that a delivery means by a name: a stream's own, or another one that the vendor knows its object by (a type id). Null where
 * nothing of that name is read, so that the delivery asks for nothing. Throws SourceError when the vendor had to be asked and did not answer.
 */
export async function streamNamed({ open }: HubConnection, name: string): Promise<string | null> {
  if (Object.hasOwn(open.streams, name)) return name;
  if (!open.sameObject) return null;
  const objects = [...new Set(Object.values(open.streams).map((stream) => stream.object))];
  const object = await open.sameObject(name, objects);
  if (object === null) return null;
  const [found] = Object.entries(open.streams).find(([, stream]) => stream.object === object && stream.byId) ?? [];
  return found ?? null;
}

/**
 * The vendor's id of a connection's account; null where that is not known and nothing depends on it. Of a sender that delivers for other
 * accounts too it is found out: without it, their records would be taken for ours. Throws SourceError when the vendor does not tell.
 */
export async function accountOf(hub: Hub, connection: HubConnection): Promise<string | null> {
  const [known] = await hub.store.byKey("connections", "id", [connection.id]);
  if (known?.account) return known.account;
  if (!connection.connector.webhook?.manyAccounts?.(connection.config)) return null;
  try {
    const { id } = await connection.open.check();
    await keepHealth(hub, connection, undefined, id);
    return id;
  } catch (cause) {
    await keepHealth(hub, connection, cause);
    throw cause;
  }
}
