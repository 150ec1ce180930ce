import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { customerJourney, customerScore, customerTimeline, findCustomer } from "../../hub/queries/customer.ts";
import { listCustomers } from "../../hub/queries/customers.ts";
import { explainCustomer } from "../../hub/queries/explain.ts";
import { identifierHint } from "../../hub/queries/identifier-hint.ts";
import { journeyKnownAt, scoreKnownAt } from "../../hub/queries/known-at.ts";
import type { ApiEnv } from "../access.ts";
import { customer, customerSummary, event, explanation, journey, score } from "../customer-schemas.ts";
import { ApiProblem } from "../problem.ts";
import { answers, customerOr404, idPath, pageQuery, text, word } from "../routes.ts";
import { pageOf } from "../schemas.ts";

/** Customers: who they are, what happened, where they stand and why. */
export function customerRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  app.openapi(list, async (c) => {
    const { identifier } = c.req.valid("query");
    const hint = identifier === undefined ? null : await identifierHint(hub, identifier);
    if (hint !== null) throw new ApiProblem(400, hint, { errors: [{ at: "identifier", message: hint }] });
    return c.json(await listCustomers(hub, c.req.valid("query")), 200);
  });
  app.openapi(one, async (c) => {
    const { id } = c.req.valid("param");
    const found = await findCustomer(hub, id);
    if (!found) throw new ApiProblem(404, `There is no customer ${id}.`);
    c.header("content-location", `/api/v1/customers/${found.id}`);
    return c.json(found, 200);
  });
  app.openapi(timeline, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    return c.json(await customerTimeline(hub, id, c.req.valid("query")), 200);
  });
  app.openapi(journeyOf, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    const { known_at } = c.req.valid("query");
    return c.json(await (known_at ? journeyKnownAt(hub, id, known_at) : customerJourney(hub, id)), 200);
  });
  app.openapi(scoreOf, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    const { known_at } = c.req.valid("query");
    const found = await (known_at ? scoreKnownAt(hub, id, known_at) : customerScore(hub, id));
    if (!found && known_at) throw new ApiProblem(404, `Nothing was known of the customer ${id} at ${known_at}.`);
    if (!found) throw new ApiProblem(404, `The customer ${id} has no score yet: it has not been derived.`);
    return c.json(found, 200);
  });
  app.openapi(explain, async (c) => {
    const { id } = c.req.valid("param");
    const found = await explainCustomer(hub, id);
    if (!found) throw new ApiProblem(404, `There is no customer ${id}.`);
    return c.json(found, 200);
  });
}

const list = createRoute({
  method: "get",
  path: "/api/v1/customers",
  summary: "Find and list customers",
  request: {
    query: pageQuery.extend({
      identifier: text.max(500).optional().openapi({
        description:
          "`email:…`, `phone:…`, `user_id:…` or `<connection>:<object>:<remote id>`; what does not say what it is, is answered with 400 and what was probably meant",
        example: "email:ann@example.com",
      }),
      q: word.openapi({ description: "Part of the name, or a whole e-mail address" }),
      kind: z.enum(["person", "company"]).optional(),
      stage: word.openapi({ description: "Journey stage, as it is written back" }),
    }),
  },
  responses: answers(200, pageOf(customerSummary), "A page; it may hold fewer than `limit` before the end"),
});

const one = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}",
  summary: "A customer with golden values, records and identifiers; a merged one answers as the one it is now",
  request: { params: idPath },
  responses: answers(200, customer, "The customer"),
});

const knownAt = z.iso
  .datetime({ offset: true })
  .transform((written) => new Date(written).toISOString())
  .optional()
  .openapi({
    description: "As known at this instant: what was learned later is left out, stage and score are folded anew.",
    example: "2026-11-02T12:00:00.000Z",
  });

const timeline = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/timeline",
  summary: "What happened, in order of time",
  request: {
    params: idPath,
    query: pageQuery.extend({
      order: z.enum(["newest_first", "oldest_first"]).default("newest_first"),
      known_at: knownAt,
    }),
  },
  responses: answers(200, pageOf(event), "A page of events"),
});

const journeyOf = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/journey",
  summary: "Stays in journey stages, each with its evidence",
  request: { params: idPath, query: z.object({ known_at: knownAt }) },
  responses: answers(200, journey, "The journey"),
});

const scoreOf = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/score",
  summary: "The score and what each rule contributed",
  request: { params: idPath, query: z.object({ known_at: knownAt }) },
  responses: answers(200, score, "The score"),
});

const explain = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/explain",
  summary: "Why these records are one customer, why its stage and score are what they are",
  request: { params: idPath },
  responses: answers(200, explanation, "The explanation"),
});
