import type { HubspotConfig } from "./config.ts";

export type ApiVersion = HubspotConfig["api_version"];

/**
 * Where each part of the API stands in each family of paths. The client (13.5.0) knows the first family only;
 * with another one its paths are replaced on their way out. HubSpot ends v1 to v3 in September 2027 and v4 in March 2027.
 */
export const basePaths = {
  v3: {
    objects: "/crm/v3/objects",
    associations: "/crm/v4/associations",
    properties: "/crm/v3/properties",
    owners: "/crm/v3/owners",
    pipelines: "/crm/v3/pipelines",
    account: "/account-info/v3",
    oauth: "/oauth/v1",
    webhooks: "/webhooks/v3",
  },
  "2026-03": {
    objects: "/crm/objects/2026-03",
    associations: "/crm/associations/2026-03",
    properties: "/crm/properties/2026-03",
    owners: "/crm/owners/2026-03",
    pipelines: "/crm/pipelines/2026-03",
    account: "/account-info/2026-03",
    oauth: "/oauth/v3",
    webhooks: "/webhooks/2026-03",
  },
} as const satisfies Record<ApiVersion, Record<string, string>>;

const parts = ["objects", "associations", "properties", "owners", "pipelines", "account", "oauth", "webhooks"] as const;

/**
 * A request's address in another family of paths.
 * @example inFamily("https://api.hubapi.com/crm/v3/owners?limit=100", "2026-03") // …/crm/owners/2026-03?limit=100
 */
export function inFamily(address: string, version: ApiVersion): string {
  const url = new URL(address);
  const part = parts.find((name) => startsWithPath(url.pathname, basePaths.v3[name]));
  if (part) url.pathname = basePaths[version][part] + url.pathname.slice(basePaths.v3[part].length);
  return url.href;
}

const startsWithPath = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);
