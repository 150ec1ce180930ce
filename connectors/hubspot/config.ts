import { z } from "zod";

/** Where HubSpot's API is. */
export const hubspotAddress = "https://api.hubapi.com";

const secret = (description: string) => z.string().trim().min(1).optional().meta({ secret: true, description });

/** The `config:` block of a HubSpot connection: a service key, a private app's token, or id and secret of an OAuth app. */
export const hubspotConfig = z
  .strictObject({
    service_key: secret("Service key (pat-…): the way HubSpot means for a server that works on one account."),
    access_token: secret("Access token of a legacy private app (pat-…); no new such apps can be made."),
    client_id: z
      .string()
      .trim()
      .min(1)
      .optional()
      .meta({ description: "Client id of an OAuth app, which a person approves in a browser." }),
    client_secret: secret("Client secret of the OAuth app."),
    refresh_token: secret("Refresh token that the OAuth app was given elsewhere; without it the hub gets its own."),
    app_client_secret: secret(
      "Client secret of the app that sends webhooks; HubSpot signs with it. Needed for webhooks only.",
    ),
    app_id: z
      .union([z.string().regex(/^\d+$/, "app_id is a number, shown on the app's page"), z.int().positive()])
      .transform(Number)
      .optional()
      .meta({ description: "Webhooks: id of the legacy public app whose subscriptions the hub looks after." }),
    developer_api_key: secret(
      "Webhooks: API key of the developer account that the app belongs to; it may change the app's subscriptions.",
    ),
    oldest_signature: z.enum(["v3", "v2", "v1"]).default("v3").meta({
      description:
        "Webhooks: the oldest version of HubSpot's signature that is accepted. v2 and v1 sign no time: a recorded request can be sent again.",
    }),
    portal_id: z
      .union([z.string().regex(/^\d+$/, "portal_id is a number, shown in HubSpot beside the account's name"), z.int()])
      .transform(String)
      .optional()
      .meta({ description: "The account (portal, hub) id these credentials must belong to." }),
    api_version: z
      .enum(["v3", "2026-03"])
      .default("v3")
      .meta({ description: "Family of API paths. HubSpot serves v3 until September 2027 and dated ones beside it." }),
    base_url: z
      .url({ protocol: /^https?$/, error: "base_url must be an address such as https://api.hubapi.com" })
      .default(hubspotAddress)
      .transform((url) => url.replace(/\/+$/, ""))
      .meta({ description: "Address of the API; other than HubSpot's only for a simulator or a proxy." }),
    requests_per_10_seconds: z.int().min(10).max(250).optional().meta({
      description: "The app's burst limit. Default 190 (Pro, Enterprise); 100 for Free and Starter; OAuth apps 110.",
    }),
    searches_per_second: z.int().min(1).max(100).optional().meta({
      description:
        "Searches a second that the hub may make. Default 4: HubSpot allows an account five, and one is left to its other tools.",
    }),
    time_zone: z
      .string()
      .refine(isTimeZone, "write the zone as in the time zone database, e.g. Europe/Berlin")
      .optional()
      .meta({
        description:
          "The account's time zone: its daily limit begins anew at midnight there. Without it any 24 hours are counted.",
      }),
  })
  .refine((config) => tokenOf(config) !== undefined || usesOauth(config), {
    path: ["access_token"],
    error: "Give service_key or access_token, or client_id and client_secret of an OAuth app.",
  })
  .refine((config) => tokenOf(config) === undefined || config.refresh_token === undefined, {
    path: ["refresh_token"],
    error: "Give either a token or the OAuth values, not both.",
  })
  .refine((config) => (config.app_id === undefined) === (config.developer_api_key === undefined), {
    path: ["app_id"],
    error: "Give app_id and developer_api_key together, or neither.",
  })
  .refine((config) => config.service_key === undefined || config.access_token === undefined, {
    path: ["access_token"],
    error: "Give either service_key or access_token, not both.",
  });

export type HubspotConfig = z.output<typeof hubspotConfig>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false; // Intl has no other way to say that it does not know a zone
  }
}

type Tokens = { [name in "service_key" | "access_token" | "client_id" | "client_secret"]?: string | undefined };

/** The token that stands in the settings and does not change. */
export function tokenOf({ service_key, access_token }: Tokens): string | undefined {
  return service_key ?? access_token;
}

/** The setting a person looks at when HubSpot refuses: the token, or the app that was approved. */
export function credentialOf(config: Tokens & { refresh_token?: string | undefined }): string {
  if (config.service_key !== undefined) return "service_key";
  if (config.access_token !== undefined) return "access_token";
  return config.refresh_token === undefined ? "client_id" : "refresh_token";
}

/** Whether an OAuth app signs in, and no token of the settings. */
export function usesOauth<C extends Tokens>(config: C): config is C & { client_id: string; client_secret: string } {
  const { client_id, client_secret } = config;
  return tokenOf(config) === undefined && client_id !== undefined && client_secret !== undefined;
}
