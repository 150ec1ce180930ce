import type { SignatureProof } from "journey-hub/connector";
import { standardSecret, type WebhookConfig } from "../config.ts";
import { splitEvents, workOf } from "../events.ts";
import { type Scheme, windowMs } from "./scheme.ts";

/** Standard Webhooks 1.0 with the symmetric `v1`. The asymmetric `v1a` never counts. */
export const standard: Scheme = {
  title: "Standard Webhooks",
  settings: ["object", "id_path"],
  proof: () => ({
    kind: "signature",
    header: "webhook-signature",
    separator: " ",
    prefix: "v1,",
    encoding: "base64",
    digest: "hmac-sha256",
    signed: [{ header: "webhook-id" }, { text: "." }, "time", { text: "." }, "body"],
    time: { from: { header: "webhook-timestamp" }, unit: "s", windowMs },
    keyOf: standardSecret,
  }),
  deliveries: (config, request) => splitEvents(config, request, "webhook-id"),
  work: workOf,
};

/** An HMAC-SHA256 in a header of the sender's own, as the settings describe it. */
export const hmac: Scheme = {
  title: "HMAC-SHA256",
  settings: [
    ...(["header", "encoding", "prefix", "timestamp_header", "timestamp_unit", "tolerance_seconds"] as const),
    ...(["id_header", "id_path", "object"] as const),
  ],
  proof: hmacProof,
  deliveries: (config, request) => splitEvents(config, request, config.id_header),
  work: workOf,
};

/** Over the body, or over `timestamp.body` where the sender tells its time. */
export function hmacProof(config: WebhookConfig): SignatureProof {
  const { header, prefix, encoding, timestamp_header: timeHeader } = config;
  const proof = { kind: "signature", header, prefix, encoding, digest: "hmac-sha256" } as const;
  if (timeHeader === undefined) return { ...proof, signed: ["body"] };
  const time = {
    from: { header: timeHeader },
    unit: config.timestamp_unit,
    windowMs: config.tolerance_seconds * 1_000,
  };
  return { ...proof, signed: ["time", { text: "." }, "body"], time };
}
