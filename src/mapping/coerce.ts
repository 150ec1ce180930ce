import { isEmpty, noteDrift, type Run } from "./run.ts";
import type { ObjectTarget, Target } from "./targets.ts";
import { readCountry } from "./transforms/countries.ts";
import { readDate, readInstant } from "./transforms/instants.ts";
import { readBoolean, readNumber } from "./transforms/numbers.ts";
import { readText } from "./transforms/texts.ts";

/** Makes a value what the model wants in a place, or undefined; what was there and could not be used is noted as drift. */
export type Coerce = (value: unknown, run: Run) => unknown;

/** The last step of every value: after it a record satisfies the model, whatever the vendor sent. */
export function coercion(target: Exclude<Target, ObjectTarget>, field: string): Coerce {
  if (target.type === "enum") return knownValue(new Set(target.values), field);
  if (target.type === "list") return eachOf(target.item, field);
  if (target.type === "text") return textCoercion(field);
  const read = reader(target);
  return (value, run) => {
    if (value === undefined) return undefined;
    const result = read(value, run);
    if (result === undefined && !isEmpty(value)) noteDrift(run, field, value, "unreadable");
    return result;
  };
}

/** Text is by far the commonest; a closure of its own lets the engine inline the reading of it. */
function textCoercion(field: string): Coerce {
  return (value, run) => {
    if (value === undefined) return undefined;
    const result = readText(value);
    if (result === undefined && !isEmpty(value)) noteDrift(run, field, value, "unreadable");
    return result;
  };
}

function reader(target: Exclude<Target, ObjectTarget>): Coerce {
  switch (target.type) {
    case "ref":
      return readText;
    case "boolean":
      return readBoolean;
    case "country":
      return readCountry;
    case "instant":
      return (value, run) => readInstant(value, run.context.timeZone ?? "UTC");
    case "date":
      return (value, run) => readDate(value, run.context.timeZone ?? "UTC");
    case "number":
      return (value) => within(readNumber(value), target);
    default:
      return (value) => value;
  }
}

function within(value: number | undefined, target: Target & { type: "number" }): number | undefined {
  if (value === undefined) return undefined;
  const number = target.integer ? Math.round(value) : value;
  return number >= target.min && number <= target.max ? number : undefined;
}

/** An entry of a plain list: one value, or a list of its own (`split`). */
function eachOf(item: Target, field: string): Coerce {
  if (item.type === "object") throw new Error("lists of objects are compiled entry by entry");
  const coerce = coercion(item, field);
  return (value, run) => {
    if (!Array.isArray(value)) return coerce(value, run);
    const results = value.map((each) => coerce(each, run)).filter((each) => each !== undefined);
    return results.length > 0 ? results : undefined;
  };
}

function knownValue(values: ReadonlySet<string>, field: string): Coerce {
  return (value, run) => {
    if (typeof value === "string" && values.has(value)) return value;
    if (!isEmpty(value)) noteDrift(run, field, value, "unknown_value");
    return undefined;
  };
}
