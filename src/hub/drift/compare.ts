import { type FoundField, isReadOf } from "../../connector/index.ts";
import type { PathUse } from "../../mapping/index.ts";

/** A field as it was seen last. */
export interface SeenField {
  type: string;
  writable: boolean;
  /** Of fields that a mapping reads: the values they can have. */
  values?: readonly string[];
  through?: string;
}

/** An object as it was seen last; null: the account showed none of that name. */
export type SeenObject = Readonly<Record<string, SeenField>> | null;

/** How an object differs from what it was. */
export type ChangeKind = "added" | "removed" | "retyped" | "value_added" | "write_lost" | "object_removed";

/** One difference between what was seen and what is there. `path` is "" where it is the object as a whole. */
export interface SchemaChange {
  object: string;
  path: string;
  change: ChangeKind;
  /** The type it had, or has now; of values, the new one. */
  from: string | null;
  to: string | null;
}

/** A difference that a mapping or the write-back meets, which stands until it is mended. `mapping`: the version of the mapping it was met in. */
export interface Harm extends SchemaChange {
  mapping: string;
  /** Where mapping files read the field. */
  uses: readonly Pick<PathUse, "file" | "line" | "column">[];
  /** Of a removed field: one that came in its place, as far as that can be guessed. */
  successor: string | null;
}

/** What the hub does with an object's fields. */
export interface ObjectUse {
  object: string;
  /** Paths its mapping reads, and the mapping's version. */
  reads: readonly string[];
  mapping: string;
  /** Paths that are written to. */
  writes: readonly string[];
  usesOf(path: string): readonly PathUse[];
}

interface Comparison {
  before: SeenObject | undefined;
  now: SeenObject;
  changes: readonly SchemaChange[];
  standing: readonly Harm[];
}

/** What is kept of an object as it is now. */
export function seenOf(fields: readonly FoundField[] | null, reads: readonly string[]): SeenObject {
  if (fields === null) return null;
  const seen = fields.map((field): [string, SeenField] => {
    const { path, type, writable, values, through } = field;
    const isRead = reads.some((read) => isReadOf(field, read));
    return [
      path,
      { type, writable, ...(isRead && values ? { values } : {}), ...(isRead && through ? { through } : {}) },
    ];
  });
  return Object.fromEntries(seen);
}

/** What has changed about an object since it was seen last. An object that was never seen has changed in nothing. */
export function changesOf(object: string, before: SeenObject | undefined, now: SeenObject): SchemaChange[] {
  if (before === undefined) return [];
  if (before === null || now === null) {
    const isGone = before !== null && now === null;
    return isGone ? [{ object, path: "", change: "object_removed", from: null, to: null }] : [];
  }
  const about = (path: string, change: ChangeKind, from: string | null, to: string | null) => ({
    ...{ object, path, change, from, to },
  });
  const old = Object.entries(before).flatMap(([path, was]): SchemaChange[] => {
    const is = now[path];
    if (!is) return [about(path, "removed", was.type, null)];
    const changes: SchemaChange[] = was.type === is.type ? [] : [about(path, "retyped", was.type, is.type)];
    if (was.writable && !is.writable) changes.push(about(path, "write_lost", was.type, is.type));
    const known = new Set(was.values ?? is.values);
    const news = is.values?.filter((value) => !known.has(value)) ?? [];
    return [...changes, ...news.map((value) => about(path, "value_added", null, value))];
  });
  const fresh = Object.entries(now).filter(([path]) => !Object.hasOwn(before, path));
  return [...old, ...fresh.map(([path, { type }]) => about(path, "added", null, type))];
}

/**
 * The differences that do harm: those that stood and are not mended, and those among the new ones that the hub's own use of the object
 * meets. A removed field is mended when it is back or read no more, one of another type or with a new value by a changed mapping as well.
 */
export function harmsOf(use: ObjectUse, { before, now, changes, standing }: Comparison): Harm[] {
  const still = standing.filter((harm) => harm.object === use.object && stands(harm, use, now));
  const told = changes.flatMap((change) => inTheLightOf(standing, change));
  const news = told.flatMap((change) => harmOf(change, use, { before, changes }));
  const isKnown = ({ path, change, to }: SchemaChange) =>
    still.some((harm) => harm.path === path && harm.change === change && harm.to === to);
  return [...still, ...news.filter((harm) => !isKnown(harm))];
}

/** A change back to what was is a cure, and a field that comes back as another one has changed its type. */
function inTheLightOf(standing: readonly Harm[], change: SchemaChange): SchemaChange[] {
  const known = standing.find(({ object, path }) => object === change.object && path === change.path);
  if (change.change === "retyped" && known?.change === "retyped" && known.from === change.to) return [];
  const isAnother = change.change === "added" && known?.change === "removed" && known.from !== change.to;
  return [isAnother ? { ...change, change: "retyped", from: known.from } : change];
}

function stands({ path, change, from, to, mapping }: Harm, use: ObjectUse, now: SeenObject): boolean {
  if (change === "object_removed") return now === null;
  if (now === null) return true;
  const field = now[path];
  switch (change) {
    case "removed":
      return !field && (mapping === use.mapping || use.reads.some((read) => isReadOf({ path }, read)));
    case "retyped":
      return field?.type === to && field.type !== from && mapping === use.mapping;
    case "value_added":
      return mapping === use.mapping && (field?.values?.includes(to ?? "") ?? false);
    case "write_lost":
      return field !== undefined && !field.writable;
    default:
      return false;
  }
}

function harmOf(
  change: SchemaChange,
  use: ObjectUse,
  { before, changes }: { before: SeenObject | undefined; changes: readonly SchemaChange[] },
): Harm[] {
  const harm = { ...change, mapping: use.mapping, uses: [], successor: null };
  const { path } = change;
  if (change.change === "object_removed") return [harm];
  if (change.change === "write_lost") return use.writes.includes(path) ? [harm] : [];
  if (change.change === "added") return [];
  const through = before?.[path]?.through;
  const read = use.reads.filter((each) => isReadOf({ path, ...(through ? { through } : {}) }, each));
  if (read.length === 0) return [];
  const uses = read.flatMap((each) => use.usesOf(each));
  if (change.change === "value_added") {
    const unknowing = uses.filter(({ values }) => values !== null && !values.includes(change.to ?? ""));
    return unknowing.length > 0 ? [{ ...harm, uses: placesOf(unknowing) }] : [];
  }
  const successor = change.change === "removed" ? successorOf(change, changes) : null;
  return [{ ...harm, uses: placesOf(uses), successor }];
}

const placesOf = (uses: readonly PathUse[]) => uses.map(({ file, line, column }) => ({ file, line, column }));

/** A renamed field is one removed and one added of the same type; where there are several, nobody can tell. */
function successorOf({ from }: SchemaChange, changes: readonly SchemaChange[]): string | null {
  const added = changes.filter(({ change, to }) => change === "added" && to === from);
  const removed = changes.filter((other) => other.change === "removed" && other.from === from);
  return added.length === 1 && removed.length === 1 ? (added[0]?.path ?? null) : null;
}
