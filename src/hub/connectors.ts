import type { Connector } from "../connector/index.ts";
import { shippedMappings } from "../mapping/index.ts";
import type { HubFile } from "./folder/config.ts";
import { loadPlugins } from "./plugins/load.ts";

/** The connectors there are, or what loads those that connections name; `ids` are all that it can load. */
export type ConnectorSource = readonly Connector[] | ConnectorLoader;
export type ConnectorLoader = ((named: ReadonlySet<string>) => Promise<readonly Connector[]>) & {
  readonly ids?: readonly string[];
};

/** What a hub file's connections are made of. */
export interface UsedConnectors {
  connectors: readonly Connector[];
  /** Folders of the mapping files that come with the connectors, a later one's in the place of an earlier one's of the same name. */
  mappings: readonly string[];
}

/** The connectors that a hub file's connections name, and all of its plug-ins. Throws PluginError for a plug-in that breaks the contract. */
export async function usedConnectors(folder: string, file: HubFile, source: ConnectorSource): Promise<UsedConnectors> {
  const plugins = await loadPlugins(folder, file.plugins, idsOf(source));
  const plugged = plugins.map(({ connector }) => connector);
  const others = new Set(plugged.map(({ id }) => id));
  const named = new Set([...connectorsNamed(file)].filter((id) => !others.has(id)));
  const shipped = typeof source === "function" ? await source(named) : source;
  return {
    connectors: [...shipped, ...plugged],
    mappings: [shippedMappings, ...plugins.map(({ mappings }) => mappings)],
  };
}

/** Every connector there is, shipped or plugged in, whether a connection names it or not. Throws PluginError. */
export async function allConnectors(
  folder: string,
  { plugins }: HubFile,
  source: ConnectorSource,
): Promise<readonly Connector[]> {
  const plugged = await loadPlugins(folder, plugins, idsOf(source));
  const shipped = typeof source === "function" ? await source(new Set(idsOf(source))) : source;
  return [...shipped, ...plugged.map(({ connector }) => connector)];
}

/** Ids of the connectors that connections name. */
export function connectorsNamed({ connections }: HubFile): Set<string> {
  return new Set(Object.values(connections).map(({ connector }) => connector));
}

function idsOf(source: ConnectorSource): readonly string[] {
  return typeof source === "function" ? (source.ids ?? []) : source.map(({ id }) => id);
}
