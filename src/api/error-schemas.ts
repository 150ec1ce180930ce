import { z } from "@hono/zod-openapi";
import { correction, instant, said, startedRun } from "./schemas.ts";

/* What the API answers of errors; the shapes are those of src/hub/queries/{errors,corrections}.ts and src/hub/errors/fix.ts. */

const retryWay = z
  .enum(["map", "fetch", "write"])
  .nullable()
  .openapi({ description: "How a retry goes about it; null where none can help: `refusal` says what does." });

export const error = z
  .object({
    id: z.string(),
    connection: z.string(),
    record_key: z.string(),
    step: z.string(),
    class: z.string(),
    fingerprint: z.string(),
    message: z.string(),
    remedy: z.string(),
    first_seen_at: instant,
    last_seen_at: instant,
    status: z.string(),
    retry: retryWay,
    refusal: z.string().nullable(),
    dismissed: said
      .nullable()
      .openapi({ description: "Who set it aside, when and why; of the last time, if it has come again since." }),
  })
  .openapi("Error");

export const errorDetail = error
  .extend({
    landed: z
      .object({
        seq: z.number(),
        version: z.string().nullable(),
        known_at: instant,
        deleted: z.boolean(),
        payload: z.unknown(),
        correction: said
          .extend({ taken_back: said.nullable(), sent: z.unknown() })
          .nullable()
          .openapi({ description: "Who corrected the payload, and what the vendor sent; null where it is as sent." }),
      })
      .nullable()
      .openapi({ description: "The version of its record that landed last." }),
    delivery: z
      .object({ seq: z.number(), received_at: instant, attempts: z.number(), payload: z.unknown(), correction })
      .nullable()
      .openapi({ description: "The webhook delivery that could not be understood, where the error is of one." }),
  })
  .openapi("ErrorDetail");

export const fixed = z
  .object({
    record_key: z.string(),
    kept: z.boolean().openapi({ description: "False when it was only tried." }),
    kind: z.string(),
    deleted: z.boolean(),
    fields: z.record(z.string(), z.unknown()),
    identifiers: z.array(z.object({ type: z.string(), value: z.string() })),
    associations: z.array(z.object({ to: z.string(), role: z.string() })),
    findings: z
      .array(z.object({ field: z.string(), value: z.string(), reason: z.enum(["unknown_value", "unreadable"]) }))
      .openapi({ description: "Values that the mapping does not know or cannot read; their fields stay empty." }),
  })
  .openapi("Fixed");

export const takenBack = z
  .object({
    record_key: z.string(),
    passed: z
      .boolean()
      .openapi({ description: "Whether the vendor's own version passes now; else its error is open." }),
  })
  .openapi("TakenBack");

export const correctedRecord = said
  .extend({
    record_key: z.string(),
    connection: z.string(),
    state: z.enum(["stands", "replaced", "taken_back"]).openapi({
      description:
        "`stands`: the hub goes by it; `replaced`: the vendor has sent something else where it corrected; `taken_back` by hand.",
    }),
    taken_back: said.nullable(),
    changes: z
      .array(z.object({ path: z.string(), sent: z.unknown().optional(), corrected: z.unknown().optional() }))
      .openapi({
        description: "What the vendor had sent, and what was put in its place; absent where there is nothing.",
      }),
    error_id: z
      .string()
      .nullable()
      .openapi({ description: "The record's error: an unfix of it takes the correction back." }),
  })
  .openapi("CorrectedRecord");

export const errorGroup = error
  .omit({ id: true, record_key: true, status: true, message: true, dismissed: true })
  .extend({ amount: z.number(), example: error.pick({ id: true, record_key: true, message: true }) })
  .openapi("ErrorGroup");

export const startedRetry = startedRun
  .extend({ found: z.number(), refused: z.array(errorGroup) })
  .openapi("StartedRetry");
