import { statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ConfigError, type ConnectionEntry, hubFileName, readHubFile } from "./folder/config.ts";
import type { Hub, HubConnection } from "./hub.ts";

/** Whether these settings of a connection are others than those at work. */
export function isChanged({ file }: Hub, id: string, entry: ConnectionEntry | undefined): boolean {
  return !isDeepStrictEqual(entry, file.connections[id]);
}

/** Whether journey-hub.yaml has other settings of a connection than when it was read. Throws ConfigError while it cannot be read. */
export function isRewritten({ folder }: Hub, { id, entry }: HubConnection): boolean {
  return !isDeepStrictEqual(readHubFile(folder).connections[id], entry);
}

/**
 * Takes other settings of a connection that is at work into use: whatever is asked of its vendor from now on is asked with them. @returns
 * false, and changes nothing, where it was none of the hub's, or one of another connector: that waits for the next start.
 */
export function takeChanged(hub: Hub, { id, entry, connector }: HubConnection): boolean {
  if (hub.file.connections[id]?.connector !== entry.connector) return false;
  if (isChanged(hub, id, entry)) hub.take({ id, entry, connector });
  return true;
}

/** Connections at work whose settings journey-hub.yaml has changed since. Throws ConfigError while it cannot be read. */
export function changedConnections(hub: Hub): string[] {
  const { connections } = readHubFile(hub.folder);
  return Object.keys(hub.file.connections).filter(
    (id) => connections[id] !== undefined && isChanged(hub, id, connections[id]),
  );
}

/** Connections at work that journey-hub.yaml does not name any more. Throws ConfigError while it cannot be read. */
export function removedConnections(hub: Hub): string[] {
  const { connections } = readHubFile(hub.folder);
  return hub.connectionIds().filter((id) => !Object.hasOwn(connections, id));
}

/** Whether journey-hub.yaml names a connection; true also while it cannot be read: what is at work goes on. */
export function isNamed({ folder }: Hub, id: string): boolean {
  try {
    return Object.hasOwn(readHubFile(folder).connections, id);
  } catch (cause) {
    if (cause instanceof ConfigError) return true;
    throw cause;
  }
}

/** Tells one writing of journey-hub.yaml from another without reading it; null where there is none. */
export function hubFileStamp({ folder }: Hub): string | null {
  const stats = statSync(join(folder, hubFileName), { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : null;
}
