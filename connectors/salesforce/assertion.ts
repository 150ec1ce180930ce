import { createPrivateKey, sign } from "node:crypto";

/** Who vouches for whom, and to which host. */
export interface Assertion {
  /** Consumer key of the app. */
  clientId: string;
  username: string;
  audience: string;
  /** PEM. */
  privateKey: string;
}

/** Salesforce refuses assertions that are valid for longer than a few minutes (three to five, by various accounts). */
const validSeconds = 180;

/** The signed statement with which the JWT bearer flow asks for a session; `now` is the vendor's clock, epoch ms. */
export function signedAssertion({ clientId, username, audience, privateKey }: Assertion, now: number): string {
  const exp = Math.floor(now / 1_000) + validSeconds;
  const text = [{ alg: "RS256" }, { iss: clientId, sub: username, aud: audience, exp }].map(encoded).join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

/** Whether the text is an RSA private key that can be used as it stands (not one behind a passphrase). */
export function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === "rsa";
  } catch {
    return false; // what is wrong with it is not told: it would be a piece of the secret
  }
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
