import type { z } from "zod";
import { type Finding, parseYaml, type YamlPath, type YamlSource } from "./positions.ts";
import { type MappingFile, mappingFile } from "./schema.ts";

/** A mapping file's text with the name it goes by in findings, relative to its folder: `hubspot/contacts.yaml`. */
export interface MappingText {
  file: string;
  text: string;
  /** The text of the file whose place it takes: the shipped one of the same name. */
  replaces?: string;
}

/** A file read: its mapping if its shape is right, and every finding about its shape. */
export interface ReadMapping {
  source: YamlSource;
  mapping: MappingFile | undefined;
  findings: Finding[];
}

/** Reads a mapping file's YAML and checks it against the schema; what only compiling can tell comes later. */
export function readMapping({ file, text }: MappingText): ReadMapping {
  const source = parseYaml(text, file);
  if (source.findings.length > 0) return { source, mapping: undefined, findings: source.findings };
  const parsed = mappingFile.safeParse(source.value);
  if (parsed.success) return { source, mapping: inFileOrder(parsed.data, source), findings: [] };
  return {
    source,
    mapping: undefined,
    findings: findingsOf(parsed.error.issues, [], source),
  };
}

/** zod hands an object's keys back in the schema's order; which field may read which goes by the file's. */
function inFileOrder(mapping: MappingFile, source: YamlSource): MappingFile {
  const written = valueAt(source.value, ["fields"]);
  const fields = mapping.fields;
  if (!fields || typeof written !== "object" || written === null) return mapping;
  return { ...mapping, fields: Object.fromEntries(Object.keys(written).map((name) => [name, fields[name]])) };
}

type Issue = z.core.$ZodIssue;

/** A key that is not known makes what the object then lacks uninteresting. */
function findingsOf(issues: readonly Issue[], base: YamlPath, source: YamlSource): Finding[] {
  const unknown = issues.filter((issue) => issue.code === "unrecognized_keys").map((issue) => issue.path.join("."));
  const told = issues.filter((issue) => issue.code !== "custom" || !unknown.includes(issue.path.join(".")));
  return told.flatMap((issue) => issueFindings(issue, base, source));
}

function issueFindings(issue: Issue, base: YamlPath, source: YamlSource): Finding[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => source.finding([...path, key], messages[index] ?? issue.message, "key"));
  }
  if (issue.code === "invalid_union") {
    const branch = meantBranch(issue.errors);
    if (branch) return findingsOf(branch, path, source);
  }
  if (path.length > 0 && issue.code !== "custom" && valueAt(source.value, path) === undefined) {
    return [source.finding(path.slice(0, -1), `"${String(path.at(-1))}" is missing`)];
  }
  return [source.finding(path, issue.message)];
}

/** Of a union, the alternative whose kind of value was written: its issues lie deeper, or are not about the kind. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const kindFits = (issues: readonly Issue[]): boolean => issues.every((issue) => !isAboutKind(issue));
  return branches.find(kindFits);
}

function isAboutKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return !meantBranch(issue.errors);
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((at, key) => {
    return typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  }, value);
}
