import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PartyKind } from "../../identity/comparable.ts";
import type { MatchRules } from "../../identity/match-rules.ts";
import { loadMatchModel, type PartyModel } from "../../identity/model.ts";
import { type IdentityRules, readIdentityRules } from "../../identity/rules.ts";
import { createScorer } from "../../identity/score/score.ts";
import { weightsOf } from "../../identity/score/weights.ts";
import type { SurvivorshipRule } from "../../identity/survivorship.ts";
import { packageRoot } from "../../lib/package-root.ts";
import { type Finding, parseYaml, type YamlSource } from "../../mapping/index.ts";

/**
 * What is wrong with an identity file, its model and the names it believes first; `own` is where a model of the data folder lies.
 * `sources` are the connections and connectors there are; null: they are not known.
 */
export function lintIdentity(file: string, own: string, sources: ReadonlySet<string> | null): Finding[] {
  const text = readFileSync(file, "utf8");
  const read = readIdentityRules(text, file);
  if (Array.isArray(read)) return read;
  const source = parseYaml(text, file);
  const models = (["person", "company"] as const).flatMap((kind) => modelFaults(read, kind, { own, source }));
  return [...models, ...(sources ? unknownSources(read, sources, source) : [])];
}

function modelFaults(
  rules: IdentityRules,
  kind: PartyKind,
  { own, source }: { own: string; source: YamlSource },
): Finding[] {
  const { match } = rules[kind];
  if (!match) return [];
  const at = (message: string) => [source.finding([kind, "match", "model"], message)];
  const name = `${match.model}.model.json`;
  const trained = join(own, "identity", name);
  const found = [trained, join(packageRoot, "mappings", "identity", name)].find((place) => existsSync(place));
  if (found === undefined) {
    return at(
      `there is no ${name} beside this file: name one that is there, or have \`identity train --use\` write it`,
    );
  }
  try {
    const model = loadMatchModel(found)[kind];
    const unknown = unknownComparisons(match, model, (n, why) =>
      source.finding([kind, "match", "comparisons", n], `${found}: ${why}; ${remedyFor(found === trained)}`),
    );
    if (unknown.length === 0) createScorer(match, model);
    return unknown;
  } catch (cause) {
    return at(`the model ${found} cannot be used: ${whyOf(cause)}`);
  }
}

/** What is compared that the model cannot weigh: it was trained by other rules. */
function unknownComparisons(
  { comparisons }: MatchRules,
  model: PartyModel,
  finding: (n: number, why: string) => Finding,
): Finding[] {
  return comparisons.flatMap((comparison, n) => {
    try {
      weightsOf({ comparisons: [comparison] }, model);
      return [];
    } catch (cause) {
      return [finding(n, whyOf(cause))];
    }
  });
}

function remedyFor(isTrained: boolean): string {
  return isTrained
    ? "take that file away, so that the shipped weights count, and run `journey-hub identity train --use`"
    : "leave out here what the shipped weights do not know";
}

const whyOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function unknownSources({ survivorship }: IdentityRules, sources: ReadonlySet<string>, source: YamlSource): Finding[] {
  const inList = (rules: readonly SurvivorshipRule[], path: readonly string[]): Finding[] =>
    rules.flatMap((rule, n) =>
      typeof rule === "string"
        ? []
        : rule.source_priority.flatMap((rank, place) =>
            [rank].flat().flatMap((name, within) => {
              if (sources.has(name)) return [];
              const steps = [...path, n, "source_priority", place, ...(typeof rank === "string" ? [] : [within])];
              return [source.finding(steps, `no connection and no connector is called '${name}'`)];
            }),
          ),
    );
  const inFields = (kind: PartyKind) =>
    Object.entries(survivorship[kind]).flatMap(([field, rules]) => inList(rules ?? [], ["survivorship", kind, field]));
  return [...inList(survivorship.default, ["survivorship", "default"]), ...inFields("person"), ...inFields("company")];
}
