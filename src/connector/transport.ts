import pRetry from "p-retry";
import type { Clock } from "../lib/clock.ts";
import { type GuardedAgents, guardedAgents } from "./address-guard.ts";
import type { QuotaLedger, QuotaStanding, Usage } from "./daily-allowance.ts";
import { endedBy } from "./ended-by.ts";
import { SourceError } from "./errors.ts";
import { type Call, createDoor, type Exchange, sourceError } from "./exchange.ts";
import { createGovernor, type Limits } from "./governor.ts";
import { type IncomingReply, type OutgoingRequest, send } from "./send.ts";
import type { SharedLimits } from "./shared-limits.ts";
import { createVendorClock } from "./vendor-clock.ts";

export type { Call, Exchange } from "./exchange.ts";
export type { IncomingReply, OutgoingRequest } from "./send.ts";

/** The hub's one way out: quota, time-outs, retries with Retry-After, address guard and metrics for every connector. */
export interface Transport {
  call<T>(call: Call<T>): Promise<T>;
  /** One exchange, no policy: for use inside `attempt`. Rejects with SourceError, only for what fails below HTTP or is over a limit. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingReply>;
  /** Agents for vendor clients. */
  agents: GuardedAgents;
  /** The hub's clock. */
  now(): number;
  /** Lets time pass by the hub's clock: between two looks at work the vendor does in its own time. Ended by the signal, it rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** The vendor's clock, learned from its answers: to be held against the instants it names (Retry-After, expiry). */
  vendorNow(): number;
  /** How far the vendor's clock is ahead of the hub's; 0 until an answer told. */
  vendorAheadMs(): number;
  /** Tells how much of the daily allowance the vendor says is used, by whatever tool. */
  usage(usage: Usage): void;
  /** How the daily allowance stands; null where none is known. */
  quota(): QuotaStanding | null;
  /** Requests sent so far, attempts that failed included. */
  requests(): number;
}

export interface TransportOptions {
  limits: Limits;
  clock: Clock;
  allowedHosts?: readonly string[];
  /** Exchanges of one call, the one after a renewal included. */
  attemptsMax?: number;
  /** The pause after a first failure; it doubles up to half a minute. */
  pauseMs?: number;
  /** Limit of one exchange, to the last byte of the reply. */
  timeoutMs?: number;
  /** Limit of a reply to `send`, as sent and as decoded. */
  replyBytesMax?: number;
  /** A vendor that asks for a longer wait than this ends the run instead; the cursor stays and the next run goes on. */
  patienceMs?: number;
  /** Shares the count of calls with other processes and later ones. */
  ledger?: QuotaLedger;
  /** Divides the limits with other processes that call the same account. */
  sharedLimits?: SharedLimits;
  /** Spreads retries; 0 … 1. */
  random?: () => number;
  onExchange?: (exchange: Exchange) => void;
  /** Told of each failure that is tried again, with the pause before it; and null when the vendor answers again. */
  onWait?: (wait: Wait | null) => void;
  /**
   * The hub is to stop: nothing is tried again or waits for its turn any more, and what waits is given up at once, with its last failure
   * (`cutShort`) or with the signal's reason, a SourceError. Exchanges under way come to their end.
   */
  ending?: AbortSignal;
}

/** Why a call is tried again, and when. */
export interface Wait {
  error: SourceError;
  nextAt: number;
  /** Which attempt comes next, the second at least, and how many there are in all. */
  attempt: number;
  attemptsMax: number;
}

/** For so long after a call was given up others are not tried again: a vendor that is down is not asked six times for each stream. */
const downMs = 60_000;
const attemptsMaxDefault = 6;

/**
 * Builds the transport of one connection. A call resolves with what `attempt` gave; it rejects with the SourceError of its last attempt,
 * or with one of the governor's when the vendor's pause is longer than `patienceMs`.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, ending, attemptsMax = attemptsMaxDefault, patienceMs = 60_000 } = options;
  const { replyBytesMax = 64 * 1024 * 1024 } = options;
  const agents = guardedAgents(options.allowedHosts ?? []);
  const vendor = createVendorClock(agents, clock);
  const { ledger, sharedLimits } = options;
  const governor = createGovernor(options.limits, clock, {
    patienceMs,
    vendorNow: vendor.now,
    ...(ledger ? { ledger } : {}),
    ...(sharedLimits ? { sharedLimits } : {}),
  });
  const door = createDoor(governor, options);
  const bearing = createBearing(options, patienceMs);

  return {
    agents,
    now: () => clock.now(),
    sleep: (delayMs, signal) => endedBy([signal, ending], (either) => clock.sleep(delayMs, either)),
    vendorNow: vendor.now,
    vendorAheadMs: vendor.aheadMs,
    usage: (usage) => governor.usage(usage),
    quota: () => governor.quota(),
    requests: door.passed,
    send: (request, signal) => send(request, { agents, signal, replyBytesMax }),
    async call(call) {
      if (call.listensMs !== undefined) return door.exchange(call);
      const isDown = bearing.isDown();
      let renewedAfter: SourceError | null = null; // the failure a new token was got for; a second one ends the call
      const isWorthIt = (error: unknown): error is SourceError => {
        if (!(error instanceof SourceError) || call.signal?.aborted || ending?.aborted) return false;
        if (error.next === "retry") return !isDown && (error.details.afterMs ?? 0) <= patienceMs;
        if (error.next !== "reauthorise") return false;
        return call.renew !== undefined && (renewedAfter === null || renewedAfter === error);
      };
      const answer = pRetry(() => door.exchange(call), {
        retries: attemptsMax - 1,
        minTimeout: 0,
        factor: 1,
        shouldRetry: ({ error }) => isWorthIt(error),
        async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
          if (retriesLeft === 0 || !isWorthIt(error)) return;
          if (error.next !== "reauthorise") return bearing.waitFor(error, attemptNumber, call.signal);
          renewedAfter = error;
          await renew(call);
        },
      });
      return answer.then(bearing.answered, bearing.gaveUp);
    },
  };
}

/** How the vendor bears up: whether calls to it were given up lately, and what is told of the waits. */
function createBearing({ clock, onWait, ending, ...options }: TransportOptions, patienceMs: number) {
  let gaveUpAt = Number.NEGATIVE_INFINITY;
  return {
    isDown: () => clock.now() - gaveUpAt < downMs,
    answered<T>(result: T): T {
      gaveUpAt = Number.NEGATIVE_INFINITY;
      onWait?.(null);
      return result;
    },
    gaveUp(cause: unknown): never {
      // A pause that the vendor asked for is no failure.
      const isFailing =
        cause instanceof SourceError && cause.next === "retry" && (cause.details.afterMs ?? 0) <= patienceMs;
      if (isFailing) gaveUpAt = clock.now();
      throw ending?.aborted && cause !== ending.reason ? cutShort(cause) : cause;
    },
    async waitFor(error: SourceError, attemptNumber: number, signal?: AbortSignal): Promise<void> {
      const waitMs = waitMsOf(error, attemptNumber, options);
      const { attemptsMax = attemptsMaxDefault } = options;
      onWait?.({ error, nextAt: clock.now() + waitMs, attempt: attemptNumber + 1, attemptsMax });
      try {
        await endedBy([signal, ending], (either) => clock.sleep(waitMs, either));
      } catch (cause) {
        throw cause === ending?.reason ? error : cause; // what was waited for says more than that it was ended
      }
    },
  };
}

/** What would have been tried again, marked as given up before its time. */
function cutShort(cause: unknown): unknown {
  if (!(cause instanceof SourceError) || (cause.next !== "retry" && cause.next !== "reauthorise")) return cause;
  return cause.with({ cutShort: true });
}

async function renew(call: Call<unknown>): Promise<void> {
  try {
    await call.renew?.();
  } catch (cause) {
    throw sourceError(cause, call);
  }
}

/** The first pause doubling to half a minute, spread by up to a quarter; or what the vendor asked for, if that is longer. */
function waitMsOf(
  error: SourceError,
  attemptNumber: number,
  { pauseMs = 500, random = Math.random }: Pick<TransportOptions, "pauseMs" | "random">,
): number {
  const usualMs = Math.min(pauseMs * 2 ** (attemptNumber - 1), 30_000) * (1 + random() / 4);
  return Math.max(error.details.afterMs ?? 0, usualMs);
}
