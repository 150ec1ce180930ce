import { describe, expect, test } from "vitest";
import type { RecordFields, RecordKind } from "../../../src/model/kinds.ts";
import { planEvents } from "../../../src/pipeline/timeline/plan.ts";
import { at } from "../../fixtures/pipeline/crm.ts";
import { type Case, eventsOf, seen } from "../../fixtures/pipeline/steps.ts";

const changesOf = <K extends RecordKind>(kind: K, before: RecordFields<K>, fields: RecordFields<K>) =>
  Object.fromEntries(eventsOf(kind, before, { fields }).map((event) => [event.kind, event.changes]));

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
    ["that only ties identifiers together", null, { is_link: true }, []],
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

  test("no version is no write", () => {
    expect(planEvents([])).toEqual({ writes: [], output: [] });
  });
});
