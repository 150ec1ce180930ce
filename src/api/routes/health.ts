import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import type { Metrics } from "../../hub/metrics.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { packageVersion } from "../../lib/package-root.ts";
import type { ApiEnv } from "../access.ts";

/** Whether the process lives, whether it can work, and what it counts. */
export function healthRoutes(app: OpenAPIHono<ApiEnv>, { hub, runner, metrics }: HealthOptions): void {
  app.get("/healthz", (c) => c.json({ status: "ok", version: packageVersion }));
  app.get("/readyz", async (c) => {
    const state = runner.state();
    await hub.store.byKey("settings", "name", ["ready"]); // a store that cannot be read is a 503
    return state === "running" ? c.json({ status: "ready" }) : c.json({ status: state }, 503);
  });
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
}

interface HealthOptions {
  hub: Hub;
  runner: Runner;
  metrics: Metrics;
}
