import type { Usage } from "journey-hub/connector";

/**
 * How much of the account's daily allowance is used, by whatever tool, as an answer's headers tell. Null where they do not: answers to OAuth
 * apps and to searches have none.
 * @example dailyUsageIn({ "x-hubspot-ratelimit-daily": "250000", "x-hubspot-ratelimit-daily-remaining": "249000" })
 * // { used: 1000, limit: 250000 }
 */
export function dailyUsageIn(headers: Readonly<Record<string, string>>): Usage | null {
  const limit = wholeNumber(headers["x-hubspot-ratelimit-daily"]);
  const left = wholeNumber(headers["x-hubspot-ratelimit-daily-remaining"]);
  return limit === null || left === null ? null : { used: Math.max(0, limit - left), limit };
}

function wholeNumber(text = ""): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
