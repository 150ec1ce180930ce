import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { PinRefusedError, pinField, unpinField } from "../../hub/identity/pins.ts";
import { buyingGroups } from "../../hub/queries/buying-groups.ts";
import { explainField } from "../../hub/queries/explain-field.ts";
import { pathBetween } from "../../hub/queries/explain-link.ts";
import { customerPins } from "../../hub/queries/pins.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { type ApiEnv, authorOf } from "../access.ts";
import { buyingGroup, fieldExplanation, golden, linkPath, pin } from "../customer-schemas.ts";
import { ApiProblem } from "../problem.ts";
import { answers, customerOr404, idPath, pageQuery, text } from "../routes.ts";
import { pageOf } from "../schemas.ts";

/** Single values of customers: why they are what they are, set by hand, and the people of a deal. */
export function customerValueRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(field, async (c) => {
    const { id, field } = c.req.valid("param");
    const found = await explainField(hub, await customerOr404(hub, id), field);
    if (!found) throw new ApiProblem(404, `The customer ${id} has no ${field}.`);
    return c.json(found, 200);
  });
  app.openapi(path, async (c) => {
    const { id } = c.req.valid("param");
    const steps = await pathBetween(hub, await customerOr404(hub, id), c.req.valid("query"));
    if (!steps) throw new ApiProblem(404, `One of these records is not the customer ${id}.`);
    return c.json({ steps }, 200);
  });
  app.openapi(groups, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    return c.json(await buyingGroups(hub, id, c.req.valid("query")), 200);
  });
  app.openapi(pins, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    return c.json({ items: await customerPins(hub, id), next_cursor: null }, 200);
  });
  app.openapi(setPin, async (c) => {
    const id = await customerOr404(hub, c.req.valid("param").id);
    const by = authorOf(c.get("key"));
    const made = await orRefused(pinField(hub, id, { ...c.req.valid("json"), by }));
    if (!made) throw new ApiProblem(404, `There is no customer ${id}.`);
    runner.changed();
    return c.json(made, 200);
  });
  app.openapi(unpin, async (c) => {
    const { id: asked, field } = c.req.valid("param");
    const id = await customerOr404(hub, asked);
    const by = authorOf(c.get("key"));
    const left = await orRefused(unpinField(hub, id, { field, by, reason: c.req.valid("json").reason }));
    if (!left) throw new ApiProblem(404, `There is no customer ${id}.`);
    runner.changed();
    return c.json(left, 200);
  });
}

async function orRefused<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    if (!(cause instanceof PinRefusedError)) throw cause;
    throw new ApiProblem(409, cause.message);
  });
}

const fieldName = text.min(1).max(100);
const recordName = text.min(1).max(1_000);
const reason = text.trim().min(1).max(1_000);

const field = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/explain/fields/{field}",
  summary: "Why the customer shows this value: what won, what lost, by which rule, and where each came from",
  request: { params: idPath.extend({ field: fieldName }) },
  responses: answers(200, fieldExplanation, "The value with its sources"),
});

const path = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/explain/path",
  summary: "Why two of its records are one customer: the steps from one to the other",
  request: { params: idPath, query: z.object({ from: recordName, to: recordName }) },
  responses: answers(200, linkPath, "The steps, none where they are one record"),
});

const groups = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/buying-groups",
  summary: "The customer's deals, the newest first, with the people who have a part in each",
  request: { params: idPath, query: pageQuery.extend({ limit: z.coerce.number().int().min(1).max(50).default(20) }) },
  responses: answers(200, pageOf(buyingGroup), "A page of deals"),
});

const pins = createRoute({
  method: "get",
  path: "/api/v1/customers/{id}/pins",
  summary: "What was ever set by hand: by whom, when, why, and the same of its end",
  request: { params: idPath },
  responses: answers(200, pageOf(pin), "The pins, the newest first"),
});

const setPin = createRoute({
  method: "post",
  path: "/api/v1/customers/{id}/pins",
  summary: "Set a value of the customer by hand: it holds over what its records say until it is let go",
  request: {
    params: idPath,
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ field: fieldName, value: z.unknown(), reason }) },
      },
    },
  },
  responses: answers(200, golden, "The value as it stands now; who, when and why are kept"),
});

const unpin = createRoute({
  method: "post",
  path: "/api/v1/customers/{id}/pins/{field}/unpin",
  summary: "Let a value go that was set by hand: what its records say counts again",
  request: {
    params: idPath.extend({ field: fieldName }),
    body: { required: true, content: { "application/json": { schema: z.strictObject({ reason }) } } },
  },
  responses: answers(
    200,
    z.object({ golden: golden.nullable() }),
    "The value as it stands now; null where there is none",
  ),
});
