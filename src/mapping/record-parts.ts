import type { Association, Identifier, MappedAssociation, MappedRecord, ObservedWriteback } from "../model/index.ts";
import type { Compiler, Site } from "./compiler.ts";
import { distinct, type Same } from "./distinct.ts";
import { freeMailDomains } from "./free-mail.ts";
import { parsePath } from "./paths.ts";
import { isEmpty, type Read, type Run, ValueError } from "./run.ts";
import { associationTarget, envelope, type MappingFile, observedTarget } from "./schema.ts";
import { compileEach, compileField, elementsOf } from "./shapes.ts";
import { pathRead } from "./sources.ts";
import { refObject } from "./steps.ts";
import type { ObjectTarget } from "./targets.ts";
import { readText } from "./transforms/texts.ts";
import { compileValue } from "./values.ts";

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
    const top: Envelope = {
      remote_id: remoteId,
      remote_created_at: textOrNull(createdAt?.(payload, run)),
      remote_updated_at: textOrNull(updatedAt?.(payload, run)),
      remote_url: textOrNull(url?.(payload, run)),
      deleted: deleted?.(payload, run) === true,
      merged_into: textOrNull(mergedInto?.(payload, run)),
    };
    if (Array.isArray(losers)) top.absorbed = losers.map(String);
    return top;
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

type Adder<Item> = (scope: unknown, run: Run, found: Item[]) => void;

/** Collects what each entry adds, once for the payload or once for each element of its `each:`; doubles are dropped. */
function collector<Item extends object>(
  field: string,
  entries: readonly { elements: Read | undefined; add: Adder<Item> }[],
  same: Same<Item>,
) {
  return (payload: unknown, run: Run): Item[] => {
    const found: Item[] = [];
    for (const { elements, add } of entries) {
      if (elements === undefined) add(payload, run, found);
      else for (const element of elementsOf(elements(payload, run), run, field)) add(element, run, found);
    }
    return distinct(found, same);
  };
}

/** Claims that identify the party, each type and value once. */
export function compileIdentifiers(written: NonNullable<MappingFile["identifiers"]>, compiler: Compiler) {
  const entries = written.map(({ type, each, value }, index) => {
    const entry = site(`identifiers.${type}`, "identifiers", index);
    const elements = each === undefined ? undefined : compileEach(each, entry, compiler);
    const inner = { ...entry, path: [...entry.path, "value"], inItem: elements !== undefined };
    const { read } = compileValue(value, { type: "list", item: { type: "text" } }, inner, compiler);
    const add: Adder<Identifier> = (scope, run, found) => {
      const values = read(scope, run);
      if (Array.isArray(values)) for (const one of values) addIdentifier(found, type, one);
      else addIdentifier(found, type, values);
    };
    return { elements, add };
  });
  return collector("identifiers", entries, {
    isSame: (one, other) => one.value === other.value && one.type === other.type,
    keyOf: ({ type, value }) => `${type} ${value}`,
  });
}

function addIdentifier(found: Identifier[], type: string, value: unknown): void {
  // Two companies with Gmail addresses are not one company, whatever a file says.
  if (typeof value !== "string" || (type === "domain" && freeMailDomains.has(value))) return;
  found.push({ type, value });
}

/** Links to other records, each record and role once. */
export function compileAssociations(written: NonNullable<MappingFile["associations"]>, compiler: Compiler) {
  const entries = written.map(({ to, each, id, role }, index) => {
    const entry = site("associations", "associations", index);
    const elements = each === undefined ? undefined : compileEach(each, entry, compiler);
    const inner = (key: string): Site => ({ ...entry, path: [...entry.path, key], inItem: elements !== undefined });
    const idRead = compileValue(id, { type: "text" }, inner("id"), compiler).read;
    const roleRead =
      role === undefined ? undefined : compileValue(role, { type: "text" }, inner("role"), compiler).read;
    const objectOf = refObject(to);
    const add: Adder<Association> = (scope, run, found) => {
      const remoteId = idRead(scope, run);
      const object = typeof remoteId === "string" ? objectOf(remoteId) : undefined;
      if (object !== undefined) addAssociation(found, `${object}:${remoteId}`, roleRead?.(scope, run));
    };
    return { elements, add };
  });
  return collector("associations", entries, {
    isSame: (one, other) => one.to === other.to && one.role === other.role,
    keyOf: ({ to, role }) => `${to} ${role}`,
  });
}

function addAssociation(found: Association[], to: string, written: unknown): void {
  found.push({ to, role: typeof written === "string" ? written : "related" });
}

/** Every value the file names, null where the vendor has none: what was seen there is compared with what is desired. */
export function compileObserved(
  written: Record<string, unknown>,
  compiler: Compiler,
): (payload: unknown, run: Run) => ObservedWriteback {
  const part = partsOf("observed", written, observedTarget, compiler);
  const [stage, stageDate, score] = [part("stage"), part("stage_date"), part("score")];
  const [grade, reason] = [part("grade"), part("reason")];
  return (payload, run) => {
    const seen: ObservedWriteback = {};
    if (stage) seen.stage = textOrNull(stage(payload, run));
    if (stageDate) seen.stage_date = textOrNull(stageDate(payload, run));
    if (score) seen.score = numberOrNull(score(payload, run));
    if (grade) seen.grade = textOrNull(grade(payload, run));
    if (reason) seen.reason = textOrNull(reason(payload, run));
    return seen;
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
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
      if (typeof value === "boolean" || (typeof value === "number" && !isEmpty(value))) found[name] = value;
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
