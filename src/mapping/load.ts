import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../lib/group.ts";
import { packageRoot } from "../lib/package-root.ts";
import { compileMapping, type MappingSource } from "./compile.ts";
import { checkExamples } from "./examples.ts";
import { type HeldMapping, kindIn, misplaced, type Place, placeOf } from "./held.ts";
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
  /** The objects of a connector that are mapped; of one in whose folder the data folder has no file of its own, none. */
  objects(connector: string): readonly string[];
  /** What stands in a mapping's place while its files have mistakes. */
  held(connector: string, object: string): HeldMapping | undefined;
  allHeld: readonly HeldMapping[];
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
      const replaces = files.get(file)?.text;
      const text = readFileSync(join(folder, file), "utf8");
      files.set(file, { file, text, ...(replaces === undefined ? {} : { replaces }) });
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
export type UsedMappings = Omit<Mappings, "all">;

/**
 * The mappings of these connectors from the folders that come with connectors and a data folder's own. Where the data folder has files of a connector, its
 * mappings are compiled at once, so that `findings` names every mistake a person made. The shipped files by themselves have none and
 * are compiled object by object as they are asked for, because compiling all of them is most of what a start would cost.
 * @example openMappings("data/mappings", ["hubspot"]).find("hubspot", "contacts")
 */
export function openMappings(
  own: string,
  connectors: Iterable<string>,
  shippedFolders: readonly string[] = [shippedMappings],
): UsedMappings {
  const wanted = new Set(connectors);
  const changed = connectorFolders([own]).filter((connector) => wanted.has(connector));
  const written = loadMappings(filesOf([...shippedFolders, own], changed));
  const unchanged = [...wanted].filter((connector) => !changed.includes(connector));
  // Read now: a package replaced under a running hub must not give it half of another version.
  const shipped = new Map(unchanged.map((connector) => [connector, filesOf(shippedFolders, [connector])]));
  const compiled = new Map<string, CompiledMapping | undefined>();
  const { findings, objects, held, allHeld } = written;
  return {
    findings,
    objects,
    held,
    allHeld,
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
  if (mistake) throw new Error(`${mistake.file}:${mistake.line} that came installed is damaged: install it again`);
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
  const reads = files.map(placed);
  const compiled = new Map<string, CompiledMapping>();
  const held = new Map<string, HeldMapping>();
  for (const [key, group] of groupBy(reads, ({ connector, object }) => objectKey(connector, object))) {
    const { mapping, problems } = compileGroup(group, check);
    if (problems.length > 0) held.set(key, heldOf(group, mapping, problems));
    else if (mapping) compiled.set(key, mapping);
  }
  const order = new Map(files.map(({ file }, index) => [file, index]));
  const findings = [...held.values()].flatMap((each) => each.findings);
  findings.sort((left, right) => (order.get(left.file) ?? 0) - (order.get(right.file) ?? 0) || left.line - right.line);
  // What a broken file is for may be a guess: no vendor is asked for such an object.
  const named = [...compiled.values(), ...[...held.values()].filter(({ isGuessed }) => !isGuessed)];
  const byConnector = groupBy(named, ({ connector }) => connector);
  const objectsOf = new Map(
    [...byConnector].map(([connector, group]) => [connector, group.map(({ object }) => object)]),
  );
  const find: Mappings["find"] = (connector, object) => compiled.get(objectKey(connector, object));
  return {
    all: [...compiled.values()],
    find,
    findings,
    objects: (connector) => objectsOf.get(connector) ?? noObjects,
    held(connector, object) {
      const known = held.get(objectKey(connector, object));
      if (known || held.size === 0 || find(connector, object)) return known;
      // A file that does not even tell its object may be this one's.
      return [...held.values()].find((each) => each.connector === connector && each.isGuessed);
    },
    allHeld: [...held.values()],
  };
}

/** A file read, with where it belongs; without its mapping where that would not do there. */
interface PlacedMapping extends ReadMapping, Place {
  written: MappingText;
}

function placed(written: MappingText): PlacedMapping {
  const read = readMapping(written);
  const findings = [...read.findings, ...misplaced(read, written)];
  return {
    ...read,
    ...placeOf(read, written),
    findings,
    mapping: findings.length > 0 ? undefined : read.mapping,
    written,
  };
}

const noObjects: readonly string[] = [];

function objectKey(connector: string, object: string): string {
  return `${connector}:${object}`;
}

function compileGroup(
  group: readonly PlacedMapping[],
  check: Check,
): { mapping?: CompiledMapping; problems: Finding[] } {
  const problems = [...group.flatMap(({ findings }) => findings), ...sharedObjectFindings(group)];
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

function sharedObjectFindings(group: readonly PlacedMapping[]): Finding[] {
  const shapely = group.filter(({ mapping }) => mapping !== undefined);
  if (shapely.length < 2) return [];
  return shapely.flatMap(({ mapping, source }, index) => {
    if (mapping?.when !== undefined) return [];
    const other = shapely[index === 0 ? 1 : 0]?.source.file;
    const object = `${mapping?.metadata.connector} ${mapping?.metadata.object}`;
    const message = `${object} is also mapped by ${other}: give each file a when:, or this one the other's name to take its place`;
    return [source.finding(["metadata", "object"], message)];
  });
}

function heldOf(
  group: readonly PlacedMapping[],
  mapping: CompiledMapping | undefined,
  findings: readonly Finding[],
): HeldMapping {
  const [first] = group;
  const { connector = "", object = "" } = first ?? {};
  const told = group.flatMap(({ written: { file, replaces } }) => {
    return replaces === undefined ? [] : (loadMappings([{ file, text: replaces }]).find(connector, object) ?? []);
  });
  const unread = group.filter((read) => !read.mapping).flatMap(({ written }) => kindIn(written.text));
  const known = mapping ? [mapping, ...told] : told;
  return {
    connector,
    object,
    findings,
    to: [...new Set([...known.flatMap(({ to }) => to), ...unread])],
    reads: [...new Set(known.flatMap(({ reads }) => reads))],
    isGuessed: group.every(({ isGuessed }) => isGuessed),
  };
}
