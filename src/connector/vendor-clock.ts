import { channel } from "node:diagnostics_channel";
import { type Agent, ClientRequest, IncomingMessage } from "node:http";
import type { Clock } from "../lib/clock.ts";
import type { GuardedAgents } from "./address-guard.ts";

/** What time it is at the vendor, learned from the `Date` of its answers. */
export interface VendorClock {
  /** The vendor's time, epoch ms: never later than it truly is there, at most about a second and one answer's way earlier. */
  now(): number;
  /** The same as a difference to our own clock; 0 until an answer told. */
  aheadMs(): number;
}

/** Answers remembered; the median of them stands against single ones that a proxy kept or that took long. */
const answersMax = 7;
/** Clocks that differ by more than zones do are wrong by accident, or the answer is not the vendor's own: then the earlier of both counts. */
const believedMs = 26 * 3_600_000;

/**
 * Listens to all answers that come in through these agents, whichever client sent the question.
 * An answer's `Date` is when it was made, so the vendor's clock has at least reached it when the answer is here.
 */
export function createVendorClock(agents: GuardedAgents, clock: Clock): VendorClock {
  const seen: number[] = [];
  const hear = ({ headers }: IncomingMessage) => {
    const at = headers.age === undefined ? Date.parse(headers.date ?? "") : Number.NaN; // an age is a cache's
    if (Number.isNaN(at)) return;
    seen.push(at - clock.now());
    if (seen.length > answersMax) seen.shift();
  };
  for (const agent of [agents.http, agents.https]) listen(agent, hear);
  const aheadMs = () => {
    const median = seen.toSorted((left, right) => left - right)[Math.floor((seen.length - 1) / 2)] ?? 0;
    return Math.abs(median) <= believedMs ? median : Math.min(0, median);
  };
  return { aheadMs, now: () => clock.now() + aheadMs() };
}

type Ear = (answer: IncomingMessage) => void;

const ears = new WeakMap<object, Ear>();
const answered = channel("http.client.response.finish");

/** One listener serves all agents of the process: the vendors' clients do not hand out their answers, Node tells of each. */
function listen(agent: Agent, ear: Ear): void {
  ears.set(agent, ear);
  answered.unsubscribe(onAnswer);
  answered.subscribe(onAnswer);
}

function onAnswer(message: unknown): void {
  if (typeof message !== "object" || message === null || !("request" in message && "response" in message)) return;
  const { request, response } = message;
  if (!(request instanceof ClientRequest && response instanceof IncomingMessage)) return;
  const agent: unknown = "agent" in request ? request.agent : null;
  if (typeof agent === "object" && agent !== null) ears.get(agent)?.(response);
}
