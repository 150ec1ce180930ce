import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { dismissError } from "../../hub/errors/dismiss.ts";
import { fixError, previewFix, unfixError } from "../../hub/errors/fix.ts";
import { FixRefusedError } from "../../hub/errors/refused.ts";
import { planRetry } from "../../hub/errors/retry.ts";
import type { Hub } from "../../hub/hub.ts";
import { listCorrections } from "../../hub/queries/corrections.ts";
import { findError, listErrorGroups, listErrors } from "../../hub/queries/errors.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { type ApiEnv, authorOf } from "../access.ts";
import { correctedRecord, error, errorDetail, errorGroup, fixed, startedRetry, takenBack } from "../error-schemas.ts";
import { ApiProblem } from "../problem.ts";
import { answers, idPath, pageQuery, text, word } from "../routes.ts";
import { pageOf } from "../schemas.ts";

/** The error inbox: what records have met, why, and trying again. */
export function errorRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner): void {
  app.openapi(list, async (c) => c.json(await listErrors(hub, c.req.valid("query")), 200));
  app.openapi(groups, async (c) => {
    return c.json({ items: await listErrorGroups(hub, c.req.valid("query")), next_cursor: null }, 200);
  });
  app.openapi(corrections, async (c) => c.json(await listCorrections(hub, c.req.valid("query")), 200));
  app.openapi(one, async (c) => {
    const { id } = c.req.valid("param");
    const found = await findError(hub, id);
    if (!found) throw new ApiProblem(404, `There is no error ${id}.`);
    return c.json(found, 200);
  });
  app.openapi(retry, async (c) => {
    const { all: _, ...selection } = c.req.valid("json");
    const { found, refused } = await planRetry(hub, selection);
    if (found === 0)
      throw new ApiProblem(404, "No open error is among these; a dismissed one is tried again by its id.");
    const hopeless = refused.reduce((sum, { amount }) => sum + amount, 0);
    if (hopeless === found) throw new ApiProblem(409, [...new Set(refused.map(({ refusal }) => refusal))].join(" "));
    const { run_id, started } = runner.retryNow(selection);
    await started;
    return c.json({ run_id, found, refused }, 202, { location: `/api/v1/runs/${run_id}` });
  });
  app.openapi(dismiss, async (c) => {
    const { id } = c.req.valid("param");
    const by = authorOf(c.get("key"));
    const was = await dismissError(hub, id, { by, reason: c.req.valid("json").reason });
    if (was === null) throw new ApiProblem(404, `There is no error ${id}.`);
    if (was === "resolved") throw new ApiProblem(409, `The error ${id} is resolved: its record has passed.`);
    return c.json({ id }, 200);
  });
  app.openapi(fix, async (c) => {
    const { id } = c.req.valid("param");
    const { dry_run, reason = "", ...proposal } = c.req.valid("json");
    const by = authorOf(c.get("key"));
    const work = dry_run ? previewFix(hub, id, proposal) : fixError(hub, id, { ...proposal, by, reason });
    const made = await orRefused(id, work);
    if (!dry_run) runner.changed();
    return c.json({ ...made, kept: !dry_run }, 200);
  });
  app.openapi(unfix, async (c) => {
    const { id } = c.req.valid("param");
    const by = authorOf(c.get("key"));
    const taken = await orRefused(id, unfixError(hub, id, { by, reason: c.req.valid("json").reason }));
    runner.changed();
    return c.json(taken, 200);
  });
}

/** What a correction comes to; one that is refused, and an error that is not there, are problems. */
async function orRefused<T>(id: string, work: Promise<T | null>): Promise<T> {
  const done = await work.catch((cause: unknown) => {
    if (!(cause instanceof FixRefusedError)) throw cause;
    const { message, field } = cause;
    throw new ApiProblem(409, message, field === null ? {} : { errors: [{ at: field, message }] });
  });
  if (done === null) throw new ApiProblem(404, `There is no error ${id}.`);
  return done;
}

const fingerprint = text.max(1_000).optional();

const filter = z.object({
  connection: word,
  step: word,
  class: word,
  fingerprint,
  record: text
    .max(1_000)
    .optional()
    .openapi({ description: "A record by its key: `<connection>:<object>:<remote id>`." }),
});

const status = z.enum(["open", "resolved", "dismissed"]);

const list = createRoute({
  method: "get",
  path: "/api/v1/errors",
  summary: "Errors of records, last seen first",
  request: { query: pageQuery.extend({ ...filter.shape, status: status.optional() }) },
  responses: answers(200, pageOf(error), "A page of errors"),
});

const groups = createRoute({
  method: "get",
  path: "/api/v1/errors/groups",
  summary: "Errors of one cause together, the most frequent first",
  request: { query: filter.extend({ status: status.default("open") }) },
  responses: answers(200, pageOf(errorGroup), "At most 500 causes"),
});

const corrections = createRoute({
  method: "get",
  path: "/api/v1/errors/corrections",
  summary:
    "Records corrected by hand, the newest correction first: by whom, when, why, which values, and whether it still counts",
  request: {
    query: pageQuery.extend({ connection: word, state: z.enum(["stands", "ended"]).optional() }),
  },
  responses: answers(200, pageOf(correctedRecord), "A page of corrected records, each with its last correction"),
});

const one = createRoute({
  method: "get",
  path: "/api/v1/errors/{id}",
  summary: "One error, with its record as it landed last",
  request: { params: idPath },
  responses: answers(200, errorDetail, "The error"),
});

const idsMax = 500;

const selection = filter
  .extend({ ids: z.array(text.min(1).max(200)).min(1).max(idsMax).optional(), all: z.literal(true).optional() })
  .strict()
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    message: "say which errors: by ids, fingerprint, connection, step, class or record, or all",
  });

const retry = createRoute({
  method: "post",
  path: "/api/v1/errors/retry",
  summary:
    "Try open errors again, and dismissed ones that are named by their ids; the run counts what was closed, stays open, waits for the next write-back or was refused",
  request: { body: { required: true, content: { "application/json": { schema: selection } } } },
  responses: answers(202, startedRetry, "The run has begun; causes that no retry can help are named with what does"),
});

const reasonLengthMax = 1_000;
const reason = text.trim().min(1).max(reasonLengthMax);

const dismiss = createRoute({
  method: "post",
  path: "/api/v1/errors/{id}/dismiss",
  summary: "Set an error aside that a person has dealt with; should it come again, it opens again",
  request: {
    params: idPath,
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ reason }) },
      },
    },
  },
  responses: answers(200, z.object({ id: z.string() }), "It is dismissed; who, when and why are kept"),
});

const proposal = z
  .strictObject({
    payload: z.record(z.string(), z.unknown()).optional().openapi({ description: "The whole payload, corrected." }),
    set: z
      .record(z.string().max(1_000), z.unknown())
      .optional()
      .openapi({ description: "Or other values at some paths of it.", example: { "properties.amount": "1.5" } }),
    seq: z
      .number()
      .int()
      .optional()
      .openapi({ description: "`landed.seq` it was made on: refused when another version has landed since." }),
    reason: reason.optional(),
    dry_run: z.boolean().default(false),
  })
  .refine(({ payload, set }) => (payload === undefined) !== (set === undefined), {
    message: "give either the payload or what to set",
  })
  .refine(({ reason: why, dry_run }) => dry_run || why !== undefined, {
    path: ["reason"],
    message: "say why: it is kept with the correction",
  });

const fix = createRoute({
  method: "post",
  path: "/api/v1/errors/{id}/fix",
  summary:
    "Correct the payload of a record that could not be mapped, and map it; what the vendor sent is kept beside it",
  request: { params: idPath, body: { required: true, content: { "application/json": { schema: proposal } } } },
  responses: answers(200, fixed, "What the mapping makes of it; one that still fails is refused and nothing is kept"),
});

const unfix = createRoute({
  method: "post",
  path: "/api/v1/errors/{id}/unfix",
  summary: "Take a correction back: what the vendor sent is the newest version again",
  request: {
    params: idPath,
    body: { required: true, content: { "application/json": { schema: z.strictObject({ reason }) } } },
  },
  responses: answers(200, takenBack, "It is taken back; who made it, who took it back, when and why are kept"),
});
