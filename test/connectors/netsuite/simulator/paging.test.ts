import { expect, test } from "vitest";
import type { NetsuiteSeed } from "../../../../connectors/netsuite/simulator/index.ts";
import { createAccount, rowsOf, send, suiteql } from "./account.ts";

const many = (customers: number): NetsuiteSeed => ({
  accountId: "1234567_SB1",
  timeZone: "UTC",
  dateFormat: "YYYY-MM-DD",
  tables: { customer: Array.from({ length: customers }, (_, index) => ({ id: index + 1, entityid: `C${index + 1}` })) },
});

test("a page has 1,000 rows unless told otherwise, and links to its neighbours", async () => {
  const simulator = createAccount({}, many(2500));
  const statement = "SELECT id FROM customer ORDER BY id";
  const first = await suiteql(simulator, statement);
  expect(first).toMatchObject({ count: 1000, hasMore: true, offset: 0, totalResults: 2500 });
  expect(first.links.map(({ rel }) => rel)).toEqual(["self", "next", "last"]);
  const next = first.links.find(({ rel }) => rel === "next")?.href ?? "";
  expect(new URL(next).search).toBe("?limit=1000&offset=1000");
  const last = await suiteql(simulator, statement, "?limit=1000&offset=2000");
  expect(last).toMatchObject({ count: 500, hasMore: false, offset: 2000, totalResults: 2500 });
  expect(last.links.map(({ rel }) => rel)).toEqual(["first", "previous", "self"]);
  expect(rowsOf(last)[0]).toEqual({ id: "2001" });
});

test("an offset behind the end is an empty page", async () => {
  const reply = await suiteql(createAccount(), "SELECT id FROM customer", "?limit=5&offset=50");
  expect(reply).toMatchObject({ status: 200, count: 0, hasMore: false, items: [], totalResults: 3 });
});

test.each([
  ["?limit=1001", "limit"],
  ["?limit=0", "limit"],
  ["?limit=ten", "limit"],
  ["?limit=10&offset=5", "offset"],
  ["?limit=10&offset=-10", "offset"],
])("the page %s is refused", async (query, parameter) => {
  const simulator = createAccount();
  const reply = await suiteql(simulator, "SELECT id FROM customer", query);
  expect(reply).toMatchObject({
    status: 400,
    "o:errorDetails": [{ "o:errorCode": "INVALID_PARAMETER", "o:errorQueryParam": parameter }],
  });
  expect((await send(simulator, "GET", `/record/v1/customer${query}`)).status).toBe(400);
});

test("one query yields no more rows than the account's cap", async () => {
  const simulator = createAccount({ rowsMax: 20 }, many(50));
  const last = await suiteql(simulator, "SELECT id FROM customer ORDER BY id", "?limit=10&offset=10");
  expect(last).toMatchObject({ count: 10, hasMore: false, totalResults: 20 });
  const beyond = await suiteql(simulator, "SELECT id FROM customer WHERE id > 20 ORDER BY id", "?limit=10");
  expect(rowsOf(beyond)[0]).toEqual({ id: "21" });
});

test("following pages see what was written in between", async () => {
  const simulator = createAccount();
  const statement = "SELECT id, entityid FROM customer ORDER BY entityid";
  expect(rowsOf(await suiteql(simulator, statement, "?limit=1")).map(({ id }) => id)).toEqual(["10"]);
  await send(simulator, "PATCH", "/record/v1/customer/10", { body: { entityId: "ZZZ" } });
  expect(rowsOf(await suiteql(simulator, statement, "?limit=1&offset=1")).map(({ id }) => id)).toEqual(["12"]);
});
