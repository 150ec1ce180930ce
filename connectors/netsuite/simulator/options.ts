import type { OAuthSettings } from "./oauthSettings.ts";
import type { CustomFields } from "./schema.ts";
import type { NetsuiteCredentials } from "./signature.ts";

/** How a request beyond the concurrency limit is refused: sources disagree, so all three are offered. */
export type ConcurrencyRefusal = "429" | "400" | "401";

export interface NetsuiteSimulatorOptions {
  /** The vendor's clock, epoch milliseconds. */
  now?: () => number;
  credentials?: readonly NetsuiteCredentials[];
  /** The integration record's part in OAuth 2.0; the demo's where nothing is said. */
  oauth?: Partial<OAuthSettings>;
  /** How far a signature's timestamp may be off to either side; 5 minutes. */
  timestampWindowMs?: number;
  /** Scheme and host clients sign for, when it is not the one the request shows: `https://1234567-sb1.suitetalk.api.netsuite.com`. */
  origin?: string;
  /** Requests at the same time; 5 without SuiteCloud Plus. */
  concurrencyMax?: number;
  concurrencyRefusal?: ConcurrencyRefusal;
  /** Told of each request that was one too many. */
  onOverLimit?: () => void;
  /** How long each request takes; 0 still gives others a turn, so concurrency is real. */
  latencyMs?: number;
  /** Custom fields that exist, by table; the journey-hub fields on customer and contact unless told otherwise. */
  customFields?: CustomFields;
  /** Records the token's role may not see, by their SuiteQL name. */
  hiddenRecords?: readonly string[];
  pageSizeMax?: number;
  /** What a `limit` above the page size meets: NetSuite refuses it; a small account for tests gives what fits a page. */
  limitAbovePage?: "refused" | "clamped";
  /** Rows one query yields in all. */
  rowsMax?: number;
  /** Columns the token's role may not see in SuiteQL: `customer.url`. */
  hiddenColumns?: readonly string[];
  /** Uniform in [0, 1): rows that an ORDER BY leaves tied then come in any order, another one each time. */
  tieOrder?: (() => number) | undefined;
  /** Whether deletions are dated to the second or by the account's day alone: sources differ. */
  deletionDates?: "second" | "day";
  /** The employee the token belongs to, as system notes name it. */
  userId?: number;
}

/** What of an account may change while it is used. */
export type NetsuiteBehaviour = Pick<
  NetsuiteSimulatorOptions,
  "rowsMax" | "hiddenRecords" | "hiddenColumns" | "tieOrder" | "deletionDates"
>;

/** What the demo and the tests sign in with; the simulator accepts it unless told otherwise. */
export const demoCredentials = {
  accountId: "1234567_SB1",
  consumerKey: "demo-consumer-key",
  consumerSecret: "demo-consumer-secret",
  tokenId: "demo-token-id",
  tokenSecret: "demo-token-secret",
} as const satisfies NetsuiteCredentials & { accountId: string };
