import { z } from "zod";
import { closed } from "./closed.ts";
import { checkOperation, each, operationShape, path } from "./operation.ts";
import { suggestion } from "./suggest.ts";
import type { ObjectTarget, Target } from "./targets.ts";

const schemas = new Map<string, z.ZodType>();

/** The schema of what may be written for a target; the same target always gives the same schema, so that the JSON Schema can share it. */
export function fieldSchema(target: Target): z.ZodType {
  const key = JSON.stringify(target, (_, value) => (value instanceof Map ? [...value] : value));
  const known = schemas.get(key);
  if (known) return known;
  const schema = newFieldSchema(target);
  schemas.set(key, schema);
  return schema;
}

/** The schema of an object whose keys are the target's fields; `extra` keys besides. */
export function objectSchema(
  what: string,
  target: ObjectTarget,
  extra: Record<string, z.ZodType> = {},
): z.ZodType<Record<string, unknown>> {
  const fields = [...target.fields].map(([key, field]) => {
    const schema = fieldSchema(field);
    return [key, target.required.includes(key) ? schema : schema.optional()] as const;
  });
  return closed(what, { ...extra, ...Object.fromEntries(fields) });
}

function newFieldSchema(target: Target): z.ZodType {
  if (target.type === "object") return objectSchema("part", target);
  if (target.type === "list") return listSchema(target.item);
  const written = target.type === "enum" ? constant(target) : path;
  const literal = target.type === "number" || target.type === "boolean" ? [constant(target)] : [];
  if (target.type === "money" || target.type === "ref") return operationSchema(target);
  return z.union([written, ...literal, operationSchema(target)], { error: (issue) => misfit(target, issue.input) });
}

function misfit(target: Target, input: unknown): string {
  if (target.type === "enum" && typeof input === "string") {
    return `"${input}" is not one of the field's values${suggestion(input, target.values)}; for a path write { from: ${input} }`;
  }
  return target.type === "enum"
    ? "expected one of the field's values, or { from: … }"
    : "expected a path, or { from: … }";
}

function listSchema(item: Target): z.ZodType {
  const written = item.type === "object" ? objectSchema("part", item, { each: each.optional() }) : fieldSchema(item);
  return z.array(written, { error: "expected a list: each entry gives one item, or several with each:" });
}

function operationSchema(target: Exclude<Target, ObjectTarget>): z.ZodType {
  const { money, ref, ...common } = operationShape;
  const value = constant(target);
  const own = {
    ...(target.type === "money" && { money }),
    ...(target.type === "ref" && { ref: ref.unwrap() }),
    const: value.optional(),
    map: z.record(z.string(), value).optional(),
    else: value.optional(),
  };
  return closed("key of a value", {
    ...common,
    ...own,
    get first() {
      return z.array(fieldSchema(target)).min(1).optional();
    },
  }).superRefine(checkOperation);
}

function constant(target: Target): z.ZodType {
  if (target.type === "number") return z.number().min(target.min).max(target.max);
  if (target.type === "boolean") return z.boolean();
  if (target.type !== "enum") return z.union([z.string(), z.number()]);
  const { values } = target;
  return z.enum(values, {
    error: (issue) =>
      `"${String(issue.input)}" is not one of the field's values${suggestion(String(issue.input), values)}`,
  });
}
