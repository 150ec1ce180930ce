import type { Clock } from "../lib/clock.ts";
import type { CallOutcome } from "./concurrency.ts";
import { endedBy } from "./ended-by.ts";
import { SourceError } from "./errors.ts";
import type { Governor, Leave } from "./governor.ts";
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
  /**
   * The vendor answers when it has something to tell, within so long. Such a call takes no place among those that run at the same time, goes
   * into no count of a day, and is made once: what a lost answer told is not told again to who only asks again.
   */
  listensMs?: number;
  /** Ends the call, also where it waits for its turn; it rejects with the signal's reason then. */
  signal?: AbortSignal;
}

/** What one exchange came to, for metrics and logs. */
export interface Exchange {
  operation: string;
  lane: Lane;
  outcome: "ok" | SourceError["next"];
  durationMs: number;
  /** Its time is what the vendor had nothing to tell for. */
  listens?: true;
}

export interface DoorOptions {
  clock: Clock;
  /** Limit of one exchange, to the last byte of the reply. */
  timeoutMs?: number;
  onExchange?: (exchange: Exchange) => void;
  /** Ends the waiting for one's turn. */
  ending?: AbortSignal;
}

/** Makes single exchanges: through the governor, within their time, counted. */
export interface Door {
  /** Rejects with SourceError. */
  exchange<T>(call: Call<T>): Promise<T>;
  /** Exchanges begun so far. */
  passed(): number;
}

/** An exchange may take so long unless its transport is told otherwise. */
export const timeoutDefaultMs = 60_000;

/** Tells the governor what each exchange came to, so that it learns of pauses and crowding. */
export function createDoor(governor: Governor, options: DoorOptions): Door {
  const { clock, timeoutMs = timeoutDefaultMs, onExchange, ending } = options;
  let passed = 0;
  return {
    passed: () => passed,
    async exchange(call) {
      const leave = await enter(governor, call, ending);
      if (call.listensMs !== undefined) leave();
      const startedAt = clock.now();
      passed += 1;
      let outcome: Exchange["outcome"] = "stop";
      let came: CallOutcome = "failed";
      try {
        const result = await withinTime(call, call.listensMs ?? timeoutMs);
        outcome = "ok";
        came = "accepted";
        return result;
      } catch (cause) {
        if (call.signal?.aborted) {
          outcome = "ok"; // we have heard enough: no failure of the vendor's
          throw call.signal.reason;
        }
        const error = sourceError(cause, call);
        outcome = error.next;
        if (error.details.crowded) came = "crowded";
        if (error.details.afterMs !== undefined) governor.pauseUntil(clock.now() + error.details.afterMs);
        throw error;
      } finally {
        leave(came);
        const { operation, lane, listensMs } = call;
        const told = { operation, lane, outcome, durationMs: clock.now() - startedAt };
        onExchange?.(listensMs === undefined ? told : { ...told, listens: true });
      }
    },
  };
}

/** Leave to go; a call that is ended before it came gives it back. */
async function enter(
  governor: Governor,
  { lane, pool, signal, listensMs }: Call<unknown>,
  ending: AbortSignal | undefined,
): Promise<Leave> {
  return endedBy([signal, ending], (either) => {
    const entering = governor.enter(lane, pool, listensMs !== undefined);
    either.addEventListener("abort", () => {
      entering.then(
        (leave) => leave(),
        () => undefined, // it was not let in: nothing to give back
      );
    });
    return entering;
  });
}

/** A failure as the connector reads it. */
export function sourceError(cause: unknown, call: Call<unknown>): SourceError {
  return cause instanceof SourceError ? cause : call.classify(cause);
}

/** The steps in which the time of an exchange is counted down. */
const countdown = 20;

/**
 * Ends an attempt by the clock on the wall, even one whose client does not listen to the signal. Counted down in steps, so that the time
 * in which this process did not run (a laptop asleep, a machine without a free core) counts as one step, however long: no answer could
 * be read in it.
 */
async function withinTime<T>(call: Call<T>, timeoutMs: number): Promise<T> {
  const ending = new AbortController();
  const timedOut = new Promise<never>((_, reject) => {
    ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { once: true });
  });
  let left = countdown;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    ending.abort(new DOMException(`${call.operation} took longer than ${timeoutMs} ms`, "TimeoutError"));
  }, timeoutMs / countdown);
  const { signal } = call;
  const end = () => ending.abort(signal?.reason);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  try {
    return await Promise.race([call.attempt(ending.signal), timedOut]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", end);
  }
}
