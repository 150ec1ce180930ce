import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PartyKind } from "../../identity/comparable.ts";
import { loadMatchModel } from "../../identity/model.ts";
import { type IdentityRules, readIdentityRules } from "../../identity/rules.ts";
import { createScorer } from "../../identity/score/score.ts";
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
  const models = (["person", "company"] as const).flatMap((kind) => modelFault(read, kind, { own, source }) ?? []);
  return [...models, ...(sources ? unknownSources(read, sources, source) : [])];
}

function modelFault(
  rules: IdentityRules,
  kind: PartyKind,
  { own, source }: { own: string; source: YamlSource },
): Finding | null {
  const { match } = rules[kind];
  if (!match) return null;
  const at = (message: string) => source.finding([kind, "match", "model"], message);
  const name = `${match.model}.model.json`;
  const places = [join(own, "identity", name), join(packageRoot, "mappings", "identity", name)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    return at(
      `there is no ${name} beside this file: name one that is there, or have \`identity train --use\` write it`,
    );
  }
  try {
    createScorer(match, loadMatchModel(found)[kind]);
    return null;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return at(`the model ${found} cannot be used: ${why}`);
  }
}

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
