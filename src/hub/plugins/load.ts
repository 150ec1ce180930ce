import { pathToFileURL } from "node:url";
import { type Connector, ContractError, isConnector } from "../../connector/index.ts";
import type { CreateHostileAccount } from "../../connector/testing/hostile/account.ts";
import { connectorRules, kitRules } from "./check.ts";
import { entryOf, type FoundPlugin, findPlugin } from "./find.ts";
import { offerKit } from "./kit.ts";
import { PluginError } from "./refused.ts";

/** A third-party connector that keeps the contract, as far as that shows without its vendor. */
export interface Plugin extends FoundPlugin {
  connector: Connector;
}

/**
 * Loads the connectors that journey-hub.yaml names under `plugins`, one after the other; `taken` are the ids of the shipped ones. Throws
 * PluginError for the first that breaks a rule of the contract.
 */
export async function loadPlugins(
  folder: string,
  names: readonly string[],
  taken: readonly string[],
): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  const ids = new Set(taken);
  for (const name of names) {
    const plugin = await loadPlugin(findPlugin(folder, name), ids);
    plugins.push(plugin);
    ids.add(plugin.connector.id);
  }
  return plugins;
}

async function loadPlugin(found: FoundPlugin, taken: ReadonlySet<string>): Promise<Plugin> {
  const { plugin } = found;
  refuse(plugin, kitRules(found));
  const entry = entryOf(found, ".");
  if (entry === null) throw new PluginError(plugin, [{ rule: "package", message: 'its package.json exports no "."' }]);
  const connector = defaultOf(await imported(plugin, entry));
  if (!isConnector(connector)) {
    const message = "export default what defineConnector returns, from the package's entry";
    throw new PluginError(plugin, [{ rule: "default-export", message }]);
  }
  refuse(plugin, await connectorRules(found, connector, taken));
  return { ...found, connector };
}

/** What makes a plug-in's simulated accounts. Throws PluginError where it ships none. */
export async function loadSimulator(found: FoundPlugin): Promise<CreateHostileAccount> {
  const entry = entryOf(found, "./simulator");
  const create = entry === null ? null : defaultOf(await imported(found.plugin, entry));
  if (isCreate(create)) return create;
  const message = 'export default a function that makes an account, from what package.json exports as "./simulator"';
  throw new PluginError(found.plugin, [{ rule: "simulator", message }]);
}

const isCreate = (value: unknown): value is CreateHostileAccount => typeof value === "function";

function refuse(plugin: string, broken: readonly { rule: string; message: string }[]): void {
  if (broken.length > 0) throw new PluginError(plugin, broken);
}

const defaultOf = (module: unknown): unknown =>
  typeof module === "object" && module !== null && "default" in module ? module.default : undefined;

/** A package that waits for something while it is loaded must not hold up the hub for ever. */
const loadMaxMs = 20_000;

async function imported(plugin: string, file: string): Promise<unknown> {
  offerKit();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not loaded within ${loadMaxMs / 1_000} seconds`)), loadMaxMs);
  });
  try {
    return await Promise.race([import(pathToFileURL(file).href), late]);
  } catch (cause) {
    if (cause instanceof ContractError) throw new PluginError(plugin, cause.broken, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    const todo = why.includes("Cannot find package") ? ": run npm install in its folder" : "";
    throw new PluginError(plugin, [{ rule: "loads", message: `${why}${todo}` }], { cause });
  } finally {
    clearTimeout(timer);
  }
}
