import type { Clock } from "../lib/clock.ts";
import type { CallOutcome } from "./concurrency.ts";
import { SourceError } from "./errors.ts";
import type { Governor } from "./governor.ts";
import type { Lane } from "./lanes.ts";

/** One request to a vendor, under the hub's policy. `attempt` makes exactly one HTTP exchange, with the vendor client's own retries off. */
export interface Call<T> {
  /** Names the request in metrics, logs and errors: `hubspot.contacts.search`. */
  operation: string;
  lane: Lane;
  /** A pool of the limits that this call counts against besides the burst. */
  pool?: string;
  attempt(signal: AbortSignal): Promise<T>;
  /** Reads the vendor's refusal; what is no SourceError already comes through here. */
  classify(cause: unknown): SourceError;
  /** Gets a new token after a `reauthorise`; tried once a call. */
  renew?(): Promise<void>;
}

/** What one exchange came to, for metrics and logs. */
export interface Exchange {
  operation: string;
  lane: Lane;
  outcome: "ok" | SourceError["next"];
  durationMs: number;
}

export interface DoorOptions {
  clock: Clock;
  /** Limit of one exchange, to the last byte of the reply. */
  timeoutMs?: number;
  onExchange?: (exchange: Exchange) => void;
}

/** Makes single exchanges: through the governor, within their time, counted. */
export interface Door {
  /** Rejects with SourceError. */
  exchange<T>(call: Call<T>): Promise<T>;
  /** Exchanges begun so far. */
  passed(): number;
}

const timeoutDefaultMs = 60_000;

/** Tells the governor what each exchange came to, so that it learns of pauses and crowding. */
export function createDoor(governor: Governor, options: DoorOptions): Door {
  const { clock, timeoutMs = timeoutDefaultMs, onExchange } = options;
  let passed = 0;
  return {
    passed: () => passed,
    async exchange(call) {
      const leave = await governor.enter(call.lane, call.pool);
      const startedAt = clock.now();
      passed += 1;
      let outcome: Exchange["outcome"] = "stop";
      let came: CallOutcome = "failed";
      try {
        const result = await withinTime(call, timeoutMs);
        outcome = "ok";
        came = "accepted";
        return result;
      } catch (cause) {
        const error = sourceError(cause, call);
        outcome = error.next;
        if (error.details.crowded) came = "crowded";
        if (error.details.afterMs !== undefined) governor.pauseUntil(clock.now() + error.details.afterMs);
        throw error;
      } finally {
        leave(came);
        onExchange?.({ operation: call.operation, lane: call.lane, outcome, durationMs: clock.now() - startedAt });
      }
    },
  };
}

/** A failure as the connector reads it. */
export function sourceError(cause: unknown, call: Call<unknown>): SourceError {
  return cause instanceof SourceError ? cause : call.classify(cause);
}

/** Ends an attempt by the clock on the wall, even one whose client does not listen to the signal. */
async function withinTime<T>(call: Call<T>, timeoutMs: number): Promise<T> {
  const ending = new AbortController();
  const timedOut = new Promise<never>((_, reject) => {
    ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { once: true });
  });
  const timer = setTimeout(() => {
    ending.abort(new DOMException(`${call.operation} took longer than ${timeoutMs} ms`, "TimeoutError"));
  }, timeoutMs);
  try {
    return await Promise.race([call.attempt(ending.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
