import { z } from "@hono/zod-openapi";

/* What the API answers with; the shapes are those of src/hub/queries*.ts. */

export const instant = z.iso.datetime({ precision: 3 }).openapi({ example: "2026-11-02T12:00:00.000Z" });
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

/** A part of a list of `items`. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** What a person said of something done by hand. */
export const said = z.object({ by: z.string(), at: instant, reason: z.string() });

export const correction = said
  .extend({ taken_back: said.nullable() })
  .nullable()
  .openapi({ description: "Who made it by hand, over what the vendor sent; null where it is the vendor's own." });

export const connection = z
  .object({
    id: z.string(),
    connector: z.string(),
    title: z.string(),
    account: z.string().nullable(),
    status: z.enum(["new", "connected", "needs_attention", "failed"]),
    message: z.string().nullable(),
    checked_at: instant.nullable(),
    schedule: z.string().nullable(),
    writes_back: z.boolean(),
    webhook: z.object({ url: z.string(), missing: z.string().nullable() }).nullable(),
    channel: z
      .object({
        name: z.string(),
        status: z.enum(["off", "beginning", "listening", "waiting", "elsewhere"]),
        since: instant.nullable(),
        message: z.string().nullable(),
        heard: z.number(),
        heard_at: instant.nullable(),
      })
      .nullable()
      .openapi({
        description:
          "What the connection listens to, so that changes are known before the next poll. `waiting`: it failed, as `message` says, and is begun again; `elsewhere`: another process on the same store listens.",
      }),
    streams: z.array(
      z.object({
        name: z.string(),
        object: z.string(),
        mode: z.enum(["never", "backfill", "changes", "whole"]),
        until: instant.nullable(),
        records: z.number(),
        updated_at: instant.nullable(),
        backfill: z
          .object({
            records: z.number(),
            total: z.number().nullable(),
            ends_at: instant.nullable(),
            quota_share: z.number().nullable().openapi({ description: "Of the day's allowance, what the rest takes." }),
          })
          .nullable(),
        rereading: z
          .object({ fields: z.array(z.string()), records: z.number() })
          .nullable()
          .openapi({ description: "Records are read again because the mapping has begun to read these fields." }),
      }),
    ),
    quota: z
      .object({ used: z.number(), limit: z.number(), share: z.number(), resets_at: instant.nullable() })
      .nullable()
      .openapi({ description: "The daily API allowance; from `share` of it on the hub holds back." }),
    deliveries: z.object({ waiting: z.number(), failed: z.number() }),
    last_run: z.object({ id: z.string(), kind: z.string(), status: z.string(), started_at: instant }).nullable(),
    waiting: z
      .object({ message: z.string(), next_try_at: instant, attempt: z.number(), attempts: z.number() })
      .nullable()
      .openapi({
        description:
          "The vendor does not answer or asks to wait: when it is asked again, and which attempt of how many that is.",
      }),
  })
  .openapi("Connection");

export const audit = z
  .object({
    connection: z.string(),
    stream: z.string(),
    object: z.string(),
    verified_at: instant.nullable().openapi({
      description: "Everything the vendor had at this instant has been compared; what came later is unverified.",
    }),
    compared: z.number(),
    sampled: z.number(),
    missing: z.number(),
    stale: z.number(),
    extra: z.number(),
    vendor_count: z.number().nullable(),
    stored_count: z.number().nullable(),
    under_way: z.object({ began_at: instant, compared: z.number() }).nullable(),
  })
  .openapi("Audit");

/** Why something failed, without the words of it. */
export const failure = z.object({
  remedy: z.string().nullable(),
  setting: z.string().nullable(),
  needs: z.enum(["person", "time", "settings", "hub"]),
  retry_after_ms: z.number().nullable(),
});

export const run = z
  .object({
    id: z.string(),
    connection: z.string(),
    kind: z.string(),
    owner: z.string().openapi({ description: "The process that is or was at work on it." }),
    elsewhere: z.boolean().openapi({ description: "It goes on in another process than the one that answers." }),
    status: z.string(),
    started_at: instant,
    ended_at: instant.nullable(),
    counts: z.record(z.string(), z.number()),
    message: z.string().nullable(),
    failure: failure
      .nullable()
      .openapi({ description: "What can be done about a run that failed, and what it takes." }),
  })
  .openapi("Run");

export const startedRun = z.object({ run_id: z.string() }).openapi("StartedRun");

export const connectionCheck = z
  .object({
    connection: z.string(),
    account: z.string().nullable().openapi({ description: "The vendor's id of the account; null when it refused." }),
    name: z.string().nullable(),
    failure: failure.extend({ message: z.string() }).nullable(),
    restart: z
      .boolean()
      .openapi({ description: "The hub works with older settings until these are proven, or its next start." }),
    added: z.boolean().openapi({ description: "The hub did not know the connection and has taken it into use." }),
    changed: z.boolean().openapi({ description: "The hub had other settings and has taken these into use." }),
  })
  .openapi("ConnectionCheck");

export const writebackFields = z
  .object({
    missing: z.array(z.object({ object: z.string(), field: z.string(), instructions: z.string() })),
    creatable: z.boolean().openapi({ description: "Whether the hub can create them; if not, a person does." }),
    failure: failure
      .extend({ message: z.string() })
      .nullable()
      .openapi({ description: "Why it could not be looked up." }),
  })
  .openapi("WritebackFields");

const writtenValue = z.union([z.string(), z.number(), z.null()]);
const writtenValues = z.record(z.string(), writtenValue);

export const writeback = z
  .object({
    record_key: z.string(),
    connection: z.string(),
    status: z.string(),
    desired: writtenValues,
    observed: writtenValues,
    attempts: z.number(),
    sent_at: instant,
  })
  .openapi("Writeback");

export const plannedWriteback = z
  .object({
    record_key: z.string(),
    object: z.string(),
    remote_id: z.string(),
    customer_id: z.string(),
    values: z.record(z.string(), value),
    observed: z.record(z.string(), value),
    because: z.string(),
    frozen: z
      .array(z.object({ field: z.string(), found: writtenValue, wanted: writtenValue }))
      .openapi({ description: "Fields that differ and are left alone: somebody else keeps writing over them." }),
  })
  .openapi("PlannedWriteback");

export const frozenField = z
  .object({
    record_key: z.string(),
    connection: z.string(),
    field: z.string(),
    frozen_at: instant,
    flips: z.array(z.object({ at: z.string(), found: writtenValue, wrote: writtenValue })).openapi({
      description: "The foreign changes that led to it: what was found, and what journey-hub had written.",
    }),
    error_id: z
      .string()
      .openapi({ description: "Its error: trying that again thaws the field, also where it was dismissed." }),
    error_status: z.string(),
    message: z
      .string()
      .nullable()
      .openapi({ description: "What happened, and who it was as far as the vendor tells." }),
    dismissed: said.nullable().openapi({ description: "Who left the field to somebody else, when and why." }),
  })
  .openapi("FrozenField");

export const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(["viewer", "operator", "admin"]),
    created_at: instant,
    revoked_at: instant.nullable(),
  })
  .openapi("ApiKey");

export const madeKey = z
  .object({ id: z.string(), key: z.string().openapi({ description: "Shown this once; only its hash is kept." }) })
  .openapi("MadeKey");
