import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { shortHash } from "../lib/hash.ts";
import { packageRoot } from "../lib/package-root.ts";
import { type Finding, parseYaml } from "../mapping/positions.ts";
import { mergedIdentifier } from "../model/record.ts";
import { comparableVersion } from "./compare/levels.ts";
import { matchRules } from "./match-rules.ts";
import { loadMatchModel, type MatchModel, matchModelOf } from "./model.ts";
import { survivorship } from "./survivorship.ts";

const claimRule = z.strictObject({
  /** Name of the claim; identifiers a mapping states carry the same name. */
  type: z.string(),
  /** Parts that together make the claim: fields of the party, or the name of an identifier type that mappings state. */
  of: z.array(z.string()).min(1).max(4),
  /** How many different values of this type one customer may have; joining beyond it is refused. */
  limit: z.number().int().positive(),
  /** A value seen on more records than this is no evidence. */
  cutoff: z.number().int().min(2),
  /** `name`: records whose names disagree are not joined by this claim. */
  agree: z.enum(["name"]).optional(),
});

/**
 * What a vendor has merged is one customer: its people said so, knowing more than any rule. Tried before the claims of the file and without
 * their limits; names are not asked.
 */
export const mergedRule: ClaimRule = {
  type: mergedIdentifier,
  of: [mergedIdentifier],
  limit: Number.POSITIVE_INFINITY,
  cutoff: Number.POSITIVE_INFINITY,
};

const party = z.strictObject({
  /** In order of priority. */
  claims: z.array(claimRule).min(1),
  blocked: z.strictObject({ email_local_parts: z.array(z.string()), values: z.array(z.string()) }),
  /** How records that share no claim are found and scored; absent: claims alone join. */
  match: matchRules.optional(),
});

const identityFile = z
  .strictObject({
    apiVersion: z.literal("journey-hub/v1"),
    kind: z.literal("Identity"),
    metadata: z.strictObject({ name: z.string() }),
    person: party,
    company: party,
    survivorship: survivorship.prefault({}),
  })
  .check(({ value, issues }) => {
    const seen = new Set([mergedRule.type]);
    for (const kind of ["person", "company"] as const) {
      value[kind].claims.forEach(({ type }, n) => {
        if (seen.has(type)) {
          const path = [kind, "claims", n, "type"];
          issues.push({
            code: "custom",
            input: type,
            path,
            message: `another claim is named ${type}: give each its own name`,
          });
        }
        seen.add(type);
      });
    }
  });

export type ClaimRule = z.infer<typeof claimRule>;
export type PartyRules = z.infer<typeof party>;
export type IdentityRules = z.infer<typeof identityFile> & {
  version: string;
  /** What the weights of scores are read from; null where nothing is scored, and while a file is only checked. */
  model: MatchModel | null;
};

/** Reads the text of an identity file: its rules, or everything wrong with it. */
export function readIdentityRules(text: string, file: string): IdentityRules | Finding[] {
  const source = parseYaml(text, file);
  if (source.findings.length > 0) return source.findings;
  const parsed = identityFile.safeParse(source.value);
  if (parsed.success) return { ...parsed.data, version: versionOf(parsed.data), model: null };
  return parsed.error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code !== "unrecognized_keys") return [source.finding(path, `${path.join(".")}: ${issue.message}`)];
    return issue.keys.map((key) => source.finding([...path, key], `unknown key '${key}'`, "key"));
  });
}

/**
 * Reads an identity file and the model it names, which lies beside it or among the shipped ones; throws with every finding and its place
 * when one of them is not what it should be.
 */
export function loadIdentityRules(file: string): IdentityRules {
  const read = readIdentityRules(readFileSync(file, "utf8"), file);
  if (Array.isArray(read)) {
    throw new Error(read.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`).join("\n"));
  }
  const [first, second = first] = [read.person.match, read.company.match].flatMap((match) => match?.model ?? []);
  if (first === undefined || second === undefined) return read;
  const [person, company] = [first, second].map((name) => loadMatchModel(modelFile(dirname(file), name)));
  return person && company ? withModel(read, matchModelOf(person.person, company.company)) : read;
}

/** Names are read and compared for claims too: where only claims join, customers are as outdated by another reading of them. */
function versionOf(file: z.infer<typeof identityFile>, ...more: readonly string[]): string {
  return shortHash(JSON.stringify(file), ...more, comparableVersion);
}

/** The same rules with a model's weights. */
export function withModel(rules: IdentityRules, model: MatchModel): IdentityRules {
  const { version: _, model: __, ...file } = rules;
  return { ...file, version: versionOf(file, model.version), model };
}

/** The same rules, merging by scores from another probability on. */
export function mergedFrom(rules: IdentityRules, merge: number): IdentityRules {
  const party = (own: PartyRules): PartyRules =>
    own.match ? { ...own, match: { ...own.match, merge, review: Math.min(merge, own.match.review) } } : own;
  return { ...rules, person: party(rules.person), company: party(rules.company) };
}

function modelFile(folder: string, name: string): string {
  const own = join(folder, `${name}.model.json`);
  return existsSync(own) ? own : join(packageRoot, "mappings", "identity", `${name}.model.json`);
}
