/** What `createHubspotSimulator` takes; each part has HubSpot's real figure as its default. */
export interface HubspotSimulatorOptions {
  /** The vendor's clock, epoch ms. */
  now?: () => number;
  /** The clock that stamps records, where it is another one than that of limits and tokens; absent: `now`. */
  recordNow?: () => number;
  credentials?: Partial<Credentials>;
  limits?: Partial<Limits>;
  switches?: Partial<Switches>;
  /** Form guid → form name. */
  forms?: Record<string, string>;
  timeZone?: string;
  companyCurrency?: string;
  /** Scopes the credential lacks, for example `crm.objects.deals.read`; such calls are 403 MISSING_SCOPES. */
  missingScopes?: string[];
  /** Redirect addresses on the app's Auth page; "any": whatever is asked for. */
  redirectUris?: readonly string[] | "any";
  /** Scopes the app may ask for; "any": all there are. */
  appScopes?: readonly string[] | "any";
  /** Rules the account's admins made for values; a write against one is refused as a bad property is. */
  validationRules?: ValidationRule[];
}

/** From API version 2026-09 on they hold for every write through the API. */
export interface ValidationRule {
  property: string;
  /** As HubSpot words it for people. */
  message: string;
  allows(value: string): boolean;
}

export interface Credentials {
  /** Private app tokens and service keys: they never expire. */
  accessTokens: string[];
  clientId: string;
  clientSecret: string;
  refreshTokens: string[];
  /** The app that webhooks belong to, and the key of its developer account. */
  appId: number;
  developerApiKey: string;
}

export interface Limits {
  /** Requests of one app in a rolling window; 190 is Pro and Enterprise, 100 Free and Starter. */
  burst: number;
  burstWindowMs: number;
  /** Requests of one OAuth app in the same window. */
  oauthBurst: number;
  daily: number;
  searchPerSecond: number;
  listPageSize: number;
  /** The most rows a page of a list, a search or the owners holds, whatever was asked for; endless: as many as asked. */
  pageRows: number;
  /** How long the list of archived records names one. */
  archivedKeptMs: number;
  historyPageSize: number;
  /** Inputs of a batch read that asks for histories. */
  historyInputs: number;
  /** Values of one property that are kept, the newest ones. */
  historyValues: number;
  searchPageSize: number;
  searchResults: number;
  searchFilterGroups: number;
  searchFiltersPerGroup: number;
  searchFilters: number;
  queryLength: number;
  batchInputs: number;
  associationInputs: number;
  associationPageSize: number;
  uniqueProperties: number;
  /** Webhook subscriptions of one app. */
  webhookSubscriptions: number;
  accessTokenLifetimeMs: number;
}

/** Behaviour on which sources disagree or that nobody has verified; the default is the better attested one. */
export interface Switches {
  /** `forwardOnly`: an earlier stage answers success and changes nothing. */
  lifecycleStage: "forwardOnly" | "any";
  /** One bad property refuses the whole batch with 400; off: that record alone fails inside a 207. */
  badPropertyFailsBatch: boolean;
  /** Merging companies, deals or tickets makes a third record with a new id. */
  mergeMakesNewId: boolean;
  /** v4 association replies carry `toObjectId` as a number or a string. */
  associatedId: "number" | "string";
  /** A record changed less than this ago is not in the search index yet. */
  searchLagMs: number;
  /** Each change takes a time of its own up to `searchLagMs`, so a later one may be found before an earlier one. */
  searchLagVaries: boolean;
  /** One change of fifty takes this long to reach the search index; 0: none does. */
  searchStragglerMs: number;
  /** A search from an instant on also gives rows of the millisecond before it. */
  searchBelowBound: boolean;
  /** Neighbouring search results change places, as the index sometimes returns them. */
  searchDisorder: boolean;
  /** Each refresh gives another refresh token and voids the one used; nobody has seen v1 do so. */
  rotateRefreshTokens: boolean;
  /** Token answers say which account was approved (`hub_id`). */
  tokensNameAccount: boolean;
  /** A search from epoch 0 on the modified stamp answers 500. */
  epochZeroSearchFails: boolean;
}

export interface Settings extends Required<Omit<HubspotSimulatorOptions, "credentials" | "limits" | "switches">> {
  credentials: Credentials;
  limits: Limits;
  switches: Switches;
}

/** Accepted when no others are given; for demos and tests. */
export const demoCredentials: Credentials = {
  accessTokens: ["pat-na1-00000000-demo-0000-0000-000000000000"],
  clientId: "00000000-demo-4000-8000-000000000001",
  clientSecret: "00000000-demo-4000-8000-000000000002",
  refreshTokens: ["na1-demo-refresh-token"],
  appId: 1,
  developerApiKey: "eu1-demo-developer-key",
};

export const demoForms: Record<string, string> = {
  "8f5e6c1a-0000-4000-8000-000000000001": "Contact us",
  "8f5e6c1a-0000-4000-8000-000000000002": "Request a demo",
  "8f5e6c1a-0000-4000-8000-000000000003": "Newsletter",
};

const defaultLimits: Limits = {
  burst: 190,
  burstWindowMs: 10_000,
  oauthBurst: 110,
  daily: 625_000,
  searchPerSecond: 5,
  listPageSize: 100,
  pageRows: Number.POSITIVE_INFINITY,
  archivedKeptMs: Number.POSITIVE_INFINITY,
  historyPageSize: 50,
  historyInputs: 50,
  historyValues: 20,
  searchPageSize: 200,
  searchResults: 10_000,
  searchFilterGroups: 5,
  searchFiltersPerGroup: 6,
  searchFilters: 18,
  queryLength: 3000,
  batchInputs: 100,
  associationInputs: 1000,
  associationPageSize: 500,
  uniqueProperties: 10,
  webhookSubscriptions: 1_000,
  accessTokenLifetimeMs: 30 * 60_000,
};

const defaultSwitches: Switches = {
  lifecycleStage: "forwardOnly",
  badPropertyFailsBatch: true,
  mergeMakesNewId: false,
  associatedId: "number",
  searchLagMs: 0,
  searchLagVaries: false,
  searchStragglerMs: 0,
  searchBelowBound: false,
  searchDisorder: false,
  rotateRefreshTokens: false,
  tokensNameAccount: true,
  epochZeroSearchFails: true,
};

/** Fills the gaps of the options with the defaults. */
export function settle(options: HubspotSimulatorOptions): Settings {
  return {
    now: options.now ?? Date.now,
    recordNow: options.recordNow ?? options.now ?? Date.now,
    forms: options.forms ?? demoForms,
    timeZone: options.timeZone ?? "America/New_York",
    companyCurrency: options.companyCurrency ?? "USD",
    missingScopes: options.missingScopes ?? [],
    redirectUris: options.redirectUris ?? "any",
    appScopes: options.appScopes ?? "any",
    validationRules: options.validationRules ?? [],
    credentials: { ...demoCredentials, ...options.credentials },
    limits: { ...defaultLimits, ...options.limits },
    switches: { ...defaultSwitches, ...options.switches },
  };
}
