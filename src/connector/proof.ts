import { createHash, createHmac } from "node:crypto";
import {
  accepted,
  type IncomingWebhook,
  refused,
  sameDigest,
  strictBase64,
  type Verdict,
  withinWindow,
} from "./webhook.ts";

/** How a sender proves that a webhook is its own, declared. One verifier reads them all: {@link verifyProof}. */
export type Proof = SignatureProof | TokenProof;

/** The sender signs what it sends with a secret both sides know. */
export interface SignatureProof {
  kind: "signature";
  /** The header that holds the signature, in lower case. */
  header: string;
  /** What stands between the items of that header, where it may hold several; ten are looked at, more are refused. */
  separator?: string;
  /** What a signature in it begins with, such as `sha256=`; items that begin otherwise do not count. */
  prefix?: string;
  encoding: "hex" | "base64";
  /** `sha256` is the plain digest of the secret and what is signed; only HubSpot's oldest versions use it. */
  digest: "hmac-sha256" | "hmac-sha1" | "sha256";
  /** What is signed, in order, nothing between. */
  signed: readonly SignedPart[];
  /** Absent: the sender signs no time, so a recorded request can be sent again at any time. */
  time?: SentTime;
  /** The key behind a secret as the sender writes it, null where it is none. Default: the secret's own text. */
  keyOf?(secret: string): string | Uint8Array | null;
}

/** A function makes a part of the request that only its sender writes so. */
export type SignedPart =
  | "body"
  | "time"
  | { header: string }
  | { text: string }
  | ((request: IncomingWebhook) => string);

/** Where the time of sending stands: in a header of its own, or as an item of the signature's (`t=`). */
export interface SentTime {
  from: { header: string } | { item: string };
  unit: "s" | "ms";
  /** How far it may lie from the hub's clock, either side. */
  windowMs: number;
}

/** The sender shows the secret itself: in a header, or in the address where it can set no header. One of them is enough. */
export interface TokenProof {
  kind: "token";
  header?: { name: string; prefix?: string };
  /** A parameter of the query. */
  query?: string;
}

/** What is held against a proof. `secrets` are those that count now: the present one, and the one before while a sender changes over. */
export interface Claim {
  secrets: readonly (string | undefined)[];
  request: IncomingWebhook;
  /** The hub's clock, milliseconds since 1970. */
  nowMs: number;
}

const itemsMax = 10;

/**
 * Checks a request by its sender's proof, before its body is read; in constant time. Without a secret nothing is accepted.
 * @example verifyProof(stripe, { secrets: [config.secret], request, nowMs }) // { accepted: true }
 */
export function verifyProof(proof: Proof, { secrets, request, nowMs }: Claim): Verdict {
  const usable = secrets.flatMap((secret) => secret || []);
  if (usable.length === 0) return refused("no secret is set");
  return proof.kind === "token"
    ? verifyToken(proof, usable, request)
    : verifySignature(proof, usable, { request, nowMs });
}

function verifySignature(
  proof: SignatureProof,
  secrets: readonly string[],
  { request, nowMs }: Pick<Claim, "request" | "nowMs">,
): Verdict {
  const { header, separator, prefix = "", time } = proof;
  const written = request.headers[header];
  if (!written) return refused(missing(header));
  const items = separator === undefined ? [written] : written.split(separator, itemsMax + 1);
  if (items.length > itemsMax) return refused(`there are more than ${itemsMax} signatures`);
  const sentAt = time ? sentTime(time, items, request) : "";
  if (sentAt === null)
    return refused(time && "header" in time.from ? missing(time.from.header) : "the time of sending is missing");
  if (time && !withinWindow(sentAt, time.unit, nowMs, time.windowMs)) {
    return refused(`the timestamp is more than ${spanOf(time.windowMs)} away`);
  }
  const signed = signedParts(proof, request, sentAt);
  if ("absent" in signed) return refused(missing(signed.absent));
  const texts = items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
  if (texts.length === 0) return refused(`the signature does not begin with ${prefix}`);
  const given = texts.flatMap((text) => decoded(proof.encoding, text) ?? []);
  const keys = secrets.flatMap((secret) => (proof.keyOf ? (proof.keyOf(secret) ?? []) : secret));
  const expected = keys.map((key) => digestOf(proof.digest, key, signed));
  const matches = given.some((one) => expected.some((other) => sameDigest(one, other)));
  return matches ? accepted : refused("the signature does not match");
}

const missing = (header: string): string => `the header ${header} is missing`;

/** Two times in one header would leave open which of them was signed: then there is none. */
function sentTime({ from }: SentTime, items: readonly string[], { headers }: IncomingWebhook): string | null {
  if ("header" in from) return headers[from.header] || null;
  const [only, ...others] = items.filter((item) => item.startsWith(from.item));
  return only !== undefined && others.length === 0 ? only.slice(from.item.length) : null;
}

function spanOf(windowMs: number): string {
  return windowMs === 300_000 ? "five minutes" : `${windowMs / 1_000} seconds`;
}

/** What was signed, in order; or the header that should be part of it and is not there. */
function signedParts(
  { signed }: SignatureProof,
  request: IncomingWebhook,
  sentAt: string,
): (string | Uint8Array)[] | { absent: string } {
  const parts: (string | Uint8Array)[] = [];
  for (const part of signed) {
    const header = typeof part === "object" && "header" in part ? part.header : null;
    if (header !== null && !request.headers[header]) return { absent: header };
    parts.push(partOf(part, request, sentAt));
  }
  return parts;
}

function partOf(part: SignedPart, request: IncomingWebhook, sentAt: string): string | Uint8Array {
  if (part === "body") return request.body;
  if (part === "time") return sentAt;
  if (typeof part === "function") return part(request);
  return "text" in part ? part.text : (request.headers[part.header] ?? "");
}

function digestOf(digest: SignatureProof["digest"], key: string | Uint8Array, parts: readonly (string | Uint8Array)[]) {
  if (digest === "sha256") {
    const hash = createHash("sha256").update(key);
    for (const part of parts) hash.update(part);
    return hash.digest();
  }
  const hmac = createHmac(digest === "hmac-sha1" ? "sha1" : "sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function decoded(encoding: SignatureProof["encoding"], text: string): Buffer | null {
  return encoding === "hex" ? strictHex(text) : strictBase64(text);
}

/** `Buffer.from(text, "hex")` stops in silence at the first odd character. */
function strictHex(text: string): Buffer | null {
  return /^(?:[0-9a-f]{2}){1,64}$/i.test(text) ? Buffer.from(text, "hex") : null;
}

/** Digests of both are compared, so that a token's length does not show either. */
function verifyToken({ header, query }: TokenProof, secrets: readonly string[], request: IncomingWebhook): Verdict {
  const given = [...headerToken(header, request), ...queryTokens(query, request)];
  const [only, ...others] = given;
  if (only === undefined) return refused("the token is missing");
  if (others.length > 0) return refused("there is more than one token");
  const matches = secrets.some((secret) => sameDigest(sha256(only), sha256(secret)));
  return matches ? accepted : refused("the token does not match");
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function headerToken(header: TokenProof["header"], { headers }: IncomingWebhook): string[] {
  const { name = "", prefix = "" } = header ?? {};
  const written = headers[name];
  // The name of an authentication scheme is written in either case.
  return written?.toLowerCase().startsWith(prefix.toLowerCase()) ? [written.slice(prefix.length)] : [];
}

function queryTokens(query: string | undefined, { url }: IncomingWebhook): string[] {
  if (query === undefined) return [];
  const at = url.indexOf("?");
  return at === -1 ? [] : new URLSearchParams(url.slice(at)).getAll(query);
}
