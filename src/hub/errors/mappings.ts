import type { UsedMappings } from "../../mapping/index.ts";
import { ConfigError } from "../folder/config.ts";
import type { Hub } from "../hub.ts";
import { loadRules } from "../rules/rules.ts";

/**
 * Reads the mapping files anew, so that what was mended counts without a restart; records to come are mapped by them too. Throws
 * ConfigError while a file has a mistake, and goes on with those in use: a mistake must not take the place of what works.
 */
export async function readMappingsAnew(hub: Hub, why?: string): Promise<void> {
  hub.rules.mappings = await mappingsNow(hub, why);
}

/** The mapping files as they stand now, without taking them into use. Throws ConfigError while one has a mistake; it begins with `why`. */
export async function mappingsNow(hub: Hub, why = "Nothing was tried"): Promise<UsedMappings> {
  const connectors = new Set(Object.values(hub.file.connections).map(({ connector }) => connector));
  const { mappings } = await loadRules(hub.folder, connectors, hub.rules.shipped);
  const [first] = mappings.findings;
  if (!first) return mappings;
  const { file, line, column, message } = first;
  const more = mappings.findings.length > 1 ? ` (and ${mappings.findings.length - 1} more)` : "";
  throw new ConfigError(
    `${why}: ${file}:${line}:${column} ${message}${more}. Mend the mapping files (\`journey-hub lint\`) and retry.`,
  );
}
