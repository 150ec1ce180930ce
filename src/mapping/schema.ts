import { z } from "zod";
import { instant, kinds, type RecordKind } from "../model/index.ts";
import { closed } from "./closed.ts";
import { fieldSchema, objectSchema } from "./field-schema.ts";
import { each, expression, name, operationShape, path } from "./operation.ts";
import { kindTarget, type ObjectTarget, type Target, targetOf } from "./targets.ts";

/** A mapping file as parsed. Values stay `unknown` here: what they may be hangs on the field they are for, and the compiler knows it. */
export interface MappingFile {
  apiVersion: "journey-hub/v1";
  kind: "Mapping";
  metadata: { connector: string; object: string; description?: string | undefined };
  to: RecordKind | "association";
  when?: string | undefined;
  record: Record<string, unknown>;
  fields?: Record<string, unknown> | undefined;
  identifiers?: { type: string; each?: unknown; value: unknown }[] | undefined;
  associations?: { to: string | Record<string, string>; each?: unknown; id: unknown; role?: unknown }[] | undefined;
  association?: Record<string, unknown> | undefined;
  observed?: Record<string, unknown> | undefined;
  custom_fields?: string[] | undefined;
  examples?: Example[] | undefined;
}

export interface Example {
  name: string;
  lookups?: Record<string, Record<string, Record<string, unknown>>> | undefined;
  settings?:
    | {
        connection?: string | undefined;
        baseCurrency?: string | undefined;
        country?: string | undefined;
        timeZone?: string | undefined;
      }
    | undefined;
  in: Record<string, unknown>;
  out?: Record<string, unknown> | undefined;
  fails?: string | undefined;
}

const text: Target = { type: "text" };
const when: Target = targetOf(instant);

/** The parts of the record that are the same for every kind. */
export const envelope: ObjectTarget = {
  type: "object",
  fields: new Map<string, Target>([
    ["id", text],
    ["created_at", when],
    ["updated_at", when],
    ["deleted", { type: "boolean" }],
    ["url", text],
    ["merged_into", text],
    ["absorbed", { type: "list", item: text }],
  ]),
  required: ["id"],
};

/** What journey-hub itself wrote and reads back. */
export const observedTarget: ObjectTarget = {
  type: "object",
  fields: new Map<string, Target>([
    ["stage", text],
    ["stage_date", when],
    ["score", { type: "number", integer: false, min: -Infinity, max: Infinity }],
    ["grade", text],
    ["reason", text],
  ]),
  required: [],
};

export const associationTarget: ObjectTarget = {
  type: "object",
  fields: new Map<string, Target>([
    ["from", { type: "ref" }],
    ["to", { type: "ref" }],
    ["role", text],
  ]),
  required: ["from", "to"],
};

const head = {
  apiVersion: z.literal("journey-hub/v1"),
  kind: z.literal("Mapping"),
  metadata: closed("key of metadata", { connector: name, object: name, description: z.string().optional() }),
  when: expression.optional(),
  record: objectSchema("part of record", envelope),
  examples: z
    .array(
      closed("key of an example", {
        name: z.string(),
        lookups: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).optional(),
        settings: closed("setting", {
          connection: z.string().optional(),
          baseCurrency: z.string().optional(),
          country: z.string().optional(),
          timeZone: z.string().optional(),
        }).optional(),
        in: z.record(z.string(), z.unknown()),
        out: z
          .record(z.string(), z.unknown())
          .optional()
          .describe("What must be in the record; the rest is not looked at"),
        fails: z.string().optional().describe("A part of the message the record must fail with"),
      }).refine((example) => (example.out === undefined) !== (example.fails === undefined), "give out: or fails:"),
    )
    .optional(),
};

const recordParts = {
  identifiers: z
    .array(closed("key of an identifier", { type: name, each: each.optional(), value: fieldSchema(text) }))
    .optional(),
  associations: z
    .array(
      closed("key of an association", {
        to: operationShape.ref.unwrap(),
        each: each.optional(),
        id: fieldSchema(text),
        role: fieldSchema(text).optional(),
      }),
    )
    .optional(),
  observed: objectSchema("observed value", observedTarget).optional(),
  custom_fields: z.array(path).optional(),
};

const recordFiles = kindNames().map((kind) =>
  closed("key of a mapping", {
    ...head,
    to: z.literal(kind),
    fields: objectSchema(`field of ${kind}`, kindTarget(kind)),
    ...recordParts,
  }),
);
const associationFile = closed("key of a mapping", {
  ...head,
  to: z.literal("association"),
  association: objectSchema("part of association", associationTarget),
});

/** The one schema of mapping files: they are checked with it, and mappings/mapping.schema.json is made from it. */
export const mappingFile: z.ZodType<MappingFile> = z.discriminatedUnion("to", [associationFile, ...recordFiles], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? `to: is one of association, ${kindNames().join(", ")}`
      : "expected a mapping: a YAML object with apiVersion, kind, metadata, to, record and fields",
});

/** The JSON Schema editors complete and check mapping files with. */
export function mappingJsonSchema(): object {
  return {
    title: "journey-hub mapping",
    ...z.toJSONSchema(mappingFile, { io: "input", reused: "ref", unrepresentable: "any" }),
  };
}

function kindNames(): RecordKind[] {
  return Object.keys(kinds).filter((kind): kind is RecordKind => Object.hasOwn(kinds, kind));
}
