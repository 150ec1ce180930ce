import { z } from "zod";

const secret = (description: string) => z.string().trim().min(1).meta({ secret: true, description });

/** The `config:` block of a NetSuite connection: the account and the four values of token-based authentication. */
export const config = z.strictObject({
  account_id: z
    .union([z.string(), z.int().transform(String)])
    .transform((id) => id.trim().replaceAll("-", "_").toUpperCase())
    .pipe(
      z
        .string()
        .regex(/^[A-Z0-9]+(_[A-Z0-9]+)?$/, "write the account id alone, e.g. 1234567 or 1234567_SB1 for a sandbox"),
    )
    .describe("Account id, e.g. 1234567_SB1: Setup → Company → Company Information"),
  consumer_key: secret("Consumer key (client id) of the integration record"),
  consumer_secret: secret("Consumer secret (client secret) of the integration record"),
  token_id: secret("Id of the access token"),
  token_secret: secret("Secret of the access token"),
  time_zone: z
    .string()
    .refine(isTimeZone, "write the zone as in the time zone database, e.g. Europe/Berlin")
    .optional()
    .describe(
      "Time zone of the token's user: NetSuite gives dates in it. Without it America/Los_Angeles is assumed and checked",
    ),
  concurrency: z
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe(
      "Requests at the same time; the account's limit (5 without SuiteCloud Plus) is shared by all integrations",
    ),
  base_url: z
    .url({
      protocol: /^https?$/,
      error: "base_url must be an address such as https://1234567.suitetalk.api.netsuite.com",
    })
    .transform((url) => new URL(url).origin)
    .refine(isSafe, "must begin with https://")
    .optional()
    .describe("Address of the account's REST services; set it for a simulator or a proxy only"),
});

export type NetsuiteConfig = z.output<typeof config>;

/** The zone new accounts have. */
export const defaultTimeZone = "America/Los_Angeles";

/** Where the account's REST services are; the host has the id in lower case with a hyphen, unlike the realm. */
export function addressOf({ account_id, base_url }: NetsuiteConfig): string {
  return base_url ?? `https://${account_id.toLowerCase().replaceAll("_", "-")}.suitetalk.api.netsuite.com`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false; // Intl has no other way to say that it does not know a zone
  }
}

/** By TLS, or to this machine or a neighbour container (simulators). */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || hostname === "127.0.0.1" || hostname === "[::1]" || !hostname.includes(".");
}
