import type { DeliveredWork, Delivery, HandshakeAnswer, IncomingWebhook, Proof } from "journey-hub/connector";
import type { WebhookConfig } from "../config.ts";

/** One sender's way of sending. What differs between senders is said here; how a proof is checked is the kit's. */
export interface Scheme {
  /** Names the sender to people, or how it signs. */
  title: string;
  /** What is set beside the secrets. */
  settings: readonly (keyof WebhookConfig)[];
  /** How its sender proves itself, by these settings. */
  proof(config: WebhookConfig): Proof;
  /** Splits a verified body; throws an Error that says what is malformed. */
  deliveries(config: WebhookConfig, request: IncomingWebhook): Delivery[];
  work(config: WebhookConfig, body: string): DeliveredWork;
  handshake?(config: WebhookConfig, request: IncomingWebhook): HandshakeAnswer | null;
}

/** How far a sender's clock may be off, where it does not say otherwise. */
export const windowMs = 300_000;
