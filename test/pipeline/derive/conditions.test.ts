import { describe, expect, test } from "vitest";
import { event, journeyOf, lines, scoreOf, tell } from "./histories.ts";

describe("conditions", () => {
  const asOf = "2026-06-01";
  const isEntered = (enter: string, events = [event("2026-05-30", "note.added")], fields = {}) =>
    tell(events, { journey: journeyOf(`- { id: in, rank: 1, enter: ${enter} }`), fields, asOf }).intervals.length > 0;
  const priced = (amount: string) => [event("2026-05-30", "deal.created", { facts: { amount, status: "open" } })];

  test.each([
    ["{ event: deal.created, where: { amount: { gte: 10000 } } }", "10000.00", true],
    ["{ event: deal.created, where: { amount: { gte: 10000 } } }", "9999.99", false],
    ["{ event: deal.created, where: { amount: { gte: 10000 } } }", "about 20000", false],
    ["{ event: deal.*, where: { status: [open, won] } }", "1", true],
    ["{ event: deal.created, where: { stage: { exists: false } } }", "1", true],
    ["{ event: deal.created, where: { stage: { notIn: [x] } } }", "1", true],
    ["{ state: deal.open, where: { amount: { lt: 5 } } }", "4.50", true],
    ["{ state: deal.open, where: { amount: { lt: 5 } } }", "5.50", false],
    ["{ state: deal.open, quantifier: none }", "1", false],
    ["{ not: { state: deal.open } }", "1", false],
    ["{ state: deal.open, quantifier: all }", "1", true],
    ["{ state: deal.won, quantifier: all }", "1", false],
    ["{ event: outbound:deal.created }", "1", false],
  ])("%s on a deal of %s", (enter, amount, expected) => {
    expect(isEntered(enter, priced(amount))).toBe(expected);
  });

  test.each([
    ["{ field: person.title, eq: cto }", { "person.title": "CTO" }, true],
    ["{ field: person.title, matches: 'chief * officer' }", { "person.title": "Chief Data Officer" }, true],
    ["{ field: person.title, hasWord: [cto, vp] }", { "person.title": "VP, Sales" }, true],
    ["{ field: person.email_domain, freeMail: true }", { "person.email_domain": "GMX.de" }, true],
    ["{ field: person.email_domain, freeMail: true }", { "person.email_domain": "acme.example" }, false],
    ["{ field: person.email_domain, freeMail: false }", { "person.email_domain": "acme.example" }, true],
    ["{ field: person.email_domain, freeMail: false }", {}, false],
    ["{ field: person.title, hasWord: cto }", { "person.title": "Director" }, false],
    ["{ field: person.title, exists: true }", {}, false],
    ["{ field: person.title, exists: false }", {}, true],
    ["{ field: company.domains, in: [b.example] }", { "company.domains": ["a.example", "b.example"] }, true],
    ["{ field: company.number_of_employees, gte: 20, lt: 200 }", { "company.number_of_employees": 200 }, false],
    ["{ any: [{ field: person.title }, { event: note.added }] }", {}, true],
  ])("%s on %j", (enter, fields, expected) => {
    expect(isEntered(enter, undefined, fields)).toBe(expected);
  });

  test("a record older in its state than olderThan asks counts from that very instant", () => {
    const old = journeyOf("- { id: stale, rank: 1, enter: { state: ticket.open, olderThan: 14d } }");
    const events = [event("2026-05-01 08:00", "ticket.opened")];
    const stale = (asOf: string) => tell(events, { journey: old, asOf }).intervals[0]?.valid_from;
    expect(stale("2026-05-15 07:59")).toBeUndefined();
    expect(stale("2026-05-15 08:00")).toBe("2026-05-15T08:00:00.000Z");
    events.push(event("2026-05-10", "ticket.closed"));
    expect(stale("2026-06-01")).toBeUndefined();
  });

  test("a stage may rest on the score, and falls at the instant the score does", () => {
    const hot = journeyOf(`
- { id: cold, rank: 1, enter: { event: contact.created } }
- id: hot
  rank: 2
  enter: { score: lead, dimension: engagement, gte: 10 }
  exit: [{ to: cold, when: { score: lead, dimension: engagement, lt: 5 }, cause: regress }]`);
    const score = scoreOf(`
range: { min: 0, max: 100 }
dimensions: { engagement: { rules: [{ id: demo, when: { event: form.submitted }, points: 10, decay: { kind: exponential, halfLife: 10d } }] } }
grades: { engagement: { A: 10, B: 0 } }`);
    const events = [event("2026-01-01", "contact.created"), event("2026-01-02", "form.submitted")];
    const derived = tell(events, { journey: hot, score, asOf: "2026-03-01" });
    expect(lines(derived)).toEqual([
      "2026-01-01 → 2026-01-02 1 cold (enter) cold.enter[0]",
      "2026-01-02 → 2026-01-13 1 hot (enter) hot.enter[0]",
      "2026-01-13 → now 1 cold (regress) hot.exit[0]",
    ]);
    expect(derived.intervals[1]?.evidence.event_ids).toEqual(["form.submitted@2026-01-02"]);
    // 10·2^(−Δ/10d) = 4.5 rounds to 5 still; the first millisecond after it rounds to 4: Δ = 10·log2(10/4.5) = 11.52 days.
    expect(derived.intervals[2]?.valid_from.slice(0, 13)).toBe("2026-01-13T12");
  });
});
