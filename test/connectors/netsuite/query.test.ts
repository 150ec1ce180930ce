import { SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { type NetsuiteObject, objects } from "../../../connectors/netsuite/objects.ts";
import {
  deletions,
  linksOfIds,
  rowsBetween,
  rowsById,
  rowsByStamp,
  rowsOfIds,
  selectionOf,
} from "../../../connectors/netsuite/query.ts";

const id = "t.id AS id";
const stamp = "TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate";
const at = (wall: string) => `TO_TIMESTAMP('${wall}', 'YYYY-MM-DD HH24:MI:SS')`;
const wall = "2026-03-18 04:00:00";

describe("columns", () => {
  test.each<[string, NetsuiteObject, string, string]>([
    ["a plain one", objects.customer, "email", "t.email AS email"],
    [
      "a date with its time",
      objects.customer,
      "datecreated",
      "TO_CHAR(t.datecreated, 'YYYY-MM-DD HH24:MI:SS') AS datecreated",
    ],
    ["a day", objects.invoice, "duedate", "TO_CHAR(t.duedate, 'YYYY-MM-DD') AS duedate"],
    ["a select field read by name", objects.customer, "terms", "BUILTIN.DF(t.terms) AS terms"],
    ["a select field read by id", objects.customer, "entitystatus", "t.entitystatus AS entitystatus"],
    ["a column behind it", objects.customer, "entitystatus_stage", "entitystatus_of.stage AS entitystatus_stage"],
    [
      "our own stage date",
      objects.contact,
      "custentity_journey_hub_stage_date",
      "TO_CHAR(t.custentity_journey_hub_stage_date, 'YYYY-MM-DD HH24:MI:SS') AS custentity_journey_hub_stage_date",
    ],
  ])("%s", (_what, object, field, column) => {
    const { columns } = selectionOf(object, [field]);
    expect(columns.map(({ expression, field: name }) => `${expression} AS ${name}`)).toEqual([id, stamp, column]);
  });

  test("come once each, whatever the mapping repeats", () => {
    const { columns } = selectionOf(objects.customer, ["id", "email", "email", "lastmodifieddate"]);
    expect(columns.map(({ field }) => field)).toEqual(["id", "lastmodifieddate", "email"]);
  });

  test("are never made of what is no column's name", () => {
    const odd = ["email; DROP", "Email", "a.b", "x'y", "1st", "email FROM employee --"];
    const selection = selectionOf(objects.customer, odd);
    expect(selection.unknown).toEqual(odd);
    expect(rowsById(selection, null)).toBe(`SELECT ${id}, ${stamp} FROM customer t ORDER BY t.id`);
  });

  test("above 100 are refused, because NetSuite would answer with no rows", () => {
    const fields = Array.from({ length: 98 }, (_, n) => `custentity_${n}`);
    expect(selectionOf(objects.customer, fields).columns).toHaveLength(100);
    const tooMany = () => selectionOf(objects.customer, [...fields, "email"]);
    expect(tooMany).toThrow(SourceError);
    expect(tooMany).toThrow("NetSuite, reading customer: 101 columns are mapped, more than NetSuite gives (100)");
  });
});

describe("statements", () => {
  const email = selectionOf(objects.customer, ["email"]);
  const invoice = selectionOf(objects.invoice, ["currency_symbol", "currency_name"]);
  const invoices =
    `SELECT ${id}, ${stamp}, currency_of.symbol AS currency_symbol, currency_of.name AS currency_name FROM transaction t ` +
    "LEFT JOIN currency currency_of ON currency_of.id = t.currency WHERE t.type = 'CustInvc'";
  const customers = `SELECT ${id}, ${stamp}, t.email AS email FROM customer t`;

  test.each([
    ["everything", rowsById(email, null), `${customers} ORDER BY t.id`],
    ["everything behind an id", rowsById(email, "77"), `${customers} WHERE t.id > 77 ORDER BY t.id`],
    ["one type of transaction", rowsById(invoice, "77"), `${invoices} AND t.id > 77 ORDER BY t.id`],
    [
      "changes from an instant on",
      rowsByStamp(email, { wall, id: null }),
      `${customers} WHERE t.lastmodifieddate >= ${at(wall)} ORDER BY t.lastmodifieddate, t.id`,
    ],
    [
      "changes behind a row",
      rowsByStamp(invoice, { wall, id: "5" }),
      `${invoices} AND (t.lastmodifieddate > ${at(wall)} OR (t.lastmodifieddate = ${at(wall)} AND t.id > 5)) ORDER BY t.lastmodifieddate, t.id`,
    ],
    [
      "changes of a stretch of time",
      rowsBetween(email, { after: wall, before: "2026-03-18 06:00:00" }, "9"),
      `${customers} WHERE t.lastmodifieddate > ${at(wall)} AND t.lastmodifieddate < ${at("2026-03-18 06:00:00")} AND t.id > 9 ORDER BY t.id`,
    ],
    ["rows by id", rowsOfIds(email, ["3", "1"]), `${customers} WHERE t.id IN (3, 1) ORDER BY t.id`],
    [
      "what payments pay",
      linksOfIds("payment", ["5"]),
      "SELECT t.id AS id, MIN(l.previousdoc) AS appliedto FROM transaction t INNER JOIN nexttransactionlinelink l ON l.nextdoc = t.id WHERE t.id IN (5) AND l.previoustype = 'CustInvc' GROUP BY t.id ORDER BY t.id",
    ],
    [
      "what transactions were made from",
      linksOfIds("source", ["5", "6"]),
      "SELECT t.id AS id, l.createdfrom AS createdfrom, s.type AS createdfrom_type FROM transaction t INNER JOIN transactionline l ON l.transaction = t.id LEFT JOIN transaction s ON s.id = l.createdfrom WHERE t.id IN (5, 6) AND l.mainline = 'T' AND l.createdfrom IS NOT NULL ORDER BY t.id",
    ],
    [
      "deletions of some days",
      deletions(objects.customer, { from: "2026-03-17", to: "2026-03-18" }, "9"),
      "SELECT d.recordid AS id, TO_CHAR(d.deleteddate, 'YYYY-MM-DD HH24:MI:SS') AS deleteddate FROM deletedrecord d WHERE LOWER(d.type) IN ('customer', 'lead', 'prospect') AND d.deleteddate >= TO_DATE('2026-03-17', 'YYYY-MM-DD') AND d.deleteddate < TO_DATE('2026-03-18', 'YYYY-MM-DD') + 1 AND d.recordid > 9 ORDER BY d.recordid",
    ],
  ])("%s", (_what, statement, expected) => {
    expect(statement).toBe(expected);
  });

  test.each([
    ["an id", () => rowsById(email, "1 OR 1=1")],
    ["an id in a list", () => rowsOfIds(email, ["1", "2) OR (1=1"])],
    ["a date", () => rowsByStamp(email, { wall: "2026-03-18' OR '1'='1", id: null })],
  ])("take nothing else for %s", (_what, make) => {
    expect(make).toThrow("is neither an id nor a date of NetSuite's");
  });
});
