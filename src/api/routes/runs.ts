import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { findRun, listErrorGroups, listErrors, listRuns, resolveError } from "../../hub/queries/queries.ts";
import type { ApiEnv } from "../access.ts";
import { ApiProblem } from "../problem.ts";
import { answers, idPath, pageQuery, text, word } from "../routes.ts";
import { error, errorGroup, pageOf, run } from "../schemas.ts";

/** Runs, and the errors that records have met. */
export function runRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  app.openapi(list, async (c) => c.json(await listRuns(hub, c.req.valid("query")), 200));
  app.openapi(one, async (c) => {
    const { id } = c.req.valid("param");
    const found = await findRun(hub, id);
    if (!found) throw new ApiProblem(404, `There is no run ${id}.`);
    return c.json(found, 200);
  });
  app.openapi(errors, async (c) => c.json(await listErrors(hub, c.req.valid("query")), 200));
  app.openapi(groups, async (c) => {
    return c.json({ items: await listErrorGroups(hub, c.req.valid("query")), next_cursor: null }, 200);
  });
  app.openapi(resolve, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await resolveError(hub, id))) throw new ApiProblem(404, `There is no error ${id}.`);
    return c.json({ id }, 200);
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

const filter = z.object({
  connection: word,
  status: z.enum(["open", "resolved"]).optional(),
  class: word,
  fingerprint: text.max(1_000).optional(),
});

const errors = createRoute({
  method: "get",
  path: "/api/v1/errors",
  summary: "Errors of records, last seen first",
  request: { query: pageQuery.extend(filter.shape) },
  responses: answers(200, pageOf(error), "A page of errors"),
});

const groups = createRoute({
  method: "get",
  path: "/api/v1/errors/groups",
  summary: "Errors of one cause together, the most frequent first",
  request: { query: filter },
  responses: answers(200, pageOf(errorGroup), "At most 500 causes"),
});

const resolve = createRoute({
  method: "post",
  path: "/api/v1/errors/{id}/resolve",
  summary: "Close an error that a person has dealt with; should it come again, it opens again",
  request: { params: idPath },
  responses: answers(200, z.object({ id: z.string() }), "It is resolved"),
});
