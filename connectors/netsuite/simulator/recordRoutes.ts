import type { Context, Hono } from "hono";
import { collectionType, type PageSize, pageBody, readPage, singularType } from "./paging.ts";
import { payInvoice } from "./payment.ts";
import { invalidContent, Problem } from "./problems.ts";
import { readRecordBody, recordBody } from "./recordBody.ts";
import { parseRecordFilter } from "./recordFilter.ts";
import { findRecordType, type RecordType } from "./recordTypes.ts";
import { parseJson } from "./suiteqlRoute.ts";
import { createRecord, deleteRecord, findRecord, updateRecord, type WriteContext } from "./writes.ts";

const root = "/services/rest/record/v1";

/** Serves the record service: one record at a time, and listings of ids. */
export function serveRecords(
  app: Hono,
  { writing, pageSize }: { writing: () => WriteContext; pageSize: PageSize },
): void {
  app.get(`${root}/:type`, (c) =>
    listRecords(c, findRecordType(writing().account, c.req.param("type")), { writing, pageSize }),
  );
  app.post(`${root}/:type`, async (c) => {
    const type = findRecordType(writing().account, c.req.param("type"));
    const context = writing();
    const row = createRecord(context, type, readRecordBody(context.account, type, parseJson(await c.req.text())));
    return created(c, type, row.id);
  });
  app.get(`${root}/:type/:id`, (c) => {
    const type = findRecordType(writing().account, c.req.param("type"));
    const { account } = writing();
    const row = findRecord(account, type, c.req.param("id"));
    const body = recordBody(account, type, row, recordAddress(c, type, row.id));
    return c.body(JSON.stringify(body), 200, singularType);
  });
  app.patch(`${root}/:type/:id`, async (c) => {
    const type = findRecordType(writing().account, c.req.param("type"));
    const body = parseJson(await c.req.text());
    const context = writing();
    const row = findRecord(context.account, type, c.req.param("id"));
    updateRecord(context, type, row, readRecordBody(context.account, type, body));
    return created(c, type, row.id);
  });
  app.delete(`${root}/:type/:id`, (c) => {
    const type = findRecordType(writing().account, c.req.param("type"));
    const context = writing();
    deleteRecord(context, type, findRecord(context.account, type, c.req.param("id")));
    return c.body(null, 204);
  });
  app.post(`${root}/:type/:id/:action/:target`, (c) => transform(c, writing));
}

function recordAddress(c: Context, type: RecordType, id: number): string {
  return `${new URL(c.req.url).origin}${root}/${type.name}/${id}`;
}

/** Creating and changing both answer with nothing but the record's address. */
function created(c: Context, type: RecordType, id: number): Response {
  return c.body(null, 204, { location: recordAddress(c, type, id) });
}

function listRecords(
  c: Context,
  type: RecordType,
  { writing, pageSize }: { writing: () => WriteContext; pageSize: PageSize },
): Response {
  const { account } = writing();
  const page = readPage((name) => c.req.query(name), pageSize);
  const filter = c.req.query("q");
  const matches = filter === undefined ? () => true : parseRecordFilter(account, type, filter);
  const table = account.table(type.table);
  const stored = type.transactionType === null ? table.all : table.where("type", type.transactionType);
  const rows = stored.sortedBy("id").filter(matches);
  const items = rows.slice(page.offset, page.offset + page.limit).map((row) => ({
    links: [{ rel: "self", href: recordAddress(c, type, row.id) }],
    id: String(row.id),
  }));
  return c.body(JSON.stringify(pageBody(c.req.url, page, items, rows.length)), 200, collectionType);
}

/** `…/invoice/12/!transform/customerPayment`: the one transformation simulated. */
async function transform(c: Context, writing: () => WriteContext): Promise<Response> {
  const type = findRecordType(writing().account, c.req.param("type") ?? "");
  const target = findRecordType(writing().account, c.req.param("target") ?? "");
  if (c.req.param("action") !== "!transform" || type.name !== "invoice" || target.name !== "customerPayment") {
    throw new Problem(400, {
      detail: `A ${type.name} cannot be transformed into a ${target.name}.`,
      code: "INVALID_REQUEST",
    });
  }
  const text = await c.req.text();
  const body = text === "" ? {} : parseJson(text);
  if (typeof body !== "object" || body === null) throw invalidContent("Invalid content in the request body.");
  const context = writing();
  const payment = payInvoice(context, findRecord(context.account, type, c.req.param("id") ?? ""), body);
  return created(c, target, payment.id);
}
