import type { Hono } from "hono";
import { collectionType, type PageSize, pageBody, readPage } from "./paging.ts";
import { invalidContent, Problem } from "./problems.ts";
import type { SuiteqlEngine } from "./suiteql/engine.ts";
import { SuiteqlRefusal } from "./suiteql/refusal.ts";

/** Serves `POST /services/rest/query/v1/suiteql`. */
export function serveSuiteql(
  app: Hono,
  { engine, pageSize }: { engine: () => SuiteqlEngine; pageSize: PageSize },
): void {
  app.post("/services/rest/query/v1/suiteql", async (c) => {
    if (!/(^|[\s,;])transient([\s,;]|$)/i.test(c.req.header("prefer") ?? "")) throw missingPrefer();
    const page = readPage((name) => c.req.query(name), pageSize);
    const statement = readStatement(await c.req.text());
    const { items, total } = runStatement(engine(), statement, page);
    return c.body(JSON.stringify(pageBody(c.req.url, page, items, total)), 200, collectionType);
  });
}

function missingPrefer(): Problem {
  return new Problem(400, {
    detail: "Invalid or missing request header 'Prefer'. SuiteQL is executed with 'Prefer: transient' only.",
    code: "INVALID_HEADER",
    header: "Prefer",
  });
}

function readStatement(text: string): string {
  const body = parseJson(text);
  const statement = typeof body === "object" && body !== null && "q" in body ? body.q : undefined;
  if (typeof statement !== "string" || statement.trim() === "")
    throw invalidContent("The request body must be JSON with a query in 'q'.", "q");
  return statement;
}

/** A JSON body. @throws Problem 400 INVALID_CONTENT when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidContent("Invalid content in the request body.");
    throw error;
  }
}

function runStatement(engine: SuiteqlEngine, statement: string, page: { limit: number; offset: number }) {
  try {
    return engine.query(statement, page);
  } catch (error) {
    if (!(error instanceof SuiteqlRefusal)) throw error;
    throw new Problem(400, {
      detail: `Invalid search query. Detailed unprocessed description follows. ${error.message}`,
      code: "INVALID_PARAMETER",
      parameter: "q",
    });
  }
}
