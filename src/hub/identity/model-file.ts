import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PartyKind } from "../../identity/comparable.ts";
import { createMatching } from "../../identity/matching.ts";
import { formatMatchModel, loadMatchModel, type MatchModel, matchModelOf } from "../../identity/model.ts";
import { type IdentityRules, loadIdentityRules, withModel } from "../../identity/rules.ts";
import { ConfigError } from "../folder/config.ts";
import { ruleFile } from "../rules/lint.ts";

/**
 * The identity rules of a folder's `mappings/`, else the shipped ones, with the folder's own model where one was trained there.
 * Throws ConfigError with every mistake and its place.
 */
export function folderIdentity(own: string): IdentityRules {
  try {
    const rules = loadIdentityRules(ruleFile(own, "identity"));
    const { model } = rules;
    if (!model) return rules;
    const modelOf = (kind: PartyKind) => {
      const file = modelFile(own, rules, kind);
      return file !== null && existsSync(file) ? loadMatchModel(file)[kind] : model[kind];
    };
    const [person, company] = [modelOf("person"), modelOf("company")];
    if (person === model.person && company === model.company) return rules;
    return usable(withModel(rules, matchModelOf(person, company)), own);
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A model that was trained by other rules may not know what these compare. */
function usable(rules: IdentityRules, own: string): IdentityRules {
  try {
    createMatching(rules);
    return rules;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy = "take it away, so that the shipped weights count, and run `journey-hub identity train --use`";
    throw new Error(`${join(own, "identity")}: the trained model does not fit the rules (${why}): ${remedy}`, {
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
