import { z } from "zod";

const key = (description: string) =>
  z
    .string()
    .trim()
    .regex(/^[\x21-\x39\x3b-\x7e]{16,200}$/, "give 16 to 200 characters without blanks and colons")
    .optional()
    .meta({ secret: true, description });
const bytes = (fallback: number, description: string) =>
  z
    .int()
    .min(1_024)
    .max(4 * 1024 * 1024)
    .default(fallback)
    .meta({ description });

/** The `config:` block of a tracking connection. */
export const trackingConfig = z
  .strictObject({
    write_key: key("The key that SDKs are given: without it /v1 takes nothing."),
    previous_write_key: key("The key before, accepted as well until every site and app has changed over."),
    measurement_id: z
      .string()
      .trim()
      .regex(/^[\w:.-]{1,100}$/, "a measurement id such as G-12345678, or a Firebase app id")
      .optional()
      .meta({ description: "Google Analytics 4: the measurement_id (or firebase_app_id) that calls name." }),
    api_secret: key("Google Analytics 4: the api_secret that calls carry: without it /mp takes nothing."),
    key_is_public: z.boolean().default(true).meta({
      description:
        "Whether the keys stand in pages or apps, where anybody reads them. false: only your own servers have them, and what they say joins customers.",
    }),
    batch_bytes_max: bytes(500 * 1024, "Most bytes of a call, before it was compressed."),
    message_bytes_max: bytes(32 * 1024, "Most bytes of one message; a larger one of a batch is an open error."),
  })
  .superRefine(({ measurement_id, api_secret }, context) => {
    if (measurement_id !== undefined || api_secret === undefined) return;
    context.addIssue({ code: "custom", path: ["measurement_id"], message: "set it beside api_secret" });
  });

export type TrackingConfig = z.output<typeof trackingConfig>;
