import { posix } from "node:path";
import { lineAt, mask } from "./mask.ts";

/** Texts of files by their path from the project's root, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

export interface Import {
  from: string;
  line: number;
  specifier: string;
  /** The file of ours that it stands for, null for packages and node's own modules. */
  to: string | null;
}

// import x from "…", import "…", export … from "…", import("…"), typeof import("…"): types count as well.
const statement = /\b(?:import|export)\b(?:[^"';()=]*?\bfrom)?\s*(?=["'])|\bimport\s*\(\s*(?=["'])/g;

/** All imports of a file, with the files of ours that they lead to. */
export function importsOf(files: Files, from: string): Import[] {
  const { code, strings } = mask(files.get(from) ?? "");
  return [...code.matchAll(statement)].flatMap(({ 0: text, index }) => {
    const specifier = strings.get(index + text.length);
    if (specifier === undefined) return [];
    return [{ from, line: lineAt(code, index), specifier, to: resolve(files, from, specifier) }];
  });
}

function resolve(files: Files, from: string, specifier: string): string | null {
  if (specifier.startsWith(".")) {
    const path = posix.join(posix.dirname(from), specifier);
    // A declaration may stand for a file that is only there when built.
    return files.has(path.replace(/\.js$/, ".d.ts")) ? path.replace(/\.js$/, ".d.ts") : path;
  }
  const own = /^journey-hub\/(.+)$/.exec(specifier)?.[1];
  return own === undefined ? null : `src/${own}/index.ts`;
}

/** Groups of files that import one another in a circle, each in order of path. */
export function cycles(files: Files): string[][] {
  const importedBy = new Map([...files.keys()].map((path) => [path, importsOf(files, path).map(({ to }) => to)]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  // Tarjan's strongly connected components.
  function visit(path: string): void {
    index.set(path, index.size);
    low.set(path, index.size - 1);
    stack.push(path);
    for (const next of importedBy.get(path) ?? []) {
      if (next === null || !importedBy.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1 || importedBy.get(path)?.includes(path)) found.push(group.sort());
  }
  for (const path of importedBy.keys()) if (!index.has(path)) visit(path);
  return found;
}
