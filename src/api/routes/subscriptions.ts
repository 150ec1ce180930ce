import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { applySubscriptions, lookAtSubscriptions } from "../../hub/subscriptions.ts";
import type { ApiEnv } from "../access.ts";
import { webhookSubscriptions } from "../discovery-schemas.ts";
import { ApiProblem, configurationProblem } from "../problem.ts";
import { answers, connectionOr404, idPath } from "../routes.ts";

/** What a vendor delivers by webhook, held against what is mapped, and changing it. */
export function subscriptionRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  app.openapi(check, async (c) => {
    const { id } = c.req.valid("param");
    connectionOr404(hub, id);
    return c.json(orProblem(id, await lookAtSubscriptions(hub, id, c.req.valid("json").wanted)), 200);
  });
  app.openapi(change, async (c) => {
    const { id } = c.req.valid("param");
    connectionOr404(hub, id);
    return c.json(orProblem(id, await applySubscriptions(hub, id, c.req.valid("json").wanted)), 200);
  });
}

function orProblem<View>(id: string, view: View | null): View {
  if (view === null) {
    const detail = `${id} has no webhooks that the hub could have subscribed to; where its sender knows any, they are set up there.`;
    throw new ApiProblem(409, detail, { type: configurationProblem });
  }
  return view;
}

const request = {
  params: idPath,
  body: {
    // Without a body nothing would be wanted, and all be taken away.
    required: true,
    content: {
      "application/json": {
        schema: z.strictObject({
          wanted: z.boolean().default(true).openapi({ description: "False: nothing is to be delivered any more." }),
        }),
      },
    },
  },
};

const check = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/webhooks/check",
  summary: "Ask the vendor what would have to be changed so that it delivers what is mapped; nothing is changed",
  request,
  responses: answers(200, webhookSubscriptions, "What would be changed"),
});

const change = createRoute({
  method: "post",
  path: "/api/v1/connections/{id}/webhooks",
  summary: "Have the vendor deliver what is mapped",
  request,
  responses: answers(200, webhookSubscriptions, "What was changed"),
});
