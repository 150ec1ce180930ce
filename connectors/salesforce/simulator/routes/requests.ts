import type { Context, Hono } from "hono";
import { notFound, Refusal } from "../refusal.ts";
import type { ObjectSchema, Schema } from "../schema/schema.ts";

/** `/services/data/v62.0` of the request: the version every URL in a reply carries on. */
export function versionPath(c: Context): string {
  return c.req.path.split("/").slice(0, 4).join("/");
}

/** The object a path names, in any case; 404 NOT_FOUND otherwise. */
export function objectInPath(schema: Schema, c: Context): ObjectSchema {
  const object = schema.get((c.req.param("type") ?? "").toLowerCase());
  if (!object) throw notFound();
  return object;
}

/** The request's JSON object; 415 for another media type, JSON_PARSER_ERROR for what is no JSON object. */
export async function readBody(c: Context): Promise<Record<string, unknown>> {
  const mediaType = c.req.header("content-type") ?? "application/json";
  if (!mediaType.includes("json")) {
    const reason = `Content-Type header specified in HTTP request is not supported: ${mediaType}`;
    throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", reason);
  }
  const text = await c.req.text();
  const body = parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal(400, "JSON_PARSER_ERROR", "The HTTP entity body is required, and must be a JSON object");
  }
  return Object.fromEntries(Object.entries(body));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "not JSON";
    throw new Refusal(400, "JSON_PARSER_ERROR", reason);
  }
}

/** Answers every other method on a path with the vendor's 405; call it after the path's real routes. */
export function refuseOtherMethods(app: Hono, path: string, allowed: string): void {
  app.all(path, (c) => {
    const reason = `HTTP Method '${c.req.method}' not allowed. Allowed are ${allowed}`;
    throw new Refusal(405, "METHOD_NOT_ALLOWED", reason);
  });
}
