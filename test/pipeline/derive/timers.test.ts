import { describe, expect, test } from "vitest";
import type { TimelineEvent } from "../../../src/model/index.ts";
import type { Derived } from "../../../src/pipeline/derive/plan.ts";
import { event, instant, journeyOf, lines, scoreOf, tell } from "./histories.ts";

const form = scoreOf(`
range: { min: 0, max: 100 }
dimensions: { engagement: { rules: [{ id: form, when: { event: form.submitted }, points: 10, decay: { kind: exponential, halfLife: 10d } }] } }
grades: { engagement: { A: 10, B: 8, C: 0 } }`);

describe("what changes with time alone has its exact instant", () => {
  test("decay: the next whole point is solved, and the grade told when it falls", () => {
    const first = tell([event("2026-01-01", "form.submitted")], { score: form, asOf: "2026-01-01" });
    // 10·2^(−Δ/10d) < 9.5 from Δ = 10·log2(10/9.5) = 0.74000581 days = 63 936 502.1 ms on
    expect(first.next).toEqual({ due_at: "2026-01-01T17:45:36.503Z", because: "grade A becomes B" });
    const second = tell([event("2026-01-01", "form.submitted")], { score: form, asOf: first.next?.due_at ?? "" });
    expect([second.score.value, second.score.grade]).toEqual([9, "B"]);
    expect(second.next?.because).toBe("score 9 becomes 8");
  });

  test("decay ends: after the last half point nothing is due", () => {
    const seen: number[] = [];
    let asOf = instant("2026-01-01");
    for (let due: string | undefined = asOf; due !== undefined; ) {
      asOf = due;
      const { score, next }: Derived = tell([event("2026-01-01", "form.submitted")], { score: form, asOf });
      seen.push(score.value);
      due = next?.due_at;
    }
    expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  test("a silence: the instant it is complete", () => {
    const quiet = journeyOf(`
- { id: active, rank: 2, enter: { event: "inbound:*" }, exit: [{ to: quiet, when: { no: { event: "inbound:*" }, within: 30d } }] }
- { id: quiet, rank: 1 }`);
    const events = [event("2026-01-01 10:00", "form.submitted"), event("2026-01-11 15:30", "call.logged")];
    expect(tell(events, { journey: quiet, asOf: "2026-01-12" }).next).toEqual({
      due_at: "2026-02-10T15:30:00.000Z",
      because: "quiet begins: No inbound activity for 30 days (last: call.logged on 11 Jan 2026)",
    });
  });

  test("a window: a count is no longer reached the instant its oldest event leaves", () => {
    const busy = journeyOf(`
- { id: calm, rank: 1 , enter: { event: contact.created } }
- id: busy
  rank: 2
  enter: { count: { event: form.submitted, within: 7d }, gte: 2 }
  exit: [{ to: calm, when: { not: { count: { event: form.submitted, within: 7d }, gte: 1 } } }]`);
    const events = [
      event("2026-01-01", "contact.created"),
      event("2026-01-02", "form.submitted"),
      event("2026-01-04", "form.submitted"),
      event("2026-01-05 12:00", "form.submitted"),
    ];
    expect(lines(tell(events, { journey: busy, asOf: "2026-02-01" }))).toEqual([
      "2026-01-01 → 2026-01-04 1 calm (enter) calm.enter[0]",
      "2026-01-04 → 2026-01-12 1 busy (enter) busy.enter[0]",
      "2026-01-12 → now 1 calm (timeout) busy.exit[0]",
    ]);
    expect(tell(events, { journey: busy, asOf: "2026-01-06" }).next?.due_at).toBe("2026-01-12T12:00:00.000Z");
  });

  test("a window goes on lapsing inside a condition whose other part does not hold", () => {
    const both = journeyOf(`
- id: both
  rank: 1
  enter: { all: [{ state: deal.open }, { count: { event: form.submitted, within: 7d }, gte: 2 }] }`);
    const deal = (at: string, kind: string) => event(at, kind, { record_key: "crm:deal:1" });
    const events = [
      deal("2026-01-01", "deal.created"),
      event("2026-01-02", "form.submitted"),
      deal("2026-01-03", "deal.lost"),
    ];
    expect(tell(events, { journey: both, asOf: "2026-02-01" })).toMatchObject({ intervals: [], next: null });
    const later = [
      event("2026-03-01", "form.submitted"),
      event("2026-03-02", "form.submitted"),
      deal("2026-03-03", "deal.reopened"),
    ];
    expect(lines(tell([...events, ...later], { journey: both, asOf: "2026-03-04" }))).toEqual([
      "2026-03-03 → now 1 both (enter) both.enter[0]",
    ]);
  });

  test("an event known beforehand is awaited like any other instant", () => {
    const events = [event("2026-03-01 09:00", "form.submitted")];
    const { next, score } = tell(events, { score: form, asOf: "2026-02-01" });
    expect(score.value).toBe(0);
    expect(next?.due_at).toBe("2026-03-01T09:00:00.000Z");
  });
});

describe("an unpaid invoice falls overdue by itself", () => {
  const overdue = journeyOf(`
- { id: fine, rank: 1, enter: { event: invoice.issued } }
- { id: late, rank: 2, enter: { event: invoice.overdue }, exit: [{ to: fine, when: { state: invoice.overdue, quantifier: none } }] }`);
  const issued = (facts: TimelineEvent["facts"], at = "2026-01-01") =>
    event(at, "invoice.issued", { record_key: "ns:invoice:9", facts });

  test("at 00:00Z of the day after it was due, with an event of its own that evidence names", () => {
    const events = [issued({ due_on: "2026-01-31", number: "INV-9", status: "open" })];
    const before = tell(events, { journey: overdue, asOf: "2026-01-31" });
    expect([before.next?.due_at, before.overdue]).toEqual(["2026-02-01T00:00:00.000Z", []]);
    const after = tell(events, { journey: overdue, asOf: "2026-02-01" });
    expect(after.overdue).toHaveLength(1);
    expect(after.overdue[0]).toMatchObject({
      kind: "invoice.overdue",
      record_key: "ns:invoice:9",
      title: "Invoice INV-9 overdue",
    });
    expect(after.intervals.at(-1)?.evidence.event_ids).toEqual([after.overdue[0]?.id]);
    expect(after.intervals.at(-1)?.evidence.text).toBe("Invoice INV-9 overdue on 1 Feb 2026");
    expect(tell(events, { journey: overdue, asOf: "2027-01-01" }).overdue).toEqual(after.overdue);
  });

  test.each([
    [
      "paid in time",
      [event("2026-01-31", "invoice.paid", { record_key: "ns:invoice:9", facts: { due_on: "2026-01-31" } })],
    ],
    [
      "voided",
      [event("2026-01-31", "invoice.voided", { record_key: "ns:invoice:9", facts: { due_on: "2026-01-31" } })],
    ],
    ["deleted", [event("2026-01-31", "record.deleted", { record_key: "ns:invoice:9" })]],
  ])("not when it was %s", (_, then) => {
    const told = tell([issued({ due_on: "2026-01-31" }), ...then], { journey: overdue, asOf: "2026-06-01" });
    expect([told.overdue, told.intervals.at(-1)?.stage]).toEqual([[], "fine"]);
  });

  test("not before a due date moved back, and again when it passes", () => {
    const events = [
      issued({ due_on: "2026-01-31" }),
      issued({ due_on: "2026-03-10" }, "2026-01-20"),
      event("2026-05-05", "invoice.paid", { record_key: "ns:invoice:9", facts: { due_on: "2026-03-10" } }),
    ];
    expect(lines(tell(events, { journey: overdue, asOf: "2026-06-01" }))).toEqual([
      "2026-01-01 → 2026-03-11 1 fine (enter) fine.enter[0]",
      "2026-03-11 → 2026-05-05 1 late (enter) late.enter[0]",
      "2026-05-05 → now 1 fine (regress) late.exit[0]",
    ]);
  });

  test("several in the order they fall due, however they were issued", () => {
    const three = ["2026-02-20", "2026-01-20", "2026-03-20"].map((due_on, index) =>
      event("2026-01-01", "invoice.issued", { id: `i${index}`, record_key: `ns:invoice:${index}`, facts: { due_on } }),
    );
    const days = (asOf: string) =>
      tell(three, { journey: overdue, asOf }).overdue.map((one) => one.occurred_at.slice(0, 10));
    expect(days("2026-02-01")).toEqual(["2026-01-21"]);
    expect(days("2026-04-01")).toEqual(["2026-01-21", "2026-02-21", "2026-03-21"]);
  });

  test("a credit note never does", () => {
    const events = [issued({ due_on: "2026-01-31", type: "credit_note" })];
    expect(tell(events, { journey: overdue, asOf: "2026-06-01" }).overdue).toEqual([]);
  });
});
