import { type Context, Hono } from "hono";
import type { Cursor } from "../locators.ts";
import type { Service } from "../service.ts";
import { malformed } from "../soql/refuse.ts";
import { runQuery } from "../soql/run.ts";
import { refuseOtherMethods, versionPath } from "./requests.ts";

/** The vendor treats a smaller batchSize as this one. */
const pageRowsMin = 200;

/** `query`, `queryAll` and the pages behind their `nextRecordsUrl`. */
export function queryRoutes(service: Service): Hono {
  const app = new Hono();
  app.get("/query", (c) => firstPage(service, c, false));
  app.get("/queryAll", (c) => firstPage(service, c, true));
  // A queryAll's next page is under `query`; the vendor takes either.
  app.get("/query/:locator", (c) => nextPage(service, c));
  app.get("/queryAll/:locator", (c) => nextPage(service, c));
  for (const path of ["/query", "/queryAll", "/query/:locator", "/queryAll/:locator"]) {
    refuseOtherMethods(app, path, "HEAD,GET");
  }
  return app;
}

function firstPage(service: Service, c: Context, includeDeleted: boolean) {
  const statement = c.req.query("q");
  if (statement === undefined) throw malformed("A query string has to be specified");
  const result = runQuery(service.org, statement, includeDeleted);
  service.queryWork.statements++;
  service.queryWork.scanned += result.scanned;
  if (result.aggregates) {
    const record = { attributes: { type: "AggregateResult" }, ...result.aggregates };
    return c.json({ totalSize: 1, done: true, records: [record] });
  }
  const { totalSize, rows, project } = result;
  const cursor = { rows, project, pageRows: askedPageRows(service, c) ?? service.pageRows() };
  if (rows.length <= cursor.pageRows) {
    return c.json({ totalSize, done: true, records: rows.map((row) => project(row, versionPath(c))) });
  }
  return c.json(page(cursor, { offset: 0, locator: service.locators.open(cursor), path: versionPath(c) }));
}

function nextPage(service: Service, c: Context) {
  const { cursor, locator, offset } = service.locators.find(c.req.param("locator") ?? "");
  const pageRows = askedPageRows(service, c) ?? cursor.pageRows;
  return c.json(page({ ...cursor, pageRows }, { offset, locator, path: versionPath(c) }));
}

function page({ rows, project, pageRows }: Cursor, at: { offset: number; locator: string; path: string }) {
  const next = at.offset + pageRows;
  const done = next >= rows.length;
  return {
    totalSize: rows.length,
    done,
    ...(!done && { nextRecordsUrl: `${at.path}/query/${at.locator}-${next}` }),
    records: rows.slice(at.offset, next).map((row) => project(row, at.path)),
  };
}

/** `Sforce-Query-Options: batchSize=500`, within the vendor's bounds; null when the caller leaves it to the vendor. */
function askedPageRows(service: Service, c: Context): number | null {
  const [, size] = /batchSize\s*=\s*(\d+)/i.exec(c.req.header("sforce-query-options") ?? "") ?? [];
  if (size === undefined) return null;
  return Math.min(Math.max(Number(size), pageRowsMin), service.pageRows());
}
