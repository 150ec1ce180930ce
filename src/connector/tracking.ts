import type { DeliveredWork, Delivery, Verdict } from "./webhook.ts";

/** A call of a tracking client. It comes to an address that all connections share: a key in the call says whose it is. */
export interface TrackingCall {
  /** The hub's own name for this call and no other. */
  id: string;
  /** Such as `/v1/batch`; `/v1/pixel/…` are images in mails and pages, which say everything in their query. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** As it was before it was compressed. */
  body: Uint8Array;
  /** The hub's clock, an ISO instant. */
  receivedAt: string;
}

/** What a call holds, and what its client expects to be told once that is on disk. */
export interface TrackingReading {
  deliveries: Delivery[];
  /** `json` null: an answer without a body. */
  answer: { status: number; json: unknown };
}

/**
 * How a connector takes calls of tracking clients.
 * @example tracking: { paths: ["/v1/track"], missing, bytesMax: () => 32_768, verify, read, work }
 */
export interface TrackingDeclaration<Config> {
  /** The addresses it answers at. */
  paths: readonly string[];
  /** Why this configuration cannot take calls at a path (no key), null when it can. */
  missing(config: Config, path: string): string | null;
  /** Most bytes of a body, before it was compressed. */
  bytesMax(config: Config): number;
  /**
   * Whether anybody may come to know the key, because it stands in a page or an app. What such calls say joins one customer, and can neither
   * part customers nor make two of them one. Absent: so it is.
   */
  isPublic?(config: Config): boolean;
  /** Whether such a call says its key outside of its body: it is checked before the body is read, which is empty then. Absent: never. */
  isKeyOutside?(call: Omit<TrackingCall, "body">): boolean;
  /** Whether the call's key is this connection's; constant-time. The body may be looked at: browsers put the key there. */
  verify(config: Config, call: TrackingCall): Verdict;
  /** Splits a verified call; throws an Error that says what is malformed. */
  read(config: Config, call: TrackingCall): TrackingReading;
  /** What a kept delivery means for the hub; throws SourceError `skip` for one that no further attempt will make better. */
  work(config: Config, body: string): DeliveredWork;
}
