import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";

const ways = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
]);

/** Ways in which a body may be compressed, as a header lists them. */
export const encodingsKnown = "gzip, deflate";

/**
 * A body as it was before it was compressed; never more than `bytesMax` of it are made, whatever it would come to.
 * @example await inflated(bytes, "gzip", 512_000)
 */
export async function inflated(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Uint8Array | "too large" | "broken" | "unknown encoding"> {
  const name = (encoding ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  const way = ways.get(name);
  if (!way) return "unknown encoding";
  try {
    return await way(body, { maxOutputLength: bytesMax });
  } catch (cause) {
    if (cause instanceof RangeError) return "too large";
    if (cause instanceof Error) return "broken";
    throw cause;
  }
}
