import { createHmac, timingSafeEqual } from "node:crypto";

/** The keys of one integration and one token, as token-based authentication needs them. */
export interface NetsuiteCredentials {
  consumerKey: string;
  consumerSecret: string;
  tokenId: string;
  tokenSecret: string;
}

/** One line of the Login Audit Trail: the only place where the cause of a refused login is told. */
export interface LoginAuditEntry {
  at: string;
  cause: LoginFailure;
  detail: string;
}

export type LoginFailure =
  | "MissingAuthorization"
  | "MalformedAuthorization"
  | "WrongRealm"
  | "UnknownConsumerKey"
  | "UnknownToken"
  | "UnsupportedSignatureMethod"
  | "WrongVersion"
  | "InvalidNonce"
  | "NonceUsed"
  | "TimestampOutOfRange"
  | "InvalidSignature"
  // Those of OAuth 2.0.
  | "AccessTokenExpired"
  | "ClientAuthenticationFailed"
  | "InvalidAuthorizationCode"
  | "InvalidIntegration"
  | "InvalidRedirectURI"
  | "InvalidState"
  | "InvalidTimestamp"
  | "RefreshTokenExpired"
  | "ScopeMismatched"
  | "TokenRejected"
  | "UnknownIntegration";

export interface SignedRequest {
  method: string;
  /** Scheme, host and path as the client wrote them, then the query as sent. */
  url: string;
  authorization: string | undefined;
}

export interface SignatureVerifier {
  /** Null when the request is signed rightly; it uses up the nonce. Otherwise the cause. */
  verify(request: SignedRequest, realm: string): Pick<LoginAuditEntry, "cause" | "detail"> | null;
}

/** Verifies OAuth 1.0a HMAC-SHA256 headers; `now` is the vendor's clock in epoch milliseconds, the window is to either side of it. */
export function createVerifier(
  credentials: readonly NetsuiteCredentials[],
  { now, windowMs }: { now: () => number; windowMs: number },
): SignatureVerifier {
  // Nonces are kept until their timestamp alone would refuse them.
  const used = new Map<string, number>();
  return {
    verify(request, realm) {
      const parameters = parseHeader(request.authorization);
      if (!parameters) return missingOrMalformed(request.authorization);
      const failure = checkParameters(parameters, { realm, now: now(), windowMs });
      if (failure) return failure;
      const keys = findKeys(credentials, parameters);
      if ("cause" in keys) return keys;
      if (!sameText(signatureOf(request, parameters, keys), parameters.get("oauth_signature") ?? "")) {
        return { cause: "InvalidSignature", detail: baseString(request, parameters) };
      }
      forgetOld(used, now() - windowMs);
      const nonce = `${keys.tokenId} ${parameters.get("oauth_nonce")}`;
      if (used.has(nonce)) return { cause: "NonceUsed", detail: nonce };
      used.set(nonce, Number(parameters.get("oauth_timestamp")) * 1000);
      return null;
    },
  };
}

/**
 * The text an OAuth 1.0a signature is made over: method, URL without query, and all parameters but realm and signature.
 * @param parameters those of the Authorization header, decoded.
 */
export function baseString({ method, url }: SignedRequest, parameters: ReadonlyMap<string, string>): string {
  const [address = "", query = ""] = splitOnce(url, "?");
  const header = [...parameters].filter(([name]) => name !== "realm" && name !== "oauth_signature");
  const pairs = [...header, ...queryParameters(query)].map(([name, value]) => [encode(name), encode(value)] as const);
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compareText(nameA, nameB) || compareText(valueA, valueB));
  const joined = pairs.map(([name, value]) => `${name}=${value}`).join("&");
  return [method.toUpperCase(), encode(lowerOrigin(address)), encode(joined)].join("&");
}

function missingOrMalformed(authorization: string | undefined): Pick<LoginAuditEntry, "cause" | "detail"> {
  return authorization === undefined
    ? { cause: "MissingAuthorization", detail: "no Authorization header" }
    : { cause: "MalformedAuthorization", detail: authorization.slice(0, 20) };
}

const parameterPattern = /^\s*([A-Za-z_]+)="([^"]*)"\s*$/;
const required = [
  "realm",
  "oauth_consumer_key",
  "oauth_token",
  "oauth_signature_method",
  "oauth_timestamp",
  "oauth_nonce",
  "oauth_signature",
];

/** The header's parameters, decoded; null when one is missing, comes twice or cannot be read. */
function parseHeader(authorization: string | undefined): Map<string, string> | null {
  if (!authorization?.startsWith("OAuth ")) return null;
  const parameters = new Map<string, string>();
  for (const part of authorization.slice("OAuth ".length).split(",")) {
    const [, name, value] = parameterPattern.exec(part) ?? [];
    const decoded = value === undefined ? null : decode(value);
    if (name === undefined || decoded === null || parameters.has(name)) return null;
    parameters.set(name, decoded);
  }
  return required.every((name) => parameters.has(name)) ? parameters : null;
}

function checkParameters(
  parameters: ReadonlyMap<string, string>,
  { realm, now, windowMs }: { realm: string; now: number; windowMs: number },
): Pick<LoginAuditEntry, "cause" | "detail"> | null {
  const of = (name: string) => parameters.get(name) ?? "";
  if (of("realm") !== realm) return { cause: "WrongRealm", detail: of("realm") };
  if (of("oauth_signature_method") !== "HMAC-SHA256") {
    return { cause: "UnsupportedSignatureMethod", detail: of("oauth_signature_method") };
  }
  if (parameters.has("oauth_version") && of("oauth_version") !== "1.0")
    return { cause: "WrongVersion", detail: of("oauth_version") };
  if (!/^[A-Za-z0-9]{6,64}$/.test(of("oauth_nonce"))) return { cause: "InvalidNonce", detail: of("oauth_nonce") };
  const at = /^\d+$/.test(of("oauth_timestamp")) ? Number(of("oauth_timestamp")) * 1000 : Number.NaN;
  if (!(Math.abs(now - at) <= windowMs)) return { cause: "TimestampOutOfRange", detail: of("oauth_timestamp") };
  return null;
}

function findKeys(
  credentials: readonly NetsuiteCredentials[],
  parameters: ReadonlyMap<string, string>,
): NetsuiteCredentials | Pick<LoginAuditEntry, "cause" | "detail"> {
  const consumerKey = parameters.get("oauth_consumer_key") ?? "";
  const tokenId = parameters.get("oauth_token") ?? "";
  const integration = credentials.filter((keys) => keys.consumerKey === consumerKey);
  if (integration.length === 0) return { cause: "UnknownConsumerKey", detail: consumerKey };
  return integration.find((keys) => keys.tokenId === tokenId) ?? { cause: "UnknownToken", detail: tokenId };
}

function signatureOf(
  request: SignedRequest,
  parameters: ReadonlyMap<string, string>,
  keys: NetsuiteCredentials,
): string {
  const key = `${encode(keys.consumerSecret)}&${encode(keys.tokenSecret)}`;
  return createHmac("sha256", key).update(baseString(request, parameters)).digest("base64");
}

function sameText(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** From the oldest on, up to the first that is still within the window. */
function forgetOld(used: Map<string, number>, before: number): void {
  for (const [nonce, at] of used) {
    if (at >= before) return;
    used.delete(nonce);
  }
}

function queryParameters(query: string): [string, string][] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const [name = "", value = ""] = splitOnce(pair, "=");
    // "+" is a plus here: the client signs what it wrote, and OAuth knows no form encoding of spaces in a query.
    return [decode(name) ?? name, decode(value) ?? value];
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** RFC 3986: `encodeURIComponent` leaves five characters too many as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function lowerOrigin(address: string): string {
  return address.replace(/^[a-z]+:\/\/[^/]+/i, (origin) => origin.toLowerCase());
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
