import type { Association, Identifier, MappedAssociation, MappedRecord, ObservedWriteback } from "../model/index.ts";
import type { Compiler, Site } from "./compiler.ts";
import { freeMailDomains } from "./free-mail.ts";
import { parsePath } from "./paths.ts";
import { isEmpty, type Read, type Run, ValueError } from "./run.ts";
import { associationTarget, envelope, type MappingFile, observedTarget } from "./schema.ts";
import { compileEach, compileField, elementsOf } from "./shapes.ts";
import { pathRead } from "./sources.ts";
import { refObject } from "./steps.ts";
import type { ObjectTarget } from "./targets.ts";
import { readText } from "./transforms/texts.ts";

export type Envelope = Pick<
  MappedRecord,
  "remote_id" | "remote_created_at" | "remote_updated_at" | "remote_url" | "deleted" | "merged_into" | "absorbed"
>;

/** What every kind of record has: its id, stamps, address and end. Fails the record when there is no id. */
export function compileEnvelope(
  written: Record<string, unknown>,
  compiler: Compiler,
): (payload: unknown, run: Run) => Envelope {
  const part = partsOf("record", written, envelope, compiler);
  const [id, createdAt, updatedAt, url] = [part("id"), part("created_at"), part("updated_at"), part("url")];
  const [deleted, mergedInto, absorbed] = [part("deleted"), part("merged_into"), part("absorbed")];
  return (payload, run) => {
    const remoteId = readText(id?.(payload, run));
    if (remoteId === undefined)
      throw new ValueError("record.id", "the payload has no id where the mapping's record.id looks for it");
    const losers = absorbed?.(payload, run);
    return {
      remote_id: remoteId,
      remote_created_at: textOrNull(createdAt?.(payload, run)),
      remote_updated_at: textOrNull(updatedAt?.(payload, run)),
      remote_url: textOrNull(url?.(payload, run)),
      deleted: deleted?.(payload, run) === true,
      merged_into: textOrNull(mergedInto?.(payload, run)),
      ...(Array.isArray(losers) && { absorbed: losers.map(String) }),
    };
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Claims that identify the party, each type and value once. */
export function compileIdentifiers(written: NonNullable<MappingFile["identifiers"]>, compiler: Compiler) {
  const compiled = written.map(({ type, each, value }, index) => {
    const entry = site(`identifiers.${type}`, "identifiers", index);
    const elements = each === undefined ? undefined : compileEach(each, entry, compiler);
    const inner = { ...entry, path: [...entry.path, "value"], inItem: elements !== undefined };
    const { read } = compileField([value], { type: "list", item: { type: "text" } }, inner, compiler);
    return { type, elements, read };
  });
  return (payload: unknown, run: Run): Identifier[] => {
    const found: Identifier[] = [];
    for (const { type, elements, read } of compiled) {
      for (const scope of elements ? elementsOf(elements(payload, run)) : [payload])
        addIdentifiers(found, type, read(scope, run));
    }
    return found;
  };
}

function addIdentifiers(found: Identifier[], type: string, values: unknown): void {
  if (!Array.isArray(values)) return;
  for (const value of values) {
    // Two companies with Gmail addresses are not one company, whatever a file says.
    if (typeof value !== "string" || (type === "domain" && freeMailDomains.has(value))) continue;
    if (!found.some((other) => other.type === type && other.value === value)) found.push({ type, value });
  }
}

/** Links to other records, each record and role once. */
export function compileAssociations(written: NonNullable<MappingFile["associations"]>, compiler: Compiler) {
  const compiled = written.map(({ to, each, id, role }, index) => {
    const entry = site("associations", "associations", index);
    const elements = each === undefined ? undefined : compileEach(each, entry, compiler);
    const inner = (key: string): Site => ({ ...entry, path: [...entry.path, key], inItem: elements !== undefined });
    const idRead = compileField(id, { type: "text" }, inner("id"), compiler).read;
    const roleRead =
      role === undefined ? undefined : compileField(role, { type: "text" }, inner("role"), compiler).read;
    return { objectOf: refObject(to), elements, idRead, roleRead };
  });
  return (payload: unknown, run: Run): Association[] => {
    const found: Association[] = [];
    for (const { objectOf, elements, idRead, roleRead } of compiled) {
      for (const scope of elements ? elementsOf(elements(payload, run)) : [payload]) {
        const id = readText(idRead(scope, run));
        const object = id === undefined ? undefined : objectOf(id);
        if (object !== undefined)
          addAssociation(found, `${object}:${id}`, readText(roleRead?.(scope, run)) ?? "related");
      }
    }
    return found;
  };
}

function addAssociation(found: Association[], to: string, role: string): void {
  if (!found.some((other) => other.to === to && other.role === role)) found.push({ to, role });
}

/** Every value the file names, null where the vendor has none: what was seen there is compared with what is desired. */
export function compileObserved(
  written: Record<string, unknown>,
  compiler: Compiler,
): (payload: unknown, run: Run) => ObservedWriteback {
  const part = partsOf("observed", written, observedTarget, compiler);
  const [stage, stageDate, score, grade, reason] = [
    part("stage"),
    part("stage_date"),
    part("score"),
    part("grade"),
    part("reason"),
  ];
  return (payload, run) => {
    const scoreSeen = score?.(payload, run);
    return {
      ...(stage && { stage: textOrNull(stage(payload, run)) }),
      ...(stageDate && { stage_date: textOrNull(stageDate(payload, run)) }),
      ...(score && { score: typeof scoreSeen === "number" ? scoreSeen : null }),
      ...(grade && { grade: textOrNull(grade(payload, run)) }),
      ...(reason && { reason: textOrNull(reason(payload, run)) }),
    };
  };
}

/** Scalars kept under the last name of their path. */
export function compileCustomFields(
  paths: readonly string[],
  compiler: Compiler,
): (payload: unknown, run: Run) => MappedRecord["custom_fields"] {
  const compiled = paths.flatMap((text) => {
    const path = parsePath(text);
    const name = "problem" in path ? undefined : path.at(-1);
    return name === undefined ? [] : [{ name: String(name), text }];
  });
  const readers = compiled.map(({ name, text }) => ({ name, read: pathRead(text, { inItem: false }, compiler) }));
  return (payload, run) => {
    const found: MappedRecord["custom_fields"] = {};
    for (const { name, read } of readers) {
      const value = read(payload, run);
      if (value === null) found[name] = null;
      else if (typeof value === "boolean" || (typeof value === "number" && !isEmpty(value))) found[name] = value;
      else if (typeof value === "string") found[name] = readText(value) ?? null;
    }
    return found;
  };
}

/** A file whose rows are links between two other records. Fails a row when one end is empty. */
export function compileAssociation(
  mapping: MappingFile,
  compiler: Compiler,
): (payload: unknown, run: Run) => MappedAssociation {
  const head = compileEnvelope(mapping.record, compiler);
  const part = partsOf("association", mapping.association ?? {}, associationTarget, compiler);
  const [from, to, role] = [part("from"), part("to"), part("role")];
  return (payload, run) => {
    const { remote_id, remote_updated_at, deleted } = head(payload, run);
    const ends = { from: readText(from?.(payload, run)), to: readText(to?.(payload, run)) };
    if (ends.from === undefined || ends.to === undefined) {
      throw new ValueError(
        ends.from === undefined ? "association.from" : "association.to",
        "one end of the association is empty",
      );
    }
    return {
      kind: "association",
      remote_id,
      remote_updated_at,
      deleted,
      from: ends.from,
      to: ends.to,
      role: readText(role?.(payload, run)) ?? "related",
    };
  };
}

/** Where a part of the record stands: `field` names it in drift, `path` (default: the field itself) is its place in the file. */
export function site(field: string, ...path: (string | number)[]): Site {
  return { path: path.length > 0 ? path : [field], field, inItem: false };
}

/** A function that compiles the named part of an object of the file; undefined where the file does not say it. */
function partsOf(section: string, written: Record<string, unknown>, target: ObjectTarget, compiler: Compiler) {
  return (name: string): Read | undefined => {
    const partTarget = target.fields.get(name);
    if (!partTarget || written[name] === undefined) return undefined;
    return compileField(written[name], partTarget, site(`${section}.${name}`, section, name), compiler).read;
  };
}
