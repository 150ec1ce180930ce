import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot, packageVersion } from "../../lib/package-root.ts";
import { UsageError } from "../failure.ts";
import { connectorFiles } from "./connector-files.ts";
import { mappingFiles } from "./mapping-files.ts";
import { packageFiles } from "./package-files.ts";
import { simulatorFiles } from "./simulator-files.ts";
import { testFiles } from "./test-files.ts";

export interface Skeleton {
  /** Id of the connector: `demo-crm`. */
  id: string;
  directory: string;
  /** What its package.json says of journey-hub: a range of versions, an address, `file:…`. */
  kit: string;
}

/**
 * Writes the package of a connector that reads a made-up vendor: complete, with simulator, mappings and tests. Throws UsageError for a folder
 * that holds anything. @returns the files, sorted.
 */
export function writeSkeleton(skeleton: Skeleton): string[] {
  const { directory } = skeleton;
  refuseFull(directory);
  const files = filesOf(skeleton);
  for (const [file, text] of files) {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  }
  return files.map(([file]) => file);
}

function refuseFull(directory: string): void {
  const held = entriesOf(directory);
  if (held.length === 0) return;
  throw new UsageError(
    `${directory} is not empty (it holds ${held.slice(0, 3).join(", ")}), and nothing was written: give another folder with --directory.`,
  );
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new UsageError(`${directory} is a file: give a folder with --directory.`);
    throw cause;
  }
}

function filesOf({ id, kit }: Skeleton): [file: string, text: string][] {
  const words: Readonly<Record<string, string>> = { ID: id, TITLE: titleOf(id), PACKAGE: packageName(id) };
  const filled = (text: string) => text.replaceAll(/%([A-Z]+)%/g, (mark, name: string) => words[name] ?? mark);
  const templates = { ...connectorFiles, ...mappingFiles, ...simulatorFiles, ...testFiles, ...packageFiles };
  const files = Object.entries(templates).map(([file, text]): [string, string] => [filled(file), filled(text)]);
  const sorted = [...files, ["package.json", packageJson(id, kit)] satisfies [string, string]];
  return sorted.sort(([left], [right]) => (left < right ? -1 : 1));
}

/** @example titleOf("demo-crm") // "Demo CRM" */
function titleOf(id: string): string {
  const words = id.split("-").filter((word) => word !== "");
  const word = (text: string) =>
    /^(crm|erp|api)$/.test(text) ? text.toUpperCase() : `${text[0]?.toUpperCase()}${text.slice(1)}`;
  return words.map(word).join(" ");
}

const packageName = (id: string) => `journey-hub-${id}`;

function packageJson(id: string, kit: string): string {
  const { dependencies, engines } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const like = (name: string) => `^${dependencies[name]}`;
  const manifest = {
    name: packageName(id),
    version: "0.1.0",
    description: `${titleOf(id)} for journey-hub`,
    type: "module",
    engines: { node: engines.node },
    exports: { ".": "./index.js", "./simulator": "./simulator/index.js" },
    files: ["*.js", "simulator", "mappings"],
    scripts: { test: "node --test" },
    dependencies: { hono: like("hono"), zod: like("zod") },
    // A hub brings its own copy, whatever is installed here; this one is for the tests.
    peerDependencies: { "journey-hub": `^${packageVersion}` },
    peerDependenciesMeta: { "journey-hub": { optional: true } },
    devDependencies: { "journey-hub": kit },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
