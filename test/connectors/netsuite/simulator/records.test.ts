import { expect, test } from "vitest";
import { createAccount, origin, rowsOf, send, suiteql } from "./account.ts";

const records = `${origin}/services/rest/record/v1`;

test("a record comes with ISO instants and references by id and name; what is empty is left out", async () => {
  const reply = await send(createAccount(), "GET", "/record/v1/customer/11");
  expect(await reply.json()).toEqual({
    links: [{ rel: "self", href: `${records}/customer/11` }],
    id: "11",
    entityId: "CUST11",
    companyName: "O'Hara & Sons",
    email: "hello@ohara.test",
    isPerson: false,
    isInactive: false,
    dateCreated: "2025-06-01T12:00:00Z",
    lastModifiedDate: "2026-02-10T09:00:00Z",
    parent: { id: "10", refName: "CUST10" },
    entityStatus: { id: "8", refName: "In Discussion" },
    salesRep: { id: "2", refName: "Bo Sand" },
    currency: { id: "1", refName: "US Dollar" },
    subsidiary: { id: "1", refName: "Parent Company" },
  });
});

test("an invoice shows its amounts under the record service's names", async () => {
  const reply = await send(createAccount(), "GET", "/record/v1/invoice/201");
  expect(await reply.json()).toMatchObject({
    tranId: "INV201",
    total: 6000,
    amountRemaining: 6000,
    dueDate: "2026-03-03",
    status: { id: "A", refName: "Open" },
    entity: { id: "10", refName: "CUST10" },
  });
});

test.each([
  ["opportunity/101", { title: "Curtains", foreignTotal: 400.25, status: { id: "A", refName: "In Progress" } }],
  [
    "supportCase/300",
    { caseNumber: "1001", status: { id: "3", refName: "Escalated" }, company: { id: "10", refName: "CUST10" } },
  ],
  ["contact/20", { firstName: "Lucius", company: { id: "10", refName: "CUST10" } }],
  ["employee/1", { entityId: "Ann Lee", isSalesRep: true }],
  ["salesOrder/200", { tranId: "SO200", salesRep: { id: "1", refName: "Ann Lee" } }],
  ["estimate/204", { tranId: "EST204" }],
  ["customerPayment/203", { total: 3000 }],
])("GET %s answers", async (path, fields) => {
  const reply = await send(createAccount(), "GET", `/record/v1/${path}`);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject(fields);
});

test.each([
  ["customer/999", "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID."],
  ["customer/abc", "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID."],
  ["invoice/200", "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID."],
  ["spaceship/1", "NONEXISTENT_ID", "Record type 'spaceship' does not exist."],
])("GET %s is not found", async (path, code, detail) => {
  const reply = await send(createAccount(), "GET", `/record/v1/${path}`);
  expect(reply.status).toBe(404);
  expect(await reply.json()).toMatchObject({
    title: "Not Found",
    status: 404,
    "o:errorDetails": [{ detail, "o:errorCode": code }],
  });
});

test("an address that is no service is not found either", async () => {
  expect((await send(createAccount(), "GET", "/nothing")).status).toBe(404);
});

test("PATCH changes only the fields given, stamps the record and notes what changed", async () => {
  const simulator = createAccount();
  const reply = await send(simulator, "PATCH", "/record/v1/customer/10", {
    body: {
      email: "new@wayne.test",
      entityStatus: { id: 15 },
      phone: null,
      custentity_journey_hub_stage: "retention",
      custentity_journey_hub_stage_date: "2026-02-28T10:00:00.000Z",
      custentity_journey_hub_score: 87,
    },
  });
  expect(reply.status).toBe(204);
  expect(reply.headers.get("location")).toBe(`${records}/customer/10`);
  expect(await reply.text()).toBe("");

  const statement =
    "SELECT companyname, email, phone, entitystatus, custentity_journey_hub_stage stage, custentity_journey_hub_score score, " +
    "TO_CHAR(custentity_journey_hub_stage_date, 'YYYY-MM-DD HH24:MI:SS') since, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') at FROM customer WHERE id = 10";
  expect(rowsOf(await suiteql(simulator, statement))).toEqual([
    {
      companyname: "Wayne Enterprises",
      email: "new@wayne.test",
      entitystatus: "15",
      stage: "retention",
      score: "87",
      since: "2026-02-28 05:00:00",
      at: "2026-03-01 10:00:00",
    },
  ]);
  const notes =
    "SELECT field, oldvalue, newvalue FROM systemnote WHERE recordid = 10 AND date >= SYSDATE - 1 ORDER BY field";
  expect(rowsOf(await suiteql(simulator, notes))).toEqual([
    { field: "CUSTENTITY_JOURNEY_HUB_SCORE", newvalue: "87" },
    { field: "CUSTENTITY_JOURNEY_HUB_STAGE", newvalue: "retention" },
    { field: "CUSTENTITY_JOURNEY_HUB_STAGE_DATE", newvalue: "02/28/2026" },
    { field: "ENTITY.KENTITYSTATUS", oldvalue: "Closed Won", newvalue: "Renewal" },
    { field: "ENTITY.PHONE", oldvalue: "+1 555 0100" },
    { field: "ENTITY.SEMAIL", oldvalue: "office@wayne.test", newvalue: "new@wayne.test" },
  ]);
});

test("field names are taken in any case, as Oracle's own examples write them", async () => {
  const simulator = createAccount();
  expect(
    (await send(simulator, "PATCH", "/record/v1/customer/10", { body: { entityid: "Updated Customer" } })).status,
  ).toBe(204);
  expect(rowsOf(await suiteql(simulator, "SELECT entityid FROM customer WHERE id = 10"))).toEqual([
    { entityid: "Updated Customer" },
  ]);
});

test.each([
  ["a field that does not exist", { nickname: "x" }, "nickname"],
  ["a custom field nobody created", { custentity_other: "x" }, "custentity_other"],
  ["a reference to nothing", { salesRep: { id: 999 } }, "salesRep"],
  ["a reference without id", { salesRep: { refName: "Ann Lee" } }, "salesRep"],
  ["a text for a number", { custentity_journey_hub_score: "many" }, "custentity_journey_hub_score"],
  ["a fraction for a whole number", { custentity_journey_hub_score: 1.5 }, "custentity_journey_hub_score"],
  ["a date for an instant", { custentity_journey_hub_stage_date: "02/28/2026" }, "custentity_journey_hub_stage_date"],
  ["a text longer than the field", { custentity_journey_hub_why: "x".repeat(301) }, "custentity_journey_hub_why"],
  ["a number for a check box", { isInactive: 1 }, "isInactive"],
  ["a read-only field", { lastModifiedDate: "2026-01-01T00:00:00Z" }, "lastModifiedDate"],
  ["the id", { id: "11" }, "id"],
])("PATCH with %s is refused and changes nothing", async (_what, body, path) => {
  const simulator = createAccount();
  const reply = await send(simulator, "PATCH", "/record/v1/customer/10", {
    body: { email: "new@wayne.test", ...body },
  });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    status: 400,
    "o:errorDetails": [{ "o:errorCode": "INVALID_CONTENT", "o:errorPath": path }],
  });
  expect(rowsOf(await suiteql(simulator, "SELECT email FROM customer WHERE id = 10"))).toEqual([
    { email: "office@wayne.test" },
  ]);
});

test("an account without the journey-hub fields refuses them in records and in queries", async () => {
  const simulator = createAccount({ customFields: {} });
  const patched = await send(simulator, "PATCH", "/record/v1/contact/20", {
    body: { custentity_journey_hub_stage: "purchase" },
  });
  expect(patched.status).toBe(400);
  const reply = await suiteql(simulator, "SELECT custentity_journey_hub_stage FROM contact");
  expect(reply["o:errorDetails"][0]?.detail).toContain("Unknown identifier 'custentity_journey_hub_stage'");
});

test.each(["{", "[]", "null", '"text"'])("the body %s is no record", async (body) => {
  const reply = await send(createAccount(), "PATCH", "/record/v1/customer/10", { body });
  expect(await reply.json()).toMatchObject({ status: 400, "o:errorDetails": [{ "o:errorCode": "INVALID_CONTENT" }] });
});

test("POST creates a record under the next number of its kind and says where it is", async () => {
  const simulator = createAccount();
  const reply = await send(simulator, "POST", "/record/v1/customer", {
    body: { companyName: "Kord Industries", subsidiary: { id: 1 } },
  });
  expect(reply.status).toBe(204);
  // Customers, contacts and employees share their numbers; contact 21 was the last.
  expect(reply.headers.get("location")).toBe(`${records}/customer/22`);
  const created = await send(simulator, "GET", "/record/v1/customer/22");
  expect(await created.json()).toMatchObject({
    entityId: "Kord Industries",
    isPerson: false,
    dateCreated: "2026-03-01T15:00:00Z",
  });
});

test.each([
  ["a customer without a name", "customer", { email: "x@y.test" }],
  ["a contact without a name", "contact", { email: "x@y.test" }],
  ["an order without a customer", "salesOrder", { memo: "x" }],
])("POST of %s is refused", async (_what, type, body) => {
  const reply = await send(createAccount(), "POST", `/record/v1/${type}`, { body });
  expect(reply.status).toBe(400);
  expect(JSON.stringify(await reply.json())).toContain("Please enter value(s) for");
});

test("DELETE leaves a tombstone, and the record is gone", async () => {
  const simulator = createAccount();
  expect((await send(simulator, "DELETE", "/record/v1/contact/21")).status).toBe(204);
  expect((await send(simulator, "GET", "/record/v1/contact/21")).status).toBe(404);
  const tombstones =
    "SELECT recordid, type, name, TO_CHAR(deleteddate, 'YYYY-MM-DD HH24:MI') at FROM deletedrecord WHERE type = 'contact'";
  expect(rowsOf(await suiteql(simulator, tombstones))).toEqual([
    { recordid: "21", type: "contact", name: "Scarlett", at: "2026-03-01 10:00" },
  ]);
});

test("accepting a payment pays the invoice, links the two and notes the status", async () => {
  const simulator = createAccount();
  const reply = await send(simulator, "POST", "/record/v1/invoice/201/!transform/customerPayment", { body: {} });
  expect(reply.status).toBe(204);
  expect(reply.headers.get("location")).toBe(`${records}/customerPayment/205`);
  const invoice =
    "SELECT status, foreignamountunpaid open, foreignamountpaid paid, closedate, TO_CHAR(lastmodifieddate, 'HH24:MI') at FROM transaction WHERE id = 201";
  expect(rowsOf(await suiteql(simulator, invoice))).toEqual([
    { status: "B", open: "0", paid: "6000", closedate: "03/01/2026", at: "10:00" },
  ]);
  const payment =
    "SELECT p.type, p.entity, p.trandate, p.foreigntotal, l.previousdoc, l.linktype FROM transaction p JOIN nexttransactionlinelink l ON l.nextdoc = p.id WHERE p.id = 205";
  expect(rowsOf(await suiteql(simulator, payment))).toEqual([
    {
      type: "CustPymt",
      entity: "10",
      trandate: "03/01/2026",
      foreigntotal: "6000",
      previousdoc: "201",
      linktype: "Payment",
    },
  ]);
  const note = "SELECT oldvalue, newvalue FROM systemnote WHERE recordid = 201 AND field = 'TRANDOC.KSTATUS'";
  expect(rowsOf(await suiteql(simulator, note))).toEqual([
    { oldvalue: "Invoice : Open", newvalue: "Invoice : Paid In Full" },
  ]);
});

test("a part payment leaves the invoice open; more than is open is refused, and so is paying twice", async () => {
  const simulator = createAccount();
  const pay = (payment: number) =>
    send(simulator, "POST", "/record/v1/invoice/201/!transform/customerPayment", { body: { payment } });
  expect((await pay(1500.5)).status).toBe(204);
  expect(
    rowsOf(await suiteql(simulator, "SELECT status, foreignamountunpaid open FROM transaction WHERE id = 201")),
  ).toEqual([{ status: "A", open: "4499.5" }]);
  expect((await pay(5000)).status).toBe(400);
  expect((await pay(4499.5)).status).toBe(204);
  expect((await pay(1)).status).toBe(400);
});

test("no other transformation is offered", async () => {
  const reply = await send(createAccount(), "POST", "/record/v1/salesOrder/200/!transform/invoice", { body: {} });
  expect(await reply.json()).toMatchObject({ status: 400, "o:errorDetails": [{ "o:errorCode": "INVALID_REQUEST" }] });
});

test.each([
  ["", [10, 11, 12]],
  ['companyName CONTAIN "wayne"', [10]],
  ["email EMPTY", [12]],
  ['email EMPTY_NOT AND companyName START_WITH "O\'"', [11]],
  ["id ANY_OF [10, 12]", [10, 12]],
  ["creditLimit GREATER 1000", [12]],
  ["isInactive IS true", [12]],
  ['dateCreated ON "12/31/2025"', [12]],
  ['dateCreated BEFORE "02/01/2025" OR (lastModifiedDate ON_OR_AFTER "02/10/2026" AND isPerson IS true)', [10, 12]],
  ['lastModifiedDate AFTER "02/10/2026"', []],
  ['lastModifiedDate ON_OR_BEFORE "01/31/2026"', [10]],
])("the listing of customers where %s", async (filter, ids) => {
  const query = filter === "" ? "" : `?q=${encodeURIComponent(filter)}`;
  const reply = await send(createAccount(), "GET", `/record/v1/customer${query}`);
  const body: { items: { id: string; links: { href: string }[] }[]; totalResults: number } = JSON.parse(
    await reply.text(),
  );
  expect(body.items).toEqual(
    ids.map((id) => ({ links: [{ rel: "self", href: `${records}/customer/${id}` }], id: String(id) })),
  );
  expect(body.totalResults).toBe(ids.length);
});

test.each([
  'nickname IS "x"',
  'companyName RESEMBLES "x"',
  "companyName IS",
  '(companyName IS "x"',
  'dateCreated AFTER "2026-01-01"',
  'dateCreated CONTAIN "01/01/2026"',
  'companyName IS "x" companyName IS "y"',
])("the listing filter %s is refused", async (filter) => {
  const reply = await send(createAccount(), "GET", `/record/v1/customer?q=${encodeURIComponent(filter)}`);
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    "o:errorDetails": [{ "o:errorCode": "INVALID_PARAMETER", "o:errorQueryParam": "q" }],
  });
});

test("the catalogue tells the fields of a record, custom ones among them", async () => {
  const simulator = createAccount();
  const reply = await send(simulator, "GET", "/record/v1/metadata-catalog/customer", {
    headers: { accept: "application/schema+json" },
  });
  expect(reply.headers.get("content-type")).toContain("application/schema+json");
  expect(await reply.json()).toMatchObject({
    properties: {
      lastModifiedDate: { type: "string", format: "date-time" },
      salesRep: { type: "object" },
      custentity_journey_hub_score: { type: "integer", "x-ns-custom-field": true },
      custentity_journey_hub_why: { type: "string", maxLength: 300 },
    },
  });
  const openApi = await send(simulator, "GET", "/record/v1/metadata-catalog?select=customer,supportCase", {
    headers: { accept: "application/swagger+json" },
  });
  const body: { components: { schemas: object } } = JSON.parse(await openApi.text());
  expect(Object.keys(body.components.schemas)).toEqual(["customer", "supportCase"]);
});

test("a seed that does not fit is refused with table and column", () => {
  const load = (row: Record<string, string | number>) => () =>
    createAccount({}, { accountId: "1", timeZone: "UTC", dateFormat: "YYYY-MM-DD", tables: { customer: [row] } });
  expect(load({ id: 1, nickname: "x" })).toThrow("customer has no column nickname");
  expect(load({ id: "one" })).toThrow("customer: a row needs a whole number as id, not one");
  expect(load({ id: 1, isinactive: "true" })).toThrow('customer.isinactive: "true" is no boolean');
  expect(load({ id: 1, lastmodifieddate: "yesterday" })).toThrow(
    'customer.lastmodifieddate: "yesterday" is no datetime',
  );
});
