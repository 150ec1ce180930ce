import { describe, expect, test } from "vitest";
import { createAccount, rowsOf, suiteql } from "./account.ts";

type Case = [statement: string, rows: Record<string, string>[]];

const ids = (...numbers: number[]) => numbers.map((id) => ({ id: String(id) }));

const columns: Case[] = [
  ["SELECT id FROM customer ORDER BY id", ids(10, 11, 12)],
  ["select ID from CUSTOMER order by Id", ids(10, 11, 12)],
  ["SELECT companyName, isPerson FROM customer WHERE id = 10", [{ companyname: "Wayne Enterprises", isperson: "F" }]],
  ["SELECT email FROM customer WHERE id = 12", [{}]],
  [
    "SELECT id AS Number, companyname title FROM customer WHERE id = 10",
    [{ number: "10", title: "Wayne Enterprises" }],
  ],
  ['SELECT id AS "Internal Id" FROM customer WHERE id = 10', [{ "internal id": "10" }]],
  ["SELECT c.id, c.entityid FROM customer AS c WHERE c.id = 11", [{ id: "11", entityid: "CUST11" }]],
  ["SELECT customer.id FROM customer WHERE customer.id = 11", ids(11)],
  ["SELECT s.* FROM supportcasestatus s WHERE s.id = 3", [{ id: "3", name: "Escalated", stage: "ESCALATED" }]],
  ["SELECT *  FROM currency", [{ id: "1", name: "US Dollar", symbol: "USD", exchangerate: "1", isbasecurrency: "T" }]],
  [
    "SELECT c.id, t.id FROM customer c JOIN transaction t ON t.entity = c.id WHERE t.id = 200",
    [{ id: "10", id_0: "200" }],
  ],
  ["SELECT 1, 'x', id FROM subsidiary", [{ expr1: "1", expr2: "x", id: "1" }]],
  ["-- the newest\nSELECT id /* internal */ FROM customer\nWHERE id >= 12", ids(12)],
  ["SELECT creditlimit FROM customer WHERE id = 12", [{ creditlimit: "1500.5" }]],
];

const conditions: Case[] = [
  ["SELECT id FROM customer WHERE id <> 11 ORDER BY id", ids(10, 12)],
  ["SELECT id FROM customer WHERE id != 11 ORDER BY id", ids(10, 12)],
  ["SELECT id FROM customer WHERE id = '11'", ids(11)],
  ["SELECT id FROM customer WHERE 11 < id", ids(12)],
  ["SELECT id FROM customer WHERE companyname = 'O''Hara & Sons'", ids(11)],
  ["SELECT id FROM customer WHERE companyname = 'wayne enterprises'", []],
  ["SELECT id FROM customer WHERE isinactive = 'F' AND isperson = 'F' ORDER BY id", ids(10, 11)],
  ["SELECT id FROM customer WHERE id = 10 OR id = 12 AND isperson = 'F'", ids(10)],
  ["SELECT id FROM customer WHERE (id = 10 OR id = 12) AND isperson = 'T'", ids(12)],
  ["SELECT id FROM customer WHERE NOT (id = 10 OR id = 12)", ids(11)],
  ["SELECT id FROM customer WHERE NOT isperson = 'F'", ids(12)],
  ["SELECT id FROM customer WHERE id IN (12, 10, 99) ORDER BY id", ids(10, 12)],
  ["SELECT id FROM customer WHERE entityid NOT IN ('CUST10', 'CUST12')", ids(11)],
  ["SELECT id FROM customer WHERE email NOT IN ('office@wayne.test')", ids(11)],
  ["SELECT id FROM customer WHERE id NOT IN (10, NULL)", []],
  ["SELECT id FROM customer WHERE email IS NULL", ids(12)],
  ["SELECT id FROM customer WHERE email IS NOT NULL ORDER BY id", ids(10, 11)],
  ["SELECT id FROM customer WHERE email = ''", []],
  ["SELECT id FROM customer WHERE email <> 'office@wayne.test'", ids(11)],
  ["SELECT id FROM customer WHERE companyname LIKE 'Wayne%'", ids(10)],
  ["SELECT id FROM customer WHERE companyname NOT LIKE '%Sons'", ids(10)],
  ["SELECT id FROM supportcase WHERE title LIKE '100^% %\\_%' ESCAPE '^'", []],
  ["SELECT id FROM supportcase WHERE title LIKE '100!% cotton!_blend_' ESCAPE '!'", ids(301)],
  ["SELECT id FROM supportcase WHERE title LIKE '_heel came off'", ids(300)],
  ["SELECT id FROM transaction WHERE foreigntotal BETWEEN 3000 AND 6000 ORDER BY id", ids(201, 202, 203)],
  ["SELECT id FROM transaction WHERE id NOT BETWEEN 101 AND 203 ORDER BY id", ids(100, 204)],
  ["SELECT id FROM transaction WHERE foreigntotal - NVL(foreignamountunpaid, 0) = 3000 ORDER BY id", ids(202, 203)],
  ["SELECT id FROM transaction WHERE type = 'CustInvc' AND status = 'A'", ids(201)],
  ["SELECT id FROM customer WHERE 1 = 0", []],
];

const dates: Case[] = [
  ["SELECT lastmodifieddate FROM customer WHERE id = 10", [{ lastmodifieddate: "01/31/2026" }]],
  [
    "SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS at FROM customer WHERE id = 10",
    [{ at: "2026-01-31 23:30:00" }],
  ],
  [
    "SELECT TO_CHAR(datecreated, 'DD-MON-YYYY HH:MI AM') d FROM customer WHERE id = 12",
    [{ d: "31-DEC-2025 06:30 PM" }],
  ],
  [
    `SELECT TO_CHAR(datecreated, 'YYYY-MM-DD"T"HH24:MI:SS') d FROM customer WHERE id = 12`,
    [{ d: "2025-12-31T18:30:00" }],
  ],
  [
    "SELECT TO_CHAR(trandate) d, TO_CHAR(trandate, 'Month YYYY') m FROM transaction WHERE id = 201",
    [{ d: "02/01/2026", m: "February 2026" }],
  ],
  [
    "SELECT id FROM customer WHERE lastmodifieddate > TO_TIMESTAMP('2026-02-10 03:59:59', 'YYYY-MM-DD HH24:MI:SS') ORDER BY id",
    ids(11, 12),
  ],
  ["SELECT id FROM customer WHERE lastmodifieddate > TO_TIMESTAMP('2026-02-10 04:00:00', 'YYYY-MM-DD HH24:MI:SS')", []],
  [
    "SELECT id FROM customer WHERE lastmodifieddate = TO_DATE('2026-02-10 04:00:00', 'YYYY-MM-DD HH24:MI:SS') ORDER BY id",
    ids(11, 12),
  ],
  ["SELECT id FROM customer WHERE lastmodifieddate < TO_DATE('2026-02-01', 'YYYY-MM-DD')", ids(10)],
  ["SELECT id FROM customer WHERE datecreated >= '1/1/2025' AND datecreated < '2/1/2025'", ids(10)],
  ["SELECT id FROM transaction WHERE trandate = '02/01/2026'", ids(201)],
  [
    "SELECT id FROM transaction WHERE trandate >= TO_DATE('2026-02-15', 'YYYY-MM-DD') ORDER BY trandate, id",
    ids(204, 203),
  ],
  ["SELECT id FROM transaction WHERE duedate > trandate AND closedate IS NULL", ids(201)],
  ["SELECT id FROM supportcase WHERE startdate > SYSDATE - 7", ids(300)],
  ["SELECT enddate - startdate AS days FROM supportcase WHERE id = 301", [{ days: "1" }]],
  ["SELECT id FROM supportcase WHERE TRUNC(startdate) = TO_DATE('2026-02-25', 'YYYY-MM-DD')", ids(300)],
  [
    "SELECT recordid, TO_CHAR(deleteddate, 'YYYY-MM-DD HH24:MI') at FROM deletedrecord WHERE deleteddate >= '02/26/2026'",
    [{ recordid: "13", at: "2026-02-26 21:00" }],
  ],
  [
    "SELECT id FROM customer WHERE (lastmodifieddate > TO_TIMESTAMP('2026-02-10 04:00:00', 'YYYY-MM-DD HH24:MI:SS') OR (lastmodifieddate = TO_TIMESTAMP('2026-02-10 04:00:00', 'YYYY-MM-DD HH24:MI:SS') AND id > 11)) ORDER BY lastmodifieddate, id",
    ids(12),
  ],
];

const joins: Case[] = [
  [
    "SELECT c.id, p.companyname parent FROM customer c JOIN customer p ON c.parent = p.id",
    [{ id: "11", parent: "Wayne Enterprises" }],
  ],
  [
    "SELECT c.id, p.companyname parent FROM customer c LEFT JOIN customer p ON p.id = c.parent ORDER BY c.id",
    [{ id: "10" }, { id: "11", parent: "Wayne Enterprises" }, { id: "12" }],
  ],
  [
    "SELECT c.id FROM customer c LEFT OUTER JOIN customer p ON p.id = c.parent WHERE p.id IS NULL ORDER BY c.id",
    ids(10, 12),
  ],
  [
    "SELECT c.entityid, t.tranid FROM customer c, transaction t WHERE t.entity = c.id AND t.type = 'Estimate'",
    [{ entityid: "CUST11", tranid: "EST204" }],
  ],
  [
    "SELECT i.tranid, p.tranid AS payment FROM transaction i INNER JOIN nexttransactionlinelink l ON l.previousdoc = i.id AND l.linktype = 'Payment' JOIN transaction p ON p.id = l.nextdoc",
    [{ tranid: "INV202", payment: "PYMT203" }],
  ],
  [
    "SELECT s.id, x.name FROM supportcase s CROSS JOIN subsidiary x WHERE s.id = 300",
    [{ id: "300", name: "Parent Company" }],
  ],
  [
    "SELECT c.id, s.name, s.stage FROM customer c JOIN customerstatus s ON s.id = c.entitystatus WHERE s.stage = 'PROSPECT'",
    [{ id: "11", name: "In Discussion", stage: "PROSPECT" }],
  ],
  [
    "SELECT o.id, o.title, BUILTIN.DF(o.entity) customer FROM opportunity o WHERE o.status = 'A'",
    [{ id: "101", title: "Curtains", customer: "CUST11" }],
  ],
  ["SELECT id FROM opportunity ORDER BY id", ids(100, 101)],
  [
    "SELECT n.field, n.oldvalue, n.newvalue FROM systemnote n WHERE n.recordid = 202 AND n.recordtypeid = -30",
    [{ field: "TRANDOC.KSTATUS", oldvalue: "Open", newvalue: "Paid In Full" }],
  ],
  [
    "SELECT ct.id FROM contact ct LEFT JOIN customer c ON c.id = ct.company AND c.isinactive = 'F' WHERE c.entitystatus = 8",
    ids(21),
  ],
];

const functions: Case[] = [
  [
    "SELECT BUILTIN.DF(status) s, BUILTIN.CF(status) code FROM transaction WHERE id = 202",
    [{ s: "Invoice : Paid In Full", code: "CustInvc:B" }],
  ],
  [
    "SELECT BUILTIN.DF(salesrep) rep, BUILTIN.DF(entitystatus) st, BUILTIN.DF(isperson) p FROM customer WHERE id = 10",
    [{ rep: "Ann Lee", st: "Closed Won", p: "No" }],
  ],
  ["SELECT NVL(email, 'none') e, NVL2(email, 'y', 'n') f FROM customer WHERE id = 12", [{ e: "none", f: "n" }]],
  [
    "SELECT COALESCE(companyname, firstname || ' ' || lastname, entityid) name FROM customer ORDER BY id",
    [{ name: "Wayne Enterprises" }, { name: "O'Hara & Sons" }, { name: "Selina Kyle" }],
  ],
  [
    "SELECT UPPER(email) u, LOWER(entityid) l FROM customer WHERE LOWER(companyname) = 'wayne enterprises'",
    [{ u: "OFFICE@WAYNE.TEST", l: "cust10" }],
  ],
  [
    "SELECT SUBSTR(email, 1, 6) a, LENGTH(email) n, INSTR(email, '@') at FROM customer WHERE id = 10",
    [{ a: "office", n: "17", at: "7" }],
  ],
  [
    "SELECT CASE WHEN status = 'A' THEN 'open' WHEN status = 'B' THEN 'paid' ELSE 'other' END s FROM transaction WHERE type = 'CustInvc' ORDER BY id",
    [{ s: "open" }, { s: "paid" }],
  ],
  [
    "SELECT DECODE(isperson, 'T', 'person', 'company') kind FROM customer ORDER BY id",
    [{ kind: "company" }, { kind: "company" }, { kind: "person" }],
  ],
  [
    "SELECT ROUND(foreigntotal / 3, 2) third, -foreigntotal less FROM transaction WHERE id = 204",
    [{ third: "133.42", less: "-400.25" }],
  ],
  ["SELECT id || ':' || trandate AS label FROM transaction WHERE id = 201", [{ label: "201:02/01/2026" }]],
];

const results: Case[] = [
  ["SELECT id FROM transaction ORDER BY foreigntotal DESC, id DESC FETCH FIRST 3 ROWS ONLY", ids(200, 100, 201)],
  [
    "SELECT id FROM transaction ORDER BY entity, lastmodifieddate DESC, id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
    ids(203, 201),
  ],
  ["SELECT id FROM customer WHERE ROWNUM <= 2 ORDER BY id", ids(10, 11)],
  ["SELECT id FROM customer WHERE ROWNUM > 1", []],
  ["SELECT TOP 1 id FROM customer ORDER BY id DESC", ids(12)],
  ["SELECT id FROM customer ORDER BY email, id", ids(11, 10, 12)],
  ["SELECT id FROM customer ORDER BY email DESC", ids(12, 10, 11)],
  ["SELECT id FROM customer ORDER BY email NULLS FIRST", ids(12, 11, 10)],
  [
    "SELECT id, entityid AS code FROM customer ORDER BY code DESC FETCH FIRST 1 ROW ONLY",
    [{ id: "12", code: "CUST12" }],
  ],
  ["SELECT companyname, id FROM customer ORDER BY 2 DESC FETCH FIRST 1 ROWS ONLY", [{ id: "12" }]],
  [
    "SELECT DISTINCT type FROM transaction WHERE entity = 10 ORDER BY type",
    [{ type: "CustInvc" }, { type: "CustPymt" }, { type: "Opprtnty" }, { type: "SalesOrd" }],
  ],
  ["SELECT COUNT(*) FROM customer", [{ expr1: "3" }]],
  [
    "SELECT COUNT(*) AS n, COUNT(email) e, MAX(lastmodifieddate) m FROM customer",
    [{ n: "3", e: "2", m: "02/10/2026" }],
  ],
  ["SELECT COUNT(*) n, SUM(foreigntotal) s FROM transaction WHERE id > 999", [{ n: "0" }]],
  [
    "SELECT entity, COUNT(*) n, SUM(foreigntotal) total FROM transaction WHERE type = 'CustInvc' GROUP BY entity",
    [{ entity: "10", n: "2", total: "9000" }],
  ],
  [
    "SELECT t.type, MIN(t.trandate) first FROM transaction t GROUP BY t.type HAVING COUNT(*) = 1 ORDER BY t.type",
    [
      { type: "CustPymt", first: "02/20/2026" },
      { type: "Estimate", first: "02/15/2026" },
      { type: "SalesOrd", first: "01/31/2026" },
    ],
  ],
  [
    "SELECT BUILTIN.DF(entity) who, AVG(foreigntotal) a FROM transaction WHERE type = 'CustInvc' GROUP BY BUILTIN.DF(entity)",
    [{ who: "CUST10", a: "4500" }],
  ],
  ["SELECT COUNT(DISTINCT entity) n FROM transaction", [{ n: "2" }]],
];

describe.each([
  ["columns", columns],
  ["conditions", conditions],
  ["dates", dates],
  ["joins", joins],
  ["functions", functions],
  ["results", results],
])("SuiteQL accepts %s", (_topic, cases) => {
  const simulator = createAccount();
  test.each(cases)("%s", async (statement, rows) => {
    const reply = await suiteql(simulator, statement);
    expect(reply["o:errorDetails"]?.[0]?.detail).toBeUndefined();
    expect(rowsOf(reply)).toEqual(rows);
    expect(reply.totalResults).toBe(rows.length);
  });
});

test("a statement with more than 100 columns yields no rows and no error", async () => {
  const simulator = createAccount();
  const hundred = Array.from({ length: 100 }, (_, index) => `id AS c${index}`).join(", ");
  expect((await suiteql(simulator, `SELECT ${hundred} FROM customer`)).count).toBe(3);
  const reply = await suiteql(simulator, `SELECT ${hundred}, id AS onemore FROM customer`);
  expect(reply).toMatchObject({ status: 200, count: 0, items: [], totalResults: 0, hasMore: false });
});
