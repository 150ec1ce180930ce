import { coercion } from "./coerce.ts";
import { below, type CompiledValue, type Compiler, type Site, type ValueTarget } from "./compiler.ts";
import { type CompiledExpression, compileExpression } from "./expressions.ts";
import type { Operation } from "./operation.ts";
import { fetchedPath, type Path, parsePath, pathReader } from "./paths.ts";
import { isEmpty, noteDrift, type Read } from "./run.ts";
import { readDecimal } from "./transforms/numbers.ts";
import { readText } from "./transforms/texts.ts";

/** Where an operation's value comes from, unless from other values (`first:`). */
export function compileSource(given: Operation, target: ValueTarget, site: Site, compiler: Compiler): CompiledValue {
  if (given.const !== undefined) return constant(given.const);
  if (given.value !== undefined) return compileComputed(given.value, target, below(site, "value"), compiler);
  if (given.lookup !== undefined) return plain(lookupRead(given.lookup, site, compiler));
  if (given.money !== undefined) return plain(moneyRead(given.money, site, compiler));
  if (given.all !== undefined) return plain(allRead(given.all, site, compiler));
  return plain(pathRead(given.from ?? [], site, compiler));
}

/** A value that is the same for every record. */
export function constant(value: unknown): CompiledValue {
  return { read: () => value, fixed: true, usesFields: false };
}

function plain(read: Read): CompiledValue {
  return { read, fixed: false, usesFields: false };
}

/** A reader for one path, or for the first of several that is not empty. */
export function pathRead(paths: string | readonly string[], site: Pick<Site, "inItem">, compiler: Compiler): Read {
  const readers = [paths].flat().map((text) => {
    const path = parsePath(text);
    // The file's schema has refused bad paths, with their place, before anything is compiled.
    if ("problem" in path) return () => undefined;
    if (site.inItem) return pathReader(path);
    compiler.reads.add(fetchedPath(path));
    return payloadReader(path, compiler);
  });
  const [first, second] = readers;
  if (first && readers.length === 1) return first;
  if (first && second && readers.length === 2) return firstOfTwo(first, second);
  return (scope, run) => {
    for (const reader of readers) {
      const value = reader(scope, run);
      if (!isEmpty(value)) return value;
    }
    return undefined;
  };
}

function firstOfTwo(first: Read, second: Read): Read {
  return (scope, run) => {
    const value = first(scope, run);
    if (!isEmpty(value)) return value;
    const other = second(scope, run);
    return isEmpty(other) ? undefined : other;
  };
}

/** Reads a path of the payload. */
function payloadReader(path: Path, compiler: Compiler): Read {
  const slot = compiler.slots.of(path);
  if (slot !== undefined) return (_scope, run) => run.values[slot];
  const read = pathReader(path);
  return (_scope, run) => read(run.payload);
}

/** A path of the payload and its coercion in one, for a field that is written as its path and nothing else: most are. */
export function coercedRead(text: string, target: ValueTarget, site: Site, compiler: Compiler): Read {
  const coerce = coercion(target, site.field);
  const path = parsePath(text);
  const read = pathRead(text, site, compiler);
  const slot = site.inItem || "problem" in path ? undefined : compiler.slots.of(path);
  if (slot === undefined) {
    return (scope, run) => {
      const value = read(scope, run);
      return value === undefined ? undefined : coerce(value, run);
    };
  }
  if (target.type === "text") {
    return (_scope, run) => {
      const value = run.values[slot];
      if (typeof value === "string") return readText(value);
      return value === undefined ? undefined : coerce(value, run);
    };
  }
  return (_scope, run) => {
    const value = run.values[slot];
    return value === undefined ? undefined : coerce(value, run);
  };
}

function allRead(paths: readonly string[], site: Site, compiler: Compiler): Read {
  const readers = paths.map((path) => pathRead(path, site, compiler));
  return (scope, run) => {
    const values: unknown[] = [];
    for (const read of readers) {
      const value = read(scope, run);
      if (!isEmpty(value)) values.push(value);
    }
    return values;
  };
}

function lookupRead({ in: table, key, take }: NonNullable<Operation["lookup"]>, site: Site, compiler: Compiler): Read {
  const keyRead = pathRead(key, site, compiler);
  const prefix = table === "stages" ? `${compiler.kind}:` : "";
  return (scope, run) => {
    const id = readText(keyRead(scope, run));
    const row = id === undefined ? undefined : run.context.lookup(table, prefix + id);
    return row && Object.hasOwn(row, take) ? row[take] : undefined;
  };
}

function moneyRead(parts: NonNullable<Operation["money"]>, site: Site, compiler: Compiler): Read {
  const amountRead = pathRead(parts.amount, site, compiler);
  const currencyRead = parts.currency === undefined ? undefined : pathRead(parts.currency, site, compiler);
  return (scope, run) => {
    const written = amountRead(scope, run);
    if (isEmpty(written)) return undefined;
    const amount = readDecimal(written);
    const currency = currencyOf(currencyRead?.(scope, run)) ?? parts.default_currency ?? run.context.baseCurrency;
    if (amount !== undefined && currency !== undefined) return { amount, currency };
    noteDrift(run, site.field, amount === undefined ? written : `${amount} without a currency`, "unreadable");
    return undefined;
  };
}

function currencyOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
}

/** A condition: CEL that gives true or false. */
export function compileCondition(text: string, site: Site, compiler: Compiler): CompiledValue {
  const compiled = compileChecked(text, site, compiler);
  if (!compiled) return constant(undefined);
  if (compiled.type !== "bool" && compiled.type !== "dyn")
    compiler.report(site.path, `a condition gives true or false; this gives ${compiled.type}`);
  return { read: compiled.read, fixed: false, usesFields: compiled.usesFields };
}

function compileComputed(text: string, target: ValueTarget, site: Site, compiler: Compiler): CompiledValue {
  const compiled = compileChecked(text, site, compiler);
  if (!compiled) return constant(undefined);
  const misfit = typeMisfit(compiled.type, target);
  if (misfit) compiler.report(site.path, misfit);
  const unknown =
    target.type === "enum"
      ? compiled.literals.find((literal) => literal !== "" && !target.values.includes(literal))
      : undefined;
  if (unknown !== undefined && target.type === "enum") {
    compiler.report(site.path, `"${unknown}" is not one of the field's values: ${target.values.join(", ")}`);
  }
  return { read: compiled.read, fixed: false, usesFields: compiled.usesFields };
}

function typeMisfit(type: string, target: ValueTarget): string | undefined {
  const numeric = type === "int" || type === "double" || type === "uint";
  const boolean = target.type === "boolean" ? type !== "bool" : type === "bool";
  const wrong =
    boolean ||
    (numeric && ["enum", "money", "country"].includes(target.type)) ||
    (target.type === "number" && type === "string");
  return wrong && type !== "dyn" ? `the field takes a ${target.type} value; the expression gives ${type}` : undefined;
}

function compileChecked(text: string, site: Site, compiler: Compiler): CompiledExpression | undefined {
  const compiled = compileExpression(text, { fields: compiler.readable, field: site.field });
  if ("problem" in compiled) {
    compiler.report(site.path, compiled.problem);
    return undefined;
  }
  for (const path of compiled.reads) compiler.reads.add(path);
  return compiled;
}
