import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type CompiledMapping,
  type Finding,
  lintMappings,
  loadMappings,
  type MapContext,
  type MappingOutcome,
  parseYaml,
  readMappingFolders,
} from "../../mapping/index.ts";
import { endOf } from "../../model/record.ts";
import { rawPages } from "../../pipeline/raw.ts";
import { ConfigError } from "../folder/config.ts";
import type { Hub } from "../hub.ts";

export interface PreviewChange {
  record_key: string;
  /** What differs: `fields.title`, before and after as JSON. */
  differences: { path: string; from: string; to: string }[];
}

export interface Preview {
  connector: string;
  object: string;
  findings: readonly Finding[];
  records: number;
  unchanged: number;
  changed: number;
  /** Mapped by the file in use, but not by this one. */
  failing: number;
  /** Unknown values this file meets, with how often. */
  drift: Record<string, number>;
  examples: PreviewChange[];
}

const examplesMax = 10;

/**
 * What a mapping file would change, on every raw record that has landed: who changes, and how. Nothing is written, no vendor is called.
 * Throws ConfigError when the file names no connector and object.
 */
export async function previewMapping(hub: Hub, file: string, onProgress?: (records: number) => void): Promise<Preview> {
  const text = textOf(file);
  const { connector, object } = target(text, file);
  const files = await readMappingFolders([...hub.rules.shipped, join(hub.folder, "mappings")]);
  const name = `${connector}/${basename(file)}`;
  const changedFiles = [...files.filter((entry) => entry.file !== name), { file: name, text }];
  const findings = lintMappings(changedFiles).filter((finding) => finding.file === name);
  const preview: Preview = {
    connector,
    object,
    findings,
    records: 0,
    unchanged: 0,
    changed: 0,
    failing: 0,
    drift: {},
    examples: [],
  };
  const after = loadMappings(changedFiles).find(connector, object);
  if (!after || findings.length > 0) return preview;
  const before = hub.rules.mappings.find(connector, object);
  for (const id of hub.connectionIds()) {
    if (hub.file.connections[id]?.connector === connector)
      await previewConnection(hub, id, { before, after, onProgress }, preview);
  }
  return preview;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? cause.code : null;
    if (why === "ENOENT") throw new ConfigError(`There is no file ${file}.`);
    if (why === "EISDIR") throw new ConfigError(`${file} is a folder: name one mapping file.`);
    throw cause;
  }
}

function target(text: string, file: string): { connector: string; object: string } {
  const source = parseYaml(text, file);
  const [broken] = source.findings;
  if (broken) throw new ConfigError(`${file}:${broken.line}:${broken.column} ${broken.message}`);
  const metadata = (source.value as { metadata?: { connector?: unknown; object?: unknown } } | null)?.metadata;
  const { connector, object } = metadata ?? {};
  if (typeof connector === "string" && typeof object === "string") return { connector, object };
  throw new ConfigError(`${file} is no mapping file: it has no metadata.connector and metadata.object.`);
}

async function previewConnection(
  hub: Hub,
  connection: string,
  {
    onProgress,
    ...mappings
  }: {
    before: CompiledMapping | undefined;
    after: CompiledMapping;
    onProgress: ((records: number) => void) | undefined;
  },
  preview: Preview,
): Promise<void> {
  const context = (await hub.pipeline.contexts([connection]))(connection);
  for await (const rows of rawPages(hub.store, { newestOf: { connection, object: preview.object } })) {
    for (const row of rows) previewRecord(row, context, mappings, preview);
    onProgress?.(preview.records);
  }
}

function previewRecord(
  { record_key, payload }: { record_key: string; payload: string },
  context: MapContext,
  { before, after }: { before: CompiledMapping | undefined; after: CompiledMapping },
  preview: Preview,
): void {
  const raw = JSON.parse(payload) as Record<string, unknown>;
  if (endOf({ deleted: true, payload: raw })) return; // only a note that it is gone
  const old = before?.map(raw, context);
  const now = after.map(raw, context);
  preview.records += 1;
  if ("drift" in now) for (const { field, value } of now.drift) count(preview.drift, `${field}: ${value}`);
  if ("failure" in now && old && !("failure" in old)) preview.failing += 1;
  const differences = difference(old ? meaning(old) : {}, meaning(now));
  if (differences.length === 0) {
    preview.unchanged += 1;
    return;
  }
  preview.changed += 1;
  if (preview.examples.length < examplesMax) preview.examples.push({ record_key, differences });
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** An outcome as flat paths, so that two can be compared. */
function meaning(outcome: MappingOutcome): Record<string, unknown> {
  if ("failure" in outcome) return { failure: outcome.failure.message };
  if ("association" in outcome) return { ...outcome.association };
  const { fields, custom_fields, ...rest } = outcome.record;
  const named = (prefix: string, values: object) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
  return { ...rest, ...named("fields", fields), ...named("custom_fields", custom_fields) };
}

function difference(before: Record<string, unknown>, after: Record<string, unknown>): PreviewChange["differences"] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].flatMap((path) => {
    const [from, to] = [JSON.stringify(before[path] ?? null), JSON.stringify(after[path] ?? null)];
    return from === to ? [] : [{ path, from, to }];
  });
}
