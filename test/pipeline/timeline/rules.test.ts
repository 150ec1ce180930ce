import { describe, expect, test } from "vitest";
import type { RecordFields, RecordKind } from "../../../src/model/kinds.ts";
import type { MappedRecord } from "../../../src/model/record.ts";
import { planEvents } from "../../../src/pipeline/timeline/plan.ts";
import { at, gone, landed, received } from "../../fixtures/pipeline/crm.ts";

interface Version<K extends RecordKind> {
  fields?: RecordFields<K>;
  hour?: number;
  deleted?: boolean;
  merged_into?: string;
}

/** The events of a record's step from one version to the next; `null` before: it is seen for the first time. */
function eventsOf<K extends RecordKind>(kind: K, before: RecordFields<K> | null, now: Version<K>) {
  const { fields = {}, hour = 5, deleted = false, merged_into = null } = now;
  const raw = landed(received("things", "1", { fields }, { version: at(hour), deleted }), 1, at(10));
  const mapped: MappedRecord = {
    kind,
    remote_id: "1",
    remote_created_at: at(0),
    remote_updated_at: at(hour),
    remote_url: null,
    deleted,
    merged_into,
    fields,
    identifiers: [],
    associations: [],
    custom_fields: {},
    native: {},
    observed: null,
  };
  const known = before && {
    record_key: raw.record_key,
    connection: "crm",
    object: "things",
    remote_id: "1",
    kind,
    first_seq: 1,
    first_seen_at: at(1),
    remote_updated_at: at(1),
    changed_at: at(1),
    deleted: false,
    fields: before,
    identifiers: [],
  };
  const version = { landed: raw, mapped, first_seq: 1, first_seen_at: at(1), changed_at: at(hour), before: known };
  return planEvents([version]).output;
}

/** `kind hour` of each event. */
const seen = <K extends RecordKind>(kind: K, before: RecordFields<K> | null, now: Version<K>) =>
  eventsOf(kind, before, now).map((event) => `${event.kind} ${event.occurred_at.slice(5, 13)}`);
const changesOf = <K extends RecordKind>(kind: K, before: RecordFields<K>, fields: RecordFields<K>) =>
  Object.fromEntries(eventsOf(kind, before, { fields }).map((event) => [event.kind, event.changes]));

type Case<K extends RecordKind> = [string, RecordFields<K> | null, RecordFields<K>, string[]];

describe("a contact", () => {
  const cases: Case<"contact">[] = [
    ["first seen", null, {}, ["contact.created 01-01T00"]],
    [
      "first seen with a form filled in",
      null,
      { last_conversion: { name: "Quote", at: at(3) } },
      ["contact.created 01-01T00", "form.submitted 01-01T03"],
    ],
    [
      "first seen as a lead converted and turned down",
      null,
      { is_lead: true, converted_at: at(2), lead_status: "unqualified" },
      ["contact.created 01-01T00", "lead.disqualified 01-01T05", "lead.converted 01-01T02"],
    ],
    ["unchanged", { title: "CTO" }, { title: "CTO" }, []],
    ["with another title", { title: "CTO" }, { title: "CEO" }, []],
    [
      "in another lifecycle stage",
      { lifecycle_stage: "lead" },
      { lifecycle_stage: "customer" },
      ["lifecycle.changed 01-01T05"],
    ],
    ["without a lifecycle stage any more", { lifecycle_stage: "lead" }, {}, []],
    [
      "turned down",
      { lead_status: "open" },
      { lead_status: "unqualified" },
      ["lead.status_changed 01-01T05", "lead.disqualified 01-01T05"],
    ],
    [
      "filling in another form",
      { last_conversion: { at: at(1) } },
      { last_conversion: { at: at(3) } },
      ["form.submitted 01-01T03"],
    ],
    ["whose form is told again", { last_conversion: { at: at(1) } }, { last_conversion: { at: at(1), count: 1 } }, []],
    ["converted", {}, { converted_at: at(4) }, ["lead.converted 01-01T04"]],
  ];
  test.each(cases)("%s", (_, before, fields, expected) => {
    expect(seen("contact", before, { fields })).toEqual(expected);
  });
});

test("a company appears and changes its lifecycle stage", () => {
  expect(seen("company", null, {})).toEqual(["company.created 01-01T00"]);
  expect(seen("company", {}, { fields: { lifecycle_stage: "customer" } })).toEqual(["lifecycle.changed 01-01T05"]);
  expect(seen("company", {}, { fields: { name: "Acme" } })).toEqual([]);
});

describe("a deal", () => {
  const usd = (amount: string) => ({ amount, currency: "USD" });
  const cases: Case<"deal">[] = [
    ["first seen open", null, { status: "open", stage: "a" }, ["deal.created 01-01T00"]],
    ["first seen won", null, { status: "won", closed_at: at(3) }, ["deal.created 01-01T00", "deal.won 01-01T03"]],
    [
      "first seen lost, closing time unknown",
      null,
      { status: "lost" },
      ["deal.created 01-01T00", "deal.lost 01-01T05"],
    ],
    ["in another stage", { stage: "a" }, { stage: "b" }, ["deal.stage_changed 01-01T05"]],
    ["of another amount", { amount: usd("10") }, { amount: usd("20") }, ["deal.amount_changed 01-01T05"]],
    [
      "of the same amount in another currency",
      { amount: usd("10") },
      { amount: { amount: "10", currency: "EUR" } },
      ["deal.amount_changed 01-01T05"],
    ],
    [
      "pushed back",
      { expected_close_at: "2026-02-01" },
      { expected_close_at: "2026-03-01" },
      ["deal.close_date_pushed 01-01T05"],
    ],
    ["pulled forward", { expected_close_at: "2026-03-01" }, { expected_close_at: "2026-02-01" }, []],
    ["with a close date for the first time", {}, { expected_close_at: "2026-02-01" }, []],
    ["with another owner", { owner_ref: "owners:1" }, { owner_ref: "owners:2" }, ["deal.owner_changed 01-01T05"]],
    [
      "won",
      { status: "open", stage: "a" },
      { status: "won", stage: "w", closed_at: at(4) },
      ["deal.stage_changed 01-01T05", "deal.won 01-01T04"],
    ],
    ["lost", { status: "open" }, { status: "lost", closed_at: at(4) }, ["deal.lost 01-01T04"]],
    ["won, told again", { status: "won" }, { status: "won", closed_at: at(4) }, []],
    ["reopened", { status: "won" }, { status: "open" }, ["deal.reopened 01-01T05"]],
    ["won after it was lost", { status: "lost" }, { status: "won" }, ["deal.won 01-01T05"]],
  ];
  test.each(cases)("%s", (_, before, fields, expected) => {
    expect(seen("deal", before, { fields })).toEqual(expected);
  });

  test("says what it was and what it became", () => {
    expect(
      changesOf(
        "deal",
        { stage: "a", stage_label: "First talk", status: "open", amount: usd("10") },
        { stage: "w", stage_label: "Won", status: "won", amount: usd("20"), closed_at: at(4) },
      ),
    ).toEqual({
      "deal.stage_changed": [
        { field: "stage", from: "a", to: "w" },
        { field: "stage_label", from: "First talk", to: "Won" },
      ],
      "deal.amount_changed": [{ field: "amount", from: usd("10"), to: usd("20") }],
      "deal.won": [{ field: "status", from: "open", to: "won" }],
    });
    expect(changesOf("deal", { status: "open" }, { status: "lost", loss_reason: "Price" })).toEqual({
      "deal.lost": [
        { field: "status", from: "open", to: "lost" },
        { field: "loss_reason", to: "Price" },
      ],
    });
  });

  test("first seen won was open when it was created: its facts say so", () => {
    const [created, won] = eventsOf("deal", null, { fields: { name: "Fleet", status: "won", amount: usd("10.50") } });
    expect([created?.facts, won?.facts]).toEqual([
      { name: "Fleet", status: "open", amount: 10.5, currency: "USD" },
      { name: "Fleet", status: "won", amount: 10.5, currency: "USD" },
    ]);
    expect([created?.title, won?.title]).toEqual(["Deal “Fleet” opened", "Deal “Fleet” won"]);
  });
});

describe("a ticket", () => {
  const cases: Case<"ticket">[] = [
    ["first seen open", null, { status: "open" }, ["ticket.opened 01-01T00"]],
    [
      "first seen closed",
      null,
      { status: "closed", closed_at: at(3) },
      ["ticket.opened 01-01T00", "ticket.closed 01-01T03"],
    ],
    [
      "first seen escalated",
      null,
      { status: "open", is_escalated: true },
      ["ticket.opened 01-01T00", "ticket.escalated 01-01T05"],
    ],
    ["worked on", { status: "open" }, { status: "in_progress" }, ["ticket.status_changed 01-01T05"]],
    ["more urgent", { priority: "low" }, { priority: "high" }, ["ticket.priority_changed 01-01T05"]],
    ["escalated", { is_escalated: false }, { is_escalated: true }, ["ticket.escalated 01-01T05"]],
    ["still escalated", { is_escalated: true }, { is_escalated: true, subject: "x" }, []],
    [
      "closed",
      { status: "open" },
      { status: "closed", closed_at: at(4) },
      ["ticket.status_changed 01-01T05", "ticket.closed 01-01T04"],
    ],
    [
      "reopened",
      { status: "closed" },
      { status: "open" },
      ["ticket.status_changed 01-01T05", "ticket.reopened 01-01T05"],
    ],
  ];
  test.each(cases)("%s", (_, before, fields, expected) => {
    expect(seen("ticket", before, { fields })).toEqual(expected);
  });
});

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
    ]).toEqual(["email inbound", "phone outbound", "phone none", "meeting none", "web inbound", "other none"]);
  });
});

describe("any record", () => {
  test("owners and pipelines make no events", () => {
    expect([seen("owner", null, {}), seen("pipeline", null, {})]).toEqual([[], []]);
  });

  test("deleted or merged at its source says so once, with the values it had last", () => {
    const fields = { name: "Fleet", status: "open" as const };
    expect(seen("deal", fields, { fields, deleted: true })).toEqual(["record.deleted 01-01T05"]);
    const [merged] = eventsOf("deal", fields, { fields, deleted: true, merged_into: "9" });
    expect([merged?.kind, merged?.title, merged?.facts]).toEqual([
      "record.merged",
      "Merged into 9 at its source",
      { name: "Fleet", status: "open" },
    ]);
    expect(seen("deal", null, { fields, deleted: true })).toEqual(["deal.created 01-01T00", "record.deleted 01-01T05"]);
  });

  test("two changes under one stamp of the vendor are two events; the same change is one", () => {
    const idOf = (stage: string) => eventsOf("deal", { stage: "a" }, { fields: { stage } })[0]?.id;
    expect(idOf("b")).toBe(idOf("b"));
    expect(idOf("b")).not.toBe(idOf("c"));
  });

  test("what happens once has one id, whatever version tells of it", () => {
    const idOf = (hour: number) => eventsOf("deal", null, { fields: {}, hour })[0]?.id;
    expect(idOf(2)).toBe(idOf(7));
  });

  test("word of a record that was never seen is no event", () => {
    expect(landed(gone("deals", "7"), 1).payload).toEqual({});
    expect(planEvents([])).toEqual({ writes: [], output: [] });
  });
});
