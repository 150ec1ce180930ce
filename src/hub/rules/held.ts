import type { HeldMapping, UsedMappings } from "../../mapping/index.ts";
import { isReferenceKind } from "../../pipeline/context.ts";
import { ConfigError } from "../folder/config.ts";

/**
 * The mapping that an object's records wait for: its own while that has mistakes, else that of its connector's owners or pipelines, which
 * its mapping looks up.
 */
export function waitsFor(mappings: UsedMappings, connector: string, object: string): HeldMapping | undefined {
  if (mappings.allHeld.length === 0) return undefined;
  const isReference = (each: HeldMapping) => each.connector === connector && each.to.some(isReferenceKind);
  return mappings.held(connector, object) ?? mappings.allHeld.find(isReference);
}

const findingsShown = 20;

/** Throws ConfigError with the mistakes of mapping files in use, if there are any; `why` says what cannot be done before they are mended. */
export function refuseMistakes({ findings }: UsedMappings, why: string): void {
  if (findings.length === 0) return;
  const lines = findings
    .slice(0, findingsShown)
    .map((each) => `${each.file}:${each.line}:${each.column} ${each.message}`);
  const more = findings.length > findingsShown ? [`and ${findings.length - findingsShown} more`] : [];
  const what = findings.length === 1 ? "a mapping file has a mistake" : "mapping files have mistakes";
  throw new ConfigError([`${why}: ${what}. \`journey-hub lint\` checks them.`, ...lines, ...more].join("\n"));
}
