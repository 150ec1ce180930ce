import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface Keys {
  publicKey: string;
  privateKey: string;
}

const pem = (publicKey: KeyObject, privateKey: KeyObject): Keys => ({
  publicKey: String(publicKey.export({ type: "spki", format: "pem" })),
  privateKey: String(privateKey.export({ type: "pkcs8", format: "pem" })),
});

/** A key pair made for this run: its public half as an administrator uploads it, its private half as a connection holds it. */
export function ecKeys(namedCurve = "P-256"): Keys {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
  return pem(publicKey, privateKey);
}

export function rsaKeys(): Keys {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pem(publicKey, privateKey);
}

/** A JWT of these parts, signed by an EC key on P-256, or by an RSA key with PSS padding, whatever `alg` says. */
export function jwt(key: string, header: Record<string, unknown>, claims: Record<string, unknown>): string {
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encoded(header)}.${encoded(claims)}`;
  const form = String(header.alg).startsWith("PS")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { dsaEncoding: "ieee-p1363" as const };
  return `${text}.${sign("sha256", Buffer.from(text), { key, ...form }).toString("base64url")}`;
}
