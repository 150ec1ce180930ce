import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IdentityRules } from "../../identity/rules.ts";
import { once } from "../../lib/once.ts";
import { openMappings, shippedMappings, type UsedMappings } from "../../mapping/index.ts";
import { checkReferences, compileJourney, compileScore, type Rules } from "../../pipeline/derive/plan.ts";
import { ConfigError } from "../folder/config.ts";
import { folderIdentity } from "../identity/model-file.ts";
import { ruleFile } from "./lint.ts";

/** Everything declarative a hub works by. */
export interface HubRules {
  mappings: UsedMappings;
  /** Folders of the mapping files that come with the connectors. */
  readonly shipped: readonly string[];
  identity: IdentityRules;
  derive: Rules;
}

/**
 * The shipped rules, each file overridden by the data folder's `mappings/` file of the same name; of the mappings only those of the
 * connectors in use. What the data folder holds is read and checked now; a shipped file alone is read when it is first asked for.
 * `shipped` are the folders of mapping files that come with connectors, the plug-ins' among them. Throws ConfigError.
 */
export async function loadRules(
  folder: string,
  connectors: ReadonlySet<string>,
  shipped: readonly string[] = [shippedMappings],
): Promise<HubRules> {
  const own = join(folder, "mappings");
  const files = { journey: ruleFile(own, "journeys"), score: ruleFile(own, "scores") };
  const isOwn = [files.journey, files.score].some((file) => file.startsWith(own));
  const derive = once(() => loadDeriveRules(files));
  if (isOwn) derive();
  return {
    mappings: openMappings(own, connectors, shipped),
    shipped,
    identity: folderIdentity(own),
    get derive() {
      return derive();
    },
  };
}

function loadDeriveRules(files: { journey: string; score: string }): Rules {
  const journeyText = readFileSync(files.journey, "utf8");
  const score = usable(compileScore(readFileSync(files.score, "utf8"), files.score));
  const journey = usable(compileJourney(journeyText, files.journey));
  usable(checkReferences(journeyText, files.journey, score));
  return { journey, score };
}

type Findings = { file: string; line: number; column: number; message: string }[];

function usable<T extends object>(compiled: T | Findings): T {
  if (!Array.isArray(compiled) || compiled.length === 0) return compiled as T;
  const lines = (compiled as Findings).map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  throw new ConfigError(lines.join("\n"));
}
