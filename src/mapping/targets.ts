import { z } from "zod";
import { calendarDate, countryCode, instant, kinds, money, type RecordKind, ref } from "../model/index.ts";

/** What a mapping must produce for a place in the model: the model's zod schemas, seen from the mapping's side. */
export type Target =
  | { type: "text" | "boolean" | "instant" | "date" | "country" | "money" | "ref" }
  | { type: "enum"; values: readonly string[] }
  | { type: "number"; integer: boolean; min: number; max: number }
  | { type: "list"; item: Target }
  | ObjectTarget;

export interface ObjectTarget {
  type: "object";
  fields: ReadonlyMap<string, Target>;
  /** Without these an item of a list says nothing and is dropped. */
  required: readonly string[];
}

/** The fields of a kind of record. */
export function kindTarget(kind: RecordKind): ObjectTarget {
  const target = targetOf(kinds[kind]);
  if (target.type !== "object") throw new Error(`the model of ${kind} is not an object`);
  return target;
}

const seen = new Map<z.core.$ZodType, Target>();
const scalars = new Map<z.core.$ZodType, Target>([
  [instant, { type: "instant" }],
  [calendarDate, { type: "date" }],
  [countryCode, { type: "country" }],
  [money, { type: "money" }],
  [ref, { type: "ref" }],
]);

/** The target a model schema stands for; the same schema gives the same object. */
export function targetOf(schema: z.core.$ZodType): Target {
  const known = scalars.get(schema) ?? seen.get(schema);
  if (known) return known;
  const target = newTarget(schema);
  seen.set(schema, target);
  return target;
}

function newTarget(schema: z.core.$ZodType): Target {
  if (schema instanceof z.ZodOptional) return targetOf(schema.unwrap());
  if (schema instanceof z.ZodEnum) return { type: "enum", values: schema.options.map(String) };
  if (schema instanceof z.ZodArray) return { type: "list", item: targetOf(schema.element) };
  if (schema instanceof z.ZodObject) return objectTarget(schema);
  if (schema instanceof z.ZodBoolean) return { type: "boolean" };
  if (schema instanceof z.ZodNumber) return numberTarget(schema);
  if (schema instanceof z.ZodString) return { type: "text" };
  throw new Error(`the mapping engine does not know the model type "${schema._zod.def.type}"`);
}

function numberTarget(schema: z.ZodNumber): Target {
  const { minValue, maxValue, format } = schema;
  return { type: "number", integer: format === "safeint", min: minValue ?? -Infinity, max: maxValue ?? Infinity };
}

function objectTarget(schema: z.ZodObject): Target {
  const entries = Object.entries(schema.shape);
  return {
    type: "object",
    fields: new Map(entries.map(([name, field]) => [name, targetOf(field)])),
    required: entries.filter(([, field]) => !(field instanceof z.ZodOptional)).map(([name]) => name),
  };
}
