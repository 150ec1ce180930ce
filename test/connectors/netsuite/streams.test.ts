import type { CursorState } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import type { NetsuiteRow, NetsuiteSeed } from "../../../connectors/netsuite/simulator/index.ts";
import { customers, idsOf, readStream, shortened, startAccount, streamOf, type TestAccount } from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

const run = (name: string, state: CursorState | null = null, fields: readonly string[] = ["companyname"]) =>
  readStream(account, name, state, fields);

describe("the count of live records", () => {
  test("is NetSuite's own, of one transaction type where the table has several", async () => {
    const invoices = [1, 2, 3].map((id) => ({ id, type: "CustInvc", lastmodifieddate: "2026-03-01T08:00:00Z" }));
    const order = { id: 4, type: "SalesOrd", lastmodifieddate: "2026-03-01T08:00:00Z" };
    account = await startAccount({ customer: customers(2_345), transaction: [...invoices, order] });
    expect(await streamOf(account.connection, "customer").count?.()).toBe(2_345);
    expect(await streamOf(account.connection, "invoice").count?.()).toBe(3);
    expect(await streamOf(account.connection, "creditmemo").count?.()).toBe(0);
    expect(account.statements).toHaveLength(3);
  });

  test("of an object the role may not see names the permission", async () => {
    account = await startAccount({}, { hiddenRecords: ["supportcase"] });
    await expect(streamOf(account.connection, "supportcase").count?.()).rejects.toMatchObject({
      next: "stop",
      details: { code: "INSUFFICIENT_PERMISSION", remedy: expect.stringContaining("Lists → Cases") },
    });
  });
});

describe("a backfill", () => {
  test("reads every row over as many pages as it takes, then stands at the changes", async () => {
    account = await startAccount({ customer: customers(2_345) });
    const { records, batches, cursor } = await run("customer");
    expect(idsOf(records)).toHaveLength(2_345);
    expect(batches.map((batch) => batch.records.length)).toEqual([1_000, 1_000, 345, 0]);
    expect(cursor).toMatchObject({ mode: "changes" });
    // Late enough to lose nothing: the look-back before the backfill began.
    expect(cursor).toHaveProperty("at", "2026-03-18T11:00:00.000Z");
  });

  test("goes on where NetSuite sends fewer rows than asked", async () => {
    account = await startAccount({ customer: customers(700) }, { pageSizeMax: 1_000, rowsMax: 1_000 });
    account.troubles.push(shortened(account, 300), shortened(account, 300));
    const { records } = await run("customer");
    expect(idsOf(records)).toHaveLength(700);
  });

  test("reads each row once in the account, however many pages there are", async () => {
    const transaction = Array.from({ length: 5_000 }, (_, i): NetsuiteRow => {
      return {
        id: i + 1,
        type: i % 2 ? "CustInvc" : "SalesOrd",
        currency: 1,
        lastmodifieddate: "2026-03-01T08:00:00Z",
      };
    });
    account = await startAccount({ transaction });
    const stream = streamOf(account.connection, "invoice");
    let after: string | null = null;
    let count = 0;
    do {
      const page: Awaited<ReturnType<typeof stream.pages>> = await stream.pages({ after, fields: ["currency_symbol"] });
      count += page.records.length;
      after = page.next;
    } while (after !== null);
    expect(count).toBe(2_500);
    expect(account.simulator.rowsScanned()).toBeLessThanOrEqual(2 * 2_500);
  });

  test("gives the row as the mapping reads it: dates in UTC, days as days, looked-up columns, no links", async () => {
    const customer = customers(1, () => ({
      isperson: "T",
      email: "jon@contoso.example",
      terms: "Net 30",
      entitystatus: 13,
      subsidiary: 1,
      lastsaledate: "2026-02-14",
      datecreated: "2026-07-01T15:30:05Z",
      lastmodifieddate: "2026-03-01T08:00:00Z",
      custentity_journey_hub_score: 42,
      custentity_journey_hub_stage_date: "2026-02-01T10:00:00Z",
    }));
    account = await startAccount({ customer });
    const fields = [
      ...[
        "id",
        "isperson",
        "companyname",
        "email",
        "phone",
        "terms",
        "entitystatus",
        "entitystatus_stage",
        "lastsaledate",
      ],
      ...["subsidiary_name", "datecreated", "lastmodifieddate"],
      ...["custentity_journey_hub_score", "custentity_journey_hub_stage_date"],
    ];
    const { records, batches } = await run("customer", null, fields);
    expect(records).toEqual([
      {
        id: "1",
        at: "2026-03-01T08:00:00.000Z",
        deleted: false,
        payload: {
          id: "1",
          isperson: "T",
          companyname: "Number 1",
          email: "jon@contoso.example",
          terms: "Net 30",
          entitystatus: "13",
          entitystatus_stage: "CUSTOMER",
          subsidiary_name: "Parent Company",
          lastsaledate: "2026-02-14",
          datecreated: "2026-07-01T15:30:05.000Z",
          lastmodifieddate: "2026-03-01T08:00:00.000Z",
          custentity_journey_hub_score: "42",
          custentity_journey_hub_stage_date: "2026-02-01T10:00:00.000Z",
        },
      },
    ]);
    expect(batches[0]?.missingFields).toEqual([]);
  });

  test("leaves out what the account does not have, and says so with every page", async () => {
    account = await startAccount({ customer: customers(1_500) }, { customFields: {} });
    const fields = ["companyname", "custentity_journey_hub_grade", "entitystatus_colour", "shoe size", "dogsize"];
    const { records, batches } = await run("customer", null, fields);
    expect(idsOf(records)).toHaveLength(1_500);
    for (const { missingFields } of batches) {
      expect(missingFields).toEqual(["custentity_journey_hub_grade", "entitystatus_colour", "dogsize", "shoe size"]);
    }
    // Each is refused once, by one of the requests: later ones know.
    expect(account.exchanges.filter(({ outcome }) => outcome === "stop")).toHaveLength(3);
  });

  test("goes without what is read through a record the role may not see", async () => {
    account = await startAccount(
      { customer: customers(2, () => ({ subsidiary: 1 })) },
      { hiddenRecords: ["subsidiary"] },
    );
    const { records, batches } = await run("customer", null, ["companyname", "subsidiary_name", "subsidiary"]);
    expect(records.map(({ payload }) => payload.subsidiary)).toEqual(["1", "1"]);
    expect(batches[0]?.missingFields).toEqual(["subsidiary_name"]);
  });

  test("asks again after an hour for a field that was missing", async () => {
    account = await startAccount({ customer: customers(1) }, { customFields: {} });
    await run("customer", null, ["companyname", "dogsize"]);
    const refused = () => account.exchanges.filter(({ outcome }) => outcome === "stop").length;
    await run("customer", null, ["companyname", "dogsize"]);
    expect(refused()).toBe(1);
    account.clock.advance(3_600_000);
    await run("customer", null, ["companyname", "dogsize"]);
    expect(refused()).toBe(2);
  });

  test("reads owners first", async () => {
    account = await startAccount({ employee: [{ id: 7, entityid: "Ann", lastmodifieddate: "2026-03-01T08:00:00Z" }] });
    const references = Object.entries(account.connection.streams).filter(([, { reference }]) => reference);
    expect(references.map(([name]) => name)).toEqual(["employee"]);
    const { records } = await run("employee", null, ["entityid"]);
    expect(records).toMatchObject([{ id: "7", payload: { entityid: "Ann" } }]);
  });
});

describe("transactions", () => {
  const modified = { lastmodifieddate: "2026-03-01T08:00:00Z" };
  const stamp = { ...modified, createddate: "2026-02-28T23:30:00Z", currency: 1 };
  const ledger: NetsuiteSeed["tables"] = {
    transaction: [
      { id: 1, type: "Estimate", tranid: "EST1", status: "B", trandate: "2026-01-31", ...stamp },
      { id: 2, type: "SalesOrd", tranid: "SO2", status: "G", ...stamp },
      { id: 3, type: "CustInvc", tranid: "INV3", status: "A", foreigntotal: 90, foreignamountunpaid: 50.5, ...stamp },
      { id: 4, type: "CustInvc", tranid: "INV4", status: "B", foreigntotal: 10, foreignamountunpaid: 0, ...stamp },
      { id: 5, type: "CustPymt", tranid: "PYMT5", status: "C", ...stamp },
      { id: 6, type: "CustPymt", tranid: "PYMT6", status: "C", ...stamp },
      { id: 7, type: "CustCred", tranid: "CM7", status: "A", foreigntotal: -5, ...stamp },
    ],
    transactionline: [
      { id: 1, transaction: 2, createdfrom: 1, mainline: "T" },
      { id: 2, transaction: 2, createdfrom: 1, mainline: "F" },
      { id: 3, transaction: 3, createdfrom: 2, mainline: "T" },
      { id: 4, transaction: 4, mainline: "T" },
    ],
    nexttransactionlinelink: [
      { previousdoc: 4, nextdoc: 5, previoustype: "CustInvc", nexttype: "CustPymt" },
      { previousdoc: 3, nextdoc: 5, previoustype: "CustInvc", nexttype: "CustPymt" },
      { previousdoc: 2, nextdoc: 3, previoustype: "SalesOrd", nexttype: "CustInvc" },
    ],
  };
  const payloads = async (name: string, fields: readonly string[]) =>
    (await run(name, null, fields)).records.map(({ payload }) => payload);

  test("come apart by their type, with what is unpaid and the currency's code", async () => {
    account = await startAccount(ledger);
    const fields = ["tranid", "status", "trandate", "createddate", "foreignamountunpaid", "currency_symbol"];
    expect(await payloads("invoice", fields)).toMatchObject([
      { id: "3", tranid: "INV3", status: "A", foreignamountunpaid: "50.5", currency_symbol: "USD" },
      { id: "4", tranid: "INV4", status: "B", foreignamountunpaid: "0", createddate: "2026-02-28T23:30:00.000Z" },
    ]);
    expect(await payloads("estimate", fields)).toMatchObject([{ tranid: "EST1", trandate: "2026-01-31" }]);
    expect(await payloads("salesorder", ["tranid"])).toMatchObject([{ tranid: "SO2" }]);
    expect(await payloads("creditmemo", ["foreigntotal"])).toMatchObject([{ id: "7", foreigntotal: "-5" }]);
  });

  test("name the transaction they were made from and its type", async () => {
    account = await startAccount(ledger);
    const fields = ["createdfrom", "createdfrom_type"];
    expect(await payloads("salesorder", fields)).toMatchObject([{ createdfrom: "1", createdfrom_type: "Estimate" }]);
    const [third, fourth] = await payloads("invoice", fields);
    expect(third).toMatchObject({ createdfrom: "2", createdfrom_type: "SalesOrd" });
    expect(fourth).not.toHaveProperty("createdfrom");
  });

  test("of payments name the first invoice they pay", async () => {
    account = await startAccount(ledger);
    const [fifth, sixth] = await payloads("customerpayment", ["appliedto"]);
    expect(fifth).toMatchObject({ id: "5", appliedto: "3" });
    expect(sixth).not.toHaveProperty("appliedto");
  });

  test("keep what links them when a page of links has fewer rows than were asked for", async () => {
    const transaction = [1, 2, 3, 4].map((id) => ({ id, type: "CustInvc", tranid: `INV${id}`, ...stamp }));
    const transactionline = transaction.map(({ id }) => ({ id, transaction: id, createdfrom: 4, mainline: "T" }));
    account = await startAccount({ transaction, transactionline });
    account.troubles.push(() => undefined, shortened(account, 1));
    const found = await payloads("invoice", ["createdfrom"]);
    expect(found.map(({ createdfrom }) => createdfrom)).toEqual(["4", "4", "4", "4"]);
  });

  test("are not asked for links that no mapping reads, and go without those that cannot be read", async () => {
    account = await startAccount(ledger, { hiddenRecords: ["transactionline"] });
    await run("salesorder", null, ["tranid"]);
    expect(account.statements.filter((statement) => statement.includes("transactionline"))).toEqual([]);
    const { records, batches } = await run("salesorder", null, ["tranid", "createdfrom"]);
    expect(records).toMatchObject([{ payload: { tranid: "SO2" } }]);
    expect(batches[0]?.missingFields).toEqual(["createdfrom"]);
  });

  test.each([
    ["contact", { contact: [{ id: 9, entityid: "Maria", company: 3, ...modified }] }, "company", "3"],
    [
      "opportunity",
      { opportunity: [{ id: 9, title: "Fleet", entitystatus: 10, ...modified }] },
      "entitystatus_name",
      "Proposal",
    ],
    ["supportcase", { supportcase: [{ id: 9, title: "Squeak", status: 3, ...modified }] }, "status_stage", "ESCALATED"],
  ] satisfies [string, NetsuiteSeed["tables"], string, string][])(
    "%s comes with what it points to",
    async (name, tables, field, value) => {
      account = await startAccount(tables);
      const { records } = await run(name, null, [field]);
      expect(records).toMatchObject([{ id: "9", at: "2026-03-01T08:00:00.000Z", payload: { [field]: value } }]);
    },
  );
});

describe("records by id", () => {
  test("come all, however few rows NetSuite puts on a page: what is left out counts as gone", async () => {
    account = await startAccount({ customer: customers(9) });
    account.troubles.push(shortened(account, 4), shortened(account, 2));
    const ids = ["9", "2", "3", "4", "5", "6", "7", "8", "1"];
    const records = await streamOf(account.connection, "customer").byId?.(ids, {
      fields: ["companyname"],
      lane: "webhook",
    });
    expect(records?.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("come in one request, unknown ones left out", async () => {
    account = await startAccount({ customer: customers(3) });
    const stream = streamOf(account.connection, "customer");
    const records = await stream.byId?.(["1", "3", "999"], { fields: ["companyname"], lane: "webhook" });
    expect(records?.map(({ id, payload }) => [id, payload.companyname])).toEqual([
      ["1", "Number 1"],
      ["3", "Number 3"],
    ]);
    expect(account.exchanges).toHaveLength(1);
    expect(await stream.byId?.([], { fields: ["companyname"], lane: "webhook" })).toEqual([]);
  });
});
