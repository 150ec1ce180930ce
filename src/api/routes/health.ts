import type { Hono } from "hono";
import type { Hub } from "../../hub/hub.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { packageVersion } from "../../lib/package-root.ts";
import type { ApiEnv } from "../access.ts";

/** Whether the process lives, and whether it can work. */
export function healthRoutes(app: Hono<ApiEnv>, { hub, runner }: HealthOptions): void {
  app.get("/healthz", (c) => c.json({ status: "ok", version: packageVersion }));
  app.get("/readyz", async (c) => {
    const state = runner.state();
    await hub.store.byKey("settings", "name", ["ready"]); // a store that cannot be read is a 503
    return state === "running" ? c.json({ status: "ready" }) : c.json({ status: state }, 503);
  });
}

interface HealthOptions {
  hub: Hub;
  runner: Runner;
}
