import { z } from "zod";
import { isPrivateKey } from "./assertion.ts";

/** The ways to sign in to an org. */
const signIns = ["client_credentials", "jwt_bearer", "authorization_code", "password"] as const;
export type SalesforceSignIn = (typeof signIns)[number];

/** The `config:` block of a Salesforce connection. */
export const config = z
  .strictObject({
    login_url: z
      .url()
      .transform((url) => new URL(url).origin)
      .describe("My Domain address of the org, e.g. https://acme.my.salesforce.com"),
    sign_in: z
      .enum(signIns)
      .optional()
      .describe(
        "How to sign in. authorization_code: as the person who approves the app in a browser (`journey-hub connect NAME --oauth`); without it what else is given decides",
      ),
    client_id: z.string().min(1).describe("Consumer key of the connected app or external client app"),
    client_secret: z.string().min(1).optional().meta({ secret: true }).describe("Consumer secret of the app"),
    refresh_token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe(
        "Signs in as the person who approved the app elsewhere; with authorization_code alone the hub gets one of its own",
      ),
    username: z.string().min(1).optional().describe("With private_key or password: the user to sign in as"),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe(
        "Signs in as `username` by password (deprecated by Salesforce, off in newer orgs): any other way is better",
      ),
    security_token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe("With password: the user's security token, where the org asks for it"),
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
    outbound_token: z
      .string()
      .trim()
      .regex(/^[\w.~-]{16,200}$/, "make one of 16 to 200 letters and digits, such as `openssl rand -hex 24` gives")
      .optional()
      .meta({ secret: true })
      .describe("Outbound messages: a secret of your own, given to Salesforce as ?token=… of the address it calls"),
    organization_id: z
      .string()
      .trim()
      .regex(/^00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$/, "an org's id begins with 00D: Setup → Company Information")
      .optional()
      .describe("Outbound messages: the org they must name"),
    change_data_capture: z
      .union([
        z.boolean(),
        z.string().regex(/^\/data\/\w{1,80}$/, "write true, or a channel such as /data/ChangeEvents"),
      ])
      .default(false)
      .transform((wanted) => (wanted === true ? "/data/ChangeEvents" : wanted === false ? null : wanted))
      .describe(
        "Listens to the org's Change Data Capture, so that changes are known within seconds: true, or a channel of it such as /data/ContactChangeEvent",
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
  .refine((given) => given.sign_in ?? given.client_secret ?? given.refresh_token ?? given.private_key, {
    path: ["client_secret"],
    message:
      "give client_secret (client credentials), private_key with username (JWT bearer), or sign_in authorization_code (approved in a browser)",
  })
  .refine(({ refresh_token, private_key }) => refresh_token === undefined || private_key === undefined, {
    path: ["refresh_token"],
    message: "give refresh_token or private_key, not both: each is a way of its own to sign in",
  })
  .superRefine((given, context) => {
    const way = signInOf(given);
    const { needs, why } = needed[way];
    const missing = needs.find((name) => given[name] === undefined);
    if (missing) context.addIssue({ code: "custom", path: [missing], message: `${why}: ${way} needs ${missing}` });
  })
  .refine(({ login_url, ...given }) => signInOf(given) !== "client_credentials" || !sharedLoginHost.test(login_url), {
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

interface Given {
  sign_in?: SalesforceSignIn | undefined;
  client_secret?: string | undefined;
  refresh_token?: string | undefined;
  username?: string | undefined;
  private_key?: string | undefined;
  password?: string | undefined;
}

/** The way these settings sign in: the one that is named, else the one whose secret is given. */
export function signInOf({ sign_in, private_key, refresh_token, password }: Given): SalesforceSignIn {
  if (sign_in !== undefined) return sign_in;
  if (private_key !== undefined) return "jwt_bearer";
  if (refresh_token !== undefined) return "authorization_code";
  return password === undefined ? "client_credentials" : "password";
}

const needed: Readonly<Record<SalesforceSignIn, { needs: readonly (keyof Given)[]; why: string }>> = {
  client_credentials: { needs: ["client_secret"], why: "the app proves itself by its secret" },
  jwt_bearer: { needs: ["private_key", "username"], why: "give the user to sign in as" },
  authorization_code: { needs: [], why: "" },
  password: { needs: ["username", "password", "client_secret"], why: "the password flow asks for all of them" },
};

/** The sign-in hosts all orgs share; they do not offer the client-credentials flow. */
const sharedLoginHost = /^https:\/\/(login|test)\.salesforce\.com$/;

/** Whether secrets may be sent to the address: by TLS, or to this machine or a neighbour container (simulators). */
export function isSafeForSecrets(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || hostname === "127.0.0.1" || hostname === "[::1]" || !hostname.includes(".");
}
