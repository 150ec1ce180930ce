import type { Connector } from "../../connector/index.ts";
import { type BrokenRule, brokenRules, declaredObjects } from "../../connector/rules.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { lintMappings, loadMappings, readMappingFolders } from "../../mapping/index.ts";
import type { FoundPlugin } from "./find.ts";
import { isInRange } from "./version-range.ts";

/** What its package.json says of the kit it was written for; asked before any of its code is run. */
export function kitRules({ manifest: { peerDependencies } }: FoundPlugin): BrokenRule[] {
  const range = peerDependencies["journey-hub"];
  const todo = `name the versions it was tried with in package.json: "peerDependencies": { "journey-hub": "^${packageVersion}" }`;
  if (range === undefined) return [{ rule: "kit-version", message: todo }];
  const fits = isInRange(packageVersion, range);
  if (fits === null) return [{ rule: "kit-version", message: `"${range}" is no range of versions; ${todo}` }];
  if (fits) return [];
  const message = `it was written for journey-hub ${range}, and this is ${packageVersion}: install a version of it for this one`;
  return [{ rule: "kit-version", message }];
}

/** Every rule that a loaded connector and its mapping files break; `taken` are the ids that others have. */
export async function connectorRules(
  { mappings }: FoundPlugin,
  connector: Connector,
  taken: ReadonlySet<string>,
): Promise<BrokenRule[]> {
  const broken = brokenRules(connector);
  if (taken.has(connector.id)) {
    broken.push({
      rule: "id-taken",
      message: `there is another connector "${connector.id}": give this one an id of its own`,
    });
  }
  return [...broken, ...(await mappingRules(mappings, connector))];
}

async function mappingRules(folder: string, connector: Connector): Promise<BrokenRule[]> {
  const { id } = connector;
  const files = await readMappingFolders([folder]);
  const foreign = files.filter(({ file }) => !file.startsWith(`${id}/`));
  const findings = lintMappings(files);
  const { find } = loadMappings(files);
  const unmapped = findings.length > 0 ? [] : declaredObjects(connector).filter((object) => !find(id, object));
  return [
    ...foreign.map(({ file }) => `mappings/${file}: its mapping files lie in mappings/${id}/`),
    ...findings.map(({ file, line, column, message }) => `mappings/${file}:${line}:${column} ${message}`),
    ...unmapped.map((object) => `nothing maps its object "${object}": write mappings/${id}/${object}.yaml`),
  ].map((message) => ({ rule: "mappings", message }));
}
