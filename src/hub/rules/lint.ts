import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root.ts";
import { type Finding, lintMappings, readMappingFolders, shippedMappings } from "../../mapping/index.ts";
import { checkReferences, compileJourney, compileScore } from "../../pipeline/derive/plan.ts";
import { lintIdentity } from "./lint-identity.ts";

export interface LintReport {
  files: number;
  findings: readonly Finding[];
}

export interface LintOptions {
  /** The folders of the plug-ins' mappings. */
  plugged?: readonly string[];
  /** The connections and connectors that identity rules may name; absent: they are not known. */
  sources?: ReadonlySet<string>;
}

/** Lints every declarative file a hub works by: mappings with their examples, journey, score, identity with its model. */
export async function lintFolder(folder: string, { plugged = [], sources }: LintOptions = {}): Promise<LintReport> {
  const own = join(folder, "mappings");
  const mappings = await readMappingFolders([shippedMappings, ...plugged, own]);
  return {
    files: mappings.length + 3,
    findings: [
      ...lintMappings(mappings),
      ...lintDerive(own),
      ...lintIdentity(ruleFile(own, "identity"), own, sources ?? null),
    ],
  };
}

function lintDerive(own: string): Finding[] {
  const [journeyFile, scoreFile] = [ruleFile(own, "journeys"), ruleFile(own, "scores")];
  const journeyText = readFileSync(journeyFile, "utf8");
  const score = compileScore(readFileSync(scoreFile, "utf8"), scoreFile);
  const journey = compileJourney(journeyText, journeyFile);
  const findings = [score, journey].flatMap((compiled) => (Array.isArray(compiled) ? compiled : []));
  if (findings.length > 0 || Array.isArray(score)) return findings;
  return checkReferences(journeyText, journeyFile, score);
}

/** The data folder's file of a kind of rules, else the shipped one. */
export function ruleFile(own: string, kind: "journeys" | "scores" | "identity"): string {
  const override = join(own, kind, "default.yaml");
  return existsSync(override) ? override : join(packageRoot, "mappings", kind, "default.yaml");
}
