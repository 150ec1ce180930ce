import pRetry from "p-retry";
import type { Clock } from "../lib/clock.ts";
import { type GuardedAgents, guardedAgents } from "./address-guard.ts";
import { SourceError } from "./errors.ts";
import { createGovernor, type Lane, type Limits } from "./governor.ts";
import { type IncomingReply, type OutgoingRequest, send } from "./send.ts";

export type { IncomingReply, OutgoingRequest } from "./send.ts";

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

/** The hub's one way out: quota, time-outs, retries with Retry-After, address guard and metrics for every connector. */
export interface Transport {
  call<T>(call: Call<T>): Promise<T>;
  /** One exchange, no policy: for use inside `attempt`. Rejects with SourceError, only for what fails below HTTP or is over a limit. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingReply>;
  /** Agents for vendor clients. */
  agents: GuardedAgents;
  now(): number;
}

export interface TransportOptions {
  limits: Limits;
  clock: Clock;
  allowedHosts?: readonly string[];
  /** Exchanges of one call, the one after a renewal included. */
  attemptsMax?: number;
  /** Limit of one exchange, to the last byte of the reply. */
  timeoutMs?: number;
  /** Limit of a reply to `send`, as sent and as decoded. */
  replyBytesMax?: number;
  /** A vendor that asks for a longer wait than this ends the run instead; the cursor stays and the next run goes on. */
  patienceMs?: number;
  /** Spreads retries; 0 … 1. */
  random?: () => number;
  onExchange?: (exchange: Exchange) => void;
}

/**
 * Builds the transport of one connection. A call resolves with what `attempt` gave; it rejects with the SourceError of its last attempt,
 * or with one of the governor's when the vendor's pause is longer than `patienceMs`.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, attemptsMax = 6, patienceMs = 60_000, replyBytesMax = 64 * 1024 * 1024 } = options;
  const governor = createGovernor(options.limits, clock, { patienceMs });
  const agents = guardedAgents(options.allowedHosts ?? []);

  return {
    agents,
    now: () => clock.now(),
    send: (request, signal) => send(request, { agents, signal, replyBytesMax }),
    async call(call) {
      let renewedAfter: SourceError | null = null; // the failure a new token was got for; a second one ends the call
      const isWorthIt = (error: unknown): error is SourceError => {
        if (!(error instanceof SourceError)) return false;
        if (error.next !== "reauthorise") return error.next === "retry" && (error.details.afterMs ?? 0) <= patienceMs;
        return call.renew !== undefined && (renewedAfter === null || renewedAfter === error);
      };
      return pRetry(() => exchange(call), {
        retries: attemptsMax - 1,
        minTimeout: 0,
        factor: 1,
        shouldRetry: ({ error }) => isWorthIt(error),
        async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
          if (retriesLeft === 0 || !isWorthIt(error)) return;
          if (error.next !== "reauthorise") return clock.sleep(pauseMs(error, attemptNumber, options.random));
          renewedAfter = error;
          await renew(call);
        },
      });
    },
  };

  async function exchange<T>(call: Call<T>): Promise<T> {
    const leave = await governor.enter(call.lane, call.pool);
    const startedAt = clock.now();
    let outcome: Exchange["outcome"] = "stop";
    try {
      const result = await withinTime(call, options.timeoutMs ?? 60_000);
      outcome = "ok";
      return result;
    } catch (cause) {
      const error = sourceError(cause, call);
      outcome = error.next;
      if (error.details.afterMs !== undefined) governor.pauseUntil(clock.now() + error.details.afterMs);
      throw error;
    } finally {
      leave();
      const durationMs = clock.now() - startedAt;
      options.onExchange?.({ operation: call.operation, lane: call.lane, outcome, durationMs });
    }
  }
}

function sourceError(cause: unknown, call: Call<unknown>): SourceError {
  return cause instanceof SourceError ? cause : call.classify(cause);
}

async function renew(call: Call<unknown>): Promise<void> {
  try {
    await call.renew?.();
  } catch (cause) {
    throw sourceError(cause, call);
  }
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

/** Half a second doubling to half a minute, spread by up to a quarter; or what the vendor asked for, if that is longer. */
function pauseMs(error: SourceError, attemptNumber: number, random = Math.random): number {
  const usualMs = Math.min(500 * 2 ** (attemptNumber - 1), 30_000) * (1 + random() / 4);
  return Math.max(error.details.afterMs ?? 0, usualMs);
}
