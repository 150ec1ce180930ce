import { below, type CompiledValue, type Compiler, type Site, type ValueTarget } from "./compiler.ts";
import { byKey, distinct } from "./distinct.ts";
import { each as eachSchema } from "./operation.ts";
import { step } from "./paths.ts";
import { isEmpty, noteDrift, type Read, type Run } from "./run.ts";
import { pathRead } from "./sources.ts";
import { compileSteps } from "./steps.ts";
import type { ObjectTarget, Target } from "./targets.ts";
import { compileValue } from "./values.ts";

const itemsMax = 1000;

/** Compiles what is written for a field: a value, an object with parts, or a list of entries. */
export function compileField(written: unknown, target: Target, site: Site, compiler: Compiler): CompiledValue {
  if (target.type === "object") return compileObject(parts(written), target, site, compiler);
  if (target.type === "list" && Array.isArray(written)) return compileList(written, target.item, site, compiler);
  return target.type === "list"
    ? compileList([written], target.item, site, compiler)
    : compileValue(written, target, site, compiler);
}

function parts(written: unknown): Record<string, unknown> {
  return typeof written === "object" && written !== null ? Object.fromEntries(Object.entries(written)) : {};
}

/** An object is left out when nothing but its constants is known, or when a part the model requires is empty. */
function compileObject(
  written: Record<string, unknown>,
  target: ObjectTarget,
  site: Site,
  compiler: Compiler,
): CompiledValue {
  const compiled = [...target.fields].flatMap(([key, partTarget]) => {
    if (written[key] === undefined) return [];
    const partSite = { ...below(site, key), field: `${site.field}.${key}` };
    const value = compileField(written[key], partTarget, partSite, compiler);
    return [{ key, ...value, required: target.required.includes(key) }];
  });
  const allFixed = compiled.every((part) => part.fixed);
  const read: Read = (scope, run) => {
    const result: Record<string, unknown> = {};
    let says = allFixed;
    for (const part of compiled) {
      const value = part.read(scope, run);
      if (value === undefined && part.required) return undefined;
      if (value === undefined) continue;
      result[part.key] = value;
      says ||= !part.fixed;
    }
    return says ? result : undefined;
  };
  return { read, fixed: allFixed, usesFields: compiled.some((part) => part.usesFields) };
}

type Add = (scope: unknown, run: Run, into: unknown[]) => void;

function compileList(entries: readonly unknown[], item: Target, site: Site, compiler: Compiler): CompiledValue {
  // Two items are the same by the part the model requires of them; plain values by themselves; other objects never.
  const key = item.type === "object" ? item.required[0] : "";
  const same = byKey<unknown>(key === undefined || key === "" ? (one) => one : (one) => step(one, key));
  const compiled = entries.map((entry, index) => compileEntry(entry, item, below(site, index), compiler));
  const adds = compiled.map((entry) => adding(entry, site.field));
  const read: Read = (scope, run) => {
    const items: unknown[] = [];
    for (const add of adds) add(scope, run, items);
    if (items.length === 0) return undefined;
    return key === undefined ? items : distinct(items, same);
  };
  return { read, fixed: false, usesFields: compiled.some(({ value }) => value.usesFields) };
}

interface Entry {
  value: CompiledValue;
  elements: Read | undefined;
}

function compileEntry(entry: unknown, item: Target, site: Site, compiler: Compiler): Entry {
  if (item.type !== "object") {
    // A plain entry may give several values at once: split text, or a path to a list.
    return { value: compileValue(entry, { type: "list", item }, site, compiler), elements: undefined };
  }
  const { each, ...written } = parts(entry);
  const elements = each === undefined ? undefined : compileEach(each, site, compiler);
  const itemSite = elements ? { ...site, inItem: true } : site;
  return { value: compileObject(written, item, itemSite, compiler), elements };
}

/** Compiles an `each:` into a reader of the elements to walk over. */
export function compileEach(written: unknown, site: Site, compiler: Compiler): Read {
  const given = eachSchema.parse(written);
  if (typeof given === "string") return pathRead(given, site, compiler);
  const read = pathRead(given.from, site, compiler);
  const target: ValueTarget = { type: "list", item: { type: "text" } };
  const steps = compileSteps({ do: given.do }, target, below(site, "each"), compiler);
  return (scope, run) =>
    steps.reduce((value, step) => (isEmpty(value) ? undefined : step(value, scope, run)), read(scope, run));
}

/** The elements of what an `each:` reads: a list as it is, a single value as a list of one; of a giant the first, and a note. */
export function elementsOf(value: unknown, run: Run, field: string): readonly unknown[] {
  if (!Array.isArray(value)) return isEmpty(value) ? [] : [value];
  if (value.length <= itemsMax) return value;
  noteDrift(run, field, `${value.length} items, of which the first ${itemsMax} are taken`, "unreadable");
  return value.slice(0, itemsMax);
}

function adding({ value, elements }: Entry, field: string): Add {
  const add: Add = (scope, run, into) => {
    const made = value.read(scope, run);
    if (Array.isArray(made)) for (const item of made) into.push(item);
    else if (made !== undefined) into.push(made);
  };
  if (!elements) return add;
  return (scope, run, into) => {
    for (const element of elementsOf(elements(scope, run), run, field)) add(element, run, into);
  };
}
