import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { openMappings } from "../mapping/index.ts";
import { connectorsNamed } from "./connectors.ts";
import { readHubFile } from "./folder/config.ts";
import type { Hub, HubConnection } from "./hub.ts";

/**
 * Takes a connection into use that journey-hub.yaml has come to name since this hub read it: its mapping files are read, and a running hub
 * begins to pull it. @returns false, and changes nothing, for one that is at work already, while a mapping file has a mistake, and where the plug-ins are
 * others: that waits for the next start.
 */
export function takeAdded(hub: Hub, written: HubConnection): boolean {
  if (Object.hasOwn(hub.file.connections, written.id)) return false;
  if (!isDeepStrictEqual(readHubFile(hub.folder).plugins, hub.file.plugins)) return false;
  const connectors = connectorsNamed(hub.file).add(written.connector.id);
  const mappings = openMappings(join(hub.folder, "mappings"), connectors, hub.rules.shipped);
  if (mappings.findings.length > 0) return false;
  hub.rules.mappings = mappings;
  hub.take(written);
  return true;
}
