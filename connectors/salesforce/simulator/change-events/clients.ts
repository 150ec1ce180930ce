import type { SObjectName } from "../values.ts";
import type { ChangeEvent } from "./event.ts";
import type { ChangeLog } from "./log.ts";

/** How events are delivered: each twice, or those of one answer the last first. */
export type DeliveryTrouble = "none" | "duplicates" | "unordered";

interface Subscription {
  channel: string;
  /** The last event that was sent. */
  sent: number;
}

/** A CometD client. */
export interface Client {
  id: string;
  /** What its requests must bring along. */
  cookie: string;
  subscriptions: Subscription[];
  seenAt: number;
  hasConnected: boolean;
  /** Ends the long poll under way; null when none is. */
  wake: (() => void) | null;
}

/** Events in one answer, at most. */
const eventsPerAnswer = 100;

/** The clients that listen to the org. What was sent to one is not sent to it again: who has lost an answer must subscribe anew. */
export class Clients {
  readonly #clients = new Map<string, Client>();
  readonly #log: ChangeLog;
  readonly #now: () => number;
  readonly #forgetAfterMs: number;
  #made = 0;
  trouble: DeliveryTrouble = "none";

  constructor(log: ChangeLog, { now, forgetAfterMs }: { now: () => number; forgetAfterMs: number }) {
    this.#log = log;
    this.#now = now;
    this.#forgetAfterMs = forgetAfterMs;
    log.onEvents(() => this.wakeAll());
  }

  make(): Client {
    this.#made += 1;
    const id = `c${String(this.#made).padStart(5, "0")}hsx0demo`;
    const client: Client = {
      id,
      cookie: `b${this.#made}demo`,
      subscriptions: [],
      seenAt: this.#now(),
      hasConnected: false,
      wake: null,
    };
    this.#clients.set(id, client);
    return client;
  }

  /** A client that has asked for something lately. */
  find(id: string): Client | undefined {
    const client = this.#clients.get(id);
    if (client && client.wake === null && this.#now() - client.seenAt > this.#forgetAfterMs) this.forget(client);
    return this.#clients.get(id);
  }

  forget(client: Client): void {
    this.#clients.delete(client.id);
    client.wake?.();
  }

  forgetAll(): void {
    for (const client of [...this.#clients.values()]) this.forget(client);
  }

  wakeAll(): void {
    for (const client of this.#clients.values()) client.wake?.();
  }

  /** Listens behind an event, or -1: to what is new, -2: to all that is kept. False when that event is not kept. */
  subscribe(client: Client, channel: string, replay: number): boolean {
    if (replay !== -1 && replay !== -2 && this.#log.behind(replay) === null) return false;
    const sent = replay === -1 ? this.#log.lastReplayId : replay;
    client.subscriptions = [...client.subscriptions.filter((other) => other.channel !== channel), { channel, sent }];
    client.wake?.();
    return true;
  }

  /** Takes what is to be sent to a client now. */
  take(client: Client): { channel: string; event: ChangeEvent }[] {
    const told = client.subscriptions.flatMap((subscription) => {
      const isTold = (event: ChangeEvent) => carries(subscription.channel, event.object);
      const events = this.#log.since(subscription.sent).filter(isTold).slice(0, eventsPerAnswer);
      subscription.sent = events.at(-1)?.replayId ?? subscription.sent;
      return events.map((event) => ({ channel: subscription.channel, event }));
    });
    if (this.trouble === "duplicates") return told.flatMap((each) => [each, each]);
    return this.trouble === "unordered" ? told.toReversed() : told;
  }
}

/** The channel of one object's changes. @example channelOf("Membership__c") // "/data/Membership__ChangeEvent" */
export function channelOf(object: SObjectName): string {
  return `/data/${object.endsWith("__c") ? object.slice(0, -1) : object}ChangeEvent`;
}

function carries(channel: string, object: SObjectName): boolean {
  return channel === "/data/ChangeEvents" || channel === channelOf(object);
}
