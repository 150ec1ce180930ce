import { z } from "zod";

const secret = (description: string) => z.string().trim().min(1).meta({ secret: true, description }).optional();

/** The `config:` block of a HubSpot connection: a token, or the three values of an OAuth app. */
export const hubspotConfig = z
  .strictObject({
    access_token: secret("Access token of a private app or a service key (pat-…). Leave out when using OAuth."),
    client_id: z.string().trim().min(1).optional().meta({ description: "Client id of the OAuth app." }),
    client_secret: secret("Client secret of the OAuth app."),
    refresh_token: secret("Refresh token the OAuth app was given when it was installed."),
    app_client_secret: secret(
      "Client secret of the app that sends webhooks; HubSpot signs with it. Needed for webhooks only.",
    ),
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
      .default("https://api.hubapi.com")
      .transform((url) => url.replace(/\/+$/, ""))
      .meta({ description: "Address of the API; other than HubSpot's only for a simulator or a proxy." }),
    requests_per_10_seconds: z.int().min(10).max(250).optional().meta({
      description: "The app's burst limit. Default 190 (Pro, Enterprise); 100 for Free and Starter; OAuth apps 110.",
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
  .refine((config) => config.access_token !== undefined || usesOauth(config), {
    path: ["access_token"],
    error: "Give access_token, or client_id, client_secret and refresh_token together.",
  })
  .refine((config) => config.access_token === undefined || config.refresh_token === undefined, {
    path: ["refresh_token"],
    error: "Give either access_token or the OAuth values, not both.",
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

interface OauthCredentials {
  client_id: string;
  client_secret: string;
  refresh_token: string;
}

/** Whether the three OAuth values are there. */
export function usesOauth<C extends { [K in keyof OauthCredentials]?: string | undefined }>(
  config: C,
): config is C & OauthCredentials {
  const { client_id, client_secret, refresh_token } = config;
  return client_id !== undefined && client_secret !== undefined && refresh_token !== undefined;
}
