import { describe, expect, test } from "vitest";
import { event, scoreOf, tell } from "./histories.ts";

const frame = (rule: string, more = "") => `
range: { min: -100, max: 100 }
dimensions: { engagement: { ${more} rules: [${rule}] } }
grades: { engagement: { A: 30, B: 10, C: 0 } }`;

const form = (at: string, id = at) => event(at, "form.submitted", { id });

describe("the arithmetic of one rule, worked by hand", () => {
  const days = (...list: number[]) => list.map((day) => form(`2026-01-${String(day).padStart(2, "0")}`));

  test.each([
    // [rule, days in January, as of, points]
    ["points: 5", [1, 2, 3], "2026-12-01", 15],
    ["points: 5, repeat: once", [1, 2, 3], "2026-12-01", 5],
    ["points: 5, repeat: { kind: count, max: 2 }", [1, 2, 3], "2026-12-01", 10],
    ["points: 5, cap: 12", [1, 2, 3], "2026-12-01", 12],
    ["points: -5, floor: -8", [1, 2, 3], "2026-12-01", -8],
    // 6·log2(1+3) = 12
    ["points: 6, repeat: { kind: log2 }", [1, 2, 3], "2026-12-01", 12],
    // One half-life: 20 → 10; two: → 5
    ["points: 20, decay: { kind: exponential, halfLife: 10d }", [1], "2026-01-11", 10],
    ["points: 20, decay: { kind: exponential, halfLife: 10d }", [1], "2026-01-21", 5],
    // 20·½ + 20·¼ = 15
    ["points: 20, decay: { kind: exponential, halfLife: 10d }", [1, 11], "2026-01-21", 15],
    // The newest two of three: 8·½ + 8·¼ = 6
    [
      "points: 8, repeat: { kind: count, max: 2 }, decay: { kind: exponential, halfLife: 10d }",
      [1, 2, 12],
      "2026-01-22",
      6,
    ],
    // What is left of three after one half-life is 1.5: 8·log2(2.5) = 10.58
    ["points: 8, repeat: { kind: log2 }, decay: { kind: exponential, halfLife: 10d }", [1, 1, 1], "2026-01-11", 11],
    // A quarter lost in 30 days: after 15 days 7/8 of 16
    ["points: 16, decay: { kind: linear, per: 30d, lose: 25% }", [1], "2026-01-16", 14],
    ["points: 16, decay: { kind: linear, per: 30d, lose: 25% }", [1], "2026-05-01", 0],
    ["points: 16, decay: { kind: step, after: 10d }", [1], "2026-01-10", 16],
    ["points: 16, decay: { kind: step, after: 10d }", [1], "2026-01-11", 0],
    // Halves round away from zero
    ["points: 0.5", [1, 2, 3], "2026-12-01", 2],
    ["points: -0.5", [1, 2, 3], "2026-12-01", -2],
  ])("{ %s } on days %j is, on %s, %d", (rule, list, asOf, points) => {
    const score = scoreOf(frame(`{ id: r, when: { event: form.submitted }, ${rule} }`));
    const events = days(...list).map((one, index) => ({ ...one, id: `e${index}` }));
    expect(tell(events, { score, asOf }).score.dimensions).toEqual({ engagement: points });
  });

  test("a day counts at most so often", () => {
    const score = scoreOf(
      frame("{ id: r, when: { event: form.submitted }, points: 1, repeat: { kind: perDay, max: 2 } }"),
    );
    const events = ["01:00", "02:00", "03:00"].map((time) => form(`2026-01-01 ${time}`));
    expect(tell([...events, form("2026-01-02 01:00")], { score, asOf: "2026-01-03" }).score.value).toBe(3);
  });

  test("a band goes by the size of a number field, also one kept as text", () => {
    const bands = "bands: [{ lt: 20, points: 1 }, { lt: 200, points: 8 }, { gte: 200, points: 12 }]";
    const score = scoreOf(frame(`{ id: size, when: { field: company.number_of_employees }, ${bands} }`));
    const pointsFor = (size: number | string) =>
      tell([], { score, asOf: "2026-01-01", fields: { "company.number_of_employees": size } }).score.value;
    expect([pointsFor(19), pointsFor(20), pointsFor("199"), pointsFor(200), pointsFor("many")]).toEqual([
      1, 8, 8, 12, 0,
    ]);
    expect(tell([], { score, asOf: "2026-01-01" }).score.value).toBe(0);
  });
});

const lead = scoreOf(`
range: { min: 0, max: 60 }
dimensions:
  fit:
    cap: 25
    rules:
      - { id: senior, when: { field: person.title, hasWord: [vp, cto] }, points: 20, why: "Senior role: {person.title}" }
      - { id: big, when: { field: company.number_of_employees, gte: 200 }, points: 10 }
      - { id: rival, when: { field: person.email_domain, in: [rival.example] }, points: -5, veto: true, why: A competitor }
  engagement:
    cap: 40
    decay: { kind: exponential, halfLife: 10d }
    groups:
      - id: web
        cap: 15
        rules:
          - { id: form, when: { event: form.submitted }, points: 10 }
          - { id: page, when: { event: page.viewed }, points: 2, decay: none }
      - id: service
        floor: -20
        rules:
          - { id: overdue, when: { state: invoice.overdue }, points: -15 }
          - { id: escalated, when: { state: ticket.escalated }, points: -15 }
      - id: sales
        decay: { kind: step, after: 60d }
        rules:
          - { id: meeting, when: { event: meeting.held }, points: 30 }
grades:
  fit: { A: 20, B: 10, C: 0 }
  engagement: { "1": 30, "2": 10, "3": 0 }`);

describe("from rules to a grade", () => {
  const fields = { "person.title": "VP Sales", "company.number_of_employees": 500 };

  test("groups, dimensions and the total are limited in turn, and the parts are told before those limits", () => {
    const events = [
      form("2026-01-10 10:00", "f1"),
      form("2026-01-10 11:00", "f2"),
      event("2026-01-10", "meeting.held", { id: "m1", title: "Meeting with Ann" }),
    ];
    const { score } = tell(events, { score: lead, fields, asOf: "2026-01-10 11:00" });
    // web: 10 + 10 → 15; sales 30; together 45 → 40. fit: 20 + 10 → 25. Total 65 → 60.
    expect(score.dimensions).toEqual({ fit: 25, engagement: 40 });
    expect(score.value).toBe(60);
    expect(score.grade).toBe("A1");
    expect(score.contributions).toEqual([
      { rule: "senior", dimension: "fit", points: 20, event_ids: [], text: "Senior role: VP Sales" },
      { rule: "big", dimension: "fit", points: 10, event_ids: [], text: "Number of employees: 500" },
      {
        rule: "form",
        dimension: "engagement",
        points: 20,
        event_ids: ["f1", "f2"],
        text: "2 times, latest: form.submitted on 10 Jan 2026",
      },
      {
        rule: "meeting",
        dimension: "engagement",
        points: 30,
        event_ids: ["m1"],
        text: "Meeting with Ann on 10 Jan 2026",
      },
    ]);
    expect(score.reason).toBe(
      "A1, 60 points: +30 Meeting with Ann on 10 Jan 2026; +20 Senior role: VP Sales; +20 2 times, latest: form.submitted on 10 Jan 2026",
    );
    expect(score.rule_version).toBe(lead.version);
  });

  test("decay declared for a dimension, a group or a rule: the nearest counts", () => {
    const events = [form("2026-01-01"), event("2026-01-01", "page.viewed"), event("2026-01-01", "meeting.held")];
    const parts = (asOf: string) =>
      Object.fromEntries(
        tell(events, { score: lead, asOf }).score.contributions.map(({ rule, points }) => [rule, points]),
      );
    expect(parts("2026-01-11")).toEqual({ form: 5, page: 2, meeting: 30 });
    expect(parts("2026-03-02")).toEqual({ page: 2 });
  });

  test("a group's floor keeps bad news within bounds", () => {
    const events = [
      event("2026-01-01", "invoice.issued", { facts: { due_on: "2026-01-09" } }),
      event("2026-01-02", "ticket.opened", { facts: { is_escalated: true } }),
      event("2026-01-12", "meeting.held"),
    ];
    expect(tell(events, { score: lead, asOf: "2026-01-12" }).score.dimensions.engagement).toBe(30 - 20);
  });

  test("a veto gives the lowest grade whatever else holds, and says so", () => {
    const { score } = tell([], {
      score: lead,
      asOf: "2026-01-01",
      fields: { ...fields, "person.email_domain": "rival.example" },
    });
    expect(score.grade).toBe("C3");
    expect(score.value).toBe(25);
    expect(score.reason).toBe(
      "C3, 25 points, vetoed: +20 Senior role: VP Sales; +10 Number of employees: 500; -5 A competitor",
    );
  });

  test("nothing known is the lowest grade with a reason", () => {
    const { score, next } = tell([], { score: lead, asOf: "2026-01-01" });
    expect([score.value, score.grade, score.reason]).toEqual([0, "C3", "C3, 0 points: no rule applies yet"]);
    expect(next).toBeNull();
  });

  test("a reason never exceeds 255 characters", () => {
    const long = event("2026-01-10", "meeting.held", { title: "Meeting about everything ".repeat(20) });
    const title = `VP ${"of many things ".repeat(40)}`;
    const { score } = tell([long, { ...form("2026-01-10"), title: long.title }], {
      score: lead,
      fields: { "person.title": title },
      asOf: "2026-01-10",
    });
    expect(score.reason.length).toBeLessThanOrEqual(255);
    expect(score.contributions.every(({ text }) => text.length <= 255)).toBe(true);
  });
});
