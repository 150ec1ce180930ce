import type { Context } from "hono";

/** One entry of `o:errorDetails`. */
export interface ProblemDetail {
  detail: string;
  code: string;
  /** The body field at fault, as a path. */
  path?: string;
  /** The query parameter at fault. */
  parameter?: string;
  header?: string;
}

/** A request NetSuite refuses; thrown anywhere, written as a problem document by the app. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly details: readonly ProblemDetail[];

  constructor(status: ProblemStatus, ...details: readonly ProblemDetail[]) {
    super(details.map(({ detail }) => detail).join(" "));
    this.status = status;
    this.details = details;
  }
}

export type ProblemStatus = keyof typeof titles;

const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  429: "Too Many Requests",
  500: "Internal Server Error",
} as const;

const sections: Record<ProblemStatus, string> = {
  400: "15.5.1",
  401: "15.5.2",
  403: "15.5.4",
  404: "15.5.5",
  405: "15.5.6",
  429: "15.5",
  500: "15.6.1",
};

/** Writes a problem document in NetSuite's shape. */
export function answerProblem(c: Context, problem: Problem): Response {
  return c.body(problemText(problem), problem.status, problemType);
}

/** A problem document as an answer of its own, with more headers. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(problemText(problem), { status: problem.status, headers: { ...problemType, ...headers } });
}

const problemType = { "content-type": "application/vnd.oracle.resource+json; type=error; charset=UTF-8" };

function problemText(problem: Problem): string {
  return JSON.stringify({
    type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${sections[problem.status]}`,
    title: titles[problem.status],
    status: problem.status,
    "o:errorDetails": problem.details.map(({ detail, code, path, parameter, header }) => ({
      detail,
      ...(path !== undefined && { "o:errorPath": path }),
      ...(parameter !== undefined && { "o:errorQueryParam": parameter }),
      ...(header !== undefined && { "o:errorHeader": header }),
      "o:errorCode": code,
    })),
  });
}

/** A refused field of a record body. */
export function invalidContent(detail: string, path?: string): Problem {
  return new Problem(400, {
    detail: `Error while accessing a resource. ${detail}`,
    code: "INVALID_CONTENT",
    ...(path !== undefined && { path }),
  });
}

export function invalidParameter(detail: string, parameter: string): Problem {
  return new Problem(400, { detail, code: "INVALID_PARAMETER", parameter });
}
