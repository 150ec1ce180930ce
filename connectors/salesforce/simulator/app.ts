import { type Context, Hono } from "hono";
import { notFound, Refusal } from "./refusal.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { collectionRoutes } from "./routes/collections.ts";
import { discoveryRoutes, isServedVersion, versionList } from "./routes/discovery.ts";
import { feedRoutes } from "./routes/feeds.ts";
import { bearerToken, oauthRoutes } from "./routes/oauth.ts";
import { queryRoutes } from "./routes/queries.ts";
import { recordRoutes } from "./routes/records.ts";
import { streamingRoutes } from "./routes/streaming.ts";
import { toolingRoutes } from "./routes/tooling.ts";
import type { Service } from "./service.ts";

/** The org's HTTP: every request is counted, measured, checked for its session and charged before its route runs. */
export function createApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  app.onError(answerError);
  app.notFound((c) => {
    if (c.req.path.startsWith("/services/data/")) return answerError(notFound(), c);
    return c.html(
      "<html><head><title>Error 404 Not Found</title></head><body><h1>URL No Longer Exists</h1></body></html>",
      404,
    );
  });
  app.use(async (c, next) => {
    const isStreaming = c.req.path.startsWith("/cometd/");
    const depart = service.usage.arrive(routeLabel(c), isStreaming ? "long poll" : "api");
    try {
      await next();
    } finally {
      depart(c.res.status);
    }
    c.header("Date", new Date(service.settings.now()).toUTCString());
  });
  app.use(async (c, next) => tooLong(service, c) ?? (await next()));
  app.route("/", oauthRoutes(service));
  app.route("/", streamingRoutes(service));
  app.get("/services/data", (c) => c.json(versionList()));
  app.use("/services/data/:version/*", async (c, next) => {
    requireSession(service, c.req.header("authorization"));
    if (!isServedVersion(c.req.param("version"))) throw notFound();
    if (service.settings.bulkCallsCount || !c.req.path.includes("/jobs/")) service.usage.spend();
    await service.settings.hold(c.req.raw);
    await next();
    c.header("Sforce-Limit-Info", service.usage.limitInfo());
  });
  app.route("/services/data/:version", toolingRoutes(service));
  // Feeds before records: `sobjects/Account/updated` is no id.
  for (const routes of [queryRoutes, bulkRoutes, feedRoutes, discoveryRoutes, collectionRoutes, recordRoutes]) {
    app.route("/services/data/:version", routes(service));
  }
  return app;
}

function answerError(cause: Error, c: Context): Response {
  if (cause instanceof Refusal) return c.json(cause.body, cause.status);
  const body = [{ message: `An unexpected error occurred: ${cause.message}`, errorCode: "UNKNOWN_EXCEPTION" }];
  return c.json(body, 500);
}

function requireSession({ sessions, settings }: Service, header: string | undefined): void {
  const token = bearerToken(header);
  if (token && sessions.isValid(token)) {
    if (settings.appScopes.some((scope) => scope === "api" || scope === "full")) return;
    throw new Refusal(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API");
  }
  if (header !== undefined && !token) throw new Refusal(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
  throw new Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
}

/** URI and headers share one limit; past it the front-end server answers in HTML, before the API sees the call. */
function tooLong({ settings, usage }: Service, c: Context): Response | undefined {
  const { pathname, search } = new URL(c.req.url);
  const uriBytes = pathname.length + search.length;
  if (uriBytes > settings.uriBytesMax) {
    usage.traffic.overLimit++;
    return badMessage(c, 414, "URI Too Long");
  }
  let headerBytes = 0;
  for (const [name, value] of c.req.raw.headers) headerBytes += name.length + value.length + 4;
  if (uriBytes + headerBytes <= settings.uriBytesMax) return undefined;
  usage.traffic.overLimit++;
  return badMessage(c, 431, "Request Header Fields Too Large");
}

function badMessage(c: Context, status: 414 | 431, reason: string): Response {
  return c.html(`<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`, status);
}

/** The route as counted: `GET query`, `PATCH sobjects/Contact/{id}`; ids, locators and values are left out. */
function routeLabel(c: Context): string {
  const path = c.req.path.replace(/^\/services\/data\/v[\d.]+\/?/, "").replace(/^\/+/, "");
  if (path.startsWith("id/")) return `${c.req.method} id/{org}/{user}`;
  const [resource = "", second, third, ...rest] = path.split("/").filter(Boolean);
  if (resource === "query" || resource === "queryAll")
    return `${c.req.method} ${resource}${second ? "/{locator}" : ""}`;
  if (resource === "jobs")
    return `${c.req.method} jobs/${second}${third ? "/{id}" : ""}${rest.map((part) => `/${part}`).join("")}`;
  if (resource !== "sobjects" || !third || /^(describe|updated|deleted)$/.test(third)) return `${c.req.method} ${path}`;
  return `${c.req.method} sobjects/${second}/${rest.length > 0 ? `${third}/{value}` : "{id}"}`;
}
