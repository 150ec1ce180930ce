import { createHash } from "node:crypto";
import type { Delivery, TrackingCall, TrackingReading } from "journey-hub/connector";
import type { TrackingConfig } from "../config.ts";
import { idOf, isObject, type KeptMessage, type Properties } from "../kept.ts";
import { beaconPath, bodyOf } from "./body.ts";
import { faultOf, messageTypes, sizeFault } from "./message.ts";

/** Last parts of the addresses and what is sent there; analytics.js takes the first letter alone. */
const kinds: Readonly<Record<string, string>> = {
  ...Object.fromEntries(messageTypes.flatMap((type) => [[type, type] as const, [type.slice(0, 1), type] as const])),
  batch: "batch",
  b: "batch",
  import: "batch",
};

/** The addresses of Segment's HTTP tracking API and its pixels, and RudderStack's. */
export const segmentPaths: readonly string[] = [
  ...Object.keys(kinds).map((name) => `/v1/${name}`),
  ...messageTypes.map((type) => `/v1/pixel/${type}`),
  beaconPath,
];

const messagesMax = 2_500;
/** Most bytes that what a batch says of all its messages may come to, repeated in each: a small call must not become a thousand large ones. */
const sharedBytesMax = 16 * 1024 * 1024;
const answer = { status: 200, json: { success: true } };

/**
 * The messages of a verified call, one delivery each. A message of a batch that cannot be used is kept as well: it becomes an open error
 * and holds up no other.
 * @throws Error that says what is malformed: no JSON, no batch, or a single message that cannot be used
 */
export function readSegment(config: TrackingConfig, call: TrackingCall): TrackingReading {
  const kind = kinds[call.path.slice(call.path.lastIndexOf("/") + 1)];
  const body = bodyOf(call);
  if (!isObject(body)) throw new Error("the body is not a JSON object");
  const { writeKey: _, ...sent } = body;
  if (kind !== "batch") {
    const kept = keptAs({ ...sent, type: kind }, call, 0);
    const fault = sizeFault(config, kept) ?? faultOf(kept);
    if (fault !== null) throw new Error(fault);
    return { deliveries: [deliveryOf(kept)], answer };
  }
  const { batch } = sent;
  if (!Array.isArray(batch)) throw new Error("the body has no list `batch`");
  if (batch.length > messagesMax)
    throw new Error(`there are ${batch.length} messages in the batch; send at most ${messagesMax}`);
  const sharedBytes = Buffer.byteLength(JSON.stringify([sent.sentAt, sent.context])) * batch.length;
  if (sharedBytes > sharedBytesMax) {
    throw new Error(
      `the batch's own context and sentAt, repeated in each of its messages, have ${sharedBytes} bytes; send at most ${sharedBytesMax}`,
    );
  }
  return { deliveries: batch.map((message, n) => deliveryOf(keptAs(completed(message, sent), call, n))), answer };
}

/** What a batch says of all its messages counts for each that does not say it itself. */
function completed(message: unknown, { sentAt, context }: Properties): unknown {
  if (!isObject(message)) return message;
  const { writeKey: _, ...whole } = message;
  if (whole.sentAt === undefined && sentAt !== undefined) whole.sentAt = sentAt;
  if (isObject(context) && (whole.context === undefined || isObject(whole.context))) {
    whole.context = { ...context, ...whole.context };
  }
  return whole;
}

function keptAs(message: unknown, { id, receivedAt }: TrackingCall, n: number): KeptMessage {
  return { spec: "segment", id: messageId(message) ?? `${id}-${n}`, receivedAt, message };
}

/**
 * A message's own id. One without is known again by what it says, if it says when it happened: its sender's retry has no effect then. Null:
 * it is taken for another each time.
 */
function messageId(message: unknown): string | null {
  if (!isObject(message)) return null;
  const own = idOf(message.messageId);
  if (own) return own;
  const { sentAt: _, ...said } = message;
  if (said.timestamp === undefined && said.originalTimestamp === undefined) return null;
  return `said-${createHash("sha256").update(JSON.stringify(said)).digest("base64url")}`;
}

/** A retry is stamped anew by its sender: the same id with another text is the same message. */
function deliveryOf(kept: KeptMessage): Delivery {
  return { dedupe_key: kept.id, onConflict: "ignore", body: JSON.stringify(kept) };
}
