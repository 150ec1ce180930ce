import { type Lane, SourceError } from "journey-hub/connector";

/** How much of the org's daily allowance of API calls is used, by whatever tool, and when Salesforce said so. */
export interface ApiUsage {
  used: number;
  max: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The share of the allowance from which reading waits, so that write-backs and the org's other tools go on. */
const shareMax = 0.95;
/** How long a reading of the allowance counts; calls older than a day are given back all the time. */
const validMs = 15 * 60_000;

/**
 * Reads the `Sforce-Limit-Info` header token by token: newer forms have more than the usage in it.
 * @example apiUsageIn("api-usage=10018/100000; api-bursts=1/750", 0) // { used: 10018, max: 100000, at: 0 }
 */
export function apiUsageIn(header: string | undefined, now: number): ApiUsage | null {
  for (const token of header?.split(/[;,]/) ?? []) {
    const [name, value = ""] = token.trim().split("=");
    const figures = /^(\d+)\/(\d+)$/.exec(value);
    if (name === "api-usage" && figures) return { used: Number(figures[1]), max: Number(figures[2]), at: now };
  }
  return null;
}

/** Throws a `retry` for reads that can wait while the allowance is nearly used up. */
export function refuseIfNearlyUsedUp(usage: ApiUsage | null, lane: Lane, now: number): void {
  if (!usage || lane === "webhook" || lane === "writeback") return;
  if (usage.used / usage.max < shareMax || now - usage.at >= validMs) return;
  throw new SourceError("retry", `Salesforce: ${usage.used} of the org's ${usage.max} API calls a day are used`, {
    afterMs: validMs,
    code: "ALLOWANCE_NEARLY_USED_UP",
    remedy: "Reading waits so that other tools can go on; Setup → Company Information shows the calls of 24 hours.",
  });
}
