import type { Org, RowChange } from "../org.ts";
import type { SObjectName } from "../values.ts";
import { type ChangeEvent, type EventTrouble, eventsOf } from "./event.ts";

export interface ChangeLogOptions {
  now: () => number;
  /** Objects chosen on the Change Data Capture page of Setup; "all": of those there are. */
  capturedObjects: readonly SObjectName[] | "all";
  changeEventHours: number;
}

/** What Setup does not offer there. */
const uncaptured = /History$|^OpportunityStage$|^Organization$/;

/**
 * The org's event bus: what its transactions have changed, in the order of their commits, for 72 hours. A transaction is what is written
 * in one go, without waiting for anything: what is taken back within it has not happened.
 */
export class ChangeLog {
  readonly #org: Org;
  readonly #options: ChangeLogOptions;
  /** The rows that the transaction under way has touched, as they were before it. */
  #touched = new Map<string, RowChange>();
  #events: ChangeEvent[] = [];
  #lastReplayId = 1_000;
  #transactions = 0;
  #listeners = new Set<() => void>();
  /** How the next changes are told. */
  trouble: EventTrouble = "none";

  constructor(org: Org, options: ChangeLogOptions) {
    this.#org = org;
    this.#options = options;
    if (options.capturedObjects.length > 0) org.onChange = (change) => this.#note(change);
  }

  /** The events behind one of them, in order; null when that one is not kept (any more). */
  behind(replayId: number): ChangeEvent[] | null {
    this.#purge();
    const place = this.#events.findIndex((event) => event.replayId === replayId);
    return place < 0 ? null : this.#events.slice(place + 1);
  }

  /** Those with a higher id than this. */
  since(replayId: number): ChangeEvent[] {
    this.#purge();
    return this.#events.filter((event) => event.replayId > replayId);
  }

  get lastReplayId(): number {
    return this.#lastReplayId;
  }

  /** Called when there are new events; the answer ends it. */
  onEvents(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #note({ object, id, before, after }: RowChange): void {
    const { capturedObjects: captured } = this.#options;
    if (captured === "all" ? uncaptured.test(object) : !captured.includes(object)) return;
    if (this.#touched.size === 0) queueMicrotask(() => this.#commit());
    const first = this.#touched.get(id);
    this.#touched.set(id, { object, id, before: first ? first.before : before, after });
  }

  #commit(): void {
    const changes = [...this.#touched.values()];
    this.#touched = new Map();
    const at = this.#options.now();
    const number = ++this.#transactions;
    const transaction = { number, at, user: this.#org.runAsUserId, trouble: this.trouble };
    const told = eventsOf(changes, transaction);
    if (told.length === 0) return;
    for (const event of told) {
      this.#lastReplayId += 1 + (number % 3); // they go up, not by one: others' events lie between
      this.#events.push({ ...event, replayId: this.#lastReplayId });
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #purge(): void {
    const from = this.#options.now() - this.#options.changeEventHours * 3_600_000;
    const kept = this.#events.findIndex(({ at }) => at >= from);
    if (kept !== 0) this.#events = kept < 0 ? [] : this.#events.slice(kept);
  }
}
