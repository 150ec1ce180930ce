import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { createAccount, now, origin, send, suiteql } from "./account.ts";
import { seed } from "./seed.ts";

/** Oracle's SuiteWorld 2024 collection: the requests of its REST demonstration, as published. */
const header = z.object({ key: z.string(), value: z.string() });
const request = z.object({
  method: z.string(),
  header: z.array(header),
  url: z.object({ raw: z.string() }),
  body: z.object({ raw: z.string() }).optional(),
});
const collection = z.object({ item: z.array(z.object({ item: z.array(z.object({ name: z.string(), request })) })) });

const fixture = new URL("../../../fixtures/netsuite/oracle-suiteworld2024-rest.postman.json", import.meta.url);
const requests = new Map(
  collection
    .parse(JSON.parse(readFileSync(fixture, "utf8")))
    .item.flatMap((folder) => folder.item.map((entry) => [entry.name, entry.request] as const)),
);

const simulator = createAccount(
  { customFields: { customer: { custentity_company_size: { kind: "integer" } } } },
  {
    ...seed,
    tables: {
      ...seed.tables,
      customer: [
        ...(seed.tables.customer ?? []),
        {
          id: 1514,
          companyname: "Wayne Enterprises R&D",
          email: "Wayne_Enterprises_RD@roman.enterprises.com",
          datecreated: "2026-02-02T12:00:00Z",
        },
        { id: 1515, companyname: "Second", datecreated: "2026-02-03T12:00:00Z" },
        { id: 1516, companyname: "Third", datecreated: "2026-02-04T12:00:00Z" },
      ],
    },
  },
);

async function replay(name: string): Promise<{ status: number; location: string | null; body: unknown }> {
  const found = requests.get(name);
  if (!found) throw new Error(`The collection has no request ${name}`);
  const year = new Date(now).getUTCFullYear();
  const filled = (text: string) =>
    text
      .replaceAll("{{REST_SERVICES}}", "")
      .replaceAll("{{thisYearStart}}", `1/1/${year}`)
      .replaceAll("{{thisYearEnd}}", `1/1/${year + 1}`);
  // A URL parser writes the query as Postman sends it: spaces and quotes encoded.
  const url = new URL(`${origin}/services/rest${filled(found.url.raw)}`);
  const reply = await send(simulator, found.method, url.href.slice(`${origin}/services/rest`.length), {
    headers: Object.fromEntries(found.header.map(({ key, value }) => [key, value])),
    ...(found.body && { body: filled(found.body.raw) }),
  });
  const text = await reply.text();
  return { status: reply.status, location: reply.headers.get("location"), body: text === "" ? null : JSON.parse(text) };
}

test("Ex 1.1: OpenAPI for Customer", async () => {
  expect(await replay("Ex 1.1: OpenAPI for Customer")).toMatchObject({
    status: 200,
    body: { components: { schemas: { customer: { type: "object" } } } },
  });
});

test("Ex 1.2: OpenAPI for two records, of which the role sees one", async () => {
  expect(await replay("Ex 1.2: OpenAPI for Customer and Sales Order")).toMatchObject({
    status: 200,
    body: { components: { schemas: { customer: {} } } },
  });
});

test("Ex 2.1: Find Customer", async () => {
  expect(await replay("Ex 2.1: Find Customer")).toMatchObject({
    status: 200,
    body: { items: [{ id: "1514", companyname: "Wayne Enterprises R&D", datecreated: "02/02/2026" }] },
  });
});

test("Ex 2.2: Pair Sales Orders With Customer", async () => {
  expect(await replay("Ex 2.2: Pair Sales Orders With Customer")).toMatchObject({
    status: 200,
    body: {
      items: [{ email: "office@wayne.test", company: "Wayne Enterprises", document: "SO200", date: "01/31/2026" }],
    },
  });
});

test("Ex 2.1, older: Find Customers Created This Year", async () => {
  expect(await replay("Ex 2.1: Find Customers Created This Year Copy")).toMatchObject({
    status: 200,
    body: { count: 3, totalResults: 3 },
  });
});

test("Ex 4.3: Find Customers Created This Year with Paging", async () => {
  expect(await replay("Ex 4.3: Find Customers Created This Year with Paging")).toMatchObject({
    status: 200,
    body: { count: 1, offset: 2, totalResults: 3, hasMore: false, items: [{ id: "1516" }] },
  });
});

test("Update Customer Size", async () => {
  expect(await replay("Hlp: Update Customer Size")).toEqual({
    status: 204,
    location: `${origin}/services/rest/record/v1/customer/1514`,
    body: null,
  });
  expect(
    (await suiteql(simulator, "SELECT custentity_company_size size FROM customer WHERE id = 1514")).items[0],
  ).toMatchObject({ size: "1" });
});

test("Ex 3.1, whose published body lacks a comma, is refused as invalid content", async () => {
  expect(await replay("Ex 3.1: Create New Customer")).toMatchObject({
    status: 400,
    body: { "o:errorDetails": [{ "o:errorCode": "INVALID_CONTENT" }] },
  });
});

test.each([
  ["Ex 4.1: Find All Customers Messages Created This Year", "Record 'message' was not found."],
  [
    "Ex 4.2: Customers Created This Year (Message & Company Name,Size JOIN) - Async Copy",
    "Record 'message' was not found.",
  ],
])("%s parses; messages are not among the records of this account", async (name, reason) => {
  const reply = await replay(name);
  expect(reply.status).toBe(400);
  expect(JSON.stringify(reply.body)).toContain(reason);
});

test.each([
  "Ex 3.2: Create Message for Wayne Industries",
  "Ex 3.3: Get Async Job status",
  "Ex 4.4: List All Datesets",
  "Ex 4.5: Execute Dataset",
])("%s asks for what is not simulated and is not found", async (name) => {
  expect((await replay(name)).status).toBe(404);
});
