import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { ClientRequest, IncomingMessage } from "node:http";
import { retryAfterMs } from "../../errors.ts";
import type { Transport } from "../../transport.ts";

/** Watches that nobody asks before a `Retry-After` he was told has run out. */
export interface RetryWatch {
  /** The same transport, watched. */
  over(transport: Transport): Transport;
  /** Attempts that began too early. */
  early(): number;
  close(): void;
}

/** One attempt, and until when its answer asked to wait. */
interface Attempt {
  toldUntil: number;
}

const asked = channel("http.client.request.start");
const answered = channel("http.client.response.finish");
/** Dates have whole seconds: what is learned of the vendor's clock may be as much behind. */
const dateGrainMs = 1_000;

/**
 * Counts on the client's side, where it is known what had been heard when an attempt began: with several requests under way a server
 * cannot tell one that comes too early from one that was sent before the refusal arrived.
 */
export function watchRetryAfter(clock: { now(): number }): RetryWatch {
  const running = new AsyncLocalStorage<Attempt>();
  const attempts = new WeakMap<ClientRequest, Attempt>();
  let toldUntil = 0;
  let early = 0;
  // An answer may be heard long after it was given, so the one that came quickest tells best how far the vendor's clock is ahead.
  let aheadMs = Number.NEGATIVE_INFINITY;
  const onRequest = (message: unknown) => {
    const [request, attempt] = [requestIn(message), running.getStore()];
    if (request && attempt) attempts.set(request, attempt);
  };
  const onAnswer = (message: unknown) => {
    const [request, answer] = [requestIn(message), answerIn(message)];
    const attempt = request && attempts.get(request);
    if (!attempt || !answer) return;
    const { date, "retry-after": retryAfter } = answer.headers;
    const answeredAt = Date.parse(date ?? "");
    if (!Number.isNaN(answeredAt)) aheadMs = Math.max(aheadMs, answeredAt - clock.now());
    attempt.toldUntil = Math.max(attempt.toldUntil, untilOf(retryAfter, { now: clock.now(), aheadMs }));
  };
  asked.subscribe(onRequest);
  answered.subscribe(onAnswer);

  async function watched<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (clock.now() < toldUntil) early += 1;
    const own: Attempt = { toldUntil: 0 };
    try {
      return await running.run(own, attempt);
    } catch (cause) {
      // Who gave up waiting for the rest of the answer has not heard it.
      if (!signal.aborted) toldUntil = Math.max(toldUntil, own.toldUntil);
      throw cause;
    }
  }

  return {
    over: (transport) => ({
      ...transport,
      call: (call) =>
        transport.call({ ...call, attempt: (signal) => watched(async () => call.attempt(signal), signal) }),
    }),
    early: () => early,
    close() {
      asked.unsubscribe(onRequest);
      answered.unsubscribe(onAnswer);
    },
  };
}

function requestIn(message: unknown): ClientRequest | null {
  if (typeof message !== "object" || message === null || !("request" in message)) return null;
  return message.request instanceof ClientRequest ? message.request : null;
}

function answerIn(message: unknown): IncomingMessage | null {
  if (typeof message !== "object" || message === null || !("response" in message)) return null;
  return message.response instanceof IncomingMessage ? message.response : null;
}

/** Until when to wait by our own clock; 0 where nothing readable was said. */
function untilOf(header: string | undefined, { now, aheadMs }: { now: number; aheadMs: number }): number {
  const inSeconds = /^\d/.test(header ?? "");
  const waitMs = retryAfterMs(header, inSeconds ? now : now + aheadMs);
  if (waitMs === undefined) return 0;
  return inSeconds ? now + waitMs : now + waitMs - dateGrainMs;
}
