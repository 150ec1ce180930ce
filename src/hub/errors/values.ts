import { isSameJson } from "../../lib/same-json.ts";
import { type Path, parsePath, pathReader, step } from "../../mapping/paths.ts";
import { FixRefusedError } from "./refused.ts";

type Payload = Readonly<Record<string, unknown>>;

/**
 * A copy of a payload with other values at these paths. Throws FixRefusedError for a path that leads nowhere in it.
 * @example withValues({ properties: { amount: "1,5" } }, { "properties.amount": "1.5" })
 */
export function withValues(payload: unknown, values: Payload): Record<string, unknown> {
  const copy = structuredClone(payload);
  if (!isObject(copy)) throw new FixRefusedError("What came is no JSON object: give the payload as a whole.");
  for (const [path, value] of Object.entries(values)) put(copy, path, value);
  return copy;
}

/**
 * A value given as text, as the type that stands at this path: a text stays one, anything else is read as JSON where it is.
 * @example typedAs({ properties: { amount: "1,5" } }, "properties.amount", "1.5") // "1.5"
 * @example typedAs({ total: 3 }, "total", "4") // 4
 */
export function typedAs(payload: unknown, path: string, text: string): unknown {
  const present = pathReader(pathOf(path))(payload);
  if (typeof present === "string") return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}

/** A value that differs between what was sent and what was put in its place; one that is not there is absent. */
export interface ChangedValue {
  path: string;
  sent?: unknown;
  corrected?: unknown;
}

/**
 * The values in which a payload and its correction differ, by their paths; lists are told as a whole.
 * @example changedValues({ a: { b: "?" } }, { a: { b: "L" } }) // [{ path: "a.b", sent: "?", corrected: "L" }]
 */
export function changedValues(sent: Payload, corrected: Payload, within = ""): ChangedValue[] {
  return [...new Set([...Object.keys(sent), ...Object.keys(corrected)])].flatMap((name) => {
    const [was, made] = [sent[name], corrected[name]];
    if (isSameJson(was, made)) return [];
    const path = pathTo(within, name);
    if (isObject(was) && isObject(made)) return changedValues(was, made, path);
    return [{ path, ...(was === undefined ? {} : { sent: was }), ...(made === undefined ? {} : { corrected: made }) }];
  });
}

/** A path as mapping files write it. */
function pathTo(within: string, name: string): string {
  if (/[.[\]"']/.test(name)) return `${within}["${name}"]`;
  return within === "" ? name : `${within}.${name}`;
}

function put(payload: Payload, text: string, value: unknown): void {
  const path = pathOf(text);
  const last = path.at(-1);
  const owner = path.slice(0, -1).reduce<unknown>(step, payload);
  if (Array.isArray(owner) && typeof last === "number" && last <= owner.length) owner[last] = value;
  else if (isObject(owner) && typeof last === "string") owner[last] = value;
  else throw new FixRefusedError(`What landed has no place for ${text}: nothing it could belong to is there.`);
}

function pathOf(text: string): Path {
  const path = parsePath(text);
  if ("problem" in path) throw new FixRefusedError(`No field is named so: ${path.problem}.`);
  return path;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
