import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { packageRoot } from "../../src/lib/package-root.ts";
import type { Files } from "./imports.ts";

/** Not ours, or made by running: nothing of it is handed on. */
const skipped = new Set(["node_modules", "dist", "data", "coverage", ".git"]);
const texts = /(?:^\.[a-z]+|^[A-Z]\w+|\.(?:tsx?|js|mjs|json|ya?ml|md|sql|txt|csv|tsv|sh|css|html|toml|env|pem|key))$/;

/** The TypeScript files beneath these folders of the project. */
export function readSources(...folders: string[]): Files {
  return new Map(folders.flatMap((folder) => [...filesBeneath(join(packageRoot, folder), /\.tsx?$/)]));
}

/** All files of the project that are text. */
export function readTexts(): Files {
  return new Map(filesBeneath(packageRoot, texts));
}

function* filesBeneath(folder: string, name: RegExp): Generator<[path: string, text: string]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* filesBeneath(path, name);
    else if (entry.isFile() && name.test(entry.name)) {
      yield [relative(packageRoot, path).split(sep).join(posix.sep), readFileSync(path, "utf8")];
    }
  }
}
