import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../lib/package-root.ts";
import { compileMapping, type MappingSource } from "./compile.ts";
import { checkExamples } from "./examples.ts";
import type { CompiledMapping } from "./outcome.ts";
import type { Finding } from "./positions.ts";
import { type MappingText, type ReadMapping, readMapping } from "./read.ts";

/** Folders beside the connectors' that hold other kinds of files. */
const otherFolders = new Set(["journeys", "scores", "identity", "writebacks", "friction", "personas", "maps"]);

/** The mapping files that come with journey-hub. */
export const shippedMappings: string = join(packageRoot, "mappings");

/** Compiled mappings; those of objects with findings are left out. */
export interface Mappings {
  all: readonly CompiledMapping[];
  /** The mapping of a connector's raw object, if there is one. */
  find(connector: string, object: string): CompiledMapping | undefined;
  findings: readonly Finding[];
}

/**
 * Reads the mapping files (`<connector>/<name>.yaml`) of several folders; a later folder's file takes the place of an earlier one's of
 * the same name. Folders that do not exist count as empty.
 * @example loadMappings(await readMappingFolders([shippedMappings, "data/mappings"]))
 */
export async function readMappingFolders(folders: readonly string[]): Promise<MappingText[]> {
  return filesOf(folders, connectorFolders(folders));
}

/** The connectors that folders of mapping files have a folder for. */
export function connectorFolders(folders: readonly string[]): string[] {
  const entries = folders.flatMap(entriesOf).filter((entry) => entry.isDirectory() && !otherFolders.has(entry.name));
  return [...new Set(entries.map(({ name }) => name))];
}

function filesOf(folders: readonly string[], connectors: readonly string[]): MappingText[] {
  const files = new Map<string, MappingText>();
  for (const folder of folders) {
    for (const file of connectors.flatMap((connector) => fileNames(folder, connector))) {
      files.set(file, { file, text: readFileSync(join(folder, file), "utf8") });
    }
  }
  return [...files.values()].sort((left, right) => (left.file < right.file ? -1 : 1));
}

function fileNames(folder: string, connector: string): string[] {
  const entries = entriesOf(join(folder, connector)).filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  return entries.map(({ name }) => `${connector}/${name}`);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw cause;
  }
}

/** What a hub at work asks of its mappings. */
export type UsedMappings = Pick<Mappings, "find" | "findings">;

/**
 * The mappings of these connectors from the shipped folder and a data folder's own. Where the data folder has files of a connector, its
 * mappings are compiled at once, so that `findings` names every mistake a person made. The shipped files by themselves have none and
 * are compiled object by object as they are asked for, because compiling all of them is most of what a start would cost.
 * @example openMappings("data/mappings", ["hubspot"]).find("hubspot", "contacts")
 */
export function openMappings(own: string, connectors: Iterable<string>): UsedMappings {
  const wanted = new Set(connectors);
  const changed = connectorFolders([own]).filter((connector) => wanted.has(connector));
  const written = loadMappings(filesOf([shippedMappings, own], changed));
  const unchanged = [...wanted].filter((connector) => !changed.includes(connector));
  // Read now: a package replaced under a running hub must not give it half of another version.
  const shipped = new Map(unchanged.map((connector) => [connector, filesOf([shippedMappings], [connector])]));
  const compiled = new Map<string, CompiledMapping | undefined>();
  return {
    findings: written.findings,
    find(connector, object) {
      if (!wanted.has(connector) || changed.includes(connector)) return written.find(connector, object);
      const key = objectKey(connector, object);
      if (!compiled.has(key)) compiled.set(key, shippedMapping(shipped.get(connector) ?? [], connector, object));
      return compiled.get(key);
    },
  };
}

function shippedMapping(files: readonly MappingText[], connector: string, object: string): CompiledMapping | undefined {
  const { find, findings } = loadMappings(files.filter(({ text }) => mayBeOf(text, object)));
  const [mistake] = findings;
  if (mistake) throw new Error(`${mistake.file}:${mistake.line} of journey-hub itself is damaged: install it again`);
  return find(connector, object);
}

/** A glance at the file's head spares parsing the files of other objects; some that only look like it are parsed and left. */
function mayBeOf(text: string, object: string): boolean {
  return /\bobject:.*/.exec(text)?.[0].includes(object) ?? false;
}

/** Compiles mapping files, grouped by the object they are for. Never throws for what is written in them: that becomes findings. */
export function loadMappings(files: readonly MappingText[]): Mappings {
  return compileAll(files, () => []);
}

/** Everything wrong with mapping files, their examples included, in the order of the files. Empty: all good. */
export function lintMappings(files: readonly MappingText[]): readonly Finding[] {
  return compileAll(files, checkExamples).findings;
}

type Check = (read: ReadMapping, compiled: CompiledMapping) => Finding[];

function compileAll(files: readonly MappingText[], check: Check): Mappings {
  const reads = files.map(readMapping);
  const groups = new Map<string, ReadMapping[]>();
  for (const read of reads) {
    if (!read.mapping) continue;
    const key = objectKey(read.mapping.metadata.connector, read.mapping.metadata.object);
    groups.set(key, [...(groups.get(key) ?? []), read]);
  }
  const compiled = new Map<string, CompiledMapping>();
  const findings = reads.flatMap((read) => read.findings);
  for (const [key, group] of groups) {
    const { mapping, problems } = compileGroup(group, check);
    findings.push(...problems);
    if (mapping && problems.length === 0) compiled.set(key, mapping);
  }
  const order = new Map(files.map(({ file }, index) => [file, index]));
  findings.sort((left, right) => (order.get(left.file) ?? 0) - (order.get(right.file) ?? 0) || left.line - right.line);
  return {
    all: [...compiled.values()],
    find: (connector, object) => compiled.get(objectKey(connector, object)),
    findings,
  };
}

function objectKey(connector: string, object: string): string {
  return `${connector}:${object}`;
}

function compileGroup(group: readonly ReadMapping[], check: Check): { mapping?: CompiledMapping; problems: Finding[] } {
  const problems = sharedObjectFindings(group);
  const sources = group.flatMap(({ mapping, source }): MappingSource[] => {
    return mapping
      ? [{ mapping, report: (path, message, at) => problems.push(source.finding(path, message, at)) }]
      : [];
  });
  const [first, ...rest] = sources;
  if (!first) return { problems };
  const mapping = compileMapping([first, ...rest]);
  if (problems.length === 0) problems.push(...group.flatMap((read) => check(read, mapping)));
  return { mapping, problems };
}

function sharedObjectFindings(group: readonly ReadMapping[]): Finding[] {
  if (group.length < 2) return [];
  return group.flatMap(({ mapping, source }, index) => {
    if (mapping?.when !== undefined) return [];
    const other = group[index === 0 ? 1 : 0]?.source.file;
    const object = `${mapping?.metadata.connector} ${mapping?.metadata.object}`;
    const message = `${object} is also mapped by ${other}: give each file a when:, or this one the other's name to take its place`;
    return [source.finding(["metadata", "object"], message)];
  });
}
