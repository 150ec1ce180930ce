import type { Files } from "./imports.ts";
import { lineAt, mask } from "./mask.ts";

/** Where every exported function carries a docstring. */
const documented = /^src\/(connector\/|mapping\/|store\/|pipeline\/index\.ts$)/;

/** What is left lying about in these sources, one line each; empty when all is tidy. */
export function litter(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    const { code, comments } = mask(text);
    const at = (index: number) => `${path}:${lineAt(text, index)}`;
    return [
      ...unfinished(comments).map((index) => `${at(index)} is left to be done`),
      ...found(code, /\b(?:test|it|describe|bench)(?:\.\w+)*\.only\b/g).map((index) => `${at(index)} runs alone`),
      ...found(code, /\b(?:test|it|describe|bench)(?:\.\w+)*\.(?:skip|todo|fails)\b/g)
        .filter((index) => !isExplained(text, index))
        .map((index) => `${at(index)} is left out without a reason`),
      ...found(code, /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*(?:\(\w*\)|\w+)\s*=>\s*\{\s*\}\s*\)/g).map(
        (index) => `${at(index)} hides an error`,
      ),
      ...(documented.test(path) ? undocumented(text, code) : []).map(
        ([index, name]) => `${at(index)} ${name} has no docstring`,
      ),
    ];
  });
}

const found = (code: string, pattern: RegExp): number[] => [...code.matchAll(pattern)].map(({ index }) => index);

function unfinished(comments: ReadonlyMap<number, string>): number[] {
  return [...comments].filter(([, text]) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(text)).map(([index]) => index);
}

/** A comment on the line, or on the one above. */
function isExplained(text: string, index: number): boolean {
  const lines = text.slice(0, text.indexOf("\n", index) >>> 0).split("\n");
  return /\/\/ \w/.test(lines.at(-1) ?? "") || /^\s*(?:\/\/ \w|.*\*\/)/.test(lines.at(-2) ?? "");
}

const exportedFunction =
  /^export (?:default )?(?:async )?function\*? ?(\w*)|^export const (\w+)(?:: [^=\n]+)? = (?:async )?(?:<[^>]*>)?(?:\([^()]*\)|\w+)(?:: [^=\n]+)? =>/gm;

/** Exported functions without a docstring right above; of overloads the first one carries it. */
function undocumented(text: string, code: string): [index: number, name: string][] {
  const names = new Set<string>();
  return [...code.matchAll(exportedFunction)].flatMap(({ index, 1: named, 2: assigned }): [number, string][] => {
    const name = named ?? assigned ?? "";
    const before = text
      .slice(0, index)
      .replace(/(?:^\/\/.*\n)+$/m, "")
      .trimEnd();
    if (names.has(name) || before.endsWith("*/")) {
      names.add(name);
      return [];
    }
    return [[index, name || "default"]];
  });
}

/** Keys and tokens as vendors and clouds issue them. */
const secrets: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}/],
  ["an AWS key", /\bAKIA[0-9A-Z]{16}\b/],
  ["a GitHub token", /\bgh[pousr]_[A-Za-z0-9]{36}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}/],
  ["a Slack token", /\bxox[abprs]-[0-9]{8,}-/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{16}/],
  ["a Salesforce session", /\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60}/],
];

/** Secrets in files of any kind, and files that exist to hold them; `published` names those that the vendor shows to everybody. */
export function leaks(files: Files, published: readonly string[] = []): string[] {
  const unpublished = [...files].filter(([path]) => !published.includes(path));
  return unpublished.flatMap(([path, text]) => [
    ...(/(?:^|\/)(?:\.env(?:\..*)?|\.netrc|id_rsa|.*\.(?:pem|p12|pfx|key))$/.test(path)
      ? [`${path} is a file for secrets`]
      : []),
    ...secrets.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path} holds ${what}`),
  ]);
}
