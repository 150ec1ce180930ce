import { createHmac } from "node:crypto";

export interface SignedRequest {
  method: string;
  /** The full target URL as configured, scheme and host included. */
  uri: string;
  body: string;
  /** Epoch milliseconds, as sent in `X-HubSpot-Request-Timestamp`. */
  timestamp: number;
  clientSecret: string;
}

/**
 * Signs as `X-HubSpot-Signature-v3`: base64 HMAC-SHA256 over method, URI, body and timestamp without separators,
 * keyed with the app's client secret. The URI is taken with HubSpot's listed percent codes decoded.
 * @example signV3({ method: "POST", uri: "https://hub.example.com/hooks/hs", body: "[]", timestamp: 1693657560000, clientSecret })
 */
export function signV3({ method, uri, body, timestamp, clientSecret }: SignedRequest): string {
  const text = `${method.toUpperCase()}${decodeListed(uri)}${body}${timestamp}`;
  return createHmac("sha256", clientSecret).update(text, "utf8").digest("base64");
}

const listed = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const decodeListed = (uri: string): string => uri.replace(listed, (code) => decodeURIComponent(code));
