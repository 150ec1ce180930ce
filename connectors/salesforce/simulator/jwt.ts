import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";

/** A refusal of the token endpoint: an object, never the API's array. */
export interface OAuthError {
  error: string;
  error_description: string;
}

/** What an assertion is held against. */
export interface AssertionRules {
  /** The certificate, or its public key, that was uploaded to the app (PEM); null: none was. */
  certificate: string | null;
  clientId: string;
  audiences: readonly string[];
  /** The vendor's clock, epoch ms. */
  now: number;
  /** How far ahead `exp` may lie. */
  secondsMax: number;
}

const header = z.looseObject({ alg: z.literal("RS256") });
const claims = z.looseObject({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.coerce.number() });

/**
 * The username a JWT bearer assertion vouches for, or the refusal: signature, issuer, audience and time are truly checked.
 * The vendor tells "invalid assertion" for whatever is wrong with the token as such, and names the claim for the others.
 */
export function readAssertion(assertion: string, rules: AssertionRules): { username: string } | OAuthError {
  const [head = "", body = "", signature = "", ...rest] = assertion.split(".");
  const given = claims.safeParse(decoded(body)).data;
  const isForm = rest.length === 0 && header.safeParse(decoded(head)).success && given !== undefined;
  if (!isForm) return refusal("invalid assertion");
  if (given.iss !== rules.clientId)
    return { error: "invalid_client_id", error_description: "client identifier invalid" };
  if (!isSignedBy(rules.certificate, `${head}.${body}`, signature)) return refusal("invalid assertion");
  if (!rules.audiences.includes(given.aud)) return refusal("audience is invalid");
  const aheadSeconds = given.exp - rules.now / 1000;
  if (aheadSeconds <= 0) return refusal("expired authorization code");
  return aheadSeconds > rules.secondsMax ? refusal("invalid assertion") : { username: given.sub };
}

function refusal(error_description: string): OAuthError {
  return { error: "invalid_grant", error_description };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined; // no JSON, so no token: the caller refuses it
  }
}

function isSignedBy(certificate: string | null, text: string, signature: string): boolean {
  if (certificate === null) return false;
  return verify("RSA-SHA256", Buffer.from(text), createPublicKey(certificate), Buffer.from(signature, "base64url"));
}
