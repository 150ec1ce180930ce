import type { Usage } from "journey-hub/connector";

/**
 * How much of the org's daily allowance of API calls is used, by whatever tool, as the `Sforce-Limit-Info` header tells; null where it does
 * not. Read token by token: longer forms have more in it than the usage.
 * @example apiUsageIn("api-usage=10018/100000; api-bursts=1/750") // { used: 10018, limit: 100000 }
 */
export function apiUsageIn(header: string | undefined): Usage | null {
  for (const token of header?.split(/[;,]/) ?? []) {
    const [name, value = ""] = token.trim().split("=");
    const figures = /^(\d+)\/(\d+)$/.exec(value);
    if (name === "api-usage" && figures) return { used: Number(figures[1]), limit: Number(figures[2]) };
  }
  return null;
}
