import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { z } from "zod";
import { type ApiKey, findKey, includesRole, type Role } from "../hub/folder/keys.ts";
import type { Hub } from "../hub/hub.ts";
import { ApiProblem } from "./problem.ts";

/** Who may use a route: everybody, or keys of this role and the ones above it. */
export type Access = "open" | Role;

/** Every route with who may use it. A route that is not named here is closed to all. */
export const access: Readonly<Record<string, Access>> = {
  "GET /healthz": "open",
  "GET /readyz": "open",
  "GET /metrics": "viewer",
  "POST /hooks/:connection": "open", // the sender is checked by its signature
  "GET /hooks/:connection": "open", // what senders ask before they deliver
  "OPTIONS /hooks/:connection": "open",
  "POST /v1/:call": "open", // the sender is known by its write key, or its api_secret
  "OPTIONS /v1/:call": "open",
  "GET /v1/pixel/:call": "open",
  "POST /beacon/v1/batch": "open",
  "OPTIONS /beacon/v1/batch": "open",
  "POST /mp/collect": "open",
  "OPTIONS /mp/collect": "open",
  "POST /debug/mp/collect": "open",
  "OPTIONS /debug/mp/collect": "open",
  "GET /api/docs": "open",
  "GET /api/openapi.json": "viewer",
  "GET /api/v1/customers": "viewer",
  "GET /api/v1/customers/:id": "viewer",
  "GET /api/v1/customers/:id/timeline": "viewer",
  "GET /api/v1/customers/:id/journey": "viewer",
  "GET /api/v1/customers/:id/score": "viewer",
  "GET /api/v1/customers/:id/explain": "viewer",
  "GET /api/v1/customers/:id/explain/fields/:field": "viewer",
  "GET /api/v1/customers/:id/explain/path": "viewer",
  "GET /api/v1/customers/:id/buying-groups": "viewer",
  "GET /api/v1/customers/:id/pins": "viewer",
  "POST /api/v1/customers/:id/pins": "operator",
  "POST /api/v1/customers/:id/pins/:field/unpin": "operator",
  "GET /api/v1/identity": "viewer",
  "GET /api/v1/reviews": "viewer",
  "GET /api/v1/overrides": "viewer",
  "POST /api/v1/overrides": "operator",
  "POST /api/v1/overrides/unmerge": "operator",
  "POST /api/v1/overrides/revoke": "operator",
  "GET /api/v1/connections": "viewer",
  "GET /api/v1/connections/:id": "viewer",
  "POST /api/v1/connections/:id/check": "operator",
  "POST /api/v1/connections/:id/discover": "operator",
  "POST /api/v1/connections/:id/webhooks/check": "operator",
  "POST /api/v1/connections/:id/webhooks": "admin", // it changes the app at the vendor
  "POST /api/v1/connections/:id/approval": "admin",
  "POST /api/v1/connections/:id/approval/answer": "admin",
  "POST /api/v1/connections/:id/sync": "operator",
  "POST /api/v1/connections/:id/audit": "operator",
  "GET /api/v1/audit": "viewer",
  "GET /api/v1/runs": "viewer",
  "GET /api/v1/runs/:id": "viewer",
  "GET /api/v1/errors": "viewer",
  "GET /api/v1/errors/groups": "viewer",
  "GET /api/v1/errors/corrections": "viewer",
  "GET /api/v1/errors/:id": "viewer",
  "POST /api/v1/errors/retry": "operator",
  "POST /api/v1/errors/:id/dismiss": "operator",
  "POST /api/v1/errors/:id/fix": "operator",
  "POST /api/v1/errors/:id/unfix": "operator",
  "GET /api/v1/writebacks": "viewer",
  "GET /api/v1/writebacks/plan": "viewer",
  "GET /api/v1/writebacks/frozen": "viewer",
  "POST /api/v1/writebacks/apply": "operator",
  "POST /api/v1/writebacks/check": "operator",
  "POST /api/v1/writebacks/create-fields": "admin", // it changes the vendor's own schema
  "POST /api/v1/derive": "operator",
  "GET /api/v1/keys": "admin",
  "POST /api/v1/keys": "admin",
  "DELETE /api/v1/keys/:id": "admin",
};

export interface ApiEnv {
  Variables: { requestId: string; key?: ApiKey };
}

/** Who stands behind a request: a key's name, or who sits at the command line of the data folder. */
export function authorOf(key: ApiKey | undefined): string {
  return key?.name ?? "";
}

/** By whom a verb works, written as in a query; heard of verbs alone, which own the data folder. Whoever has a key is called as it is. */
export const authorHeader = "x-journey-hub-by";

function named(key: ApiKey, said: string | undefined): ApiKey {
  if (key.id !== "process") return key;
  const by = authorSaid.safeParse(said).data;
  return { ...key, name: by ? `cli:${by}` : "cli" };
}

const authorSaid = z
  .string()
  .max(1_000)
  .transform((said) => (new URLSearchParams(`by=${said}`).get("by") ?? "").trim())
  .pipe(z.string().regex(/^[^\p{Cc}]{1,100}$/u));

/** Lets a request through that carries a key of the role its route asks for. Throws ApiProblem 401 or 403. */
export function requireAccess(hub: Hub): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const needed = accessOf(c);
    if (needed === "open") return next();
    const key = await keyOf(hub, c.req.header("authorization"));
    if (!key) {
      const headers = { "www-authenticate": 'Bearer realm="journey-hub"' };
      throw new ApiProblem(
        401,
        "Send a standing key: `Authorization: Bearer jh_…`. `journey-hub init --key NAME` makes one, or an admin with POST /api/v1/keys.",
        { headers },
      );
    }
    if (needed === "closed" || !includesRole(key.role, needed)) {
      const wanted = needed === "closed" ? "no key" : `a key of the role ${needed}`;
      throw new ApiProblem(403, `This needs ${wanted}; the key ${key.id} has the role ${key.role}.`);
    }
    c.set("key", named(key, c.req.header(authorHeader)));
    await next();
  };
}

/** Paths that belong to no route are left to the 404 answer: there is nothing behind them to protect. */
function accessOf(c: Context): Access | "closed" {
  const route = matchedRoutes(c).findLast(({ method }) => method !== "ALL");
  if (!route) return "open";
  return access[`${route.method} ${route.path}`] ?? "closed";
}

async function keyOf(hub: Hub, authorization: string | undefined): Promise<ApiKey | null> {
  const [, text] = /^Bearer ([^\s]{1,200})$/i.exec(authorization ?? "") ?? [];
  return text ? findKey(hub, text) : null;
}
