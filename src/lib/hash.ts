import { createHash } from "node:crypto";

/**
 * First 20 characters (100 bits) of the base32hex SHA-256 of the parts; parts are length-prefixed, so `["ab","c"]` and `["a","bc"]` differ.
 * @example shortHash("hubspot", "contacts", "1") // "…20 lower-case characters…"
 */
export function shortHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return BigInt(`0x${hash.digest("hex").slice(0, 25)}`)
    .toString(32)
    .padStart(20, "0");
}
