import http from "node:http";
import https from "node:https";
import pRetry from "p-retry";
import type { Clock } from "../lib/clock.ts";
import { type GuardedAgents, guardedAgents } from "./address-guard.ts";
import { errorForNetwork, SourceError } from "./errors.ts";
import { createGovernor, type Lane, type Limits } from "./governor.ts";

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

export interface Exchange {
  operation: string;
  lane: Lane;
  outcome: "ok" | SourceError["next"];
  durationMs: number;
}

/** A plain request for connectors that sign or build it themselves (NetSuite). */
export interface OutgoingRequest {
  method: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}
export interface IncomingReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** The hub's one way out: quota, time-outs, retries with Retry-After, address guard and metrics for every connector. */
export interface Transport {
  call<T>(call: Call<T>): Promise<T>;
  /** One exchange, no policy: for use inside `attempt`. Rejects only below HTTP. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingReply>;
  /** Agents for vendor clients. */
  agents: GuardedAgents;
  now(): number;
}

export interface TransportOptions {
  limits: Limits;
  clock: Clock;
  allowedHosts?: readonly string[];
  attemptsMax?: number;
  timeoutMs?: number;
  /** A vendor that asks for a longer wait than this ends the run instead; the cursor stays and the next run goes on. */
  patienceMs?: number;
  /** Spreads retries; 0 … 1. */
  random?: () => number;
  onExchange?: (exchange: Exchange) => void;
}

const replyBytesMax = 64 * 1024 * 1024;

/** Builds the transport of one connection. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, attemptsMax = 6, patienceMs = 60_000, random = Math.random } = options;
  const governor = createGovernor(options.limits, clock);
  const agents = guardedAgents(options.allowedHosts ?? []);

  return {
    agents,
    now: () => clock.now(),
    send: (request, signal) => send(request, agents, signal),
    async call(call) {
      let renewedAfter: unknown; // the failure a new token was got for; a second one ends the call
      const isWorthIt = (error: unknown) =>
        isWorthRetrying(error, call, renewedAfter !== undefined && renewedAfter !== error, patienceMs);
      return pRetry(() => exchange(call), {
        retries: attemptsMax - 1,
        minTimeout: 0,
        factor: 1,
        shouldRetry: ({ error }) => isWorthIt(error),
        async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
          if (retriesLeft === 0 || !isWorthIt(error)) return;
          if (error instanceof SourceError && error.next === "reauthorise") {
            renewedAfter = error;
            await call.renew?.();
            return;
          }
          await clock.sleep(pauseMs(error, attemptNumber, random));
        },
      });
    },
  };

  async function exchange<T>(call: Call<T>): Promise<T> {
    const leave = await governor.enter(call.lane, call.pool);
    const startedAt = clock.now();
    let outcome: Exchange["outcome"] = "ok";
    try {
      return await call.attempt(AbortSignal.timeout(options.timeoutMs ?? 60_000));
    } catch (cause) {
      const error = cause instanceof SourceError ? cause : call.classify(cause);
      outcome = error.next;
      if (error.details.afterMs !== undefined) governor.pauseUntil(clock.now() + error.details.afterMs);
      throw error;
    } finally {
      leave();
      options.onExchange?.({
        operation: call.operation,
        lane: call.lane,
        outcome,
        durationMs: clock.now() - startedAt,
      });
    }
  }
}

function isWorthRetrying(error: unknown, call: Call<unknown>, renewed: boolean, patienceMs: number): boolean {
  if (!(error instanceof SourceError)) return false;
  if (error.next === "reauthorise") return call.renew !== undefined && !renewed;
  return error.next === "retry" && (error.details.afterMs ?? 0) <= patienceMs;
}

/** What the vendor asked for, else half a second doubling to half a minute, spread by up to a quarter. */
function pauseMs(error: unknown, attemptNumber: number, random: () => number): number {
  const asked = error instanceof SourceError ? error.details.afterMs : undefined;
  if (asked !== undefined) return asked;
  return Math.min(500 * 2 ** (attemptNumber - 1), 30_000) * (1 + random() / 4);
}

function send(request: OutgoingRequest, agents: GuardedAgents, signal: AbortSignal): Promise<IncomingReply> {
  const url = new URL(request.url);
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) => reject(cause instanceof SourceError ? cause : errorForNetwork(cause, url.host));
    const outgoing = (secure ? https : http).request(
      url,
      { method: request.method, headers: request.headers ?? {}, agent: secure ? agents.https : agents.http, signal },
      (reply) => {
        const chunks: Buffer[] = [];
        let size = 0;
        reply.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > replyBytesMax) outgoing.destroy(new Error("the reply is larger than 64 MiB"));
          else chunks.push(chunk);
        });
        reply.on("error", failed);
        reply.on("end", () => {
          const headers = Object.fromEntries(
            Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
          );
          resolve({ status: reply.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    outgoing.on("error", failed);
    outgoing.end(request.body);
  });
}
