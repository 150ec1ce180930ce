import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Hub } from "../../hub/hub.ts";
import { outdatedCustomers, outdatedText } from "../../hub/identity/outdated.ts";
import {
  linkRecords,
  listOverrides,
  OverrideRefusedError,
  revokeOverrides,
  separateRecords,
  unmergeRecords,
} from "../../hub/identity/overrides.ts";
import { listReviews } from "../../hub/queries/reviews.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { type ApiEnv, authorOf } from "../access.ts";
import { ApiProblem } from "../problem.ts";
import { answers, pageQuery, text } from "../routes.ts";
import { instant, pageOf } from "../schemas.ts";

/** Who is one customer, decided by people: what they are asked, what they said, and taking it back. */
export function identityRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(rulesInUse, async (c) => {
    const { version } = hub.rules.identity;
    const outdated = await outdatedCustomers(hub.store, version);
    return c.json({ rules: version, outdated: outdated && { ...outdated, message: outdatedText(outdated) } }, 200);
  });
  app.openapi(reviews, async (c) => c.json(await listReviews(hub, c.req.valid("query")), 200));
  app.openapi(list, async (c) => c.json(await listOverrides(hub, c.req.valid("query")), 200));
  app.openapi(decideOne, async (c) => {
    const { kind, reason, ...pair } = c.req.valid("json");
    const author = { by: authorOf(c.get("key")), reason };
    const work = kind === "must_link" ? linkRecords(hub, pair, author) : separateRecords(hub, pair, author);
    const made = await orRefused(work);
    runner.changed();
    return c.json(made, 200);
  });
  app.openapi(unmerge, async (c) => {
    const { records, reason } = c.req.valid("json");
    const items = await orRefused(unmergeRecords(hub, records, { by: authorOf(c.get("key")), reason }));
    runner.changed();
    return c.json({ items, next_cursor: null }, 200);
  });
  app.openapi(revoke, async (c) => {
    const { ids, reason } = c.req.valid("json");
    const items = await orRefused(revokeOverrides(hub, ids, { by: authorOf(c.get("key")), reason }));
    runner.changed();
    return c.json({ items, next_cursor: null }, 200);
  });
}

async function orRefused<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    if (!(cause instanceof OverrideRefusedError)) throw cause;
    throw new ApiProblem(409, cause.message);
  });
}

const recordName = text.min(1).max(1_000).openapi({ example: "hubspot:contacts:1001" });
const reason = text.trim().min(1).max(1_000);
const kind = z.enum(["must_link", "cannot_link"]);

const override = z
  .object({
    id: z.number(),
    kind,
    left_key: z.string(),
    right_key: z.string(),
    by: z.string(),
    at: instant,
    reason: z.string(),
    revoked_at: instant.nullable(),
    revoked_by: z.string().nullable(),
    revoked_reason: z.string().nullable(),
    overruled_by: z.number().nullable().openapi({
      description: "The later decision because of which this one does not hold; null where it holds, or is revoked.",
    }),
  })
  .openapi("Override");

const said = z.array(z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.string())])).readonly();

const side = z.object({ record_key: z.string(), customer: z.object({ id: z.string(), name: z.string() }) });

const values = z.object({
  field: z.string(),
  left: said,
  right: said,
  agree: z.boolean().nullable().openapi({
    description: "Whether they have a value in common, however it is written; null where only one says anything.",
  }),
});

const review = z
  .object({
    kind: z.enum(["person", "company"]),
    probability: z.number(),
    weight: z.number().openapi({ description: "log2 of the odds: the prior and what each field adds." }),
    prior: z.number(),
    fields: z.array(z.object({ field: z.string(), level: z.string(), weight: z.number(), frequency: z.number() })),
    refused: z.boolean().openapi({
      description:
        "The score alone would join the two, but a conflict, a limit or names that disagree speak against it.",
    }),
    shared: z
      .object({
        claim: z.string().openapi({ example: "email:ann@example.com" }),
        because: z.union([z.enum(["names", "conflict", "rivals"]), z.templateLiteral(["limit:", z.string()])]).openapi({
          type: "string",
          description:
            "Why it did not join them: `names` that disagree; a `conflict` between records of the two; `rivals`: one of them could be that of several who are not one; `limit:<type>`: together they would have more values of that type than the rules allow.",
        }),
      })
      .nullable()
      .openapi({ description: "The claim the two share; null where only their score speaks for them." }),
    left: side,
    right: side,
    values: z.array(values).openapi({ description: "What the two records say; what neither says is left out." }),
  })
  .openapi("Review");

const rulesInUse = createRoute({
  method: "get",
  path: "/api/v1/identity",
  summary: "The identity rules in use, and whether customers are still joined as other rules had it",
  responses: answers(
    200,
    z
      .object({
        rules: z.string().openapi({ description: "Version of the identity file with its model." }),
        outdated: z
          .object({
            customers: z.number(),
            more: z.boolean().openapi({ description: "There are more than were counted." }),
            message: z.string(),
          })
          .nullable()
          .openapi({ description: "Customers joined by other rules than these: a replay decides about them anew." }),
      })
      .openapi("Identity"),
    "The rules",
  ),
});

const reviews = createRoute({
  method: "get",
  path: "/api/v1/reviews",
  summary:
    "Pairs of records that could be one customer and are not, by their score or by something they share, the most probable first; those decided about are left out",
  request: { query: pageQuery.extend({ kind: z.enum(["person", "company"]).optional() }) },
  responses: answers(200, pageOf(review), "A page of pairs"),
});

const list = createRoute({
  method: "get",
  path: "/api/v1/overrides",
  summary: "What people decided about who is one customer, the latest first, with what was revoked",
  request: { query: pageQuery.extend({ record: recordName.optional() }) },
  responses: answers(200, pageOf(override), "A page of decisions"),
});

const decideOne = createRoute({
  method: "post",
  path: "/api/v1/overrides",
  summary: "Decide that two records are one customer, or that they are not, whatever the rules say",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ kind, left: recordName, right: recordName, reason }) },
      },
    },
  },
  responses: answers(200, override, "The decision; customers, timelines and scores follow"),
});

const recordsMax = 200;

const unmerge = createRoute({
  method: "post",
  path: "/api/v1/overrides/unmerge",
  summary: "Take records out of their customer: a decision against each of the records that stay",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ records: z.array(recordName).min(1).max(recordsMax), reason }) },
      },
    },
  },
  responses: answers(200, pageOf(override), "The decisions made"),
});

const revoke = createRoute({
  method: "post",
  path: "/api/v1/overrides/revoke",
  summary: "Revoke decisions: the rules decide again",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ ids: z.array(z.number().int().positive()).min(1).max(1_000), reason }),
        },
      },
    },
  },
  responses: answers(200, pageOf(override), "The decisions as they stand now"),
});
