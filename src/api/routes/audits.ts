import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { listAudits } from "../../hub/queries/audits.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import type { ApiEnv } from "../access.ts";
import { answers, connectionOr404, idPath, word } from "../routes.ts";
import { audit, pageOf, startedRun } from "../schemas.ts";

/** What is proven about completeness, and an audit asked for by hand. */
export function auditRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(list, async (c) => {
    const { connection } = c.req.valid("query");
    if (connection !== undefined) connectionOr404(hub, connection);
    return c.json({ items: await listAudits(hub, connection), next_cursor: null }, 200);
  });
  app.openapi(start, async (c) => {
    const { id } = c.req.valid("param");
    connectionOr404(hub, id);
    const { run_id, started } = runner.auditNow(id);
    await started;
    return c.json({ run_id }, 202, { location: `/api/v1/runs/${run_id}` });
  });
}

const list = createRoute({
  method: "get",
  path: "/api/v1/audit",
  summary:
    "What is proven about each stream: compared, missing, stale and extra records, and since when it is unverified",
  request: { query: z.object({ connection: word }) },
  responses: answers(200, pageOf(audit), "Every stream that is audited"),
});

const start = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/audit",
  summary:
    "Compare the connection's streams with the vendor now and heal what differs; answers with the run under way if there is one",
  request: { params: idPath },
  responses: answers(202, startedRun, "The run has begun"),
});
