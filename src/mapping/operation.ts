import { z } from "zod";
import { closed } from "./closed.ts";
import { lookupTables } from "./outcome.ts";
import { parsePath } from "./paths.ts";
import { suggestion } from "./suggest.ts";
import { isTransformName, type Transform, transforms } from "./transforms.ts";

/** A path into the payload. */
export const path = z.string().superRefine((text, context) => {
  const parsed = parsePath(text);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
});

/** CEL; whether it parses and names known fields is the compiler's to say. */
export const expression = z.string().min(1).describe("A CEL expression over the record's fields and raw.<path>");

export const name = z.string().regex(/^[A-Za-z][\w-]*$/, "a name: letters, digits, _ and -");
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const names = Object.keys(transforms).filter(isTransformName);
const bareNames = names.filter((each) => transforms[each].bare);
const transformArgs = names.flatMap((each) => {
  const { args }: Transform = transforms[each];
  return args === null ? [] : [[each, args.optional()] as const];
});
const transformUse = z.union(
  [
    z.enum(bareNames),
    closed("transform", Object.fromEntries(transformArgs)).refine(
      (use) => Object.keys(use).length === 1,
      "one transform an entry: write a list for several",
    ),
  ],
  { error: (issue) => `${transformProblem(issue.input)}` },
);

function transformProblem(input: unknown): string {
  if (typeof input !== "string") return "expected the name of a transform, or { name: arguments }";
  if (isTransformName(input)) return `the transform "${input}" needs its arguments: { ${input}: … }`;
  return `unknown transform "${input}"${suggestion(input, names)}`;
}

const pathOrPaths = z.union([path, z.array(path).min(1)], { error: "expected a path or a list of paths" });

const moneyParts = closed("key of money", {
  amount: pathOrPaths,
  currency: pathOrPaths.optional(),
  default_currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "an ISO 4217 code such as USD")
    .optional(),
});
const lookupParts = closed("key of lookup", {
  in: z.enum(lookupTables, {
    error: (issue) => `unknown lookup table "${String(issue.input)}"${suggestion(String(issue.input), lookupTables)}`,
  }),
  key: pathOrPaths,
  take: name,
});

const doing = z.union([transformUse, z.array(transformUse).min(1)], {
  error: (issue) => (Array.isArray(issue.input) ? "a list of transforms" : transformProblem(issue.input)),
});

/** What a value may say about itself; each kind of field narrows this (see schema.ts). */
export const operationShape = {
  from: pathOrPaths.optional().describe("A path, or several: the first that is not empty"),
  all: z.array(path).min(1).optional().describe("Several paths as one list, empty ones left out"),
  const: scalar.optional().describe("A fixed value"),
  value: expression.optional(),
  first: z.array(z.unknown()).min(1).optional().describe("Several values: the first that is not empty"),
  lookup: lookupParts.optional().describe("A value of another record"),
  money: moneyParts.optional(),
  ref: z
    .union([name, z.record(z.string(), name)], {
      error: "expected an object's name, or a table from id prefix to object",
    })
    .optional()
    .describe("The object the id belongs to, or a table from the id's first characters to objects"),
  do: doing.optional().describe("Transforms, one after the other"),
  map: z.record(z.string(), scalar).optional().describe("A table from vendor value to ours"),
  else: scalar.optional().describe("What values missing in the table become"),
  when: expression.optional(),
};

export const operation = z.strictObject(operationShape);
export type Operation = z.infer<typeof operation>;

const sources = ["from", "all", "const", "value", "first", "lookup", "money"] as const;

/** What a single key's schema cannot say: one source, and the keys that only make sense with another. */
export function checkOperation(given: Record<string, unknown>, context: z.RefinementCtx): void {
  const present = sources.filter((source) => given[source] !== undefined);
  const problem = (message: string) => context.addIssue({ code: "custom", message });
  if (present.length === 0) problem(`nothing to take the value from: give one of ${sources.join(", ")}`);
  if (present.length > 1) problem(`more than one source (${present.join(", ")}): give one`);
  if (given.else !== undefined && given.map === undefined) problem("else: belongs to a map:");
}

/** Where the elements of a list come from. */
export const each = z.union([path, closed("key of each", { from: pathOrPaths, do: doing.optional() })], {
  error: "expected the path of a list, or { from: …, do: { split: … } }",
});
