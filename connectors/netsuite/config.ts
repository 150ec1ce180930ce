import { z } from "zod";
import { algorithmOf } from "./assertion.ts";

const secret = (description: string) => z.string().trim().min(1).meta({ secret: true, description });

/** What every connection has, however it signs in. */
const account = {
  account_id: z
    .union([z.string(), z.int().transform(String)])
    .transform((id) => id.trim().replaceAll("-", "_").toUpperCase())
    .pipe(
      z
        .string()
        .regex(/^[A-Z0-9]+(_[A-Z0-9]+)?$/, "write the account id alone, e.g. 1234567 or 1234567_SB1 for a sandbox"),
    )
    .describe("Account id, e.g. 1234567_SB1: Setup → Company → Company Information"),
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
  webhook_secret: z
    .string()
    .trim()
    .min(16, "make one of at least 16 characters, such as `openssl rand -hex 24` gives")
    .optional()
    .meta({ secret: true, description: "Secret shared with the user event script that tells of saved records" }),
  base_url: z
    .url({
      protocol: /^https?$/,
      error: "base_url must be an address such as https://1234567.suitetalk.api.netsuite.com",
    })
    .transform((url) => new URL(url).origin)
    .refine(isSafe, "must begin with https://")
    .optional()
    .describe("Address of the account's REST services; set it for a simulator or a proxy only"),
};

const byToken = z.strictObject({
  // Absent in connections from before there was a choice.
  sign_in: z
    .literal("token")
    .optional()
    .describe("By token-based authentication (TBA); what counts where it is absent"),
  ...account,
  consumer_key: secret("Consumer key (client id) of the integration record"),
  consumer_secret: secret("Consumer secret (client secret) of the integration record"),
  token_id: secret("Id of the access token"),
  token_secret: secret("Secret of the access token"),
});

const byCertificate = z.strictObject({
  sign_in: z.literal("certificate").describe("By OAuth 2.0 client credentials: a certificate that is mapped to a role"),
  ...account,
  client_id: secret("Client id (consumer key) of the integration record"),
  certificate_id: secret("Certificate id: Setup → Integration → OAuth 2.0 Client Credentials (M2M) Setup"),
  private_key: z
    .string()
    // Variables of the environment often hold it in one line.
    .transform((text) => text.replaceAll("\\n", "\n"))
    .refine(
      (text) => algorithmOf(text) !== null,
      "must be the certificate's private key in PEM form, without passphrase: RSA, or EC on P-256, P-384 or P-521",
    )
    .meta({ secret: true, description: "Private key of the certificate, PEM" }),
});

const byApproval = z.strictObject({
  sign_in: z.literal("authorization_code").describe("By a person's approval (OAuth 2.0 authorization code)"),
  ...account,
  client_id: secret("Client id (consumer key) of the integration record"),
  client_secret: secret("Client secret of the integration record; a public client has none").optional(),
  refresh_token: secret(
    "From an approval made elsewhere; without it `journey-hub connect NAME --oauth` gets one",
  ).optional(),
});

/** The `config:` block of a NetSuite connection: the account, and one of three ways to sign in. */
export const config = z.discriminatedUnion("sign_in", [byToken, byCertificate, byApproval], {
  error: ({ code }) => (code === "invalid_union" ? "write token, certificate or authorization_code" : undefined),
});

export type NetsuiteConfig = z.output<typeof config>;
/** A connection that signs by the four values of token-based authentication. */
export type TokenConfig = z.output<typeof byToken>;
export type CertificateConfig = z.output<typeof byCertificate>;

/** The zone new accounts have. */
export const defaultTimeZone = "America/Los_Angeles";

/** Where the account's REST services are; the host has the id in lower case with a hyphen, unlike the realm. */
export function addressOf(settings: NetsuiteConfig): string {
  return hostOf(settings, "suitetalk.api");
}

/** Where people sign in to the account. */
export function loginAddressOf(settings: NetsuiteConfig): string {
  return hostOf(settings, "app");
}

function hostOf({ account_id, base_url }: NetsuiteConfig, service: string): string {
  return base_url ?? `https://${account_id.toLowerCase().replaceAll("_", "-")}.${service}.netsuite.com`;
}

/** The setting that stands for the role the hub works in. */
export function roleField({ sign_in }: NetsuiteConfig): string {
  if (sign_in === "certificate") return "certificate_id";
  return sign_in === "authorization_code" ? "client_id" : "token_id";
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
