import { SourceError, type SourceErrorDetails } from "journey-hub/connector";
import type { SalesforceConfig } from "./config.ts";

/** How the sign-in is named in messages. */
export const what = "Salesforce sign-in";

type Advice = Pick<SourceErrorDetails, "field" | "remedy" | "lostApproval">;
type Refusal = readonly [error: RegExp, description: RegExp, advice: Advice];

/** A refusal of the token endpoint, what it was asked, and whether we asked with a wrong time. */
interface Refused {
  status: number;
  form: Readonly<Record<string, string>>;
  config: SalesforceConfig;
  wasMistaken: boolean;
}

/** Reads a refusal of the token endpoint: `stop` with the setting at fault, `retry` for what passes with time. */
export function errorForGrant(
  { error, error_description: description }: { error: string; error_description: string },
  { status, form, config, wasMistaken }: Refused,
): SourceError {
  const text = `${what}: ${description || error} (${error})`;
  if (wasMistaken && /expired authorization code|invalid assertion/.test(description)) {
    return new SourceError("retry", text, { status, code: error });
  }
  // Both are Salesforce's way to say "not now" with a status of 400.
  if (error === "unknown_error" || /retry your request|rate exceeded/i.test(description) || status >= 500) {
    return new SourceError("retry", text, { status, code: error });
  }
  const ofGrant = refusalsOf[form.grant_type ?? ""] ?? [];
  const known = [...ofGrant, ...ofAll].find(([code, words]) => code.test(error) && words.test(description || error));
  const advice = known?.[2] ?? { field: "client_id", remedy: "See Setup → Login History for what Salesforce noted." };
  // Nobody set the refresh token of an approval given here.
  const { field, ...rest } = advice;
  const isOurs = field === "refresh_token" && config.refresh_token === undefined;
  return new SourceError("stop", text, { status, code: error, ...rest, ...(field && !isOurs ? { field } : {}) });
}

const approveAgain = "Approve the app again.";

/** What only one kind of grant is refused for: the same words mean other things elsewhere. */
const refusalsOf: Readonly<Record<string, readonly Refusal[]>> = {
  authorization_code: [
    [
      /^redirect_uri_mismatch$/,
      /./,
      {
        remedy: "Add the redirect address, exactly as the hub shows it, to the app's callback URLs (Settings → OAuth).",
      },
    ],
    [/^invalid_grant$/, /verifier/, { remedy: "Begin again: the answer does not belong to this beginning." }],
    [/^invalid_grant$/, /./, { remedy: "Begin again: a code works once, for some minutes.", lostApproval: true }],
  ],
  refresh_token: [
    [
      /^invalid_grant$/,
      /./,
      {
        field: "refresh_token",
        remedy: `The refresh token was withdrawn or has expired: ${approveAgain.toLowerCase()}`,
        lostApproval: true,
      },
    ],
    [/^inactive_user$|^inactive_org$/, /./, { remedy: approveAgain, lostApproval: true }],
  ],
  password: [
    [
      /^invalid_grant$/,
      /./,
      {
        field: "username, password",
        remedy:
          "Check both, and security_token. Newer orgs refuse this flow unless it is allowed (Setup → OAuth and OpenID Connect Settings); Salesforce is retiring it: better use client_credentials or authorization_code.",
      },
    ],
  ],
};

const ofAll: readonly Refusal[] = [
  [
    /^invalid_client_id$/,
    /./,
    {
      field: "client_id",
      remedy: "Copy the consumer key again: Setup → App Manager → the app → Manage Consumer Details.",
    },
  ],
  [
    /^invalid_client$/,
    /secret|credentials/i,
    {
      field: "client_secret",
      remedy: "Copy the consumer secret again: Setup → App Manager → the app → Manage Consumer Details.",
    },
  ],
  [
    /^invalid_client$|^unauthorized_client$/,
    /./,
    {
      field: "client_id",
      remedy:
        "Check client_id and client_secret; for client credentials, enable the flow in the app (Manage → Edit Policies → Client Credentials Flow) and choose its run-as user.",
    },
  ],
  [
    /^invalid_scope$/,
    /./,
    {
      remedy:
        "Add the scopes api and refresh_token to the app (Settings → OAuth → Selected OAuth Scopes), then approve it again.",
    },
  ],
  [
    /^invalid_grant$/,
    /invalid assertion/,
    {
      field: "private_key",
      remedy:
        "Upload the certificate that belongs to this key: Setup → App Manager → the app → Edit → Use Digital Signatures; a new one takes some minutes.",
    },
  ],
  [
    /^invalid_grant$/,
    /audience/,
    {
      field: "audience",
      remedy: "Set audience to https://login.salesforce.com, for a sandbox to https://test.salesforce.com.",
    },
  ],
  [
    /^invalid_grant$/,
    /expired authorization code/,
    {
      field: "private_key",
      remedy: "Set this machine's clock: Salesforce found the time of the signed statement past.",
    },
  ],
  [
    /^invalid_grant$|^invalid_app_access$/,
    /approved/,
    {
      field: "username",
      remedy:
        "Let this user use the app: Manage → Edit Policies → Admin approved users are pre-authorized, then add the user's profile or permission set there.",
    },
  ],
  [/^inactive_user$/, /./, { field: "username", remedy: "Choose an active user: Setup → Users." }],
  [
    /^invalid_grant$/,
    /./,
    {
      field: "client_id",
      remedy:
        "For client credentials, enable the flow in the app and choose an active run-as user (Setup → App Manager → Manage → Edit Policies); see also Setup → Login History.",
    },
  ],
  [
    /^unsupported_grant_type$|^invalid_request$/,
    /./,
    {
      field: "login_url",
      remedy: "Client credentials work at the org's own address only: find it under Setup → My Domain.",
    },
  ],
];
