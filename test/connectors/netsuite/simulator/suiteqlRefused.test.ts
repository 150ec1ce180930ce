import { describe, expect, test } from "vitest";
import { createAccount, send, suiteql } from "./account.ts";

type Case = [statement: string, reason: string];

const syntax: Case[] = [
  ["SELEC id FROM customer", "near: SELEC(1,1"],
  ["SELECT FROM customer", "near: FROM(1,8"],
  ["SELECT id, FROM customer", "near: FROM(1,12"],
  ["SELECT id", "near: <EOF>(1,10"],
  ["SELECT id FROM", "near: <EOF>"],
  ["SELECT id FROM customer WHERE", "near: <EOF>"],
  ["SELECT id FROM customer WHERE id >", "near: <EOF>"],
  ["SELECT id FROM customer WHERE id = 1 AND", "near: <EOF>"],
  ["SELECT id FROM customer WHERE (id = 1", "near: <EOF>"],
  ["SELECT id FROM customer WHERE id = 1)", "near: )(1,37"],
  ["SELECT id FROM customer LIMIT 5", "near: LIMIT(1,25"],
  ["SELECT id FROM customer ORDER BY id LIMIT 5", "near: LIMIT(1,37"],
  ["SELECT id FROM customer ORDER id", "near: id(1,31"],
  ["SELECT id FROM customer GROUP id", "near: id"],
  ["SELECT id FROM customer WHERE id IN ()", "near: )"],
  ["SELECT id FROM customer WHERE id IN (1, )", "near: )"],
  ["SELECT id FROM customer WHERE id BETWEEN 1", "near: <EOF>"],
  ["SELECT id FROM customer WHERE id IS 5", "near: 5"],
  ["SELECT id FROM customer WHERE id NOT 5", "near: 5"],
  ["SELECT id FROM customer WHERE id == 5", "near: ="],
  ["SELECT id FROM customer WHERE name = 'open", "near: '"],
  ["SELECT id FROM customer; DELETE FROM customer", "near: ;"],
  ["SELECT id FROM customer c JOIN transaction t", "near: <EOF>"],
  ["SELECT id FROM customer FETCH 5 ROWS ONLY", "near: 5"],
  ["SELECT id FROM customer FETCH FIRST five ROWS ONLY", "near: five"],
  ["SELECT id FROM customer FETCH FIRST 5 ROWS", "near: <EOF>"],
  ["SELECT `id` FROM customer", "near: `"],
  ["UPDATE customer SET email = 'x'", "near: UPDATE"],
  ["DELETE FROM customer", "near: DELETE"],
  ["SELECT SUM(*) FROM transaction", "near: )"],
  ["SELECT CASE id END FROM customer", "near: END"],
  ["SELECT id\nFROM customer\nWHERE id = = 3", "near: =(3,12"],
];

const names: Case[] = [
  ["SELECT id FROM clients", "Search error occurred: Record 'clients' was not found."],
  ["SELECT c.id FROM customer c JOIN Invoices i ON i.entity = c.id", "Record 'Invoices' was not found."],
  [
    "SELECT nickname FROM customer",
    "Search error occurred: Unknown identifier 'nickname'. Available identifiers are: {customer=customer}.",
  ],
  [
    "SELECT c.id FROM customer c WHERE c.emial = 'x'",
    "Unknown identifier 'emial'. Available identifiers are: {c=customer}.",
  ],
  ["SELECT x.id FROM customer c", "Unknown identifier 'x'. Available identifiers are: {c=customer}."],
  ["SELECT customer.id FROM customer c", "Unknown identifier 'customer'."],
  ["SELECT x.* FROM customer c", "Unknown identifier 'x'."],
  [
    "SELECT c.id FROM customer c JOIN employee e ON e.id = c.owner",
    "Unknown identifier 'owner'. Available identifiers are: {c=customer, e=employee}.",
  ],
  ["SELECT id FROM customer ORDER BY rank", "Unknown identifier 'rank'"],
  ["SELECT custentity_missing FROM customer", "Unknown identifier 'custentity_missing'"],
  ["SELECT id FROM customer c JOIN employee e ON e.id = c.salesrep", "ORA-00918: column ambiguously defined"],
  ["SELECT c.id FROM customer c JOIN contact c ON c.company = c.id", "ORA-00918"],
  ["SELECT FOO(id) FROM customer", "Unknown function 'FOO'"],
];

const meaning: Case[] = [
  ["SELECT id FROM customer WHERE id = 'abc'", "ORA-01722: invalid number"],
  ["SELECT id FROM customer WHERE entityid > 5", "ORA-01722: invalid number"],
  ["SELECT id FROM customer WHERE lastmodifieddate > '2026-02-01'", "ORA-01861: literal does not match format string"],
  ["SELECT id FROM customer WHERE lastmodifieddate > TO_DATE('01.02.2026', 'YYYY-MM-DD')", "ORA-01861"],
  ["SELECT id FROM customer WHERE lastmodifieddate > TO_DATE('2026-02-31', 'YYYY-MM-DD')", "ORA-01861"],
  ["SELECT id FROM customer WHERE lastmodifieddate > 20260201", "ORA-00932: inconsistent datatypes"],
  ["SELECT TO_CHAR(lastmodifieddate, 'QQQQ') FROM customer", "ORA-01821: date format not recognized"],
  ["SELECT UPPER(email, 2) FROM customer", "ORA-00909: invalid number of arguments"],
  ["SELECT SUM(email) FROM customer", "ORA-01722"],
  ["SELECT type, COUNT(*) FROM transaction", "ORA-00979: not a GROUP BY expression"],
  ["SELECT entity, type FROM transaction GROUP BY entity", "ORA-00979"],
  ["SELECT id FROM customer WHERE COUNT(*) > 1", "ORA-00934: group function is not allowed here"],
  ["SELECT id FROM customer HAVING id > 1", "ORA-00979"],
  ["SELECT id FROM customer ORDER BY 7", "ORA-01785"],
  ["SELECT id FROM customer WHERE email", "Invalid or unsupported search"],
  ["SELECT id = 1 FROM customer", "Invalid or unsupported search"],
  ["SELECT foreigntotal / 0 FROM transaction", "ORA-01476: divisor is equal to zero"],
  ["SELECT BUILTIN.DF(UPPER(email)) FROM customer", "BUILTIN.DF takes a field"],
  ["SELECT id FROM customer WHERE id IN (SELECT entity FROM transaction)", "Invalid or unsupported search"],
  ["SELECT id FROM customer UNION SELECT id FROM contact", "Invalid or unsupported search"],
  [`SELECT id FROM customer WHERE id IN (${Array.from({ length: 1001 }, (_, index) => index).join(",")})`, "ORA-01795"],
];

describe.each([
  ["what does not parse", syntax],
  ["unknown names", names],
  ["what makes no sense", meaning],
])("SuiteQL refuses %s", (_topic, cases) => {
  const simulator = createAccount();
  test.each(cases)("%s", async (statement, reason) => {
    const reply = await suiteql(simulator, statement);
    expect(reply).toMatchObject({ status: 400, title: "Bad Request" });
    const [error] = reply["o:errorDetails"];
    expect(error).toMatchObject({ "o:errorCode": "INVALID_PARAMETER", "o:errorQueryParam": "q" });
    expect(error?.detail).toMatch(/^Invalid search query\. Detailed unprocessed description follows\. /);
    expect(error?.detail).toContain(reason);
  });
});

test("a record the role may not see is not found", async () => {
  const simulator = createAccount({ hiddenRecords: ["SystemNote"] });
  const reply = await suiteql(simulator, "SELECT field FROM systemnote");
  expect(reply["o:errorDetails"][0]?.detail).toContain("Record 'systemnote' was not found.");
});

test.each([
  ["without Prefer: transient", { headers: {}, body: { q: "SELECT id FROM customer" } }, "INVALID_HEADER"],
  [
    "without a query",
    { headers: { prefer: "transient" }, body: { query: "SELECT id FROM customer" } },
    "INVALID_CONTENT",
  ],
  ["whose body is not JSON", { headers: { prefer: "transient" }, body: "SELECT id FROM customer" }, "INVALID_CONTENT"],
])("a query %s is refused", async (_what, { headers, body }, code) => {
  const reply = await send(createAccount(), "POST", "/query/v1/suiteql", { headers, body });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({ "o:errorDetails": [{ "o:errorCode": code }] });
});
