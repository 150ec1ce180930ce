import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";

const dayMs = 86_400_000;

/** What was asked of the simulated org since it started. */
export interface Traffic {
  requests: number;
  refused: number;
  /** Refused for going over a limit: calls a day, long requests at once, bytes of an address. */
  overLimit: number;
  peakConcurrency: number;
  byRoute: Record<string, number>;
}

/** Counts API calls against the daily allowance and the long-request limit, and keeps the traffic figures. */
export class Usage {
  readonly #settings: Settings;
  readonly #open = new Map<symbol, number>();
  readonly traffic: Traffic = { requests: 0, refused: 0, overLimit: 0, peakConcurrency: 0, byRoute: {} };
  #windowStart = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Notes that a request arrived; call the answer with its status when it is done. Long polls do not count among long requests. */
  arrive(route: string, kind: "api" | "long poll"): (status: number) => void {
    const request = Symbol(route);
    if (kind === "api") this.#open.set(request, this.#settings.now());
    this.traffic.requests++;
    this.traffic.byRoute[route] = (this.traffic.byRoute[route] ?? 0) + 1;
    this.traffic.peakConcurrency = Math.max(this.traffic.peakConcurrency, this.#open.size);
    return (status) => {
      this.#open.delete(request);
      if (status >= 400) this.traffic.refused++;
    };
  }

  /** Takes one call off the allowance, or throws REQUEST_LIMIT_EXCEEDED: the message tells hours from seconds. */
  spend(): void {
    const { now, longRequestMs, longRequestsMax, dailyRequestsMax } = this.#settings;
    const long = [...this.#open.values()].filter((since) => now() - since >= longRequestMs).length;
    if (long >= longRequestsMax) {
      this.traffic.overLimit++;
      const reason = "ConcurrentPerOrgLongTxn Limit exceeded.";
      throw new Refusal(403, "REQUEST_LIMIT_EXCEEDED", reason);
    }
    if (this.used >= dailyRequestsMax) {
      this.traffic.overLimit++;
      throw new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }
    this.#used++;
  }

  /** Calls made in the running 24 hours. */
  get used(): number {
    if (this.#settings.now() - this.#windowStart >= dayMs) {
      this.#windowStart = this.#settings.now();
      this.#used = 0;
    }
    return this.#used;
  }

  /** The value of `Sforce-Limit-Info`. */
  limitInfo(): string {
    const usage = `api-usage=${this.used}/${this.#settings.dailyRequestsMax}`;
    if (this.#settings.limitInfo === "short") return usage;
    return `${usage}; api-bursts=1/750; per-app-api-usage=${this.used}/250(appName=journey-hub)`;
  }
}
