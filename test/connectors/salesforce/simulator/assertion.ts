import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key pair made for this run: its public half as an administrator uploads it, its private half as a connection holds it. */
export function keyPair(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { publicKey: pem(publicKey, "spki"), privateKey: pem(privateKey, "pkcs8") };
}

function pem(key: KeyObject, type: "spki" | "pkcs8"): string {
  return String(type === "spki" ? key.export({ type, format: "pem" }) : key.export({ type, format: "pem" }));
}

/** A signed JWT with these claims. */
export function signed(privateKey: string, claims: Record<string, unknown>, alg = "RS256"): string {
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encoded({ alg })}.${encoded(claims)}`;
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}
