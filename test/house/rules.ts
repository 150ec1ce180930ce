import { functionsIn } from "./functions.ts";
import { cycles, type Files, type Import, importsOf } from "./imports.ts";
import { mask } from "./mask.ts";

/** Folders of src by floor (DESIGN §3): imports go down, or stay in the folder. */
const floors: Readonly<Record<string, number>> = {
  lib: 0,
  model: 0,
  connector: 1,
  mapping: 1,
  identity: 2,
  store: 2,
  pipeline: 3,
  hub: 4,
  api: 5,
  console: 5,
  cli: 6,
};
/** Floors that see less than all below. */
const sees: Readonly<Record<string, readonly string[]>> = {
  identity: ["lib", "model", "mapping"],
  store: ["lib", "model"],
};

/** What a connector may import beside zod and the kit: the client of its vendor, the parser of its format. */
const vendorPackages: Readonly<Record<string, readonly string[]>> = {
  hubspot: ["@hubspot/api-client"],
  salesforce: ["jsforce", "udsv", "saxes"], // query jobs answer in CSV, outbound messages are XML
  netsuite: ["netsuite-rest"],
  csv: ["udsv"],
  webhook: [],
};

/** Files that may do nothing but hand on: the public entries, and the sample world that one of them hands on. */
const publicEntries =
  /^src\/(connector|connector\/testing|connector\/testing\/adventureworks|model|mapping)\/index\.ts$/;

/** A file, or one of its functions, that may be longer than the limit, and why. */
export interface Exception {
  path: string;
  name?: string;
  reason: string;
}

const fileLinesMax = 350;
const functionLinesMax = 60;

/** Everything in these files that breaks a rule of the house, one line each; empty when all is well. */
export function breaches(files: Files, exceptions: readonly Exception[] = []): string[] {
  const paths = [...files.keys()];
  const imports = paths.flatMap((path) => importsOf(files, path));
  return [
    ...paths.flatMap(homeless),
    ...imports.flatMap((each) => [...dangling(each, files), ...wrongWay(each), ...stepToStep(each)]),
    ...imports.flatMap(connectorBreach),
    ...cycles(files).map((group) => `import cycle: ${group.join(", ")}`),
    ...paths.flatMap((path) => barrel(path, files.get(path) ?? "")),
    ...unlisted(files),
    ...tooLong(files, exceptions),
  ];
}

const where = ({ from, line }: Import): string => `${from}:${line}`;
const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
const connectorOf = (path: string): string => /^connectors\/([^/]+)\//.exec(path)?.[1] ?? "";
const stepOf = (path: string): string => /^src\/pipeline\/([^/]+)\//.exec(path)?.[1] ?? "";
const isSimulator = (path: string): boolean => /^connectors\/[^/]+\/simulator\//.test(path);

function homeless(path: string): string[] {
  return path.startsWith("src/") && floors[roomOf(path)] === undefined ? [`${path} lies on no floor`] : [];
}

function dangling({ to, ...each }: Import, files: Files): string[] {
  if (to === null || files.has(to) || !/\.tsx?$/.test(to)) return [];
  return [`${where({ to, ...each })} imports ${each.specifier}, which is not there`];
}

function wrongWay(each: Import): string[] {
  const { from, to } = each;
  if (to === null || !from.startsWith("src/")) return [];
  if (to.startsWith("connectors/")) {
    if (roomOf(from) === "cli" && (to === "connectors/index.ts" || isSimulator(to))) return [];
    return [`${where(each)} imports ${to}: of the connectors, cli alone knows the list and the simulators`];
  }
  if (!to.startsWith("src/")) return [`${where(each)} imports ${to}, which lies outside of src`];
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return [];
  const isBelow = (floors[target] ?? 0) < (floors[room] ?? 0);
  if (isBelow && (sees[room]?.includes(target) ?? true)) return [];
  return [`${where(each)} imports ${to}: ${room} may not see ${target}`];
}

function stepToStep(each: Import): string[] {
  const [step, target] = [stepOf(each.from), stepOf(each.to ?? "")];
  if (step === "" || target === "" || step === target) return [];
  return [`${where(each)} imports ${each.to}: steps never import one another`];
}

function connectorBreach(each: Import): string[] {
  const { from, to, specifier } = each;
  const connector = connectorOf(from);
  if (!from.startsWith("connectors/") || connector === "") return [];
  if (specifier.startsWith("journey-hub/")) {
    const isForTests = specifier.startsWith("journey-hub/connector/testing") && !isSimulator(from);
    return isForTests ? [`${where(each)} imports ${specifier}: that is for simulators and tests`] : [];
  }
  if (to === null) return packageBreach(each, connector);
  if (connectorOf(to) !== connector) {
    return [`${where(each)} imports ${to}: connectors import ours by its public name, and not one another`];
  }
  if (!isSimulator(from) && isSimulator(to)) return [`${where(each)} imports its own simulator`];
  return [];
}

function packageBreach(each: Import, connector: string): string[] {
  const name = each.specifier.split("/", each.specifier.startsWith("@") ? 2 : 1).join("/");
  const isAllowed = ["zod", ...(vendorPackages[connector] ?? [])].includes(name) || name.startsWith("node:");
  return isAllowed || isSimulator(each.from) ? [] : [`${where(each)} imports ${name}: not its vendor's client`];
}

function barrel(path: string, text: string): string[] {
  if (publicEntries.test(path)) return [];
  const { code } = mask(text);
  const rest = code.replace(/\bexport\b[^;=()]*\bfrom\s*["'][^"']*["'];?/g, "").trim();
  return rest === "" && code.trim() !== "" ? [`${path} only hands on what others export`] : [];
}

/** connectors/index.ts lists by hand what the folders are. */
function unlisted(files: Files): string[] {
  const list = "connectors/index.ts";
  if (!files.has(list)) return [];
  const listed = new Set(importsOf(files, list).map(({ to }) => to ?? ""));
  const folders = new Set([...files.keys()].map(connectorOf).filter((name) => name !== ""));
  return [...folders]
    .map((name) => `connectors/${name}/index.ts`)
    .flatMap((path) => {
      return listed.has(path) ? [] : [`${list} does not list ${path}`];
    });
}

function tooLong(files: Files, exceptions: readonly Exception[]): string[] {
  const found = [...files].flatMap(([path, text]) => {
    const lines = text.trimEnd().split("\n").length;
    const functions = path.startsWith("test/") ? [] : functionsIn(text); // a describe is no function to be read at once
    return [
      ...(lines > fileLinesMax ? [{ path, name: "", at: path, lines, max: fileLinesMax }] : []),
      ...functions
        .filter((each) => each.lines > functionLinesMax)
        .map(({ name, line, lines }) => ({ path, name, at: `${path}:${line} ${name}`, lines, max: functionLinesMax })),
    ];
  });
  const excused = ({ path, name }: { path: string; name: string }) =>
    exceptions.find((each) => each.path === path && (each.name ?? "") === name);
  const used = new Set(found.map(excused));
  return [
    ...found.filter((each) => !excused(each)).map(({ at, lines, max }) => `${at} has ${lines} lines, more than ${max}`),
    ...exceptions
      .filter((each) => !used.has(each))
      .map(({ path, name = "" }) => `${path} ${name} needs no exception`.replace("  ", " ")),
  ];
}
