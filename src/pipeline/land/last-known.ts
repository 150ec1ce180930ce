import { isDeepStrictEqual } from "node:util";
import type { RawRecord } from "../../model/record.ts";

type Payload = RawRecord["payload"];

/** What a vendor told last of a record, and under which stamp. */
export interface Told {
  payload: Payload;
  version: string | null;
}

/** Names in a payload the paths whose values are not the vendor's present word but what was known last, each with the stamp that had. */
export const keptField = "_kept";

/**
 * A record with what was known last in the places of which its payload says nothing (`missing`): a field that was renamed, removed or
 * hidden at the vendor must not look like one that was emptied. Such a payload names these paths under `_kept`; one that says nothing new
 * besides becomes the last payload again, so that it lands as a duplicate. `last`: what was told last, if that is known.
 */
export function withLastKnown(record: RawRecord, last: Told | undefined): RawRecord {
  const payload = last && record.missing ? filled(record.payload, last, record.missing) : record.payload;
  return payload === record.payload ? record : { ...record, payload };
}

function filled(payload: Payload, { payload: before, version }: Told, missing: readonly string[]): Payload {
  if (Object.keys(payload).length === 0) return payload;
  const { [keptField]: _, ...known } = before;
  const stamps = keptIn(before);
  const kept: Payload = {};
  let made = payload;
  for (const path of missing.toSorted()) {
    const value = valueAt(before, path.split("."));
    if (value === undefined || value === null) continue;
    made = withValue(made, path.split("."), value);
    kept[path] = Object.hasOwn(stamps, path) ? stamps[path] : version;
  }
  if (Object.keys(kept).length === 0) return payload;
  return isDeepStrictEqual(made, known) ? before : { ...made, [keptField]: kept };
}

/**
 * The payload that stands, with what a version that comes late says of its kept values: it is older than what stands, but newer than what
 * was kept. Null where it says nothing of them.
 */
export function withLateWord(standing: Payload, { payload, version, missing = [] }: RawRecord): Payload | null {
  const { [keptField]: _, ...rest } = standing;
  const kept: Payload = { ...keptIn(standing) };
  let made: Payload = rest;
  for (const [path, since] of Object.entries(kept)) {
    if (typeof since !== "string" || version === null || version <= since || missing.includes(path)) continue;
    const value = valueAt(payload, path.split(".")) ?? null;
    made = withValue(made, path.split("."), value);
    if (value === null) delete kept[path];
    else kept[path] = version;
  }
  if (made === rest) return null;
  return Object.keys(kept).length === 0 ? made : { ...made, [keptField]: kept };
}

/** The stamp of each kept value, by its path. */
function keptIn(payload: Payload): Payload {
  const kept = payload[keptField];
  return isObject(kept) ? kept : {};
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
