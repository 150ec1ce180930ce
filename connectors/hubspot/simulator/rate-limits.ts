import type { Caller } from "./access.ts";
import { Refusal } from "./errors.ts";
import type { Settings } from "./settings.ts";

export interface RateLimits {
  /** Counts one request. Throws 429 when a limit is reached; else gives the headers of the answer. */
  take(caller: Caller, call: { search: boolean; portalId: number }): Record<string, string>;
  /** Requests counted today. */
  usedToday(): number;
}

/** HubSpot's three limits: a rolling window an app, a day an account, a second for all searches of the account. */
export function createRateLimits(settings: Settings): RateLimits {
  const { limits, now } = settings;
  const windows = new Map<string, RollingWindow>();
  const searches = new RollingWindow(1000);
  const today = dayCounter(() => settings.timeZone);

  function take(caller: Caller, { search, portalId }: { search: boolean; portalId: number }): Record<string, string> {
    const at = now();
    const used = today.at(at);
    if (used.count >= limits.daily) throw limited("DAILY", "daily", portalId);
    if (search) {
      if (searches.count(at) >= limits.searchPerSecond) throw limited("SECONDLY", "secondly", portalId);
      searches.add(at);
      used.count += 1;
      // No rate headers on search: a client cannot learn from them.
      return {};
    }
    const burst = caller.kind === "oauth" ? limits.oauthBurst : limits.burst;
    const window = windows.get(caller.app) ?? new RollingWindow(limits.burstWindowMs);
    windows.set(caller.app, window);
    if (window.count(at) >= burst) throw limited("TEN_SECONDLY_ROLLING", "ten_secondly_rolling", portalId);
    window.add(at);
    used.count += 1;
    const remaining = String(burst - window.count(at));
    const headers = {
      "X-HubSpot-RateLimit-Max": String(burst),
      "X-HubSpot-RateLimit-Remaining": remaining,
      "X-HubSpot-RateLimit-Interval-Milliseconds": String(limits.burstWindowMs),
    };
    if (caller.kind === "oauth") return headers;
    return {
      ...headers,
      "X-HubSpot-RateLimit-Daily": String(limits.daily),
      "X-HubSpot-RateLimit-Daily-Remaining": String(limits.daily - used.count),
    };
  }

  return { take, usedToday: () => today.at(now()).count };
}

/** The body carries no Retry-After and no category; the client has to know the policy by its name. */
function limited(policyName: string, name: string, portalId: number): Refusal {
  return new Refusal(429, {
    message: `You have reached your ${name} limit.`,
    errorType: "RATE_LIMIT",
    policyName,
    groupName: `publicapi:private-apps-api-calls-${name}:${portalId}`,
  });
}

/** Times of the last requests, oldest first; those that left the window are dropped as time passes. */
class RollingWindow {
  readonly #lengthMs: number;
  #times: number[] = [];
  #first = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  count(at: number): number {
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) <= at - this.#lengthMs) this.#first += 1;
    if (this.#first > 10_000) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times.length - this.#first;
  }

  add(at: number): void {
    this.#times.push(at);
  }
}

/** Counts by calendar day of the account's time zone. */
function dayCounter(zone: () => string) {
  let timeZone = zone();
  let format = dayFormat(timeZone);
  let current = { day: "", count: 0 };
  let checkedAt = Number.NEGATIVE_INFINITY;
  return {
    at(now: number) {
      // Formatting is dear; a day cannot change within the same second.
      if (Math.abs(now - checkedAt) < 1000 && Math.floor(now / 1000) === Math.floor(checkedAt / 1000)) return current;
      checkedAt = now;
      if (timeZone !== zone()) {
        timeZone = zone();
        format = dayFormat(timeZone);
      }
      const day = format.format(now);
      if (day !== current.day) current = { day, count: 0 };
      return current;
    },
  };
}

const dayFormat = (timeZone: string) => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
