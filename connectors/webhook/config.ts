import { strictBase64 } from "journey-hub/connector";
import { z } from "zod";

const secret = (description: string) => z.string().trim().optional().meta({ secret: true, description });
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, "a header's name is letters, digits and dashes, such as X-Signature")
  .transform((name) => name.toLowerCase());

/** Bytes of a Standard Webhooks secret, as its specification has it. */
const secretBytes = { min: 24, max: 64 };
const secretLengthMin = 16;

/** How senders sign; `schemes/` has a declaration of each. */
export const schemeNames = [
  "standard-webhooks",
  "hmac-sha256",
  "cloudevents",
  "stripe",
  "github",
  "shopify",
  "typeform",
  "surveymonkey",
] as const;

/** For a plain HMAC, which CloudEvents may use as well. */
const hmacSettings = {
  header: headerName.default("x-signature").meta({ description: "hmac-sha256: the header that holds the signature." }),
  encoding: z
    .enum(["hex", "base64"])
    .default("hex")
    .meta({ description: "hmac-sha256: how the signature is written." }),
  prefix: z.string().max(32).default("").meta({ description: "hmac-sha256: what stands before it, such as sha256=." }),
  timestamp_header: headerName.optional().meta({
    description: "hmac-sha256: the header with the time of sending; the sender then signs `<time>.<body>`.",
  }),
  timestamp_unit: z.enum(["s", "ms"]).default("s").meta({ description: "Unit of that time since 1970." }),
  tolerance_seconds: z.int().min(1).max(3_600).default(300).meta({
    description: "How far that time may lie from the hub's clock, either side.",
  }),
};

const eventSettings = {
  id_header: headerName.optional().meta({
    description: "hmac-sha256: the header with the event's id, for senders that put none in the body.",
  }),
  id_path: z
    .string()
    .regex(/^[^.\s]+(\.[^.\s]+){0,5}$/, "a path of names with dots between, such as data.id")
    .default("id")
    .meta({ description: "Where an event's id stands in the body." }),
  object: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "letters, digits and underscores")
    .default("events")
    .meta({ description: "Name of the object the events are; a mapping of the same object reads them." }),
};

const cloudeventsSettings = {
  verify_by: z.enum(["bearer", "hmac-sha256"]).default("bearer").meta({
    description: "cloudevents: whether the sender shows the secret as a bearer token or signs the body with it.",
  }),
  allowed_origins: z.string().max(1_000).default("").meta({
    description: "cloudevents: senders that may ask for leave to deliver (WebHook-Request-Origin), or * for all.",
  }),
};

const surveySettings = {
  survey: z.enum(["auto", "nps", "csat", "ces"]).default("auto").meta({
    description: "typeform, surveymonkey: the kind of survey; auto tells it by the question's scale (typeform).",
  }),
  score_question: z.string().min(1).max(100).optional().meta({
    description: "typeform, surveymonkey: id of the scored question; without it the first that can hold a score.",
  }),
  client_id: z.string().trim().min(1).optional().meta({
    description: "surveymonkey: the app's client id, which is part of the key it signs with.",
  }),
  access_token: secret("surveymonkey: the app's access token, by which the answers are fetched."),
  api_url: z
    .url({ protocol: /^https?$/, error: "api_url must be an address such as https://api.surveymonkey.com" })
    .default("https://api.surveymonkey.com")
    .transform((url) => new URL(url).origin)
    .refine(isSafe, "must begin with https://, because the token is sent there")
    .meta({ description: "surveymonkey: address of the API; https://api.eu.surveymonkey.com for accounts in Europe." }),
};

/** The `config:` block of a webhook connection. */
export const webhookConfig = z
  .strictObject({
    scheme: z.enum(schemeNames).default("standard-webhooks").meta({ description: "The sender, or how it signs." }),
    secret: secret("The secret shared with the sender; for Standard Webhooks it begins with whsec_."),
    previous_secret: secret("The secret before, accepted as well until the sender has changed over."),
    ...hmacSettings,
    ...eventSettings,
    ...cloudeventsSettings,
    ...surveySettings,
  })
  .superRefine(({ scheme, secret, previous_secret, client_id }, context) => {
    for (const [field, value] of Object.entries({ secret, previous_secret })) {
      const fault = value === undefined ? null : secretFault(scheme, value);
      if (fault) context.addIssue({ code: "custom", path: [field], message: fault });
    }
    if (scheme === "surveymonkey" && client_id === undefined) {
      context.addIssue({
        code: "custom",
        path: ["client_id"],
        message: "give the app's client id: it is part of the key",
      });
    }
  });

export type WebhookConfig = z.output<typeof webhookConfig>;

/** The bytes behind `whsec_…`, null when it is none. */
export function standardSecret(text: string): Buffer | null {
  const bytes = text.startsWith("whsec_") ? strictBase64(text.slice("whsec_".length)) : null;
  return bytes && bytes.length >= secretBytes.min && bytes.length <= secretBytes.max ? bytes : null;
}

function secretFault(scheme: WebhookConfig["scheme"], value: string): string | null {
  if (scheme === "standard-webhooks") {
    if (standardSecret(value)) return null;
    return "a Standard Webhooks secret is whsec_ and 24 to 64 bytes in base64: copy the whole of it from the sender";
  }
  return value.length >= secretLengthMin ? null : `give a secret of at least ${secretLengthMin} characters`;
}

/** By TLS, or to this machine or a neighbour container (simulators). */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || hostname === "127.0.0.1" || hostname === "[::1]" || !hostname.includes(".");
}
