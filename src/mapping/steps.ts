import { type Compiler, type Site, sharedRead, type ValueTarget } from "./compiler.ts";
import type { Operation } from "./operation.ts";
import { parsePath } from "./paths.ts";
import { noteDrift, type Read } from "./run.ts";
import { pathRead } from "./sources.ts";
import type { Target } from "./targets.ts";
import { readText } from "./transforms/texts.ts";
import { type Apply, isTransformName, type Lender, type Transform, transforms } from "./transforms.ts";

/** What happens to an operation's value after it is read: transforms, then the table, then the ref. */
export function compileSteps(given: Operation, target: ValueTarget, site: Site, compiler: Compiler): Apply[] {
  return [
    ...(given.do === undefined ? [] : transformSteps(given, target, site, compiler)),
    ...(given.map === undefined ? [] : [tableStep(given.map, given.else, target, site)]),
    ...(given.ref === undefined ? [] : [refStep(given.ref)]),
  ];
}

function transformSteps(given: Operation, target: ValueTarget, site: Site, compiler: Compiler): Apply[] {
  const chosen = chosenTransforms(given.do ?? []);
  const mismatch =
    given.map === undefined
      ? outputMismatch(
          chosen.map(({ transform }) => transform),
          target,
        )
      : undefined;
  if (mismatch) compiler.report([...site.path, "do"], mismatch);
  const lender: Lender = {
    reader: (paths) => lentReader(paths, site, compiler),
    shared: (key, make) => (site.inItem ? make() : sharedRead(compiler, key, make)),
  };
  return chosen.map(({ transform, args }) => {
    const apply = transform.make(args, lender);
    return stepOf(apply, transform.wholeList, site.field);
  });
}

function lentReader(paths: string | readonly string[], site: Site, compiler: Compiler): Read {
  for (const path of [paths].flat()) {
    const parsed = parsePath(path);
    if ("problem" in parsed) compiler.report([...site.path, "do"], parsed.problem);
  }
  return pathRead(paths, site, compiler);
}

/** The transforms of a `do:`, each with its arguments; also used for the lists of `each:`. */
export function chosenTransforms(uses: NonNullable<Operation["do"]>): { transform: Transform; args: unknown }[] {
  return [uses].flat().flatMap((use) => {
    const entries: [string, unknown][] = typeof use === "string" ? [[use, undefined]] : Object.entries(use);
    return entries.flatMap(([name, args]) => (isTransformName(name) ? [{ transform: transforms[name], args }] : []));
  });
}

/** A transform as a step: over each value of a list unless it wants the whole, and what it cannot read is noted. */
function stepOf(apply: Apply, wholeList: boolean, field: string): Apply {
  const single: Apply = (value, scope, run) => {
    const made = apply(value, scope, run);
    if (made === undefined) noteDrift(run, field, value, "unreadable");
    return made;
  };
  if (wholeList) return single;
  return (value, scope, run) => {
    if (Array.isArray(value)) return value.slice(0, 1000).flatMap((item) => single(item, scope, run) ?? []);
    const made = apply(value, scope, run);
    if (made === undefined) noteDrift(run, field, value, "unreadable");
    return made;
  };
}

function outputMismatch(chosen: readonly Transform[], target: ValueTarget): string | undefined {
  const gives = chosen.at(-1)?.gives;
  if (gives === undefined || gives === "same") return undefined;
  if (gives === "list")
    return target.type === "list"
      ? undefined
      : "the last transform gives a list and the field takes one value: end with join, first or last";
  const fits: Partial<Record<Target["type"], readonly string[]>> = {
    enum: ["text"],
    number: ["number", "text"],
    boolean: ["boolean", "text"],
    instant: ["instant", "date", "text", "number"],
    date: ["date", "instant", "text"],
    country: ["country", "text"],
    money: [],
  };
  const accepted = fits[target.type];
  return accepted && !accepted.includes(gives)
    ? `the field takes a ${target.type} value; the last transform gives ${gives}`
    : undefined;
}

function tableStep(
  map: NonNullable<Operation["map"]>,
  otherwise: Operation["else"],
  target: ValueTarget,
  site: Site,
): Apply {
  const table = new Map(Object.entries(map));
  const native = target.type === "enum" && site.path[0] === "fields" && !site.field.includes(".");
  return (value, _scope, run) => {
    const word = readText(value);
    if (word === undefined) return undefined;
    if (native) run.native[site.field] = word;
    const known = table.get(word);
    if (known !== undefined) return known;
    noteDrift(run, site.field, word, "unknown_value");
    return otherwise;
  };
}

function refStep(ref: NonNullable<Operation["ref"]>): Apply {
  const objectOf = refObject(ref);
  return (value) => {
    const id = readText(value);
    const object = id === undefined ? undefined : objectOf(id);
    return object === undefined ? undefined : `${object}:${id}`;
  };
}

/** Which object an id belongs to: always the same, or by the id's first characters (Salesforce's key prefix). */
export function refObject(ref: NonNullable<Operation["ref"]>): (id: string) => string | undefined {
  if (typeof ref === "string") return () => ref;
  const lengths = [...new Set(Object.keys(ref).map((prefix) => prefix.length))];
  const table = new Map(Object.entries(ref));
  return (id) => {
    for (const length of lengths) {
      const object = table.get(id.slice(0, length));
      if (object !== undefined) return object;
    }
    return undefined;
  };
}
