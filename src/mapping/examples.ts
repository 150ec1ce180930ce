import type { CompiledMapping, MapContext, MappingOutcome } from "./outcome.ts";
import type { Finding, YamlPath } from "./positions.ts";
import type { ReadMapping } from "./read.ts";
import type { Example } from "./schema.ts";

/** Maps each example of a file and says, at its place in the file, what did not come out as written. */
export function checkExamples({ mapping, source }: ReadMapping, compiled: CompiledMapping): Finding[] {
  return (mapping?.examples ?? []).flatMap((example, index) => {
    const mismatch = exampleMismatch(example, compiled);
    if (!mismatch) return [];
    return [source.finding(["examples", index, ...mismatch.path], `example "${example.name}": ${mismatch.message}`)];
  });
}

interface Mismatch {
  path: YamlPath;
  message: string;
}

function exampleMismatch(example: Example, compiled: CompiledMapping): Mismatch | undefined {
  const outcome = compiled.map(example.in, exampleContext(example));
  if ("failure" in outcome) return failureMismatch(example, outcome.failure.message);
  if (example.fails !== undefined) return { path: ["fails"], message: "expected a failure, but the record was mapped" };
  return firstMismatch(example.out, mappedPart(outcome), ["out"]);
}

function failureMismatch(example: Example, message: string): Mismatch | undefined {
  if (example.fails === undefined) return { path: ["in"], message: `the record could not be mapped: ${message}` };
  return message.includes(example.fails) ? undefined : { path: ["fails"], message: `failed with: ${message}` };
}

function mappedPart(outcome: Exclude<MappingOutcome, { failure: unknown }>): unknown {
  return "record" in outcome ? outcome.record : outcome.association;
}

function exampleContext({ lookups, settings }: Example): MapContext {
  const { connection, baseCurrency, country, timeZone } = settings ?? {};
  return {
    lookup: (table, key) => lookups?.[table]?.[key],
    ...(connection !== undefined && { connection }),
    ...(baseCurrency !== undefined && { baseCurrency }),
    ...(country !== undefined && { country }),
    ...(timeZone !== undefined && { timeZone }),
  };
}

/** The first place where `actual` is not what `expected` says; keys of `actual` that `expected` leaves out do not count. */
function firstMismatch(expected: unknown, actual: unknown, path: YamlPath): Mismatch | undefined {
  if (Array.isArray(expected)) return listMismatch(expected, actual, path);
  if (typeof expected !== "object" || expected === null) {
    // "key: null" says "not there" too: a field without a value is left out.
    const same = Object.is(expected, actual) || (expected === null && actual === undefined);
    return same ? undefined : unexpected(expected, actual, path);
  }
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return unexpected(expected, actual, path);
  for (const [key, part] of Object.entries(expected)) {
    const mismatch = firstMismatch(part, Object.hasOwn(actual, key) ? Reflect.get(actual, key) : undefined, [
      ...path,
      key,
    ]);
    if (mismatch) return mismatch;
  }
  return undefined;
}

function listMismatch(expected: readonly unknown[], actual: unknown, path: YamlPath): Mismatch | undefined {
  if (!Array.isArray(actual) || actual.length !== expected.length) return unexpected(expected, actual, path);
  for (const [index, part] of expected.entries()) {
    const mismatch = firstMismatch(part, actual[index], [...path, index]);
    if (mismatch) return mismatch;
  }
  return undefined;
}

function unexpected(expected: unknown, actual: unknown, path: YamlPath): Mismatch {
  const place = path.slice(1).join(".");
  return { path, message: `${place} is ${JSON.stringify(actual) ?? "not there"}, not ${JSON.stringify(expected)}` };
}
