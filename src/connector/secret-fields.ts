import type { z } from "zod";

/** Names of the settings that hold a secret, of a schema of any make-up. */
export function secretFields(config: z.ZodType): string[] {
  const fields = objectsIn(config).flatMap((shape) => Object.entries(shape));
  return [...new Set(fields.filter(([, field]) => holdsSecret(field)).map(([name]) => name))];
}

/** What may lie beneath a schema: the parts that zod's wrappers (optional, transform, union, intersection …) keep in their definition. */
interface Parts {
  innerType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
  left?: z.ZodType;
  right?: z.ZodType;
  options?: readonly z.ZodType[];
  shape?: Readonly<Record<string, z.ZodType>>;
}

function beneath(schema: z.ZodType): z.ZodType[] {
  const { innerType, in: before, out, left, right, options = [] } = schema.def as Parts;
  return [innerType, before, out, left, right, ...options].filter((part) => part !== undefined);
}

/** The settings there are, each with what it takes: one set for each object that the schema is made of. */
export function objectsIn(schema: z.ZodType): Readonly<Record<string, z.ZodType>>[] {
  const { shape } = schema.def as Parts;
  return shape ? [shape] : beneath(schema).flatMap(objectsIn);
}

/** The mark may lie beneath `.optional()` and its like; a block with a secret inside is a secret as a whole. */
function holdsSecret(field: z.ZodType): boolean {
  const { shape = {} } = field.def as Parts;
  return field.meta()?.secret === true || [...beneath(field), ...Object.values(shape)].some(holdsSecret);
}
