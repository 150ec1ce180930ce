import { z } from "@hono/zod-openapi";
import { failure, instant, writebackFields } from "./schemas.ts";

/* What discovery and the making of fields answer with; the shapes are those of src/hub/drift and src/hub/writeback-fields.ts. */

const foundField = z.object({
  path: z.string().openapi({ description: "As mapping files read it.", example: "properties.level" }),
  label: z.string(),
  type: z.string().openapi({ description: "The vendor's word for it." }),
  custom: z.boolean(),
  writable: z.boolean(),
  mapped: z.boolean(),
  values: z.array(z.string()).optional(),
});

const schemaChange = z.object({
  at: instant,
  object: z.string(),
  path: z.string().openapi({ description: "Empty where it is the object as a whole." }),
  change: z.enum(["added", "removed", "retyped", "value_added", "write_lost", "object_removed"]),
  from: z.string().nullable().openapi({ description: "The type it had." }),
  to: z.string().nullable().openapi({ description: "The type it has, or the new value." }),
  harmful: z
    .boolean()
    .openapi({ description: "A mapping or the write-back met it: there is an open error until it is mended." }),
});

export const discovery = z
  .object({
    connection: z.string(),
    objects: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        custom: z.boolean(),
        mapped: z.boolean().openapi({ description: "A mapping file names it, so it is read." }),
        fields: z
          .object({ total: z.number(), custom: z.number(), custom_not_mapped: z.number() })
          .nullable()
          .openapi({ description: "Of mapped objects, and of the one that was asked for." }),
        found: z.array(foundField).openapi({ description: "The account's own fields; of the object asked for all." }),
      }),
    ),
    changes: z.array(schemaChange).openapi({ description: "Noticed by syncs, the newest first." }),
    failure: failure.extend({ message: z.string() }).nullable(),
  })
  .openapi("Discovery");

export const createdFields = writebackFields
  .extend({ created: z.array(z.object({ object: z.string(), field: z.string() })) })
  .openapi("CreatedFields");

const subscriptionChange = z.object({
  change: z.enum(["target", "create", "activate", "remove"]),
  what: z.string().openapi({ example: "contact.propertyChange of email" }),
  refused: z.string().optional().openapi({
    description: "Why the vendor refused it, or did so last; it is asked again when the change is asked for.",
  }),
});

/** The shape of src/hub/subscriptions.ts. */
export const webhookSubscriptions = z
  .object({
    connection: z.string(),
    target: z.string().openapi({ description: "Where deliveries are to go." }),
    changes: z.array(subscriptionChange).openapi({ description: "What would be changed at the vendor, or was." }),
    by_hand: z
      .object({ instructions: z.string(), file: z.object({ name: z.string(), text: z.string() }).nullable() })
      .nullable()
      .openapi({ description: "What a person must do, where the vendor lets no program do it." }),
    failure: failure.extend({ message: z.string() }).nullable(),
  })
  .openapi("WebhookSubscriptions");
