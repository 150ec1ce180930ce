import type { z } from "zod";
import { type Finding, parseYaml, type YamlPath } from "../../mapping/positions.ts";
import { operators } from "./grammar.ts";

export type { Finding };

/** A mistake by its place in the document; `at` says whether the key or its value is wrong. */
export interface Mistake {
  path: readonly PropertyKey[];
  message: string;
  at?: "key" | "value";
}

export type Linted<T> = { document: T } | { findings: Finding[] };

/** Reads YAML by a schema, then by `check`, which finds what a schema cannot say; every mistake in one pass, in the order of the lines. */
export function lintYaml<T>(
  { text, file }: { text: string; file: string },
  schema: z.ZodType<T>,
  check: (document: T) => Mistake[],
): Linted<T> {
  const source = parseYaml(text, file);
  if (source.findings.length > 0) return { findings: source.findings };
  const parsed = schema.safeParse(source.value);
  if (parsed.success) {
    const mistakes = check(parsed.data);
    if (mistakes.length === 0) return { document: parsed.data };
    return { findings: placed(mistakes) };
  }
  return { findings: placed(parsed.error.issues.flatMap((issue) => mistakesOf(issue, source.value))) };

  function placed(mistakes: Mistake[]): Finding[] {
    const findings = mistakes.map(({ path, message, at }) => source.finding(yamlPath(path), message, at));
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

/** A schema issue as mistakes; of the forms a value may take, the one it was meant to be is held against it. */
function mistakesOf(issue: z.core.$ZodIssue, root: unknown): Mistake[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown key '${key}'`, at: "key" }));
  }
  if (issue.code !== "invalid_union") return [{ path: issue.path, message: issue.message }];
  const meant = meantForm(issue, root);
  if (!meant) return [{ path: issue.path, message: formsMessage(issue) }];
  return meant.flatMap((inner) => mistakesOf({ ...inner, path: [...issue.path, ...inner.path] }, root));
}

/** Conditions are told apart by their operator; other forms by which of them goes wrong only further inside. */
function meantForm(issue: z.core.$ZodIssueInvalidUnion, root: unknown): z.core.$ZodIssue[] | undefined {
  const value = valueAt(root, issue.path);
  if (typeof value !== "object" || value === null) return undefined;
  if (issue.errors.length === operators.length) {
    const meant = operators.findIndex((operator) => Object.hasOwn(value, operator));
    return meant < 0 ? undefined : issue.errors[meant];
  }
  return issue.errors.find((form) => form.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys"));
}

function formsMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.errors.length === operators.length) return `a condition holds one of ${operators.join(", ")}`;
  const messages = issue.errors.flatMap((form) => form.map(({ message }) => message));
  return [...new Set(messages)].join(", or: ");
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}

function yamlPath(path: readonly PropertyKey[]): YamlPath {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}
