import type { Context } from "hono";
import { z } from "zod";
import { invalid, missingFields, unreadable } from "./errors.ts";

/** Reads and checks a JSON body; throws HubSpot's 400 for no JSON, a missing field or a wrong type. */
export async function readBody<Shape extends z.ZodType>(c: Context, shape: Shape): Promise<z.output<Shape>> {
  return checkBody(parseJson(await c.req.text()), shape);
}

/** Checks an already parsed body, see `readBody`. */
export function checkBody<Shape extends z.ZodType>(raw: unknown, shape: Shape): z.output<Shape> {
  const parsed = shape.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw refusalOf(raw, parsed.error.issues);
}

/** A text Jackson would read from a JSON string, number or boolean; null is refused. */
export const scalarText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** Refuses a batch of none or too many, in the batch API's words. */
export function checkBatchSize(inputs: readonly unknown[], max: number): void {
  if (inputs.length === 0) throw invalid("inputs may not be empty");
  if (inputs.length > max) {
    throw invalid(`The number of inputs in a batch may not exceed ${max}, but it was ${inputs.length}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unexpected input";
    throw unreadable(text.trim() === "" ? "No content to map due to end-of-input" : reason);
  }
}

function refusalOf(raw: unknown, issues: z.core.$ZodIssue[]) {
  const missing = issues.filter((issue) => valueAt(raw, issue.path) === undefined && issue.path.length > 0);
  if (missing.length > 0) return missingFields(missing.map(({ path }) => String(path.at(-1))));
  const [issue] = issues;
  const value = valueAt(raw, issue?.path ?? []);
  if (issue?.code === "invalid_value") {
    const accepted = issue.values.map(String).join(", ");
    return unreadable(
      `Cannot deserialize value of type Enum from String "${value}": not one of the values accepted for Enum class: [${accepted}]`,
    );
  }
  const where = issue?.path.length ? ` (through reference chain: ${issue.path.join(".")})` : "";
  return unreadable(`Cannot deserialize value from ${token(value)} value${where}`);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
  }
  return value;
}

function token(value: unknown): string {
  if (Array.isArray(value)) return "Array";
  if (value === null) return "Null";
  const kind = typeof value;
  return kind.replace(/^./, (letter) => letter.toUpperCase());
}
