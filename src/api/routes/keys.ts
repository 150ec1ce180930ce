import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { createKey, listKeys, revokeKey, roles } from "../../hub/folder/keys.ts";
import type { Hub } from "../../hub/hub.ts";
import type { ApiEnv } from "../access.ts";
import { ApiProblem } from "../problem.ts";
import { answers, idPath } from "../routes.ts";
import { apiKey, madeKey, pageOf } from "../schemas.ts";

/** Keys of this API. */
export function keyRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  app.openapi(list, async (c) => c.json({ items: await listKeys(hub), next_cursor: null }, 200));
  app.openapi(make, async (c) => c.json(await createKey(hub, c.req.valid("json")), 201));
  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await revokeKey(hub, id))) throw new ApiProblem(404, `There is no key ${id}.`);
    return c.json({ id }, 200);
  });
}

const list = createRoute({
  method: "get",
  path: "/api/v1/keys",
  summary: "Every key ever made, without the keys themselves",
  responses: answers(200, pageOf(apiKey), "All of them"),
});

const make = createRoute({
  method: "post",
  path: "/api/v1/keys",
  summary: "Make a key; it is shown this once",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: z.object({ name: z.string().trim().min(1).max(100), role: z.enum(roles) }) },
      },
    },
  },
  responses: answers(201, madeKey, "The key"),
});

const revoke = createRoute({
  method: "delete",
  path: "/api/v1/keys/{id}",
  summary: "End a key at once",
  request: { params: idPath },
  responses: answers(200, z.object({ id: z.string() }), "It is revoked"),
});
