import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { html, raw } from "hono/html";
import type { Hub } from "../../hub/hub.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { type ApiEnv, access } from "../access.ts";

type OpenApi = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** The API's description, made from its routes, and a page that shows it without anything from outside. */
export function docsRoutes(app: OpenAPIHono<ApiEnv>, hub: Hub): void {
  let made: OpenApi | null = null;
  const description = () => {
    made ??= describe(app, hub.file.public_url);
    return made;
  };
  app.get("/api/openapi.json", (c) => c.json(description()));
  app.get("/api/docs", (c) => c.html(page(description())));
}

function describe(app: OpenAPIHono<ApiEnv>, url: string): OpenApi {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" });
  for (const path of plainPaths) app.openAPIRegistry.registerPath(path);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "journey-hub", version: packageVersion },
    servers: [{ url }],
  });
  for (const [path, method, operation] of operations(document)) {
    const role = access[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`] ?? "closed";
    if (role === "open") continue;
    operation.security = [{ key: [] }];
    operation.description = `Needs a key of the role ${role}.`;
  }
  return document;
}

const text = (type: string) => ({ content: { [type]: { schema: { type: "string" as const } } } });

/** Routes that declare nothing of themselves: they stand outside the API proper. */
const plainPaths: Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0][] = [
  {
    method: "post",
    path: "/hooks/{connection}",
    summary: "Webhooks of a connection, signed as its sender signs them",
    request: { params: z.object({ connection: z.string() }) },
    responses: {
      200: { description: "Kept on disk: `{ accepted, duplicate }`" },
      400: { description: "The body cannot be read" },
      401: { description: "Not from the sender" },
      409: { description: "One id stands for two contents" },
      413: { description: "More than 1 MiB" },
      503: { description: "Not enabled, or nothing can be kept now" },
    },
  },
  ...(["get", "options"] as const).map((method) => ({
    method,
    path: "/hooks/{connection}",
    summary: "What some senders ask before their first delivery (HEAD as well)",
    request: { params: z.object({ connection: z.string() }) },
    responses: {
      200: { description: "Deliver here" },
      403: { description: "Not allowed to this sender" },
      404: { description: "The connection's sender asks nothing of the kind" },
    },
  })),
  {
    method: "post",
    path: "/v1/{call}",
    summary:
      "Segment's HTTP tracking API: track, identify, page, screen, group, alias, batch; the write key as the user of HTTP Basic",
    request: { params: z.object({ call: z.string() }) },
    responses: {
      200: { description: "Kept on disk: `{ success: true }`" },
      400: { description: "The body cannot be read, or is no such call" },
      401: { description: "The write key is missing or not one of this hub" },
      404: { description: "No connection takes such calls" },
      413: { description: "More bytes than the connection takes (500 KiB)" },
      415: { description: "Compressed in another way than gzip or deflate" },
      503: { description: "Not enabled, or nothing can be kept now" },
    },
  },
  {
    method: "get",
    path: "/v1/pixel/{call}",
    summary: "The same calls as a picture in a mail or page: the call as JSON in base64, its writeKey in it",
    request: { params: z.object({ call: z.string() }), query: z.object({ data: z.string().optional() }) },
    responses: {
      200: { description: "Kept on disk; one transparent pixel", ...text("image/gif") },
      400: { description: "The call cannot be read; the pixel all the same" },
      401: { description: "The write key is missing or not one of this hub; the pixel all the same" },
    },
  },
  {
    method: "post",
    path: "/beacon/v1/batch",
    summary: "What RudderStack's browser SDK sends while a page is left: a batch, the write key in the query",
    request: { query: z.object({ writeKey: z.string() }) },
    responses: {
      200: { description: "Kept on disk: `{ success: true }`" },
      400: { description: "The body cannot be read, or is no such call" },
      401: { description: "The write key is missing or not one of this hub" },
      413: { description: "More bytes than the connection takes (500 KiB)" },
      503: { description: "Not enabled, or nothing can be kept now" },
    },
  },
  ...(["/mp/collect", "/debug/mp/collect"] as const).map((path) => ({
    method: "post" as const,
    path,
    summary: "Events by Google Analytics 4's Measurement Protocol; below /debug they are only checked",
    request: { query: z.object({ measurement_id: z.string(), api_secret: z.string() }) },
    responses: {
      ...(path === "/mp/collect"
        ? { 204: { description: "Kept on disk" } }
        : { 200: { description: "What is wrong with it: `{ validationMessages }`" } }),
      401: { description: "The measurement_id or the api_secret is not one of this hub" },
      413: { description: "More bytes than the connection takes (500 KiB)" },
      503: { description: "Not enabled, or nothing can be kept now" },
    },
  })),
  ...["/v1/{call}", "/beacon/v1/batch", "/mp/collect", "/debug/mp/collect"].map((path) => ({
    method: "options" as const,
    path,
    summary: "What a browser asks before it sends: any site may, the key decides",
    ...(path.includes("{") ? { request: { params: z.object({ call: z.string() }) } } : {}),
    responses: { 204: { description: "Send it" } },
  })),
  {
    method: "get",
    path: "/healthz",
    summary: "Whether the process lives",
    responses: { 200: { description: "It does: `{ status, version }`" } },
  },
  {
    method: "get",
    path: "/readyz",
    summary: "Whether the hub can work",
    responses: {
      200: { description: "It can: `{ status }`" },
      503: { description: "It starts, stops or cannot reach its data store" },
    },
  },
  {
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    responses: { 200: { description: "In Prometheus' text format", ...text("text/plain") } },
  },
  {
    method: "get",
    path: "/api/openapi.json",
    summary: "This description",
    responses: { 200: { description: "An OpenAPI 3.1 document" } },
  },
  {
    method: "get",
    path: "/api/docs",
    summary: "This description as a page",
    responses: { 200: { description: "The page", ...text("text/html") } },
  },
];

const methods = ["get", "post", "put", "patch", "delete"] as const;

function operations(document: OpenApi) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [[path, method, operation] as const] : [];
    }),
  );
}

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430 }
  code, pre { font: 13px/1.45 ui-monospace, monospace } pre { overflow: auto; background: #f4f6f9; padding: .75rem }
  details { border-top: 1px solid #dde3ea; padding: .5rem 0 } summary { cursor: pointer }
  .method { display: inline-block; width: 4.5rem; font-weight: 600 } .about { color: #5b6675 }
`;

function page(document: OpenApi) {
  const { title, version } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} API</title>
        <style>${raw(style)}</style>
      </head>
      <body>
        <h1>${title} API ${version}</h1>
        <p>Send <code>Authorization: Bearer jh_…</code>. Errors are problem documents (RFC 9457).
          Lists answer <code>items</code> and <code>next_cursor</code>. The same as <code>/api/openapi.json</code>.</p>
        ${operations(document).map(([path, method, operation]) => section(path, method, operation))}
        <h2>Schemas</h2>
        ${Object.entries(document.components?.schemas ?? {}).map(
          ([name, schema]) =>
            html`<details id="${name}"><summary><code>${name}</code></summary>${shown(schema)}</details>`,
        )}
      </body>
    </html>`;
}

interface Operation {
  summary?: string;
  description?: string;
  parameters?: unknown;
  requestBody?: unknown;
  responses?: unknown;
}

function section(
  path: string,
  method: string,
  { summary, description, parameters, requestBody, responses }: Operation,
) {
  return html`<details>
    <summary><span class="method">${method.toUpperCase()}</span><code>${path}</code> <span class="about">${summary}</span></summary>
    <p>${description ?? "Needs no key."}</p>
    ${parameters ? html`<h4>Parameters</h4>${shown(parameters)}` : ""}
    ${requestBody ? html`<h4>Body</h4>${shown(requestBody)}` : ""}
    <h4>Answers</h4>
    ${shown(responses)}
  </details>`;
}

const shown = (value: unknown) => html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
