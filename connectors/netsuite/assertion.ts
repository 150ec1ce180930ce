import { constants, createPrivateKey, type KeyObject, sign } from "node:crypto";

/** Who vouches for itself, by which certificate, and to which address. */
export interface Assertion {
  clientId: string;
  certificateId: string;
  /** PEM. */
  privateKey: string;
  scopes: readonly string[];
  audience: string;
}

/** NetSuite takes assertions for up to an hour; one is used at once, so that a copy is of no use soon. */
const validSeconds = 300;

/** The signed statement with which the client credentials flow asks for a token; `now` is the vendor's clock, epoch ms. */
export function signedAssertion(assertion: Assertion, now: number): string {
  const { clientId, certificateId, privateKey, scopes, audience } = assertion;
  const key = createPrivateKey(privateKey);
  const algorithm = algorithmFor(key);
  if (algorithm === null) throw new Error("the private key is of a kind NetSuite does not take");
  const iat = Math.floor(now / 1_000);
  const header = { typ: "JWT", alg: algorithm.name, kid: certificateId };
  const claims = { iss: clientId, scope: scopes, aud: audience, iat, exp: iat + validSeconds };
  const text = [header, claims].map(encoded).join(".");
  return `${text}.${sign(algorithm.hash, Buffer.from(text), { key, ...algorithm.form }).toString("base64url")}`;
}

interface Algorithm {
  name: string;
  hash: string;
  form: { padding: number; saltLength: number } | { dsaEncoding: "ieee-p1363" };
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const rsa: Algorithm = { name: "PS256", hash: "sha256", form: pss };

/** By curve: each belongs to one hash. */
const elliptic: Readonly<Record<string, Algorithm>> = {
  prime256v1: { name: "ES256", hash: "sha256", form: { dsaEncoding: "ieee-p1363" } },
  secp384r1: { name: "ES384", hash: "sha384", form: { dsaEncoding: "ieee-p1363" } },
  secp521r1: { name: "ES512", hash: "sha512", form: { dsaEncoding: "ieee-p1363" } },
};

/** The name of the algorithm a private key (PEM) signs by; null for what is none, is behind a passphrase or cannot be used here. */
export function algorithmOf(privateKey: string): string | null {
  try {
    return algorithmFor(createPrivateKey(privateKey))?.name ?? null;
  } catch {
    return null; // what is wrong with it is not told: it would be a piece of the secret
  }
}

function algorithmFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | null {
  if (asymmetricKeyType === "rsa" || asymmetricKeyType === "rsa-pss") return rsa;
  return elliptic[asymmetricKeyDetails?.namedCurve ?? ""] ?? null;
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
