import { describe, expect, test } from "vitest";
import type { RecordFields } from "../../../src/model/kinds.ts";
import { at } from "../../fixtures/pipeline/crm.ts";
import { type Case, eventsOf, seen } from "../../fixtures/pipeline/steps.ts";

describe("documents", () => {
  const day = "2026-01-02";
  const quotes: Case<"quote">[] = [
    ["quote first seen", null, { issued_on: day }, ["quote.sent 01-02T00"]],
    ["quote first seen accepted", null, { status: "accepted" }, ["quote.sent 01-01T00", "quote.accepted 01-01T05"]],
    ["quote accepted", { status: "open" }, { status: "accepted" }, ["quote.accepted 01-01T05"]],
    ["quote expired", { status: "open" }, { status: "expired" }, ["quote.expired 01-01T05"]],
    ["quote closed once it had expired", { status: "expired" }, { status: "closed" }, []],
  ];
  test.each(quotes)("%s", (_, before, fields, expected) => {
    expect(seen("quote", before, { fields })).toEqual(expected);
  });

  const orders: Case<"order">[] = [
    ["order first seen", null, { issued_on: day }, ["order.placed 01-02T00"]],
    [
      "order first seen fulfilled",
      null,
      { status: "fulfilled" },
      ["order.placed 01-01T00", "order.fulfilled 01-01T05"],
    ],
    ["order approved", { status: "pending" }, { status: "approved" }, ["order.approved 01-01T05"]],
    ["order fulfilled", { status: "approved" }, { status: "fulfilled" }, ["order.fulfilled 01-01T05"]],
    ["order billed after it was fulfilled", { status: "fulfilled" }, { status: "billed" }, []],
    ["order cancelled", { status: "pending" }, { status: "cancelled" }, ["order.cancelled 01-01T05"]],
  ];
  test.each(orders)("%s", (_, before, fields, expected) => {
    expect(seen("order", before, { fields })).toEqual(expected);
  });

  const invoices: Case<"invoice">[] = [
    ["invoice first seen", null, { issued_on: day, status: "open" }, ["invoice.issued 01-02T00"]],
    [
      "invoice first seen paid",
      null,
      { issued_on: day, status: "paid", paid_on: "2026-01-03" },
      ["invoice.issued 01-02T00", "invoice.paid 01-03T00"],
    ],
    ["credit note first seen", null, { type: "credit_note", status: "paid" }, ["credit.issued 01-01T00"]],
    ["invoice paid", { status: "open" }, { status: "paid" }, ["invoice.paid 01-01T05"]],
    ["invoice paid in part", { status: "open" }, { status: "partially_paid" }, []],
    ["invoice voided", { status: "open" }, { status: "void" }, ["invoice.voided 01-01T05"]],
    ["credit note applied", { type: "credit_note", status: "open" }, { type: "credit_note", status: "paid" }, []],
  ];
  test.each(invoices)("%s", (_, before, fields, expected) => {
    expect(seen("invoice", before, { fields })).toEqual(expected);
  });

  test("an invoice first seen paid was open for its whole amount when it was issued", () => {
    const fields = {
      number: "I-7",
      total: { amount: "90", currency: "EUR" },
      balance: { amount: "0", currency: "EUR" },
    };
    const [issued, paid] = eventsOf("invoice", null, { fields: { ...fields, status: "paid" } });
    expect(issued?.facts).toEqual({ number: "I-7", total: 90, currency: "EUR", balance: 90, status: "open" });
    expect(paid?.facts).toEqual({ number: "I-7", total: 90, currency: "EUR", balance: 0, status: "paid" });
    expect(issued?.title).toBe("Invoice I-7 issued for 90 EUR");
  });

  test("a payment is received once", () => {
    expect(seen("payment", null, { fields: { issued_on: day } })).toEqual(["payment.received 01-02T00"]);
    expect(seen("payment", {}, { fields: { status: "deposited" } })).toEqual([]);
  });
});

describe("an activity", () => {
  const cases: Case<"activity">[] = [
    [
      "e-mail from the customer",
      null,
      { type: "email", direction: "inbound", occurred_at: at(3) },
      ["email.received 01-01T03"],
    ],
    ["e-mail to the customer", null, { type: "email", direction: "outbound" }, ["email.sent 01-01T00"]],
    ["e-mail of unknown direction", null, { type: "email" }, ["email.sent 01-01T00"]],
    ["call", null, { type: "call", occurred_at: at(3) }, ["call.logged 01-01T03"]],
    ["meeting to come", null, { type: "meeting", status: "open", occurred_at: at(30) }, ["meeting.booked 01-01T00"]],
    [
      "meeting first seen when it was over",
      null,
      { type: "meeting", status: "done", occurred_at: at(3) },
      ["meeting.held 01-01T03"],
    ],
    [
      "meeting held",
      { type: "meeting", status: "open" },
      { type: "meeting", status: "done", occurred_at: at(4) },
      ["meeting.held 01-01T04"],
    ],
    ["meeting cancelled", { type: "meeting", status: "open" }, { type: "meeting", status: "cancelled" }, []],
    [
      "meeting held, told again",
      { type: "meeting", status: "done" },
      { type: "meeting", status: "done", subject: "x" },
      [],
    ],
    ["note", null, { type: "note" }, ["note.added 01-01T00"]],
    ["task", null, { type: "task", status: "open" }, ["task.created 01-01T00"]],
    [
      "task first seen done",
      null,
      { type: "task", status: "done", ended_at: at(4) },
      ["task.created 01-01T00", "task.completed 01-01T04"],
    ],
    ["task done", { type: "task", status: "open" }, { type: "task", status: "done" }, ["task.completed 01-01T05"]],
    ["form", null, { type: "form" }, ["form.submitted 01-01T00"]],
    ["page", null, { type: "page_view" }, ["page.viewed 01-01T00"]],
    ["screen", null, { type: "screen_view" }, ["screen.viewed 01-01T00"]],
    ["action", null, { type: "action" }, ["action.tracked 01-01T00"]],
    ["survey", null, { type: "survey" }, ["survey.answered 01-01T00"]],
    ["something else", null, { type: "other" }, ["activity.logged 01-01T00"]],
    ["something of no type", null, {}, ["activity.logged 01-01T00"]],
    ["changed call", { type: "call" }, { type: "call", subject: "x" }, []],
  ];
  test.each(cases)("%s", (_, before, fields, expected) => {
    expect(seen("activity", before, { fields })).toEqual(expected);
  });

  test("has the channel and direction it was on", () => {
    const of = (fields: RecordFields<"activity">) => {
      const [event] = eventsOf("activity", null, { fields });
      return `${event?.channel} ${event?.direction}`;
    };
    expect([
      of({ type: "email", direction: "inbound" }),
      of({ type: "call", direction: "outbound" }),
      of({ type: "call" }),
      of({ type: "meeting" }),
      of({ type: "form" }),
      of({ type: "note" }),
      of({ type: "screen_view" }),
      of({ type: "action", channel: "app" }),
    ]).toEqual([
      "email inbound",
      "phone outbound",
      "phone none",
      "meeting none",
      "web inbound",
      "other none",
      "app inbound",
      "app inbound",
    ]);
  });
});
