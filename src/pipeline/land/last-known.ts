import { isDeepStrictEqual } from "node:util";
import type { RawRecord } from "../../model/record.ts";

type Payload = RawRecord["payload"];

/** Lists in a payload the paths whose values are not the vendor's present word but what was known last. */
export const keptField = "_kept";

/**
 * A record with what was known last in the places of which its payload says nothing (`missing`): a field that was renamed, removed or
 * hidden at the vendor must not look like one that was emptied. Such a payload lists these paths as `_kept`; one that says nothing new
 * besides becomes the last payload again, so that it lands as a duplicate. `last`: the payload that landed last, if that is known.
 */
export function withLastKnown(record: RawRecord, last: Payload | undefined): RawRecord {
  const payload = last && record.missing ? kept(record.payload, last, record.missing) : record.payload;
  return payload === record.payload ? record : { ...record, payload };
}

function kept(payload: Payload, before: Payload, missing: readonly string[]): Payload {
  if (Object.keys(payload).length === 0) return payload;
  let filled = payload;
  const paths: string[] = [];
  for (const path of missing) {
    const value = valueAt(before, path.split("."));
    if (value === undefined || value === null) continue;
    filled = withValue(filled, path.split("."), value);
    paths.push(path);
  }
  if (paths.length === 0) return payload;
  const { [keptField]: _, ...known } = before;
  return isDeepStrictEqual(filled, known) ? before : { ...filled, [keptField]: paths.sort() };
}

function valueAt(payload: Payload, [name = "", ...rest]: readonly string[]): unknown {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (rest.length === 0) return value;
  return isObject(value) ? valueAt(value, rest) : undefined;
}

function withValue(payload: Payload, [name = "", ...rest]: readonly string[], value: unknown): Payload {
  if (rest.length === 0) return { ...payload, [name]: value };
  const inner = payload[name];
  return { ...payload, [name]: withValue(isObject(inner) ? inner : {}, rest, value) };
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
