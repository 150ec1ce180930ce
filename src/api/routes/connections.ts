import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { checkAsWritten } from "../../hub/check.ts";
import { discoverAccount } from "../../hub/drift/discovery.ts";
import { takeEdited } from "../../hub/edited.ts";
import type { Hub } from "../../hub/hub.ts";
import { findConnection, listConnections } from "../../hub/queries/connections.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import type { ApiEnv } from "../access.ts";
import { discovery } from "../discovery-schemas.ts";
import { ApiProblem, configurationProblem } from "../problem.ts";
import { answers, connectionOr404, idPath, text } from "../routes.ts";
import { connection, connectionCheck, pageOf, startedRun } from "../schemas.ts";

/** Connections: how they do, and a sync asked for by hand. Settings are never shown. */
export function connectionRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(list, async (c) => c.json({ items: await listConnections(hub), next_cursor: null }, 200));
  app.openapi(one, async (c) => {
    const { id } = c.req.valid("param");
    const found = await findConnection(hub, id);
    if (!found) throw new ApiProblem(404, `There is no connection ${id}.`);
    return c.json(found, 200);
  });
  app.openapi(check, async (c) => c.json(await checkAsWritten(hub, c.req.valid("param").id), 200));
  app.openapi(discover, async (c) => {
    const { id } = c.req.valid("param");
    connectionOr404(hub, id);
    const found = await discoverAccount(hub, id, c.req.valid("json").object);
    if (!found) {
      const detail = `The connector of ${id} cannot tell which objects an account has: there is nothing to discover.`;
      throw new ApiProblem(409, detail, { type: configurationProblem });
    }
    return c.json(found, 200);
  });
  app.openapi(sync, async (c) => {
    const { id } = c.req.valid("param");
    connectionOr404(hub, id);
    const notTaken = await takeEdited(hub);
    const { run_id, started } = runner.syncNow(id);
    await started;
    return c.json({ run_id, ...notTaken }, 202, { location: `/api/v1/runs/${run_id}` });
  });
}

const list = createRoute({
  method: "get",
  path: "/api/v1/connections",
  summary: "Every configured connection with its status, streams and waiting deliveries",
  responses: answers(200, pageOf(connection), "All of them"),
});

const one = createRoute({
  method: "get",
  path: "/api/v1/connections/{id}",
  summary: "One connection",
  request: { params: idPath },
  responses: answers(200, connection, "The connection"),
});

const check = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/check",
  summary: "Prove the connection's credentials, as its settings are written down now",
  request: { params: idPath },
  responses: answers(200, connectionCheck, "What the check found"),
});

const discover = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/discover",
  summary: "Ask the vendor which objects and fields the account has, its own among them",
  request: {
    params: idPath,
    body: { content: { "application/json": { schema: z.strictObject({ object: text.min(1).max(200).optional() }) } } },
  },
  responses: answers(200, discovery, "What was found, and which changes syncs have noticed"),
});

const startedSync = startedRun
  .extend({
    mapping_mistake: z.string().nullable().openapi({
      description:
        "The first mistake in mapping files that were edited since the hub read them: it goes on with those it had.",
    }),
    rules_edited: z
      .boolean()
      .openapi({ description: "Identity, journey or score rules were edited: they are used from the next start on." }),
    new_connections: z
      .array(z.string())
      .openapi({ description: "Named in journey-hub.yaml since the hub read it; a check of one takes it into use." }),
  })
  .openapi("StartedSync");

const sync = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/sync",
  summary: "Pull the connection now, by the mapping files as they are; answers with the run under way if there is one",
  request: { params: idPath },
  responses: answers(202, startedSync, "The run has begun"),
});
