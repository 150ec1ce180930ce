import type { DeliveredWork, Delivery } from "./webhook.ts";

/** What is listened to, from where on, and for how long. */
export interface ListenRequest {
  channel: string;
  /** The place of what was heard and kept last; null: there is none, so what comes from now on. */
  after: string | null;
  /** Ends the listening at once. */
  signal: AbortSignal;
}

/** What was heard at once. More is asked for only after this was kept, so that nothing told is lost with a process. */
export interface Heard {
  deliveries: readonly Delivery[];
  /** Where to listen on behind these. */
  place: string | null;
  /** Why there may be changes that were not told: the connection is pulled now. Absent: everything was told. */
  incomplete?: string;
}

/** Changes that the vendor tells of by itself while the hub listens. Polling goes on beside it and stays what is complete. */
export interface ChannelDeclaration<Config, Session> {
  /** The channel that these settings listen to; null where they want none. */
  name(config: Config): string | null;
  /**
   * Listens until the signal ends it. What is heard first says that the vendor has accepted, be it without deliveries. Rejects with
   * SourceError when it cannot go on; the hub begins again after a pause, behind what it has kept.
   */
  listen(session: Session, request: ListenRequest): AsyncIterable<Heard>;
  /** What a kept delivery means. A connector with webhooks reads deliveries of both ways by one and the same function. */
  work(config: Config, body: string): DeliveredWork;
}

/** A channel bound to its session. */
export interface OpenChannel {
  name: string;
  listen(request: Omit<ListenRequest, "channel">): AsyncIterable<Heard>;
}

/** Binds a channel to settings and session: what `defineConnector` does. Null where the settings want none. */
export function bindChannel<Config, Session>(
  { name, listen }: ChannelDeclaration<Config, Session>,
  config: Config,
  session: Session,
): OpenChannel | null {
  const channel = name(config);
  return channel === null ? null : { name: channel, listen: (request) => listen(session, { ...request, channel }) };
}
