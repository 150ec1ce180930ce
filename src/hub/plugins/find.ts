import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../lib/package-root.ts";
import { hubFileName } from "../folder/config.ts";
import { PluginError } from "./refused.ts";

const manifest = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  main: z.string().optional(),
  exports: z.unknown(),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});
export type Manifest = z.output<typeof manifest>;

/** A plug-in's package as it lies on disk, before anything of it is run. */
export interface FoundPlugin {
  /** As journey-hub.yaml names it. */
  plugin: string;
  root: string;
  manifest: Manifest;
  /** Its mapping files: `<connector>/<object>.yaml` beneath. */
  mappings: string;
}

/**
 * Finds the package of a plug-in: a path (from the data folder), or a name in the `node_modules` of the data folder, of the folders above it,
 * or of where journey-hub itself is installed. Throws PluginError.
 */
export function findPlugin(folder: string, plugin: string): FoundPlugin {
  const places = placesOf(folder, plugin);
  for (const root of places) {
    const text = readIfThere(join(root, "package.json"));
    if (text !== null)
      return { plugin, root, manifest: parseManifest(plugin, root, text), mappings: join(root, "mappings") };
  }
  const where = isPath(plugin)
    ? `${places[0]} has no package.json`
    : `no package of this name is installed in ${folder}`;
  const todo = isPath(plugin) ? "give the folder of its package" : `npm install --prefix ${folder} ${plugin}`;
  throw new PluginError(plugin, [{ rule: "found", message: `${where}: ${todo}` }]);
}

/** Folders of the mapping files that plug-ins bring. Throws PluginError. */
export function pluggedMappings(folder: string, plugins: readonly string[]): string[] {
  return plugins.map((plugin) => findPlugin(folder, plugin).mappings);
}

const isPath = (plugin: string): boolean => plugin.startsWith(".") || isAbsolute(plugin);

function placesOf(folder: string, plugin: string): string[] {
  if (isPath(plugin)) return [resolve(folder, plugin)];
  const from = [join(resolve(folder), hubFileName), join(packageRoot, "package.json")];
  const modules = from.flatMap((file) => createRequire(file).resolve.paths(plugin) ?? []);
  return modules.map((place) => join(place, plugin));
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw cause;
  }
}

function parseManifest(plugin: string, root: string, text: string): Manifest {
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${join(root, "package.json")} cannot be read as a package's description`;
    throw new PluginError(plugin, [{ rule: "package", message }], { cause });
  }
}

/** The file a package gives for `.` or `./simulator`; null where it gives none. */
export function entryOf({ root, manifest: { exports, main } }: FoundPlugin, path: "." | "./simulator"): string | null {
  const target = exports === undefined ? (path === "." ? (main ?? "index.js") : null) : targetOf(exports, path);
  return target === null ? null : resolve(root, target);
}

function targetOf(exports: unknown, path: string): string | null {
  if (typeof exports === "object" && exports !== null && Object.keys(exports).some((key) => key.startsWith("."))) {
    return chosen(new Map(Object.entries(exports)).get(path));
  }
  return path === "." ? chosen(exports) : null;
}

/** What Node's `import` takes of the conditions, in the order they stand. */
const conditions = new Set(["node", "import", "module-sync", "default"]);

function chosen(target: unknown): string | null {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return null;
  for (const [condition, nested] of Object.entries(target)) {
    const found = conditions.has(condition) ? chosen(nested) : null;
    if (found !== null) return found;
  }
  return null;
}
