import type { Connector } from "journey-hub/connector";

/** Every connector that is shipped, in the order they are shown; each is loaded when it is asked for. */
const shipped: Readonly<Record<string, () => Promise<{ default: Connector }>>> = {
  salesforce: () => import("./salesforce/index.ts"),
  hubspot: () => import("./hubspot/index.ts"),
  netsuite: () => import("./netsuite/index.ts"),
  webhook: () => import("./webhook/index.ts"),
  tracking: () => import("./tracking/index.ts"),
  csv: () => import("./csv/index.ts"),
};

/** Ids of the connectors that are shipped. */
export const connectorIds: readonly string[] = Object.keys(shipped);

/**
 * The shipped connectors of these ids, with what they need of their vendors' clients. All of them where none is given, or where one is
 * not known: then whoever asked wants to say which there are.
 * @example openHub({ folder, connectors: loadConnectors })
 */
export async function loadConnectors(ids: Iterable<string> = connectorIds): Promise<Connector[]> {
  const wanted = new Set(ids);
  const isKnown = [...wanted].every((id) => connectorIds.includes(id));
  const loading = Object.entries(shipped).filter(([id]) => !isKnown || wanted.has(id));
  return Promise.all(loading.map(async ([, load]) => (await load()).default));
}

/** Which it can load: a plug-in takes none of their ids. */
loadConnectors.ids = connectorIds;
