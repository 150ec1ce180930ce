import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";

/** A certificate that is mapped to an integration record, a role and an entity. */
export interface MappedCertificate {
  id: string;
  /** PEM: the certificate, or its public key. */
  publicKey: string;
  isRevoked?: boolean;
  /** Epoch ms; absent: it does not end while the simulator runs. */
  endsAt?: number;
}

/** What an assertion is held against. */
export interface AssertionRules {
  clientId: string;
  certificates: readonly MappedCertificate[];
  audience: string;
  /** What the integration record allows. */
  scopes: readonly string[];
  /** The vendor's clock, epoch ms. */
  now: number;
}

/** Why a login was refused, as the Login Audit Trail has it. */
export interface AssertionRefusal {
  cause: "InvalidSignature" | "InvalidIntegration" | "ScopeMismatched" | "InvalidTimestamp" | "MalformedAuthorization";
  detail: string;
}

/** An assertion must end less than an hour after it was made. */
const secondsMax = 3_600;
/** So far ahead of the vendor's clock it may have been made. */
const aheadSecondsMax = 300;

const texts = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))]);
const header = z.looseObject({ typ: z.literal("JWT"), alg: z.string(), kid: z.string() });
const claims = z.looseObject({ iss: z.string(), aud: z.string(), scope: texts, iat: z.int(), exp: z.int() });
type Claims = z.output<typeof claims>;

/**
 * The scopes a client assertion asks for, or why it is refused: its certificate, algorithm, signature, issuer, audience, times and scopes
 * are truly checked.
 */
export function readAssertion(assertion: string, rules: AssertionRules): { scopes: string[] } | AssertionRefusal {
  const [head = "", body = "", signature = "", ...rest] = assertion.split(".");
  const shown = header.safeParse(decoded(head)).data;
  const given = claims.safeParse(decoded(body)).data;
  if (rest.length > 0 || !shown || !given) return { cause: "MalformedAuthorization", detail: "client_assertion" };
  const certificate = rules.certificates.find(({ id }) => id === shown.kid);
  if (!certificate || !isStanding(certificate, rules.now))
    return { cause: "InvalidSignature", detail: `kid ${shown.kid}` };
  const signed = { text: `${head}.${body}`, signature, algorithm: shown.alg };
  if (!isSignedBy(certificate.publicKey, signed)) return { cause: "InvalidSignature", detail: shown.alg };
  return refusalOf(given, rules) ?? { scopes: given.scope };
}

function isStanding({ isRevoked = false, endsAt = Number.POSITIVE_INFINITY }: MappedCertificate, now: number): boolean {
  return !isRevoked && now < endsAt;
}

function refusalOf({ iss, aud, scope, iat, exp }: Claims, rules: AssertionRules): AssertionRefusal | null {
  const now = rules.now / 1_000;
  if (iss !== rules.clientId) return { cause: "InvalidIntegration", detail: iss };
  if (aud !== rules.audience) return { cause: "InvalidIntegration", detail: `aud ${aud}` };
  if (exp <= now || exp - iat >= secondsMax || iat > now + aheadSecondsMax)
    return { cause: "InvalidTimestamp", detail: `iat ${iat}, exp ${exp}` };
  const isAllowed = scope.length > 0 && scope.every((name) => rules.scopes.includes(name));
  return isAllowed ? null : { cause: "ScopeMismatched", detail: scope.join(",") };
}

/** By algorithm: the hash, and the curve it belongs to or how the RSA signature is padded. */
const algorithms: Readonly<Record<string, { hash: string; curve: string | null }>> = {
  PS256: { hash: "sha256", curve: null },
  PS384: { hash: "sha384", curve: null },
  PS512: { hash: "sha512", curve: null },
  ES256: { hash: "sha256", curve: "prime256v1" },
  ES384: { hash: "sha384", curve: "secp384r1" },
  ES512: { hash: "sha512", curve: "secp521r1" },
};

function isSignedBy(
  publicKey: string,
  { text, signature, algorithm }: { text: string; signature: string; algorithm: string },
): boolean {
  const key = createPublicKey(publicKey);
  const known = algorithms[algorithm];
  if (!known || known.curve !== curveOf(key)) return false;
  const form =
    known.curve === null
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { dsaEncoding: "ieee-p1363" as const };
  return verify(known.hash, Buffer.from(text), { key, ...form }, Buffer.from(signature, "base64url"));
}

/** Null: an RSA key. */
function curveOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  return asymmetricKeyType === "ec" ? (asymmetricKeyDetails?.namedCurve ?? "") : null;
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined; // no JSON, so no token: the caller refuses it
  }
}
