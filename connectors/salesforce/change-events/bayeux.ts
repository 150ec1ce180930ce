import { EventEmitter, once } from "node:events";
import { SourceError } from "journey-hub/connector";
import type { Message } from "./messages.ts";

/** A message to the org. */
export interface Outgoing {
  channel: string;
  id: string;
  [field: string]: unknown;
}

/**
 * The client of jsforce's streaming (faye), with its Replay extension: it says what is sent, and is given what comes back. What is sent
 * when, and over which sockets, is the hub's: left to itself it opens sockets of its own, past the address guard, the proxy rules and the
 * hub's time-outs, asks anew before the last answer is kept, and repeats a long poll whose answer was lost, so that the events of that
 * answer are never seen. Each promise is settled within a second, rejected with SourceError.
 */
export interface BayeuxClient {
  handshake(): Promise<Outgoing>;
  /** Asks for a channel's events behind `replay`; `hear` gets each one's data. */
  subscribe(channel: string, replay: number, hear: (data: unknown) => void): Promise<Outgoing>;
  /** The next long poll, which the client has ready when it was given the answer to the last. */
  connect(): Promise<Outgoing>;
  disconnect(): Promise<Outgoing>;
  /** Gives the client the org's answer to what it has sent, or an event for who hears it. */
  received(message: Message): void;
}

/** The part of faye's client that jsforce's own code reaches into as well, and the way in for answers. The version is pinned. */
interface FayeClient {
  _dispatcher: unknown;
  _receiveMessage(message: Message): void;
  addExtension(extension: unknown): void;
  handshake(): void;
  subscribe(channel: string, hear: (data: unknown) => void): PromiseLike<void>;
  disconnect(): PromiseLike<void> | undefined;
}

/** Makes a client that knows nobody yet; nothing is sent. */
export async function createBayeuxClient(): Promise<BayeuxClient> {
  // Loaded on first use, as most hubs do not listen.
  const { Client, StreamingExtension } = await import("jsforce/lib/api/streaming.js");
  // Not by jsforce's createClient, which tries a WebSocket to the org at once, with the session and over a socket of its own.
  const client = new Client(nowhere) as unknown as FayeClient;
  const replays = new StreamingExtension.Replay("", newOnly);
  client.addExtension(replays);
  const mailbox = createMailbox();
  client._dispatcher = dispatcherTo(mailbox.post);

  return {
    handshake() {
      client.handshake();
      return mailbox.take("/meta/handshake");
    },
    subscribe(channel, replay, hear) {
      replays.setChannel(channel);
      replays.setReplay(String(replay));
      client.subscribe(channel, hear).then(ignore, ignore); // that it is refused is read in the answer
      return mailbox.take("/meta/subscribe");
    },
    connect: () => mailbox.take("/meta/connect"),
    disconnect() {
      client.disconnect()?.then(ignore, ignore);
      return mailbox.take("/meta/disconnect");
    },
    // Advice is the hub's to follow: the client would go silent, or greet anew by itself, where the hub is still to subscribe or to part.
    received: (message) => client._receiveMessage({ ...message, advice: undefined }),
  };
}

/** Stands for no event: what comes from now on. */
export const newOnly = -1;

/** The client wants an address, for its own records. */
const nowhere = "https://org.invalid";

const ignore = () => undefined;

/** Stands where faye's sender would: hands over instead of sending, and repeats nothing. */
function dispatcherTo(post: (message: Outgoing) => void) {
  const connectionType = "long-polling";
  return {
    connectionType,
    sendMessage: post,
    getConnectionTypes: () => [connectionType],
    selectTransport: ignore,
    close: ignore,
    endpoint: { href: nowhere },
  };
}

/** The client says what is next within a turn of the event loop, or not at all. */
const postedMaxMs = 1_000;

/** What the client wants sent, until it is asked for. */
function createMailbox() {
  const posted: Outgoing[] = [];
  const posts = new EventEmitter();
  return {
    post(message: Outgoing): void {
      posted.push(message);
      posts.emit("post");
    },
    async take(channel: string): Promise<Outgoing> {
      const signal = AbortSignal.timeout(postedMaxMs);
      for (;;) {
        const at = posted.findIndex((message) => message.channel === channel);
        const [message] = at < 0 ? [] : posted.splice(at, 1);
        if (message) return message;
        await once(posts, "post", { signal }).catch(() => {
          throw new SourceError("retry", `Salesforce, listening to change events: the client sends no ${channel}`);
        });
      }
    },
  };
}
