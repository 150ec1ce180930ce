import { z } from "zod";
import { isPrivateKey } from "./assertion.ts";

/** The `config:` block of a Salesforce connection. */
export const config = z
  .strictObject({
    login_url: z
      .url()
      .transform((url) => new URL(url).origin)
      .describe("My Domain address of the org, e.g. https://acme.my.salesforce.com"),
    client_id: z.string().min(1).describe("Consumer key of the connected app or external client app"),
    client_secret: z.string().min(1).optional().meta({ secret: true }).describe("Consumer secret of the app"),
    refresh_token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe("Signs in as the person who approved the app; without it the app's own run-as user is used"),
    username: z.string().min(1).optional().describe("With private_key: the user to sign in as"),
    private_key: z
      .string()
      // Variables of the environment often hold it in one line.
      .transform((text) => text.replaceAll("\\n", "\n"))
      .refine(isPrivateKey, "must be an RSA private key in PEM form, without passphrase: it begins with -----BEGIN")
      .optional()
      .meta({ secret: true })
      .describe("Signs in as `username` (JWT bearer flow); its certificate is uploaded to the app"),
    audience: z
      .url()
      .transform((url) => new URL(url).origin)
      .optional()
      .describe(
        "With private_key, where the org asks for another audience than login_url: https://login.salesforce.com",
      ),
    api_version: z
      .string()
      .regex(/^\d{2,3}\.0$/, "write the version as Salesforce does, e.g. 62.0")
      .default("62.0")
      .describe("Version of the REST API"),
    bulk_from_records: z
      .union([z.int().positive(), z.literal("never")])
      // Where a query job needs a quarter of the calls that pages of 2,000 rows do.
      .default(100_000)
      .describe("Objects with so many records to read are read through Bulk API 2.0 query jobs; or never"),
  })
  .refine((given) => given.client_secret ?? given.refresh_token ?? given.private_key, {
    path: ["client_secret"],
    message: "give client_secret (client credentials), private_key with username (JWT bearer), or refresh_token",
  })
  .refine(({ refresh_token, private_key }) => refresh_token === undefined || private_key === undefined, {
    path: ["refresh_token"],
    message: "give refresh_token or private_key, not both: each is a way of its own to sign in",
  })
  .refine(({ username, private_key }) => private_key === undefined || username !== undefined, {
    path: ["username"],
    message: "give the user to sign in as: private_key alone does not say who",
  })
  .refine(({ login_url, ...given }) => given.refresh_token ?? given.private_key ?? !sharedLoginHost.test(login_url), {
    path: ["login_url"],
    message: "client credentials work at the org's own address only: find it under Setup → My Domain",
  })
  .refine(({ login_url }) => !/\.lightning\.force\.com$/.test(login_url), {
    path: ["login_url"],
    message: "this is the address of the pages people use: take the one that ends in .my.salesforce.com",
  })
  .refine(({ login_url }) => isSafeForSecrets(login_url), {
    path: ["login_url"],
    message: "must begin with https://, because secrets are sent there",
  });

export type SalesforceConfig = z.infer<typeof config>;

/** The sign-in hosts all orgs share; they do not offer the client-credentials flow. */
const sharedLoginHost = /^https:\/\/(login|test)\.salesforce\.com$/;

/** Whether secrets may be sent to the address: by TLS, or to this machine or a neighbour container (simulators). */
export function isSafeForSecrets(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || hostname === "127.0.0.1" || hostname === "[::1]" || !hostname.includes(".");
}
