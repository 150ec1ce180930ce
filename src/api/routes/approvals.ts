import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { beginApproval, endApproval } from "../../hub/approvals.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import type { ApiEnv } from "../access.ts";
import { ApiProblem } from "../problem.ts";
import { answers, idPath } from "../routes.ts";
import { connectionCheck } from "../schemas.ts";

/** A person's approval of a connection (OAuth): begun and ended with the same key. */
export function approvalRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(begin, async (c) => {
    const { redirect_uri } = c.req.valid("json");
    return c.json(await beginApproval(hub, { connection: c.req.valid("param").id, by: keyOf(c) }, redirect_uri), 200);
  });
  app.openapi(end, async (c) => {
    const { id } = c.req.valid("param");
    const { redirected } = c.req.valid("json");
    if (!URL.canParse(redirected)) throw new ApiProblem(400, "`redirected` is no address: send the whole one.");
    const answer = new URL(redirected).searchParams;
    const checked = await endApproval(hub, answer, { by: keyOf(c), connection: id });
    // It goes on where it stood; a hub that is only open for this is not one that pulls.
    if (!checked.failure && !checked.restart && runner.state() === "running") runner.syncNow(id);
    return c.json(checked, 200);
  });
}

const keyOf = (c: Context<ApiEnv>): string => `key ${c.get("key")?.id ?? ""}`;

const departed = z
  .object({
    connection: z.string(),
    vendor: z.string(),
    url: z.string().openapi({ description: "Where a person approves the connection." }),
    redirect_uri: z.string().openapi({ description: "Where the vendor leads back to; the app must have it." }),
    scopes: z.array(z.string()).readonly(),
    optional_scopes: z.array(z.string()).readonly(),
    expires_at: z.string(),
  })
  .openapi("Approval");

const begin = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/approval",
  summary: "Begin a person's approval (OAuth) of a connection, as its settings are written down now",
  request: {
    params: idPath,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            redirect_uri: z
              .string()
              .max(2_000)
              .optional()
              .openapi({ description: "https, or a port of the person's machine; default: the console's." }),
          }),
        },
      },
    },
  },
  responses: answers(200, departed, "Where to send the person"),
});

const end = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/approval/answer",
  summary: "End it with the address the vendor led back to: good once, for ten minutes, for the key that began",
  request: {
    params: idPath,
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ redirected: z.string().max(8_000) }) } },
    },
  },
  responses: answers(200, connectionCheck, "What came of it; `failure` says why nothing did"),
});
