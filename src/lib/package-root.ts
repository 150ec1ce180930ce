import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of this package, whether it runs from sources or from `dist/`: shipped mappings and migrations lie beneath it. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** This package's version, from its package.json. */
export const packageVersion: string = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error("journey-hub's own package.json was not found: the installation is incomplete");
  return findRoot(parent);
}
