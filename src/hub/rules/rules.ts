import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadMappings, type Mappings, readMappingFolders, shippedMappings } from "../../mapping/index.ts";
import { checkReferences, compileJourney, compileScore, type Rules } from "../../pipeline/derive/plan.ts";
import { type IdentityRules, loadIdentityRules } from "../../pipeline/resolve/rules.ts";
import { ConfigError } from "../folder/config.ts";
import { ruleFile } from "./lint.ts";

/** Everything declarative a hub works by. */
export interface HubRules {
  mappings: Mappings;
  identity: IdentityRules;
  derive: Rules;
}

/**
 * Reads the shipped rules, each file overridden by the data folder's `mappings/` file of the same name; of the mappings only those of
 * the connectors in use, because reading them is most of a hub's start. Throws ConfigError.
 */
export async function loadRules(folder: string, connectors: ReadonlySet<string>): Promise<HubRules> {
  const own = join(folder, "mappings");
  const files = await readMappingFolders([shippedMappings, own]);
  const mappings = loadMappings(files.filter(({ file }) => connectors.has(file.slice(0, file.indexOf("/")))));
  return { mappings, identity: loadIdentity(own), derive: loadDeriveRules(own) };
}

function loadDeriveRules(own: string): Rules {
  const journeyFile = ruleFile(own, "journeys");
  const scoreFile = ruleFile(own, "scores");
  const journeyText = readFileSync(journeyFile, "utf8");
  const score = usable(compileScore(readFileSync(scoreFile, "utf8"), scoreFile));
  const journey = usable(compileJourney(journeyText, journeyFile));
  usable(checkReferences(journeyText, journeyFile, score));
  return { journey, score };
}

function loadIdentity(own: string): IdentityRules {
  try {
    return loadIdentityRules(ruleFile(own, "identity"));
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

type Findings = { file: string; line: number; column: number; message: string }[];

function usable<T extends object>(compiled: T | Findings): T {
  if (!Array.isArray(compiled) || compiled.length === 0) return compiled as T;
  const lines = (compiled as Findings).map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  throw new ConfigError(lines.join("\n"));
}
