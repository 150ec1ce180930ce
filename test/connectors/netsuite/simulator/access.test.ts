import fc from "fast-check";
import { expect, test } from "vitest";
import type { NetsuiteRow } from "../../../../connectors/netsuite/simulator/index.ts";
import { createAccount, rowsOf, suiteql } from "./account.ts";

// Few minutes and few ids, so that bounds meet, ties are common and some stamps are missing.
const minute = (number: number) => `2026-01-01 00:0${number}:00`;
const customer = Array.from(
  { length: 40 },
  (_, index): NetsuiteRow => ({
    id: index + 1,
    entityid: `C${index % 3}`,
    salesrep: index % 4 === 0 ? null : 1,
    lastmodifieddate: index % 7 === 3 ? null : `${minute((index * 5) % 8).replace(" ", "T")}Z`,
  }),
);
const simulator = createAccount(
  {},
  {
    accountId: "1234567_SB1",
    timeZone: "UTC",
    dateFormat: "YYYY-MM-DD",
    tables: { customer, employee: [{ id: 1, entityid: "Ann" }] },
  },
);

const operator = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");
const stamp = fc
  .integer({ min: 0, max: 8 })
  .map((number) => `TO_TIMESTAMP('${minute(number)}', 'YYYY-MM-DD HH24:MI:SS')`);
const id = fc.integer({ min: 0, max: 41 });
const simple = fc.oneof(
  fc.tuple(operator, id).map(([is, number]) => `c.id ${is} ${number}`),
  fc.tuple(operator, stamp).map(([is, at]) => `c.lastmodifieddate ${is} ${at}`),
  fc
    .tuple(stamp, id)
    .map(([at, number]) => `(c.lastmodifieddate > ${at} OR (c.lastmodifieddate = ${at} AND c.id > ${number}))`),
  fc.tuple(id, id).map(([low, high]) => `c.id BETWEEN ${low} AND ${high}`),
  fc.array(id, { minLength: 1, maxLength: 5 }).map((list) => `c.id IN (${list.join(", ")})`),
  fc.constantFrom("c.entityid = 'C1'", "c.lastmodifieddate IS NULL", "c.salesrep = 1", "1 = 1"),
);
const condition = fc.oneof(
  simple,
  fc.tuple(simple, fc.constantFrom("AND", "OR"), simple).map(([one, word, other]) => `${one} ${word} ${other}`),
  fc.tuple(simple, simple, simple).map(([one, two, three]) => `${one} AND (${two} OR ${three})`),
  fc.tuple(simple, simple, simple).map(([one, two, three]) => `(${one} AND ${two}) OR ${three}`),
);
const order = fc.constantFrom("c.lastmodifieddate, c.id", "c.id", "c.lastmodifieddate DESC, c.id", "c.entityid, c.id");
const join = fc.constantFrom("", " LEFT JOIN employee e ON e.id = c.salesrep", " JOIN employee e ON e.id = c.salesrep");

test("whatever index a statement is answered by, it finds what a walk over all rows finds", async () => {
  await fc.assert(
    fc.asyncProperty(condition, order, join, async (where, by, joined) => {
      const from = `SELECT c.id FROM customer c${joined}`;
      const indexed = await suiteql(simulator, `${from} WHERE ${where} ORDER BY ${by}`);
      // No index looks through a negation.
      const walked = await suiteql(simulator, `${from} WHERE NOT (NOT (${where})) ORDER BY ${by}`);
      expect(indexed.status).toBe(200);
      expect(rowsOf(indexed)).toEqual(rowsOf(walked));
      expect(indexed.totalResults).toBe(walked.totalResults);
    }),
    { numRuns: 500, seed: 20260301 },
  );
});
