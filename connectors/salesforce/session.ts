import type { BulkSession } from "./bulk/session.ts";
import type { Streaming } from "./change-events/streaming.ts";
import type { Client } from "./client.ts";
import type { Descriptions } from "./describe.ts";
import type { HourlyMemory } from "./hourly-memory.ts";

/** What streams and write-back work with. */
export interface Session {
  client: Client;
  descriptions: Descriptions;
  /** Objects found to be hidden from the integration user. */
  hidden: HourlyMemory;
  /** By object of histories in which the org kept nothing: until when. */
  emptyHistories: Map<string, string>;
  /** The org's clock. */
  vendorNow(): number;
  bulk: BulkSession;
  streaming: Streaming;
}
