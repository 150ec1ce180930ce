import { createHmac, randomBytes } from "node:crypto";
import {
  createNetsuiteSimulator,
  demoCredentials,
  type NetsuiteSeed,
  type NetsuiteSimulator,
  type NetsuiteSimulatorOptions,
} from "../../../../connectors/netsuite/simulator/index.ts";
import { seed } from "./seed.ts";

/** The vendor's clock in these tests: 10:00 in New York. */
export const now = Date.parse("2026-03-01T15:00:00Z");

/** A simulator at `now` with the small account, unless options or seed say otherwise. */
export function createAccount(options: NetsuiteSimulatorOptions = {}, account: NetsuiteSeed = seed): NetsuiteSimulator {
  const simulator = createNetsuiteSimulator({ now: () => now, ...options });
  simulator.load(account);
  return simulator;
}

/** What a signature is made of; a test bends one part at a time. */
export interface Signing {
  realm: string;
  consumerKey: string;
  consumerSecret: string;
  tokenId: string;
  tokenSecret: string;
  method: string;
  /** The URL that is signed, when it is not the one sent. */
  url: string;
  signatureMethod: string;
  timestamp: string;
  nonce: string;
  version: string;
}

/** An Authorization header made by the words of RFC 5849, independent of simulator and client library. */
export function authorize(request: { url: string; method: string }, bent: Partial<Signing> = {}): string {
  const signing: Signing = {
    ...demoCredentials,
    realm: demoCredentials.accountId,
    signatureMethod: "HMAC-SHA256",
    timestamp: String(Math.floor(now / 1000)),
    nonce: randomBytes(16).toString("hex"),
    version: "1.0",
    ...request,
    ...bent,
  };
  const oauth: [string, string][] = [
    ["oauth_consumer_key", signing.consumerKey],
    ["oauth_nonce", signing.nonce],
    ["oauth_signature_method", signing.signatureMethod],
    ["oauth_timestamp", signing.timestamp],
    ["oauth_token", signing.tokenId],
    ["oauth_version", signing.version],
  ];
  const [address = "", query = ""] = signing.url.split("?");
  const sent = query === "" ? [] : query.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
  const pairs = [...oauth, ...sent].map(([name = "", value = ""]) => `${encode(name)}=${encode(value)}`).sort();
  const base = `${signing.method}&${encode(address)}&${encode(pairs.join("&"))}`;
  const key = `${encode(signing.consumerSecret)}&${encode(signing.tokenSecret)}`;
  const signature = createHmac("sha256", key).update(base).digest("base64");
  const parts = [["realm", signing.realm], ...oauth, ["oauth_signature", signature]];
  return `OAuth ${parts.map(([name, value = ""]) => `${name}="${encode(value)}"`).join(", ")}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export const origin = "http://1234567-sb1.suitetalk.api.netsuite.com";

/** Sends one signed request; `path` begins behind `/services/rest`. */
export function send(
  simulator: NetsuiteSimulator,
  method: string,
  path: string,
  {
    body,
    headers = {},
    signing = {},
  }: { body?: unknown; headers?: Record<string, string>; signing?: Partial<Signing> } = {},
): Promise<Response> {
  const url = `${origin}/services/rest${path}`;
  return Promise.resolve(
    simulator.app.request(url, {
      method,
      headers: { authorization: authorize({ url, method }, signing), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
}

export interface SuiteqlReply {
  status: number;
  count: number;
  hasMore: boolean;
  offset: number;
  totalResults: number;
  items: Record<string, unknown>[];
  links: { rel: string; href: string }[];
  "o:errorDetails": { detail: string; "o:errorCode": string; "o:errorPath"?: string }[];
}

/** Runs a SuiteQL statement; `query` is the URL's, such as `?limit=5`. */
export async function suiteql(simulator: NetsuiteSimulator, statement: string, query = ""): Promise<SuiteqlReply> {
  const reply = await send(simulator, "POST", `/query/v1/suiteql${query}`, {
    body: { q: statement },
    headers: { prefer: "transient", "content-type": "application/json" },
  });
  const body: SuiteqlReply = JSON.parse(await reply.text());
  return { ...body, status: reply.status };
}

/** The items of a reply without their empty `links`. */
export function rowsOf(reply: SuiteqlReply): Record<string, unknown>[] {
  return reply.items.map(({ links: _links, ...row }) => row);
}
