import { beforeAll, expect, test } from "vitest";
import type { NetsuiteRow, NetsuiteSimulator } from "../../../../connectors/netsuite/simulator/index.ts";
import { createAccount, rowsOf, send, suiteql } from "./account.ts";

const size = 100_000;
const day = (index: number) => new Date(Date.UTC(2025, 0, 1) + Math.floor(index / 400) * 60_000).toISOString();

let simulator: NetsuiteSimulator;

/** 100,000 customers and as many transactions, 400 modified in each minute. */
beforeAll(() => {
  const customer = Array.from(
    { length: size },
    (_, index): NetsuiteRow => ({
      id: index + 1,
      entityid: `C${index + 1}`,
      salesrep: 1,
      lastmodifieddate: day(index),
    }),
  );
  const transaction = Array.from(
    { length: size },
    (_, index): NetsuiteRow => ({
      id: 500_000 + index,
      type: index % 2 === 0 ? "CustInvc" : "SalesOrd",
      entity: (index % size) + 1,
      lastmodifieddate: day(index),
    }),
  );
  simulator = createAccount(
    {},
    {
      accountId: "1234567_SB1",
      timeZone: "UTC",
      dateFormat: "YYYY-MM-DD",
      tables: { customer, transaction, employee: [{ id: 1, entityid: "Ann" }] },
    },
  );
});

async function scannedBy(ask: () => Promise<unknown>): Promise<number> {
  const before = simulator.rowsScanned();
  await ask();
  return simulator.rowsScanned() - before;
}

const at = (minute: number) =>
  `TO_TIMESTAMP('${new Date(Date.UTC(2025, 0, 1, 0, minute)).toISOString().slice(0, 19).replace("T", " ")}', 'YYYY-MM-DD HH24:MI:SS')`;
const behind = (table: string, minute: number, id: number) =>
  `(${table}.lastmodifieddate > ${at(minute)} OR (${table}.lastmodifieddate = ${at(minute)} AND ${table}.id > ${id}))`;

test.each([
  ["from an id", "SELECT c.id FROM customer c WHERE c.id > 60000 ORDER BY c.id", "60001", 40_000],
  ["without a condition", "SELECT id FROM customer ORDER BY id", "1", 100_000],
  [
    "by modification",
    `SELECT c.id FROM customer c WHERE ${behind("c", 100, 40_123)} ORDER BY c.lastmodifieddate, c.id`,
    "40124",
    59_877,
  ],
  [
    "of one type",
    `SELECT t.id FROM transaction t WHERE t.type = 'CustInvc' AND ${behind("t", 100, 540_123)} ORDER BY t.lastmodifieddate, t.id`,
    "540124",
    29_938,
  ],
  [
    "with a looked-up name",
    `SELECT c.id, e.entityid rep FROM customer c LEFT JOIN employee e ON e.id = c.salesrep WHERE ${behind("c", 100, 40_123)} ORDER BY c.lastmodifieddate, c.id`,
    "40124",
    59_877,
  ],
  [
    "up to a bound",
    `SELECT c.id FROM customer c WHERE ${behind("c", 100, 40_123)} AND c.lastmodifieddate <= ${at(101)} ORDER BY c.lastmodifieddate, c.id`,
    "40124",
    677,
  ],
])("a keyset page %s reads only its own rows", async (_what, statement, firstId, total) => {
  const rows = Math.min(total, 1000);
  const scanned = await scannedBy(async () => {
    const reply = await suiteql(simulator, statement);
    expect(reply).toMatchObject({ status: 200, count: rows, totalResults: total });
    expect(rowsOf(reply)[0]?.id).toBe(firstId);
  });
  expect(scanned).toBeLessThanOrEqual(2 * rows);
});

test("walking all customers by keyset reads each of them once", async () => {
  let last = 0;
  let seen = 0;
  const scanned = await scannedBy(async () => {
    for (let page = 0; page < 101; page += 1) {
      const rows = rowsOf(await suiteql(simulator, `SELECT id FROM customer WHERE id > ${last} ORDER BY id`));
      seen += rows.length;
      last = Number(rows.at(-1)?.id ?? last);
    }
  });
  expect(seen).toBe(size);
  expect(scanned).toBe(size);
});

test("a condition no index answers is tested once, not again for each following page", async () => {
  const statement = "SELECT id FROM customer WHERE entityid LIKE '%7' ORDER BY entityid";
  expect(await scannedBy(() => suiteql(simulator, statement))).toBe(size);
  expect(await scannedBy(() => suiteql(simulator, statement, "?limit=1000&offset=5000"))).toBe(0);
});

test("looking up ids, an equal value or a few recent rows touches nothing else", async () => {
  expect(await scannedBy(() => suiteql(simulator, "SELECT entityid FROM customer WHERE id IN (5, 99999, 7)"))).toBe(3);
  expect(await scannedBy(() => suiteql(simulator, "SELECT id FROM transaction WHERE entity = 77"))).toBe(1);
  const recent = `SELECT id FROM customer WHERE lastmodifieddate >= ${at(249)} AND entityid LIKE 'C%'`;
  expect(await scannedBy(() => suiteql(simulator, recent))).toBe(400);
});

test("a write moves its record to the end of the order at once", async () => {
  const statement = `SELECT id FROM customer WHERE lastmodifieddate > ${at(250)} ORDER BY lastmodifieddate, id`;
  expect((await suiteql(simulator, statement)).totalResults).toBe(0);
  await send(simulator, "PATCH", "/record/v1/customer/50000", { body: { email: "new@x.test" } });
  const scanned = await scannedBy(async () =>
    expect(rowsOf(await suiteql(simulator, statement))).toEqual([{ id: "50000" }]),
  );
  expect(scanned).toBe(1);
});
