import { existsSync } from "node:fs";
import { join } from "node:path";
import { connectorIds, loadConnectors } from "../../connectors/index.ts";
import type { Connector } from "../connector/index.ts";
import type { CreateHostileAccount } from "../connector/testing/hostile/account.ts";
import { type HubFile, hubFileName, readHubFile } from "../hub/folder/config.ts";
import { pluggedMappings } from "../hub/plugins/find.ts";
import { loadPlugins, loadSimulator, type Plugin } from "../hub/plugins/load.ts";
import type { LintOptions } from "../hub/rules/lint.ts";
import { UsageError } from "./failure.ts";
import { isVendor, vendors } from "./vendors.ts";

/** The plug-ins that a data folder names. Throws PluginError for one that breaks the contract. */
export function pluginsOf(folder: string): Promise<Plugin[]> {
  return loadPlugins(folder, readHubFile(folder).plugins, connectorIds);
}

/** What a folder's rules are checked against: its plug-ins' mappings, and the connections and connectors there are. */
export function lintOptions(folder: string, { plugins, connections }: HubFile): LintOptions {
  const used = Object.entries(connections).flatMap(([id, { connector }]) => [id, connector]);
  return { plugged: pluggedMappings(folder, plugins), sources: new Set([...connectorIds, ...used]) };
}

/** A connector by its id: a shipped one, or a plug-in of the data folder. Throws UsageError where there is none. */
export async function findConnector(folder: string, id: string): Promise<Connector> {
  if (connectorIds.includes(id)) {
    const [shipped] = await loadConnectors([id]);
    if (shipped) return shipped;
  }
  const plugins = await pluginsOf(folder);
  const found = plugins.find(({ connector }) => connector.id === id);
  if (found) return found.connector;
  const known = [...connectorIds, ...plugins.map(({ connector }) => connector.id)];
  throw new UsageError(`There is no connector "${id}"; there are ${known.join(", ")}.`);
}

/**
 * What makes simulated accounts of the vendors among these that are not shipped. Throws UsageError for one that is no plug-in of the data
 * folder either, PluginError for a plug-in without a simulator.
 */
export async function pluggedSimulators(
  folder: string,
  names: readonly string[],
): Promise<Map<string, CreateHostileAccount>> {
  const others = names.filter((name) => !isVendor(name));
  const isFolder = existsSync(join(folder, hubFileName));
  const plugins = others.length > 0 && isFolder ? await pluginsOf(folder) : [];
  const simulators = new Map<string, CreateHostileAccount>();
  for (const name of others) {
    const plugin = plugins.find(({ connector }) => connector.id === name);
    const known = [...vendors, ...plugins.map(({ connector }) => connector.id)].join(", ");
    if (!plugin) throw new UsageError(`There is no vendor "${name}" to be simulated; there are ${known}.`);
    simulators.set(name, await loadSimulator(plugin));
  }
  return simulators;
}
