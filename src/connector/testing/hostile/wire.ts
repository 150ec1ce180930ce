import { createRandom, type Random } from "../adventureworks/random.ts";
import { type DoorCounts, type TroubleDeclaration, type TroubleSchedule, troubleLevels } from "./account.ts";

/** A bad answer to one request. */
export interface WireTrouble extends TroubleDeclaration {
  kind: "wire";
  /** Which requests it can strike; absent: any. */
  strikes?(request: Request): boolean;
  /** How many requests more it makes needed of any client; default 1. A session that is refused is 2: a sign-in, and the request again. */
  costs?: number;
  /** The bad answer; `answer` lets the request take its effect and gives the true one, for troubles that spoil it on the way back. */
  strike(request: Request, answer: () => Promise<Response>, chance: Random): Response | Promise<Response>;
}

/** The door of a hostile account: lets requests through, spoils some, and counts. */
export interface Wire {
  /** Names and descriptions, for the account's list of troubles. */
  readonly troubles: readonly TroubleDeclaration[];
  beset(schedule: TroubleSchedule): void;
  pass(request: Request, answer: () => Promise<Response>): Promise<Response>;
  /** Counts a refusal that is the client's fault: it went over a limit. */
  countOverLimit(): void;
  door(): DoorCounts;
}

/** By so much luck may go beyond the share that a level names, and by a few requests at the beginning. */
const luckMax = 1.2;
const luckAtFirst = 2;

/**
 * Strikes each request by chance with one of `troubles`, but never makes more requests needed than a fifth above the level's share: where
 * luck spoils every third answer, no client can keep to one and a half times the requests needed without trouble. The answer's `Retry-After` (seconds or a date) is remembered, and who comes
 * again before it has run out is counted as too early.
 * @example const wire = createWire({ now, troubles: [serverError(503), htmlInstead(200)] }); wire.beset({ seed: 7, level: "high" });
 */
export function createWire({ now, troubles }: { now(): number; troubles: readonly WireTrouble[] }): Wire {
  const struck: Record<string, number> = {};
  const counts = { requests: 0, overLimit: 0, tooEarly: 0 };
  let made = { requests: 0, needed: 0 };
  let chance = createRandom(0);
  let share = 0;
  let chosen: readonly WireTrouble[] = [];
  let closedUntil = 0;
  return {
    troubles: troubles.map(({ name, kind, about, source }) => ({ name, kind, about, source })),
    beset({ seed, level, only }) {
      chance = createRandom(seed).fork("wire");
      share = troubleLevels[level];
      made = { requests: 0, needed: 0 };
      chosen = only ? troubles.filter(({ name }) => only.includes(name)) : troubles;
      closedUntil = 0; // by a clock that may be another from now on
    },
    async pass(request, answer) {
      counts.requests += 1;
      made.requests += 1;
      if (now() < closedUntil) counts.tooEarly += 1;
      const able = chance.chance(share) ? chosen.filter(({ strikes }) => strikes?.(request) ?? true) : [];
      const picked = able.length > 0 ? chance.pick(able) : null;
      const needed = made.needed + (picked?.costs ?? 1);
      const trouble = needed <= share * luckMax * made.requests + luckAtFirst ? picked : null;
      if (trouble) {
        made.needed = needed;
        struck[trouble.name] = (struck[trouble.name] ?? 0) + 1;
      }
      const response = trouble ? await trouble.strike(request, answer, chance) : await answer();
      closedUntil = Math.max(closedUntil, openAgainAt(response.headers.get("retry-after"), now()));
      // Node would stamp its own time on it; the vendor's clock is another, and clients learn it from here.
      response.headers.set("date", new Date(now()).toUTCString());
      return response;
    },
    countOverLimit: () => {
      counts.overLimit += 1;
    },
    door: () => ({ ...counts, struck: { ...struck } }),
  };
}

/** A longer wait than a day is one no client has to believe. */
const believedMs = 86_400_000;

function openAgainAt(header: string | null, now: number): number {
  if (header === null) return 0;
  const until = /^\d+$/.test(header) ? now + Number(header) * 1_000 : Date.parse(header);
  return Number.isNaN(until) || until - now > believedMs ? 0 : until;
}

/** A refusal for having asked too much, in the vendor's own words, with the ways vendors name (or do not name) the time to wait. */
export function tooMany(
  refuse: (headers: Record<string, string>) => Response,
  { now, retryAfter, source }: { now(): number; retryAfter: "seconds" | "date" | "missing" | "absurd"; source: string },
): WireTrouble {
  const header = (chance: Random): Record<string, string> => {
    const seconds = chance.int(1, 20);
    // A date has whole seconds: rounded up, or the client would be told to come too early.
    const at = new Date(Math.ceil(now() / 1_000) * 1_000 + seconds * 1_000).toUTCString();
    if (retryAfter === "seconds") return { "retry-after": String(seconds) };
    if (retryAfter === "date") return { "retry-after": at };
    return retryAfter === "absurd" ? { "retry-after": "soon" } : {};
  };
  return {
    name: `too-many-requests-${retryAfter}`,
    kind: "wire",
    about: `refuses for too many requests, Retry-After ${retryAfter === "missing" ? "left out" : `as ${retryAfter}`}`,
    source,
    strike: (_request, _answer, chance) => refuse(header(chance)),
  };
}

/** A plain failure of the vendor's, in its own words where it has any. */
export function serverError(status: 500 | 502 | 503 | 504, body = ""): WireTrouble {
  return {
    name: `server-error-${status}`,
    kind: "wire",
    about: `answers ${status}`,
    source: "reliability plan, faulty peers",
    strike: () => new Response(body, { status, headers: { "content-type": body ? "application/json" : "text/plain" } }),
  };
}

const page = "<!DOCTYPE html><html><head><title>Down</title></head><body><h1>We will be back soon</h1></body></html>";

/** An HTML page where JSON belongs: an edge or a proxy answered in the vendor's place. */
export function htmlInstead(status: 200 | 502 | 503): WireTrouble {
  return {
    name: `html-${status}`,
    kind: "wire",
    about: `answers ${status} with an HTML page instead of JSON`,
    source: "HTML error pages occur at all three vendors (crm-apis, transport policy)",
    strike: () => new Response(page, { status, headers: { "content-type": "text/html; charset=utf-8" } }),
  };
}

/** True answers that end too soon, with a status and headers that say all is well. */
export const truncatedJson: WireTrouble = {
  name: "truncated-json",
  kind: "wire",
  about: "answers 200 with JSON that breaks off",
  source: "reliability plan, faulty peers",
  async strike(_request, answer, chance) {
    // At least one character is missing, or it would be a true answer.
    return spoiled(await answer(), (text) => text.slice(0, Math.floor(text.length * chance.next())));
  },
};

/** The request takes its effect; the connection is cut in the middle of the answer. */
export const cutConnection: WireTrouble = {
  name: "cut-connection",
  kind: "wire",
  about: "cuts the connection in the middle of the answer; what was asked for has happened",
  source: "reliability plan, faulty peers",
  async strike(_request, answer) {
    return spoiled(await answer(), (text) => broken(halfOf(text)));
  },
};

/** The true answer with another body; one without a body has nothing to spoil. */
async function spoiled(
  response: Response,
  body: (text: string) => string | ReadableStream<Uint8Array>,
): Promise<Response> {
  if (response.body === null) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return new Response(body(await response.text()), { status: response.status, headers });
}

const bytes = (text: string) => new TextEncoder().encode(text);
const halfOf = (text: string) => text.slice(0, Math.floor(text.length / 2));

function broken(start: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes(start));
      controller.error(new Error("cut on purpose"));
    },
  });
}

/** An answer that never comes to its end: the client's time-out has to. */
export const endlessBody: WireTrouble = {
  name: "endless-body",
  kind: "wire",
  about: "sends the first half of the answer and then nothing more",
  source: "reliability plan, faulty peers",
  async strike(_request, answer) {
    return spoiled(
      await answer(),
      (text) => new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(bytes(halfOf(text))) }),
    );
  },
};
