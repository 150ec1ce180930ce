import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { findRun, listRuns } from "../../hub/queries/queries.ts";
import type { ApiEnv } from "../access.ts";
import { ApiProblem } from "../problem.ts";
import { answers, idPath, pageQuery, word } from "../routes.ts";
import { pageOf, run } from "../schemas.ts";

/** What the hub did and does. */
export function runRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  app.openapi(list, async (c) => c.json(await listRuns(hub, c.req.valid("query")), 200));
  app.openapi(one, async (c) => {
    const { id } = c.req.valid("param");
    const found = await findRun(hub, id);
    if (!found) throw new ApiProblem(404, `There is no run ${id}.`);
    return c.json(found, 200);
  });
}

const list = createRoute({
  method: "get",
  path: "/api/v1/runs",
  summary: "Runs, newest first",
  request: {
    query: pageQuery.extend({ connection: word, status: z.enum(["running", "done", "failed"]).optional() }),
  },
  responses: answers(200, pageOf(run), "A page of runs"),
});

const one = createRoute({
  method: "get",
  path: "/api/v1/runs/{id}",
  summary: "One run",
  request: { params: idPath },
  responses: answers(200, run, "The run"),
});
