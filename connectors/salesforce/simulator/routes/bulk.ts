import { type Context, Hono } from "hono";
import { z } from "zod";
import { delimiters, lineEndings } from "../bulk/csv.ts";
import type { JobRequest } from "../bulk/jobs.ts";
import { apiError } from "../bulk/query.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import { readBody, refuseOtherMethods, versionPath } from "./requests.ts";

const one = <Name extends string>(names: Readonly<Record<Name, string>>) => z.enum(keysOf(names));
const jobBody = z.strictObject({
  operation: z.enum(["query", "queryAll"]),
  query: z.string().min(1),
  contentType: z.literal("CSV").default("CSV"),
  columnDelimiter: one(delimiters).default("COMMA"),
  lineEnding: one(lineEndings).default("LF"),
});
const statePatch = z.strictObject({ state: z.literal("Aborted") });

const refusals = {
  "feature-not-enabled": [400, "FeatureNotEnabled", "Async API not enabled"],
  "api-disabled": [403, "API_DISABLED_FOR_ORG", "Bulk API is not enabled for this Organization or Partner"],
  "no-permission": [403, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id"],
} as const;

/** Query jobs need at least this version. */
const firstVersion = 47;

/** Bulk API 2.0 query jobs: created, watched, their results read page by page as CSV, aborted, deleted. */
export function bulkRoutes({ bulk, settings }: Service): Hono {
  const app = new Hono();
  app.use("/jobs/*", async (_, next) => {
    if (settings.bulkRefusal !== "none") {
      const [status, code, message] = refusals[settings.bulkRefusal];
      throw new Refusal(status, code, message);
    }
    await next();
  });
  app.post("/jobs/query", async (c) => {
    const version = versionOf(c);
    return c.json(bulk.info(bulk.create(requestIn(await readBody(c)), version), false));
  });
  app.get("/jobs/query", (c) => {
    versionOf(c);
    const records = bulk.all().map((job) => ({ ...bulk.info(job, false), jobType: "V2Query" }));
    return c.json({ done: true, records, nextRecordsUrl: null });
  });
  refuseOtherMethods(app, "/jobs/query", "GET,POST");

  app.get("/jobs/query/:id", (c) => c.json(bulk.info(bulk.get(c.req.param("id")), true)));
  app.patch("/jobs/query/:id", async (c) => {
    const body = await readBody(c);
    if (!statePatch.safeParse(body).success) throw new Refusal(400, "INVALIDJOBSTATE", "The job can only be aborted");
    return c.json(bulk.info(bulk.abort(c.req.param("id")), false));
  });
  app.delete("/jobs/query/:id", (c) => {
    bulk.remove(c.req.param("id"));
    return c.body(null, 204);
  });
  refuseOtherMethods(app, "/jobs/query/:id", "HEAD,GET,PATCH,DELETE");

  app.get("/jobs/query/:id/results", (c) => {
    const job = bulk.get(c.req.param("id"));
    if (versionOf(c) !== job.apiVersion) {
      throw new Refusal(409, "API_ERROR", `The job was created with API version ${job.apiVersion}.0`);
    }
    const rowsMax = Math.min(countIn(c.req.query("maxRecords")), settings.bulkResultRowsMax);
    const { csv, rows, next } = bulk.page(job, offsetIn(c.req.query("locator")), rowsMax);
    return c.body(csv, 200, {
      "content-type": "text/csv; charset=UTF-8",
      "sforce-locator": next === null ? "null" : locatorOf(next),
      "sforce-numberofrecords": String(rows),
    });
  });
  refuseOtherMethods(app, "/jobs/query/:id/results", "HEAD,GET");
  return app;
}

function versionOf(c: Context): number {
  const version = Number(/v(\d+)\.0$/.exec(versionPath(c))?.[1]);
  if (version < firstVersion) throw notFound();
  return version;
}

function requestIn(body: Record<string, unknown>): JobRequest {
  const parsed = jobBody.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw apiError(`${issue?.path.join(".") || "body"}: ${issue?.message}`);
}

function countIn(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw apiError(`maxRecords must be a positive integer: ${text}`);
}

/** Opaque to the client: the offset, in disguise. */
function locatorOf(offset: number): string {
  return Buffer.from(`row ${offset}`).toString("base64url");
}

function offsetIn(locator: string | undefined): number {
  if (locator === undefined) return 0;
  const [, offset] = /^row ([1-9]\d*)$/.exec(Buffer.from(locator, "base64url").toString()) ?? [];
  if (offset === undefined) throw apiError("Invalid locator");
  return Number(offset);
}

function keysOf<Name extends string>(names: Readonly<Record<Name, string>>): Name[] {
  const keys: Name[] = [];
  for (const name in names) keys.push(name);
  return keys;
}
