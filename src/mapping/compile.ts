import { shortHash } from "../lib/hash.ts";
import type { MappedRecord, RecordFields, RecordKind } from "../model/index.ts";
import { canonicalJson } from "./canonical.ts";
import type { CompiledValue, Compiler } from "./compiler.ts";
import type { CompiledMapping, MapContext, MappingOutcome } from "./outcome.ts";
import type { YamlPath } from "./positions.ts";
import {
  compileAssociation,
  compileAssociations,
  compileCustomFields,
  compileEnvelope,
  compileIdentifiers,
  compileObserved,
  type Envelope,
  site,
} from "./record-parts.ts";
import { type Read, type Run, ValueError } from "./run.ts";
import type { MappingFile } from "./schema.ts";
import { compileField } from "./shapes.ts";
import { createSlots } from "./slots.ts";
import { compileCondition } from "./sources.ts";
import { kindTarget, type ObjectTarget } from "./targets.ts";

/** Part of every mapping's version: raise it when the engine gives another result for the same file. */
const engineVersion = "1";

/** A file with the function its mistakes are reported by. */
export interface MappingSource {
  mapping: MappingFile;
  report(path: YamlPath, message: string, at?: "key" | "value"): void;
}

/**
 * Compiles all files of one object into closures. Several files may share an object when each has a `when:`; the first that holds maps
 * the record. Mistakes go to each source's `report`; a mapping with any must not be used.
 */
export function compileMapping(sources: readonly [MappingSource, ...MappingSource[]]): CompiledMapping {
  const { connector, object } = sources[0].mapping.metadata;
  const reads = new Set<string>();
  const variants = sources.map((source) => compileVariant(source, reads));
  const [only] = variants;
  return {
    connector,
    object,
    to: [...new Set(sources.map(({ mapping }) => mapping.to))],
    version: shortHash(
      engineVersion,
      ...sources.map(({ mapping }) => canonicalJson({ ...mapping, examples: undefined })),
    ),
    reads: [...reads].filter((path) => path !== "").sort(),
    map:
      only && variants.length === 1 ? only.map : (payload, context) => mapByFirst(variants, payload, context, object),
  };
}

interface Variant {
  /** Undefined when the file's `when:` does not hold. */
  tryMap(payload: Readonly<Record<string, unknown>>, context: MapContext): MappingOutcome | undefined;
  map(payload: Readonly<Record<string, unknown>>, context: MapContext): MappingOutcome;
}

function mapByFirst(
  variants: readonly Variant[],
  payload: Readonly<Record<string, unknown>>,
  context: MapContext,
  object: string,
): MappingOutcome {
  for (const variant of variants) {
    const outcome = variant.tryMap(payload, context);
    if (outcome) return outcome;
  }
  return noVariant(object);
}

function noVariant(object: string): MappingOutcome {
  return {
    failure: {
      class: "value",
      field: "when",
      message: `no mapping of ${object} holds for this record: see when: in its files`,
    },
  };
}

function compileVariant({ mapping, report }: MappingSource, reads: Set<string>): Variant {
  const compiler: Compiler = {
    kind: mapping.to,
    readable: new Set(),
    reads,
    slots: createSlots(),
    shared: new Map(),
    report,
  };
  const condition = mapping.when === undefined ? undefined : compileCondition(mapping.when, site("when"), compiler);
  const make =
    mapping.to === "association" ? compileLink(mapping, compiler) : compileRecord(mapping, mapping.to, compiler);
  const tryMap: Variant["tryMap"] = (payload, context) => {
    const run: Run = { payload, values: compiler.slots.read(payload), context, fields: {}, native: {}, drift: [] };
    try {
      return condition && condition.read(payload, run) !== true ? undefined : make(payload, run);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      return { failure: { class: "value", message: cause.message, field: cause.field } };
    }
  };
  return { tryMap, map: (payload, context) => tryMap(payload, context) ?? noVariant(mapping.metadata.object) };
}

type Make = (payload: Readonly<Record<string, unknown>>, run: Run) => MappingOutcome;

function compileLink(mapping: MappingFile, compiler: Compiler): Make {
  const link = compileAssociation(mapping, compiler);
  return (payload, run) => ({ association: link(payload, run), drift: run.drift });
}

function compileRecord(mapping: MappingFile, kind: RecordKind, compiler: Compiler): Make {
  const head = compileEnvelope(mapping.record, compiler);
  const fields = compileFields(mapping.fields ?? {}, kindTarget(kind), compiler);
  const identifiers = compileIdentifiers(mapping.identifiers ?? [], compiler);
  const associations = compileAssociations(mapping.associations ?? [], compiler);
  const observed = mapping.observed ? compileObserved(mapping.observed, compiler) : undefined;
  const custom = mapping.custom_fields ? compileCustomFields(mapping.custom_fields, compiler) : undefined;
  return (payload, run) => {
    const record = emptyRecord(kind, head(payload, run), run);
    for (const { name, read } of fields) {
      const value = read(payload, run);
      if (value !== undefined) run.fields[name] = value;
    }
    const drifted = run.drift.length;
    record.identifiers = identifiers(payload, run);
    record.associations = associations(payload, run);
    if (custom) record.custom_fields = custom(payload, run);
    if (observed) record.observed = observed(payload, run);
    // Identifiers and the rest read what the fields have read: their drift would say the same twice.
    if (run.drift.length > drifted) run.drift.length = drifted;
    return { record, drift: run.drift };
  };
}

function emptyRecord(kind: RecordKind, top: Envelope, run: Run): MappedRecord {
  const record: MappedRecord = {
    kind,
    remote_id: top.remote_id,
    remote_created_at: top.remote_created_at,
    remote_updated_at: top.remote_updated_at,
    remote_url: top.remote_url,
    deleted: top.deleted,
    merged_into: top.merged_into,
    // The coercions at the end of every field make this so; a test holds every shipped mapping against the zod model.
    fields: run.fields as RecordFields,
    identifiers: [],
    associations: [],
    custom_fields: {},
    native: run.native,
    observed: null,
  };
  if (top.absorbed) record.absorbed = top.absorbed;
  return record;
}

/** Fields that read other fields come after those that do not, each kind in the file's order. */
function compileFields(
  written: Record<string, unknown>,
  target: ObjectTarget,
  compiler: Compiler,
): { name: string; read: Read }[] {
  const names = Object.keys(written).filter((name) => target.fields.has(name));
  const compile = (name: string, readable: Iterable<string>, report: Compiler["report"]): CompiledValue => {
    const fieldTarget = target.fields.get(name);
    const set = new Set(readable);
    set.delete(name);
    return fieldTarget
      ? compileField(written[name], fieldTarget, site(name, "fields", name), { ...compiler, readable: set, report })
      : { read: () => undefined, fixed: false, usesFields: false };
  };
  const unreported = (): undefined => undefined;
  const late = new Set(names.filter((name) => compile(name, names, unreported).usesFields));
  const early = names.filter((name) => !late.has(name));
  const ordered = [...early, ...late];
  return ordered.map((name, index) => {
    const readable = late.has(name) ? ordered.slice(0, index) : names;
    return { name, read: compile(name, readable, compiler.report).read };
  });
}
