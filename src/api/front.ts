import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { Hub } from "../hub/hub.ts";
import type { Log } from "../hub/log.ts";
import type { Metrics } from "../hub/metrics.ts";
import type { Runner } from "../hub/runner/runner.ts";
import type { ApiEnv } from "./access.ts";
import { createHandshakeHandler, createHookHandler } from "./hooks.ts";
import { answerProblem, problemFor } from "./problem.ts";
import { healthRoutes } from "./routes/health.ts";
import { answerPreflight, createTrackHandlers, pixelPath, trackPaths } from "./track.ts";

export interface FrontOptions {
  hub: Hub;
  runner: Runner;
  log: Log;
  metrics: Metrics;
}

interface App {
  fetch(request: Request, environment?: unknown): Response | Promise<Response>;
}

/**
 * What a hub answers from its first moment: webhooks, tracking calls, and whether it lives and is ready. All else is asked of the whole app, which is
 * loaded with the first such request: the code of API and console would be a good part of a start.
 * @example serve({ fetch: createFront({ hub, runner, log, metrics }, once(async () => createApp(…))).fetch, port: 8360 })
 */
export function createFront(options: FrontOptions, whole: () => Promise<App>): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  frontRoutes(app, options);
  // Not a route: so a webhook meets one handler alone, which costs least.
  app.notFound(async (c) => (await whole()).fetch(c.req.raw, c.env));
  return app;
}

/** The routes that need no key, and the answer to every error. */
export function frontRoutes(app: Hono<ApiEnv>, { hub, runner, log, metrics }: FrontOptions): void {
  const nameRequest = requestId();
  app.onError(async (cause, c) => {
    if (!c.get("requestId")) await nameRequest(c, async () => undefined);
    const request = { method: c.req.method, path: c.req.path, request: c.get("requestId") };
    return answerProblem(c, problemFor(cause, log, request));
  });
  // Nothing else stands around them: a delivery is checked and kept with as little as can be.
  app.post("/hooks/:connection", createHookHandler({ hub, runner, log, metrics }));
  app.on(["GET", "OPTIONS"], "/hooks/:connection", createHandshakeHandler({ hub }));
  const track = createTrackHandlers({ hub, runner, log, metrics });
  for (const path of trackPaths) {
    app.post(path, track.call);
    app.options(path, answerPreflight);
  }
  app.get(pixelPath, track.pixel);
  app.on("GET", ["/healthz", "/readyz"], nameRequest, secureHeaders(plainHeaders));
  healthRoutes(app, { hub, runner });
}

/** No transport security: whether the hub is reached by HTTPS is known to the proxy before it. */
export const plainHeaders = { strictTransportSecurity: false, xFrameOptions: "DENY" } as const;
