import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimelineEvent } from "../../../src/model/index.ts";
import { type CompiledJourney, compileJourney, compileScore } from "../../../src/pipeline/derive/plan.ts";
import { dayMs, defaultJourneyText, defaultScoreText, event, instant, journeyOf, scoreOf, tell } from "./histories.ts";

/** Uses every kind of condition and decay, densely enough that random histories meet them all. */
const everything = {
  journey: journeyOf(`
- id: low
  rank: 1
  enter: { any: [{ event: contact.created }, { event: "inbound:*" }] }
  exit: [{ to: out, when: { no: { event: ["*"] }, within: 40d } }]
- id: middle
  rank: 2
  enter:
    any:
      - { count: { event: "inbound:*", distinct: kind, within: 9d }, gte: 2 }
      - { all: [{ state: ticket.open }, { count: { event: [form.submitted, page.viewed], within: 7d }, gte: 2 }] }
      - { all: [{ state: ticket.open, olderThan: 5d }, { not: { event: deal.won, within: 8d } }] }
      - { score: lead, grade: [A] }
  exit:
    - { to: low, when: { no: { event: "inbound:*" }, within: 12d } }
    - { to: low, when: { count: { event: ticket.opened, within: 20d }, gte: 3 }, cause: regress }
- id: high
  rank: 3
  implied: [low, middle]
  enter: { any: [{ state: deal.open }, { event: invoice.overdue }, { all: [{ event: deal.won, within: 10d }, { state: invoice.open, quantifier: none }] }] }
  exit:
    - { to: out, when: { all: [{ event: deal.lost }, { state: deal.open, quantifier: none }] } }
    - { to: middle, when: { score: lead, dimension: engagement, lt: 3 } }
- { id: out, side: true, reenter: { on: { event: ["inbound:*", deal.created] } } }`),
  score: scoreOf(`
range: { min: -20, max: 60 }
dimensions:
  engagement:
    cap: 30
    groups:
      - { id: a, cap: 14, decay: { kind: exponential, halfLife: 6d }, rules: [{ id: form, when: { event: form.submitted }, points: 5 }, { id: call, when: { event: call.logged }, points: 4, repeat: { kind: count, max: 2 } }, { id: page, when: { event: page.viewed }, points: 3, repeat: { kind: log2 } }] }
      - { id: b, rules: [{ id: won, when: { event: deal.won }, points: 7, decay: { kind: linear, per: 4d, lose: 20% } }, { id: made, when: { event: deal.created }, points: 3, repeat: { kind: perDay }, decay: { kind: step, after: 11d } }] }
      - { id: c, floor: -10, rules: [{ id: late, when: { state: invoice.overdue, olderThan: 3d }, points: -6 }, { id: many, when: { count: { event: "inbound:*", within: 6d }, gte: 3 }, points: 2 }, { id: still, when: { no: { event: "*" }, within: 15d }, points: -4 }] }
grades: { engagement: { A: 12, B: 4, C: -100 } }`),
};
const shipped = {
  journey: loaded(compileJourney(defaultJourneyText, "j")),
  score: loaded(compileScore(defaultScoreText, "s")),
};

const kinds = [
  "contact.created",
  "form.submitted",
  "call.logged",
  "page.viewed",
  "email.sent",
  "deal.created",
  "deal.won",
  "deal.lost",
  "deal.stage_changed",
  "ticket.opened",
  "ticket.closed",
  "invoice.issued",
  "invoice.paid",
  "order.placed",
  "survey.answered",
  "record.deleted",
];
const originMs = Date.parse(instant("2026-01-01"));
const spanDays = 80;

/** Histories on a coarse grid, so that ties and coincidences with timers are frequent. */
const history = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      hour: fc.integer({ min: 0, max: spanDays * 4 }),
      record: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 30 },
  )
  .map((drawn) =>
    drawn.map(({ kind, hour, record }, index) => {
      const at = new Date(originMs + hour * (dayMs / 4)).toISOString();
      const family = kind === "record.deleted" ? "deal" : kind.slice(0, kind.indexOf("."));
      const due = new Date(originMs + (hour / 4 + record) * dayMs).toISOString().slice(0, 10);
      const facts =
        family === "invoice"
          ? { due_on: due }
          : kind === "survey.answered"
            ? { rating: 6 + record }
            : { status: "open" };
      return event(at.slice(0, 16).replace("T", " "), kind, {
        id: `e${index}`,
        record_key: `x:${family}:${record}`,
        facts,
      });
    }),
  );
const moment = fc
  .integer({ min: 0, max: (spanDays + 40) * 24 })
  .map((hour) => new Date(originMs + hour * 3_600_000).toISOString());

describe.each([
  ["rules of every kind", everything],
  ["the default files", shipped],
])("with %s, whatever the history", (_, rules) => {
  const asTold = (events: readonly TimelineEvent[], asOf: string) => tell(events, { ...rules, asOf });

  test("arrival order and duplicates change nothing", () => {
    fc.assert(
      fc.property(history, moment, fc.infiniteStream(fc.nat()), (events, asOf, random) => {
        const shuffled = [...events, ...events.slice(0, 5)]
          .map((one) => ({ one, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(asTold(shuffled, asOf)).toEqual(asTold(events, asOf));
      }),
      { numRuns: 300 },
    );
  });

  test("the score is the same whether it is followed all along or asked once at the end", () => {
    fc.assert(
      fc.property(history, moment, (events, asOf) => {
        expect(tell(events, { score: rules.score, asOf }).score).toEqual(asTold(events, asOf).score);
      }),
      { numRuns: 300 },
    );
  });

  test("events after the instant do not act on it", () => {
    fc.assert(
      fc.property(history, moment, (events, asOf) => {
        const { next: _later, ...known } = asTold(events, asOf);
        const { next: _none, ...only } = asTold(
          events.filter(({ occurred_at }) => occurred_at <= asOf),
          asOf,
        );
        expect(known).toEqual(only);
      }),
      { numRuns: 300 },
    );
  });

  test("intervals follow one another without gap, and time only closes or adds them", () => {
    fc.assert(
      fc.property(history, moment, moment, (events, one, other) => {
        const [early, late] = one < other ? [one, other] : [other, one];
        const before = asTold(events, early).intervals;
        const after = asTold(events, late).intervals;
        for (const [index, interval] of after.entries()) {
          expect(interval.valid_to).toBe(after[index + 1]?.valid_from ?? null);
        }
        const closed = before.slice(0, -1);
        expect(after.slice(0, closed.length)).toEqual(closed);
      }),
      { numRuns: 300 },
    );
  });

  test("nothing changes before the next instant, and something does at it", () => {
    fc.assert(
      fc.property(
        history,
        moment,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (events, asOf, samples) => {
          const { next, ...now } = asTold(events, asOf);
          const startMs = Date.parse(asOf);
          const dueMs = next ? Date.parse(next.due_at) : startMs + 1000 * dayMs;
          expect(dueMs).toBeGreaterThan(startMs);
          for (const share of [...samples, 1]) {
            const atMs = Math.min(dueMs - 1, startMs + Math.floor(share * (dueMs - startMs)));
            const { next: same, ...then } = asTold(events, new Date(atMs).toISOString());
            expect({ ...then, overdue: now.overdue }).toEqual(now);
            expect(same).toEqual(next);
          }
          if (!next) return;
          const { intervals, score } = asTold(events, next.due_at);
          expect({ intervals, score }).not.toEqual({ intervals: now.intervals, score: now.score });
        },
      ),
      { numRuns: 400 },
    );
  });
});

test("the work grows with the events, not with their square", () => {
  const counted = (eventCount: number) => {
    const journey: CompiledJourney = loaded(compileJourney(defaultJourneyText, "j"));
    let evaluations = 0;
    for (const rule of journey.stages.flatMap(({ enter, exit }) => [...enter, ...exit.map((way) => way.rule)])) {
      const { holds } = rule.condition;
      rule.condition.holds = (at) => {
        evaluations++;
        return holds(at);
      };
    }
    const cycle = ["form.submitted", "deal.created", "call.logged", "invoice.issued", "deal.lost"];
    const events = Array.from({ length: eventCount }, (_, index) =>
      event(
        new Date(originMs + index * 7_200_000).toISOString().slice(0, 16).replace("T", " "),
        cycle[index % 5] ?? "",
        {
          id: `e${index}`,
          record_key: `x:r:${Math.floor(index / 5)}`,
          facts: { due_on: new Date(originMs + index * 7_200_000 + 30 * dayMs).toISOString().slice(0, 10) },
        },
      ),
    );
    tell(events, { journey, score: shipped.score, asOf: "2028-01-01" });
    return evaluations / eventCount;
  };
  const few = counted(500);
  expect(few).toBeLessThan(40);
  expect(counted(5000)).toBeLessThan(few * 1.2);
});

function loaded<T extends object>(compiled: T | unknown[]): T {
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  return compiled;
}
