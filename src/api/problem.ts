import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ConfigError } from "../hub/folder/config.ts";
import type { Log } from "../hub/log.ts";
import { CursorError } from "../hub/queries/page.ts";
import { StaleError, StoreError, StoreFullError } from "../store/store.ts";

/** An error as RFC 9457 has it. `instance` names the request in the log. */
export interface ProblemDocument {
  /**
   * That of a configuration or a mapping that cannot be used as it is, or not for what was asked, has a type of its own; all others tell by
   * their status.
   */
  type: "about:blank" | typeof configurationProblem;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** What is wrong with which parameter or field. */
  errors?: { at: string; message: string }[];
}

/** The type of a problem that a person mends in the data folder. */
export const configurationProblem = "urn:journey-hub:configuration";

/** Thrown by a route to be answered as a problem document. @example throw new ApiProblem(404, "There is no customer c_1.") */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: ContentfulStatusCode;
  readonly details: {
    type?: ProblemDocument["type"];
    errors?: ProblemDocument["errors"];
    headers?: Record<string, string>;
  };

  constructor(status: ContentfulStatusCode, detail: string, details: ApiProblem["details"] = {}) {
    super(detail);
    this.status = status;
    this.details = details;
  }
}

/** Answers a problem. */
export function answerProblem(c: Context, { status, message, details }: ApiProblem): Response {
  const { type = "about:blank", errors, headers } = details;
  const document: ProblemDocument = {
    type,
    title: titles[status] ?? "Error",
    status,
    detail: message,
    instance: `urn:request:${c.get("requestId") ?? "unknown"}`,
    ...(errors ? { errors } : {}),
  };
  return c.body(JSON.stringify(document), status, { ...headers, "content-type": "application/problem+json" });
}

/** Turns whatever a route threw into a problem; what nobody foresaw is logged and told without its inside. */
export function problemFor(cause: unknown, log: Log, request: Record<string, unknown>): ApiProblem {
  if (cause instanceof ApiProblem) return cause;
  if (cause instanceof CursorError) return new ApiProblem(400, cause.message);
  if (cause instanceof ConfigError) return new ApiProblem(409, cause.message, { type: configurationProblem });
  if (cause instanceof StoreFullError) return storeFull(cause);
  if (cause instanceof StoreError) log.error({ ...request, err: cause }, "the data store refused");
  if (cause instanceof StoreError) return new ApiProblem(503, "The data store cannot be used now.", retryIn(5));
  if (cause instanceof StaleError) return new ApiProblem(503, "Another change came first; ask again.", retryIn(1));
  if (cause instanceof HTTPException) return new ApiProblem(contentful(cause.status), cause.message);
  log.error({ ...request, err: cause }, "a request failed");
  return new ApiProblem(500, "Something went wrong inside journey-hub; the log tells more under this instance.");
}

/** Nothing could be kept; the sender should come again. */
export function storeFull(cause: StoreFullError): ApiProblem {
  return new ApiProblem(503, cause.message, retryIn(30));
}

const retryIn = (seconds: number) => ({ headers: { "retry-after": String(seconds) } });

function contentful(status: number): ContentfulStatusCode {
  return status in titles ? (status as ContentfulStatusCode) : 500;
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported encoding",
  500: "Internal error",
  503: "Not available now",
  504: "Took too long",
};
