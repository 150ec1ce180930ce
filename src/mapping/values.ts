import { canonicalJson } from "./canonical.ts";
import { coercion } from "./coerce.ts";
import { below, type CompiledValue, type Compiler, type Site, sharedRead, type ValueTarget } from "./compiler.ts";
import { type Operation, operation } from "./operation.ts";
import { isEmpty, type Read } from "./run.ts";
import { coercedRead, compileCondition, compileSource, constant } from "./sources.ts";
import { chosenTransforms, compileSteps } from "./steps.ts";
import type { Apply } from "./transforms.ts";

/** Compiles one value as written in the file: a path, a constant or an operation; what is wrong is reported and the value stays empty. */
export function compileValue(written: unknown, target: ValueTarget, site: Site, compiler: Compiler): CompiledValue {
  if (typeof written === "number" || typeof written === "boolean") return constant(written);
  if (typeof written === "string" && target.type === "enum") return constant(written);
  if (typeof written === "string") {
    const read = coercedRead(written, target, site, compiler);
    return { read, fixed: false, usesFields: false };
  }
  return compileOperation(operation.parse(written), target, site, compiler);
}

function compileOperation(given: Operation, target: ValueTarget, site: Site, compiler: Compiler): CompiledValue {
  const source =
    given.first === undefined
      ? compileSource(given, target, site, compiler)
      : firstOf(given.first, target, below(site, "first"), compiler);
  const condition = given.when === undefined ? undefined : compileCondition(given.when, below(site, "when"), compiler);
  const made = withSteps(given, source, compileSteps(given, target, site, compiler), site, compiler);
  const coerce = isMade(given, target) ? undefined : coercion(target, site.field);
  const read: Read = coerce ? (scope, run) => coerce(made(scope, run), run) : made;
  return {
    read: condition ? (scope, run) => (condition.read(scope, run) === true ? read(scope, run) : undefined) : read,
    fixed: source.fixed && !condition,
    usesFields: source.usesFields || (condition?.usesFields ?? false),
  };
}

/** True where the operation has made the very value the place takes, so that coercing it again would only cost time. */
function isMade(given: Operation, target: ValueTarget): boolean {
  if (given.ref !== undefined || given.money !== undefined || given.first !== undefined) return true;
  if (given.map !== undefined || given.const !== undefined) return target.type === "enum";
  const last = chosenTransforms(given.do ?? []).at(-1)?.transform.gives;
  return last === target.type && last !== "text" && last !== "number";
}

/** An e-mail or phone is read for a field and again for an identifier: the same reading is made once a record. */
function withSteps(
  given: Operation,
  source: CompiledValue,
  steps: readonly Apply[],
  site: Site,
  compiler: Compiler,
): Read {
  const read = chain(source.read, steps);
  const { from, all, do: transforms, ...others } = given;
  if (site.inItem || transforms === undefined || Object.values(others).some((other) => other !== undefined))
    return read;
  return sharedRead(compiler, `value ${canonicalJson({ from, all, transforms })}`, () => read);
}

function chain(source: Read, steps: readonly Apply[]): Read {
  const [only] = steps;
  if (!only) return source;
  if (steps.length === 1) {
    return (scope, run) => {
      const value = source(scope, run);
      return isEmpty(value) ? undefined : only(value, scope, run);
    };
  }
  return (scope, run) => {
    let value = source(scope, run);
    for (const step of steps) {
      if (isEmpty(value)) return undefined;
      value = step(value, scope, run);
    }
    return value;
  };
}

function firstOf(written: readonly unknown[], target: ValueTarget, site: Site, compiler: Compiler): CompiledValue {
  const values = written.map((each, index) => compileValue(each, target, below(site, index), compiler));
  return {
    read: (scope, run) => {
      for (const value of values) {
        const result = value.read(scope, run);
        if (result !== undefined) return result;
      }
      return undefined;
    },
    fixed: values.every((value) => value.fixed),
    usesFields: values.some((value) => value.usesFields),
  };
}
