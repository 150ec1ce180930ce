export interface Traffic {
  requests: number;
  /** Answers of 400 and above. */
  refused: number;
  peakConcurrency: number;
  /** Requests by method and path, ids and types replaced: `GET /crm/v3/objects/contacts/:id`. */
  byRoute: Record<string, number>;
}

export interface TrafficMeter {
  traffic(): Traffic;
  start(method: string, path: string): void;
  finish(status: number): void;
}

/** Counts what passes through the simulator. */
export function createTrafficMeter(): TrafficMeter {
  const seen: Traffic = { requests: 0, refused: 0, peakConcurrency: 0, byRoute: {} };
  let running = 0;
  return {
    traffic: () => ({ ...seen, byRoute: { ...seen.byRoute } }),
    start(method, path) {
      running += 1;
      seen.requests += 1;
      seen.peakConcurrency = Math.max(seen.peakConcurrency, running);
      const route = `${method} ${path.replace(/\/\d{3,}(?=\/|$)/g, "/:id")}`;
      seen.byRoute[route] = (seen.byRoute[route] ?? 0) + 1;
    },
    finish(status) {
      running -= 1;
      if (status >= 400) seen.refused += 1;
    },
  };
}
