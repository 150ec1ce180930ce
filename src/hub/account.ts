import { type OpenConnection, SourceError } from "../connector/index.ts";
import type { Hub, HubConnection } from "./hub.ts";

/** Connections whose settings were found to open the account that their records are of. */
const proven = new WeakSet<OpenConnection>();

/**
 * Asks the vendor whose account a connection's settings open. Throws SourceError, of code OTHER_ACCOUNT where it is not the one that the
 * connection's records are of.
 */
export async function checkedAccount(
  { store }: Pick<Hub, "store">,
  { id, open, connector }: HubConnection,
): Promise<{ account: string; name: string }> {
  const { id: account, name } = await open.check();
  const [known] = await store.byKey("connections", "id", [id]);
  const isSameVendor = known?.connector === connector.id;
  if (isOfAccount(connector) && isSameVendor && known.account && known.account !== account) {
    const remedy = `Enter what opens account ${known.account}, or give the other account a connection of its own.`;
    throw otherAccount({ vendor: connector.title, account, connection: id, holds: known.account }, remedy);
  }
  proven.add(open);
  return { account, name };
}

/** Makes sure, once for the settings at work, that nothing is read from or written to another account than before. Throws like `checkedAccount`. */
export async function proveAccount(hub: Pick<Hub, "store">, connection: HubConnection): Promise<void> {
  if (proven.has(connection.open) || !isOfAccount(connection.connector)) return;
  const [known] = await hub.store.byKey("connections", "id", [connection.id]);
  if (known?.account) await checkedAccount(hub, connection);
}

/** Files and senders have no account: what stands for one follows their settings. */
function isOfAccount({ authorise, writeback }: HubConnection["connector"]): boolean {
  return authorise !== undefined || writeback !== undefined;
}

/** A connection's records are one account's: those of two must not be mixed. */
export function otherAccount(
  { vendor, account, connection, holds }: { vendor: string; account: string; connection: string; holds: string },
  remedy: string,
): SourceError {
  const message = `This opens ${vendor} account ${account}, and the connection ${connection} holds the records of ${holds}`;
  return new SourceError("stop", message, { code: "OTHER_ACCOUNT", remedy });
}
