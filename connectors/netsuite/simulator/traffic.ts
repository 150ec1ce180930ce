/** What the simulator has been asked so far. */
export interface Traffic {
  requests: number;
  /** Requests answered with a status of 400 or above. */
  refused: number;
  peakConcurrency: number;
  /** Requests by method and route. */
  byRoute: Record<string, number>;
}

export interface TrafficMeter {
  /** Counts a request as running; false when that is one more than the account allows, and then it is not. */
  enter(): boolean;
  leave(): void;
  count(route: string, status: number): void;
  snapshot(): Traffic;
}

/** Counts requests and enforces the account's concurrency limit. */
export function createTrafficMeter(concurrencyMax: number): TrafficMeter {
  const traffic: Traffic = { requests: 0, refused: 0, peakConcurrency: 0, byRoute: {} };
  let running = 0;
  return {
    enter() {
      if (running >= concurrencyMax) return false;
      running += 1;
      traffic.peakConcurrency = Math.max(traffic.peakConcurrency, running);
      return true;
    },
    leave() {
      running -= 1;
    },
    count(route, status) {
      traffic.requests += 1;
      if (status >= 400) traffic.refused += 1;
      traffic.byRoute[route] = (traffic.byRoute[route] ?? 0) + 1;
    },
    snapshot: () => ({ ...traffic, byRoute: { ...traffic.byRoute } }),
  };
}
