import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { timeout } from "hono/timeout";
import { type ApiEnv, requireAccess } from "./access.ts";
import { type FrontOptions, frontRoutes, plainHeaders } from "./front.ts";
import { ApiProblem, answerProblem } from "./problem.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { auditRoutes } from "./routes/audits.ts";
import { connectionRoutes } from "./routes/connections.ts";
import { customerValueRoutes } from "./routes/customer-values.ts";
import { customerRoutes } from "./routes/customers.ts";
import { docsRoutes } from "./routes/docs.ts";
import { errorRoutes } from "./routes/errors.ts";
import { identityRoutes } from "./routes/identity.ts";
import { keyRoutes } from "./routes/keys.ts";
import { runRoutes } from "./routes/runs.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { writebackRoutes } from "./routes/writebacks.ts";

export interface AppOptions extends FrontOptions {
  /** The console: it guards itself and sets its own headers, so it comes before the API's. */
  pages?: Hono;
}

const bodyBytesMax = 64 * 1024;
/** Of a correction, which may hold a whole record as its vendor sent it. */
const payloadBytesMax = 4 * 1024 * 1024;
const isCorrection = /^\/api\/v1\/errors\/[^/]+\/fix$/;
const answerMaxMs = 30_000;
/** A vendor may have to be asked for each of a hundred things, and again where it fails. Verbs wait five minutes for the beginning of an answer. */
const vendorAnswerMaxMs = 280_000;
const asksVendor =
  /^\/api\/v1\/(?:connections\/[^/]+\/(?:check|discover|webhooks|webhooks\/check|approval\/answer)|writebacks\/(?:check|create-fields))$/;

/**
 * The hub's HTTP: webhooks in, the API under /api/v1, health and metrics. Every error is an RFC 9457 problem document.
 * @example serve({ fetch: createApp({ hub, runner, log, metrics }).fetch, port: 8360, hostname: "127.0.0.1" })
 */
export function createApp({ hub, runner, log, metrics, pages }: AppOptions): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook(result, c) {
      if (result.success) return;
      const errors = result.error.issues.map(({ path, message }) => ({ at: path.join("."), message }));
      return answerProblem(
        c,
        new ApiProblem(400, `The ${places[result.target] ?? result.target} is not right.`, { errors }),
      );
    },
  });
  app.notFound((c) => answerProblem(c, new ApiProblem(404, `There is nothing at ${c.req.method} ${c.req.path}.`)));

  // Before everything below; where a hub starts they stand by themselves.
  frontRoutes(app, { hub, runner, log, metrics });
  app.use(requestId());
  // Before the API's headers and keys: pages have headers and sessions of their own.
  if (pages) app.route("/", pages);
  app.use(secureHeaders(plainHeaders));
  app.use("/api/*", apiHeaders);
  app.use(requireAccess(hub));
  app.use(
    "/api/*",
    (c, next) => (isCorrection.test(c.req.path) ? payloads : requests)(c, next),
    (c, next) => (asksVendor.test(c.req.path) ? slowAnswers : answers)(c, next),
  );

  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
  customerRoutes(app, hub);
  customerValueRoutes(app, hub, runner);
  identityRoutes(app, hub, runner);
  connectionRoutes(app, hub, runner);
  subscriptionRoutes(app, hub);
  approvalRoutes(app, hub, runner);
  auditRoutes(app, hub, runner);
  runRoutes(app, hub);
  errorRoutes(app, hub, runner);
  writebackRoutes(app, hub, runner, log);
  keyRoutes(app, hub);
  docsRoutes(app, hub);
  return app;
}

const answers = within(answerMaxMs, "ask for less at once");
const slowAnswers = within(vendorAnswerMaxMs, "see at the vendor how far it came, and ask again");

/** What is to be thrown is handed over: a function that throws would do so in a timer, where nobody catches it, and end the process. */
function within(maxMs: number, todo: string) {
  const message = `This took longer than ${maxMs / 1_000} seconds; ${todo}.`;
  return timeout(maxMs, new HTTPException(504, { message }));
}

const [requests, payloads] = [limitedTo(bodyBytesMax), limitedTo(payloadBytesMax)];

function limitedTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new ApiProblem(413, `A request holds at most ${maxSize} bytes.`);
    },
  });
}

const places: Readonly<Record<string, string>> = { json: "body", param: "path", query: "query" };

/** Answers hold customers' details: nothing may keep them, frame them or run in them. */
const apiHeaders: Parameters<OpenAPIHono<ApiEnv>["use"]>[1] = async (c, next) => {
  await next();
  c.header("cache-control", "no-store");
  c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
};
