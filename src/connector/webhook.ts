import { createHmac, timingSafeEqual } from "node:crypto";
import type { SourceRecord } from "./source-record.ts";

/** A webhook as it came in. `url` is the configured public URL of the hook plus the query: never rebuilt from request headers. */
export interface IncomingWebhook {
  method: string;
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export type Verdict = { accepted: true } | { accepted: false; reason: string };

/**
 * One thing a webhook tells. `dedupe_key` is the sender's identity of it: the same key again has no effect.
 * `onConflict` says what the same key with other content means: `ignore` (the sender re-words retries) or `refuse` (409 and an error row).
 */
export interface Delivery {
  dedupe_key: string;
  onConflict: "ignore" | "refuse";
  /** The bytes to keep: this delivery alone. */
  body: string;
}

/** A record by value, and the vendor's object it is. */
export interface DeliveredRecord {
  object: string;
  record: SourceRecord;
}

/** What a kept delivery asks for: a record by value, or records to fetch by id. */
export type DeliveredWork =
  | ({ kind: "record" } & DeliveredRecord)
  /** Several records, told by one thing that happened; the one that it is about comes last. */
  | { kind: "records"; records: readonly DeliveredRecord[] }
  | { kind: "changed"; stream: string; id: string }
  | { kind: "gone"; stream: string; id: string; at: string }
  | { kind: "nothing"; why: string };

/** The answer to what a sender asks before its first delivery. */
export interface HandshakeAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
}

export interface WebhookDeclaration<Config> {
  /** Why this configuration cannot receive webhooks (no secret), null when it can. A source without a secret is never enabled. */
  missing(config: Config): string | null;
  /** Checks the sender before the body is parsed; constant-time. */
  verify(config: Config, request: IncomingWebhook, nowMs: number): Verdict;
  /** Splits a verified body; throws an Error that says what is malformed. */
  deliveries(config: Config, request: IncomingWebhook): Delivery[];
  /** What a kept delivery means for the hub. `account`: the vendor's id of the connection's account, where that is known. */
  work(config: Config, body: string, account?: string | null): DeliveredWork;
  /** Its sender delivers for other accounts too, by the same secret: nothing is worked off before the connection's account is known. */
  manyAccounts?(config: Config): boolean;
  /**
   * Answers a GET, HEAD or OPTIONS by which the sender asks whether the address is meant to be delivered to; null: not this sender's
   * question. Nothing is proved by then, so it must tell nothing and keep nothing.
   */
  handshake?(config: Config, request: IncomingWebhook): HandshakeAnswer | null;
  /** What the sender reads as "taken", where it wants more than the status. Default: the counts in JSON. */
  receipt?: { contentType: string; text: string };
}

/** The sender is who it says. */
export const accepted: Verdict = { accepted: true };
/** The webhook is not taken; the reason is for our own log, never for the sender. */
export const refused = (reason: string): Verdict => ({ accepted: false, reason });

/** HMAC-SHA256 of the parts joined. Throws for an empty secret: a digest by it proves nothing. */
export function hmacSha256(secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  if (secret.length === 0) throw new Error("a webhook secret is empty: give the connection its secret");
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Compares two digests in constant time; digests of different length are different. */
export function sameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Decodes base64 strictly: null for anything else, so that a malformed signature is refused, not read leniently. */
export function strictBase64(text: string): Buffer | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

/** Whether a sender's clock reading lies within the window, either side; anything that is no plain number does not. */
export function withinWindow(timestamp: string, unit: "s" | "ms", nowMs: number, windowMs = 300_000): boolean {
  if (!/^\d{1,15}$/.test(timestamp)) return false;
  const atMs = Number(timestamp) * (unit === "s" ? 1_000 : 1);
  return Math.abs(nowMs - atMs) <= windowMs;
}
