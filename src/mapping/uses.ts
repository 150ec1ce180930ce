import { fetchedPath, parsePath } from "./paths.ts";
import type { YamlPath } from "./positions.ts";
import { type MappingText, type ReadMapping, readMapping } from "./read.ts";

/** A place in a mapping file that reads a path of the payload. */
export interface PathUse {
  file: string;
  line: number;
  column: number;
  /** The values its table (`map:`) knows, where it has one that says nothing of others (`else:`); null: any value will do. */
  values: readonly string[] | null;
}

/**
 * Where the files of a raw object read a payload path, in the order of the files.
 * @example usesOf(texts, { connector: "hubspot", object: "contacts", path: "properties.email" })
 * // [{ file: "hubspot/contacts.yaml", line: 25, column: 20, values: null }]
 */
export function usesOf(
  texts: readonly MappingText[],
  { connector, object, path }: { connector: string; object: string; path: string },
): PathUse[] {
  return texts
    .filter(({ file }) => file.startsWith(`${connector}/`))
    .map(readMapping)
    .filter(({ mapping }) => mapping?.metadata.object === object)
    .flatMap((read) => usesIn(read, path));
}

/** Parts of a file that say nothing of paths; examples hold payloads. */
const withoutPaths = new Set(["examples", "metadata", "apiVersion", "kind", "to"]);
/** Parts of an operation that are no paths. */
const noPaths = new Set(["map", "else", "const", "ref", "in", "take"]);

function usesIn({ source }: ReadMapping, path: string): PathUse[] {
  const uses: PathUse[] = [];
  const walk = (value: unknown, at: YamlPath, table: readonly string[] | null): void => {
    if (typeof value === "string") {
      if (!readsPath(value, path)) return;
      const { file, line, column } = source.finding(at, "");
      uses.push({ file, line, column, values: table });
    } else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) walk(each, [...at, index], table);
    } else if (isObject(value)) {
      const within = "map" in value ? tableOf(value) : table;
      for (const [key, each] of Object.entries(value)) {
        if (noPaths.has(key) || (at.length === 0 && withoutPaths.has(key))) continue;
        walk(each, [...at, key], within);
      }
    }
  };
  walk(source.value, [], null);
  return uses;
}

/** A path as it is written, or an expression over `raw`. */
function readsPath(text: string, path: string): boolean {
  const parsed = parsePath(text);
  if (!("problem" in parsed) && isWithin(fetchedPath(parsed), path)) return true;
  const found = text.indexOf(`raw.${path}`);
  return found >= 0 && !/^\w/.test(text.slice(found + `raw.${path}`.length));
}

const isWithin = (read: string, path: string): boolean => read === path || read.startsWith(`${path}.`);

function tableOf(operation: Readonly<Record<string, unknown>>): readonly string[] | null {
  const { map, else: otherwise } = operation;
  return isObject(map) && otherwise === undefined ? Object.keys(map) : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
