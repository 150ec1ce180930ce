import { type TrackedFields, usuallyTracked } from "./histories.ts";
import { type CustomFieldDeclaration, type CustomObjectDeclaration, defaultCustomFields } from "./schema/custom.ts";
import type { SObjectName } from "./values.ts";

/** What one connected app and one user may present at the token endpoint. */
export interface SalesforceCredentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  username: string;
  password: string;
}

/** The credentials every simulated org accepts unless told otherwise: no real ones. */
export const demoCredentials: SalesforceCredentials = {
  clientId: "3MVG9demo.journey-hub.consumer-key",
  clientSecret: "demo-consumer-secret",
  refreshToken: "5Aep861demo-refresh-token",
  username: "integration@demo.example",
  password: "demo-password",
};

/** Settings of a simulated org; every default is the vendor's real figure or its usual behaviour. */
export interface SalesforceSimulatorOptions {
  /** The vendor's clock, epoch milliseconds. */
  now?: () => number;
  credentials?: SalesforceCredentials;
  /** Host the token reply names as instance_url; default: the host the request came to. */
  instanceUrl?: string;
  /** Session lifetime, from the moment the token is issued. */
  sessionSeconds?: number;
  clientCredentialsFlow?: boolean;
  /** Off in newer orgs. */
  usernamePasswordFlow?: boolean;
  /** Certificate or public key (PEM) uploaded to the app for the JWT bearer flow; null: none, so no assertion is believed. */
  jwtCertificate?: string | null;
  /** How far ahead the `exp` of an assertion may lie. */
  jwtSecondsMax?: number;
  /** Users who may use the app in that flow; "all": every active user of the org. */
  jwtApprovedUsernames?: readonly string[] | "all";
  /** Whether a refresh hands out a new refresh token and retires the old one. */
  rotateRefreshTokens?: boolean;
  /** Callback URLs of the app, as an administrator entered them; "any": whatever is asked for. */
  callbackUrls?: readonly string[] | "any";
  /** Scopes the app may ask for. */
  appScopes?: readonly string[];
  /** Whether the web server flow needs PKCE, as an app can require. */
  requirePkce?: boolean;
  /** API calls per 24 hours. */
  dailyRequestsMax?: number;
  /** How many requests older than `longRequestMs` may be open before further ones are refused. */
  longRequestsMax?: number;
  longRequestMs?: number;
  /** The header `Sforce-Limit-Info` with its usage alone, or with bursts and the app's share behind it. */
  limitInfo?: "short" | "long";
  /** Rows of a query page, at most. */
  pageRowsMax?: number;
  locatorSeconds?: number;
  /** Open query locators; the oldest is dropped for one more. */
  locatorsMax?: number;
  uriBytesMax?: number;
  /** How long a query job waits before it begins, and how many rows a second it then reads. */
  bulkQueueSeconds?: number;
  bulkRowsPerSecond?: number;
  /** Rows of a result page, at most; the vendor chooses by their size. */
  bulkResultRowsMax?: number;
  /** Query jobs, and megabytes of their results, in 24 hours. */
  bulkQueryJobsMax?: number;
  bulkStorageMbMax?: number;
  /** Objects that query jobs refuse. */
  bulkUnsupported?: readonly SObjectName[];
  /** How the Bulk API refuses everything; "none": it is there. The words are unverified. */
  bulkRefusal?: "none" | "feature-not-enabled" | "api-disabled" | "no-permission";
  /** Whether calls of the Bulk API count against the day's API calls; unverified. */
  bulkCallsCount?: boolean;
  /** How far back the updated and deleted feeds reach. */
  updatedFeedDays?: number;
  deletedFeedDays?: number;
  /** Whether an unknown field in a collection fails its record, or the whole call. */
  unknownFieldInCollection?: "record" | "call";
  /** Custom fields by object; given, they replace the default write-back fields. "none": an org without any. */
  customFields?: Partial<Record<SObjectName, CustomFieldDeclaration[]>> | "none";
  /** Whether the user may customise the org: make fields and permission sets. Integration users mostly may not. */
  mayCustomize?: boolean;
  /** Objects of the org's own. */
  customObjects?: readonly CustomObjectDeclaration[];
  /** Fields whose changes the org keeps, by object. */
  trackedFields?: TrackedFields;
  /** Objects the integration user may not read: to it they do not exist. */
  hiddenObjects?: readonly SObjectName[];
  /** Objects chosen on the Change Data Capture page; an org begins without any. */
  capturedObjects?: readonly SObjectName[] | "all";
  /** How long change events are kept. */
  changeEventHours?: number;
  /** How long a long poll waits for events. */
  streamingPollMs?: number;
  /** Whether objects have CurrencyIsoCode. */
  multiCurrency?: boolean;
  /** Awaited inside every API request: lets a test hold requests open. */
  hold?: (request: Request) => Promise<void>;
}

export type Settings = Required<Omit<SalesforceSimulatorOptions, "customFields" | "instanceUrl">> & {
  instanceUrl: string | null;
  customFields: Partial<Record<SObjectName, CustomFieldDeclaration[]>>;
};

/** The options with every default filled in. */
export function settingsOf(options: SalesforceSimulatorOptions): Settings {
  const { customFields = defaultCustomFields, instanceUrl = null, ...given } = options;
  return { ...defaults, ...given, instanceUrl, customFields: customFields === "none" ? {} : customFields };
}

const defaults: Omit<Settings, "customFields" | "instanceUrl"> = {
  now: () => Date.now(),
  credentials: demoCredentials,
  sessionSeconds: 2 * 60 * 60,
  clientCredentialsFlow: true,
  usernamePasswordFlow: false,
  jwtCertificate: null,
  jwtSecondsMax: 300,
  jwtApprovedUsernames: "all",
  rotateRefreshTokens: false,
  callbackUrls: "any",
  appScopes: ["api", "refresh_token", "offline_access", "full", "id", "web"],
  requirePkce: false,
  dailyRequestsMax: 100_000,
  longRequestsMax: 25,
  longRequestMs: 20_000,
  limitInfo: "short",
  pageRowsMax: 2000,
  locatorSeconds: 2 * 24 * 60 * 60,
  locatorsMax: 200,
  uriBytesMax: 16_384,
  bulkQueueSeconds: 1,
  bulkRowsPerSecond: 10_000,
  bulkResultRowsMax: 50_000,
  bulkQueryJobsMax: 10_000,
  bulkStorageMbMax: 976_562,
  bulkUnsupported: [],
  bulkRefusal: "none",
  bulkCallsCount: true,
  updatedFeedDays: 30,
  deletedFeedDays: 15,
  unknownFieldInCollection: "record",
  mayCustomize: true,
  customObjects: [],
  trackedFields: usuallyTracked,
  hiddenObjects: [],
  capturedObjects: [],
  changeEventHours: 72,
  streamingPollMs: 110_000,
  multiCurrency: false,
  hold: async () => undefined,
};
