import {
  accepted,
  hmacSha256,
  type IncomingWebhook,
  refused,
  sameDigest,
  strictBase64,
  type Verdict,
  withinWindow,
} from "journey-hub/connector";
import { standardSecret, type WebhookConfig } from "./config.ts";

/** Signatures looked at in one header: a sender that changes its secret sends two. */
const signaturesMax = 10;
const doesNotMatch = refused("the signature does not match");

/**
 * Checks who sent a webhook, before its body is read.
 * @param nowMs the hub's clock, milliseconds since 1970
 */
export function verifySignature(config: WebhookConfig, request: IncomingWebhook, nowMs: number): Verdict {
  const secrets = [config.secret, config.previous_secret].filter((secret) => secret !== undefined);
  if (secrets.length === 0) return refused("no secret is set");
  return config.scheme === "standard-webhooks"
    ? verifyStandard(secrets, request, nowMs)
    : verifyHmac(config, secrets, { request, nowMs });
}

/** Standard Webhooks 1.0 with the symmetric `v1`: base64(HMAC-SHA256(`id.timestamp.body`)). The asymmetric `v1a` never counts. */
function verifyStandard(secrets: readonly string[], request: IncomingWebhook, nowMs: number): Verdict {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = request.headers;
  if (!id || !timestamp || !signatures) return refused("webhook-id, webhook-timestamp or webhook-signature is missing");
  if (!withinWindow(timestamp, "s", nowMs)) return refused("the timestamp is more than five minutes away");
  const listed = signatures.split(" ", signaturesMax + 1);
  if (listed.length > signaturesMax) return refused(`there are more than ${signaturesMax} signatures`);
  const given = listed.flatMap((one) => (one.startsWith("v1,") ? (strictBase64(one.slice(3)) ?? []) : []));
  const expected = secrets.flatMap((secret) => {
    const key = standardSecret(secret);
    return key ? hmacSha256(key, `${id}.${timestamp}.`, request.body) : [];
  });
  return matches(given, expected) ? accepted : doesNotMatch;
}

interface Received {
  request: IncomingWebhook;
  nowMs: number;
}

/** An HMAC-SHA256 of the body, or of `timestamp.body` where the sender tells its time, in one header. */
function verifyHmac(config: WebhookConfig, secrets: readonly string[], { request, nowMs }: Received): Verdict {
  const { header, prefix, encoding, timestamp_header, timestamp_unit, tolerance_seconds } = config;
  const signature = request.headers[header];
  if (!signature) return refused(`the header ${header} is missing`);
  const timestamp = timestamp_header === undefined ? null : request.headers[timestamp_header];
  if (timestamp === undefined || timestamp === "") return refused(`the header ${timestamp_header} is missing`);
  if (timestamp !== null && !withinWindow(timestamp, timestamp_unit, nowMs, tolerance_seconds * 1_000)) {
    return refused(`the timestamp is more than ${tolerance_seconds} seconds away`);
  }
  if (!signature.startsWith(prefix)) return refused(`the signature does not begin with ${prefix}`);
  const written = signature.slice(prefix.length);
  const given = encoding === "hex" ? strictHex(written) : strictBase64(written);
  const signed = timestamp === null ? [request.body] : [`${timestamp}.`, request.body];
  const expected = secrets.map((secret) => hmacSha256(secret, ...signed));
  return given && matches([given], expected) ? accepted : doesNotMatch;
}

function matches(given: readonly Buffer[], expected: readonly Buffer[]): boolean {
  return given.some((one) => expected.some((other) => sameDigest(one, other)));
}

/** `Buffer.from(text, "hex")` stops in silence at the first odd character. */
function strictHex(text: string): Buffer | null {
  return /^(?:[0-9a-f]{2}){1,64}$/i.test(text) ? Buffer.from(text, "hex") : null;
}
