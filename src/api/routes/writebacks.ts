import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { stream } from "hono/streaming";
import { refuseWhileHeld } from "../../hub/held.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Log } from "../../hub/log.ts";
import { listFrozen } from "../../hub/queries/frozen.ts";
import { listWritebacks, planOf } from "../../hub/queries/queries.ts";
import type { Runner } from "../../hub/runner/runner.ts";
import { createMissingFields, lookAtFields } from "../../hub/writeback-fields.ts";
import type { ApiEnv } from "../access.ts";
import { createdFields } from "../discovery-schemas.ts";
import { ApiProblem, configurationProblem } from "../problem.ts";
import { answers, connectionOr404, pageQuery, text, word } from "../routes.ts";
import { frozenField, pageOf, plannedWriteback, startedRun, writeback, writebackFields } from "../schemas.ts";

/** What was written back, what would be, and doing it; deriving, which comes before it. */
export function writebackRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub, runner: Runner, log: Log): void {
  app.openapi(list, async (c) => c.json(await listWritebacks(hub, c.req.valid("query")), 200));
  app.openapi(frozen, async (c) => c.json(await listFrozen(hub, c.req.valid("query")), 200));
  app.openapi(plan, async (c) => {
    const id = c.req.valid("query").connection;
    writingOrProblem(hub, id);
    await refuseWhileHeld(hub);
    c.header("content-type", "application/x-ndjson");
    return stream(
      c,
      async (out) => {
        for await (const planned of planOf(hub, id)) {
          if (out.aborted) return;
          await out.write(planned.map(line).join(""));
        }
      },
      async (cause, out) => {
        log.error({ err: cause, connection: id }, "a plan broke off");
        await out.write(`${JSON.stringify({ problem: "The plan broke off here; the log says why." })}\n`);
      },
    );
  });
  app.openapi(apply, async (c) => {
    const { connection } = c.req.valid("json");
    writingOrProblem(hub, connection);
    const { run_id, started } = runner.applyNow(connection);
    await started;
    return c.json({ run_id }, 202, { location: `/api/v1/runs/${run_id}` });
  });
  app.openapi(check, async (c) => {
    const { connection } = c.req.valid("json");
    writingOrProblem(hub, connection);
    return c.json(await lookAtFields(hub, connection), 200);
  });
  app.openapi(createFields, async (c) => {
    const { connection } = c.req.valid("json");
    writingOrProblem(hub, connection);
    return c.json(await createMissingFields(hub, connection), 200);
  });
  app.openapi(derive, async (c) => {
    const { run_id, started } = runner.deriveNow();
    await started;
    return c.json({ run_id }, 202, { location: `/api/v1/runs/${run_id}` });
  });
}

function writingOrProblem(hub: Hub, id: string): void {
  connectionOr404(hub, id);
  const { open, entry } = hub.connection(id);
  if (!open.writeback || !entry.writeback) {
    const detail = `Nothing is written back to ${id}: its vendor cannot, or journey-hub.yaml says so.`;
    throw new ApiProblem(409, detail, { type: configurationProblem });
  }
}

function line({
  record_key,
  object,
  remote_id,
  customer_id,
  values,
  observed,
  because,
  frozen,
}: z.input<typeof plannedWriteback>): string {
  const left = frozen.map(({ field, found, wanted }) => ({ field, found, wanted }));
  return `${JSON.stringify({ record_key, object, remote_id, customer_id, values, observed, because, frozen: left })}\n`;
}

const list = createRoute({
  method: "get",
  path: "/api/v1/writebacks",
  summary: "The last write-back of each record",
  request: { query: pageQuery.extend({ connection: word, status: z.enum(["sent", "refused", "later"]).optional() }) },
  responses: answers(200, pageOf(writeback), "A page of write-backs"),
});

const frozen = createRoute({
  method: "get",
  path: "/api/v1/writebacks/frozen",
  summary: "Fields that are not written any more, because somebody else kept writing over them",
  request: { query: pageQuery.extend({ connection: word }) },
  responses: answers(200, pageOf(frozenField), "A page of frozen fields; a retry of its error thaws one"),
});

/** A name wider than the literal keeps the router's types from taking "…ndjson" for JSON. */
const lines: Record<string, { schema: typeof plannedWriteback }> = {
  "application/x-ndjson": { schema: plannedWriteback },
};

const plan = createRoute({
  method: "get",
  path: "/api/v1/writebacks/plan",
  summary: "What would be written to a connection now, field by field; nothing is sent",
  request: { query: z.object({ connection: text.max(200) }) },
  responses: {
    200: {
      description: "One record a line, as they are planned",
      content: lines,
    },
  },
});

const apply = createRoute({
  method: "post",
  path: "/api/v1/writebacks/apply",
  summary: "Write a connection's differences back",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ connection: text.max(200) }) } },
    },
  },
  responses: answers(202, startedRun, "The run has begun"),
});

const check = createRoute({
  method: "post",
  path: "/api/v1/writebacks/check",
  summary: "Ask a connection's vendor which of the fields written back to are missing; nothing is created there",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ connection: text.max(200) }) } },
    },
  },
  responses: answers(200, writebackFields, "What a person must set up"),
});

const createFields = createRoute({
  method: "post",
  path: "/api/v1/writebacks/create-fields",
  summary: "Create the fields that a connection is written back to, where its vendor and credentials allow it",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ connection: text.max(200) }) } },
    },
  },
  responses: answers(200, createdFields, "What was created, and what a person must still set up"),
});

const derive = createRoute({
  method: "post",
  path: "/api/v1/derive",
  summary: "Derive stage and score of every customer that changed or whose timer is due",
  responses: answers(202, startedRun, "The run has begun"),
});
