import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PartyKind } from "../../identity/comparable.ts";
import { createMatching } from "../../identity/matching.ts";
import { formatMatchModel, loadMatchModel, type MatchModel, matchModelOf } from "../../identity/model.ts";
import { type IdentityRules, loadIdentityRules, withModel } from "../../identity/rules.ts";
import { ConfigError } from "../folder/config.ts";
import { ruleFile } from "../rules/lint.ts";
import { lintIdentity } from "../rules/lint-identity.ts";

/**
 * The identity rules of a folder's `mappings/`, else the shipped ones, with the folder's own model where one was trained there.
 * Throws ConfigError with every mistake and its place.
 */
export function folderIdentity(own: string): IdentityRules {
  const file = ruleFile(own, "identity");
  try {
    const rules = loadIdentityRules(file);
    const { model } = rules;
    if (!model) return rules;
    const modelOf = (kind: PartyKind) => {
      const trained = modelFile(own, rules, kind);
      return trained !== null && existsSync(trained) ? loadMatchModel(trained)[kind] : model[kind];
    };
    const [person, company] = [modelOf("person"), modelOf("company")];
    const isShipped = person === model.person && company === model.company;
    if (isShipped && !file.startsWith(own)) return rules;
    return usable(isShipped ? rules : withModel(rules, matchModelOf(person, company)), { file, own });
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A model that was trained by other rules may not know what these compare. */
function usable(rules: IdentityRules, { file, own }: { file: string; own: string }): IdentityRules {
  try {
    createMatching(rules);
    return rules;
  } catch (cause) {
    const found = lintIdentity(file, own, null);
    if (found.length === 0) throw cause;
    throw new Error(found.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`).join("\n"), {
      cause,
    });
  }
}

/** Writes a trained model where `folderIdentity` finds it, as a whole or not at all. @returns the files: one, unless the kinds' models have two names */
export function saveModel(own: string, rules: IdentityRules, model: MatchModel): string[] {
  const named = [modelFile(own, rules, "person"), modelFile(own, rules, "company")].filter((file) => file !== null);
  const files = [...new Set(named)];
  mkdirSync(join(own, "identity"), { recursive: true });
  for (const file of files) {
    const aside = `${file}.new`;
    writeFileSync(aside, formatMatchModel(model), { mode: 0o600 });
    chmodSync(aside, 0o600); // where one was left behind
    renameSync(aside, file);
  }
  return files;
}

function modelFile(own: string, rules: IdentityRules, kind: PartyKind): string | null {
  const { model } = rules[kind].match ?? {};
  return model === undefined ? null : join(own, "identity", `${model}.model.json`);
}
