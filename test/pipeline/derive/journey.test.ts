import { describe, expect, test } from "vitest";
import { event, journeyOf, lines, tell } from "./histories.ts";

const ladder = journeyOf(`
- id: awareness
  rank: 10
  enter: { any: [{ event: contact.created }, { event: "inbound:*" }] }
  exit: [{ to: lost, when: { event: lead.disqualified } }]
- id: consideration
  rank: 20
  enter: { any: [{ count: { event: "inbound:*", distinct: kind, within: 30d }, gte: 2 }] }
  exit: [{ to: awareness, when: { no: { event: "inbound:*" }, within: 60d } }]
- id: decision
  rank: 30
  enter:
    any:
      - { state: deal.open }
      - { event: quote.sent }
  exit:
    - { to: lost, when: { all: [{ event: deal.lost }, { state: deal.open, quantifier: none }] } }
    - { to: consideration, when: { no: { event: "inbound:*" }, within: 90d }, cause: timeout }
- id: purchase
  rank: 40
  implied: [awareness, consideration, decision]
  enter: { any: [{ event: deal.won }, { event: order.placed, where: { status: { notIn: [cancelled] } } }] }
  exit: [{ to: churned, when: { no: { event: order.placed }, within: 365d } }]
- id: lost
  side: true
  reenter: { on: { any: [{ event: "inbound:*" }, { event: [deal.created, deal.won] }] } }
- id: churned
  side: true
  reenter: { on: { event: order.placed } }`);

const histories = [
  {
    name: "one touch is awareness",
    events: [event("2026-01-05", "form.submitted")],
    asOf: "2026-01-06",
    expected: ["2026-01-05 → now 1 awareness (enter) awareness.enter[1]"],
  },
  {
    name: "a second kind of touch within the window is consideration, a second of the same kind is not",
    events: [
      event("2026-01-05", "form.submitted"),
      event("2026-01-09", "form.submitted"),
      event("2026-01-20", "call.logged"),
    ],
    asOf: "2026-01-21",
    expected: [
      "2026-01-05 → 2026-01-20 1 awareness (enter) awareness.enter[1]",
      "2026-01-20 → now 1 consideration (enter) consideration.enter[0]",
    ],
  },
  {
    name: "a touch outside the window does not count",
    events: [event("2026-01-05", "form.submitted"), event("2026-02-04", "call.logged")],
    asOf: "2026-02-05",
    expected: ["2026-01-05 → now 1 awareness (enter) awareness.enter[1]"],
  },
  {
    name: "a purchase out of nothing implies the stages before it",
    events: [event("2026-03-01", "order.placed", { facts: { status: "pending" } })],
    asOf: "2026-03-02",
    expected: [
      "2026-03-01 → 2026-03-01 1 awareness (implied) purchase.implied",
      "2026-03-01 → 2026-03-01 1 consideration (implied) purchase.implied",
      "2026-03-01 → 2026-03-01 1 decision (implied) purchase.implied",
      "2026-03-01 → now 1 purchase (enter) purchase.enter[1]",
    ],
  },
  {
    name: "a stage visited before is not implied again",
    events: [event("2026-01-05", "form.submitted"), event("2026-03-01", "order.placed")],
    asOf: "2026-03-02",
    expected: [
      "2026-01-05 → 2026-03-01 1 awareness (enter) awareness.enter[1]",
      "2026-03-01 → 2026-03-01 1 consideration (implied) purchase.implied",
      "2026-03-01 → 2026-03-01 1 decision (implied) purchase.implied",
      "2026-03-01 → now 1 purchase (enter) purchase.enter[1]",
    ],
  },
  {
    name: "a cancelled order is no purchase",
    events: [event("2026-03-01", "order.placed", { facts: { status: "cancelled" } })],
    asOf: "2026-03-02",
    expected: [],
  },
  {
    name: "an exit moves down, and old evidence does not lead up again",
    events: [event("2026-01-05", "form.submitted"), event("2026-01-10", "quote.sent")],
    asOf: "2026-05-01",
    expected: [
      "2026-01-05 → 2026-01-10 1 awareness (enter) awareness.enter[1]",
      "2026-01-10 → 2026-04-05 1 decision (enter) decision.enter[1]",
      "2026-04-05 → now 1 consideration (timeout) decision.exit[1]",
    ],
  },
  {
    name: "after an exit new evidence leads up again",
    events: [event("2026-01-10", "quote.sent"), event("2026-05-01", "quote.sent", { record_key: "crm:quote:2" })],
    asOf: "2026-05-02",
    expected: [
      "2026-01-10 → 2026-04-10 1 decision (enter) decision.enter[1]",
      "2026-04-10 → 2026-05-01 1 consideration (timeout) decision.exit[1]",
      "2026-05-01 → now 1 decision (enter) decision.enter[1]",
    ],
  },
  {
    name: "without a cause of its own an exit by time alone is a timeout",
    events: [event("2026-01-05", "form.submitted"), event("2026-01-06", "call.logged")],
    asOf: "2026-12-01",
    expected: [
      "2026-01-05 → 2026-01-06 1 awareness (enter) awareness.enter[1]",
      "2026-01-06 → 2026-03-07 1 consideration (enter) consideration.enter[0]",
      "2026-03-07 → now 1 awareness (timeout) consideration.exit[0]",
    ],
  },
  {
    name: "the last open deal lost is lost; one of two is not",
    events: [
      event("2026-01-05", "deal.created", { record_key: "crm:deal:1" }),
      event("2026-01-06", "deal.created", { record_key: "crm:deal:2" }),
      event("2026-02-01", "deal.lost", { record_key: "crm:deal:1" }),
      event("2026-02-09", "deal.lost", { record_key: "crm:deal:2" }),
    ],
    asOf: "2026-02-10",
    expected: [
      "2026-01-05 → 2026-02-09 1 decision (enter) decision.enter[0]",
      "2026-02-09 → now 1 lost (exit) decision.exit[0]",
    ],
  },
  {
    name: "a deleted deal no longer counts as open",
    events: [
      event("2026-01-05", "deal.created", { record_key: "crm:deal:1" }),
      event("2026-01-06", "deal.created", { record_key: "crm:deal:2" }),
      event("2026-01-20", "record.deleted", { record_key: "crm:deal:2" }),
      event("2026-02-01", "deal.lost", { record_key: "crm:deal:1" }),
    ],
    asOf: "2026-02-10",
    expected: [
      "2026-01-05 → 2026-02-01 1 decision (enter) decision.enter[0]",
      "2026-02-01 → now 1 lost (exit) decision.exit[0]",
    ],
  },
  {
    name: "a touch after being lost opens the next cycle at the start",
    events: [
      event("2026-01-05", "contact.created"),
      event("2026-01-06", "lead.disqualified"),
      event("2026-06-01", "form.submitted"),
    ],
    asOf: "2026-06-02",
    expected: [
      "2026-01-05 → 2026-01-06 1 awareness (enter) awareness.enter[0]",
      "2026-01-06 → 2026-06-01 1 lost (exit) awareness.exit[0]",
      "2026-06-01 → now 2 awareness (enter) awareness.enter[1]",
    ],
  },
  {
    name: "a new cycle begins as high as its event leads, and implies the stages it skips",
    events: [
      event("2026-01-05", "contact.created"),
      event("2026-01-06", "lead.disqualified"),
      event("2026-06-01", "deal.won"),
    ],
    asOf: "2026-06-02",
    expected: [
      "2026-01-05 → 2026-01-06 1 awareness (enter) awareness.enter[0]",
      "2026-01-06 → 2026-06-01 1 lost (exit) awareness.exit[0]",
      "2026-06-01 → 2026-06-01 2 awareness (implied) purchase.implied",
      "2026-06-01 → 2026-06-01 2 consideration (implied) purchase.implied",
      "2026-06-01 → 2026-06-01 2 decision (implied) purchase.implied",
      "2026-06-01 → now 2 purchase (enter) purchase.enter[0]",
    ],
  },
  {
    name: "a year after the last order, not after the stage began, the customer is churned",
    events: [
      event("2025-01-05", "order.placed"),
      event("2025-03-01", "order.placed", { record_key: "crm:order:2" }),
      event("2026-05-01", "order.placed", { record_key: "crm:order:3" }),
    ],
    asOf: "2026-05-02",
    expected: [
      "2025-01-05 → 2025-01-05 1 awareness (implied) purchase.implied",
      "2025-01-05 → 2025-01-05 1 consideration (implied) purchase.implied",
      "2025-01-05 → 2025-01-05 1 decision (implied) purchase.implied",
      "2025-01-05 → 2026-03-01 1 purchase (enter) purchase.enter[1]",
      "2026-03-01 → 2026-05-01 1 churned (timeout) purchase.exit[0]",
      "2026-05-01 → 2026-05-01 2 awareness (implied) purchase.implied",
      "2026-05-01 → 2026-05-01 2 consideration (implied) purchase.implied",
      "2026-05-01 → 2026-05-01 2 decision (implied) purchase.implied",
      "2026-05-01 → now 2 purchase (enter) purchase.enter[1]",
    ],
  },
];

describe("the stage is the highest whose enter held and whose exit has not since", () => {
  test.each(histories)("$name", ({ events, asOf, expected }) => {
    expect(lines(tell(events, { journey: ladder, asOf }))).toEqual(expected);
  });

  test("as of an earlier instant only what had happened by then counts, that instant included", () => {
    const events = [event("2026-01-05", "form.submitted"), event("2026-01-20 09:00", "quote.sent")];
    const stageAt = (asOf: string) => tell(events, { journey: ladder, asOf }).intervals.at(-1)?.stage;
    expect(stageAt("2026-01-04")).toBeUndefined();
    expect(stageAt("2026-01-20 08:59")).toBe("awareness");
    expect(stageAt("2026-01-20 09:00")).toBe("decision");
    expect(stageAt("2026-04-04 23:59")).toBe("decision");
    expect(stageAt("2026-04-05")).toBe("consideration");
  });
});

test("what came to hold while a higher stage lasted does not lead up once that stage is left", () => {
  const journey = journeyOf(`
- { id: low, rank: 1, enter: { event: contact.created } }
- { id: middle, rank: 2, enter: { state: ticket.open } }
- { id: high, rank: 3, enter: { event: deal.won }, exit: [{ to: low, when: { event: deal.lost } }] }`);
  const events = [
    event("2026-01-01", "contact.created"),
    event("2026-01-02", "deal.won"),
    event("2026-01-03", "ticket.opened"),
    event("2026-01-04", "deal.lost"),
    event("2026-01-05", "ticket.status_changed", { facts: { status: "in_progress" } }),
  ];
  expect(lines(tell(events, { journey, asOf: "2026-01-06" })).at(-1)).toBe(
    "2026-01-04 → now 1 low (regress) high.exit[0]",
  );
  const another = event("2026-01-06", "ticket.opened", { record_key: "crm:ticket:2" });
  const again = tell([...events, another], { journey, asOf: "2026-01-06" });
  expect(lines(again).at(-1)).toBe("2026-01-06 → now 1 middle (enter) middle.enter[0]");
});

describe("evidence says what a stage rests on", () => {
  test("the event, the rule, its version and a sentence", () => {
    const events = [
      event("2026-05-03", "deal.created", { id: "e7", title: "Deal 'Fleet renewal' moved to Negotiation" }),
    ];
    const [decision] = tell(events, { journey: ladder, asOf: "2026-05-04" }).intervals;
    expect(decision?.evidence).toEqual({
      rule: "decision.enter[0]",
      rule_version: ladder.version,
      event_ids: ["e7"],
      text: "Deal open: Deal 'Fleet renewal' moved to Negotiation on 3 May 2026",
    });
  });

  test("a silence names its length and the last event before it", () => {
    const events = [
      event("2026-01-05", "form.submitted"),
      event("2026-01-06", "call.logged", { title: "Call with Ann" }),
    ];
    const back = tell(events, { journey: ladder, asOf: "2026-12-01" }).intervals.at(-1);
    expect(back?.evidence.event_ids).toEqual(["call.logged@2026-01-06"]);
    expect(back?.evidence.text).toBe("No inbound activity for 60 days (last: Call with Ann on 6 Jan 2026)");
  });

  test("what led out of a stage is told without what came before the stage", () => {
    const journey = journeyOf(`
- { id: low, rank: 1 }
- { id: high, rank: 2, enter: { event: deal.won }, exit: [{ to: low, when: { any: [{ event: deal.lost }, { event: order.cancelled }] } }] }`);
    const events = [
      event("2026-01-01", "deal.lost"),
      event("2026-01-02", "deal.won"),
      event("2026-01-03", "order.cancelled"),
    ];
    const { evidence } = tell(events, { journey, asOf: "2026-01-04" }).intervals[1] ?? {};
    expect(evidence?.event_ids).toEqual(["order.cancelled@2026-01-03"]);
  });

  test("a count names its newest 20 events and stays within 255 characters", () => {
    const busy = journeyOf(`- { id: busy, rank: 1, enter: { count: { event: page.viewed }, gte: 30 } }`);
    const events = Array.from({ length: 30 }, (_, index) =>
      event("2026-01-05", "page.viewed", { id: `p${String(index).padStart(2, "0")}`, title: "A page ".repeat(30) }),
    );
    const evidence = tell(events, { journey: busy, asOf: "2026-01-06" }).intervals[0]?.evidence;
    expect(evidence?.event_ids).toHaveLength(20);
    expect(evidence?.event_ids.at(-1)).toBe("p29");
    expect(evidence?.text.length).toBeLessThanOrEqual(255);
    expect(evidence?.text).toMatch(/^30 times page viewed: A page/);
  });

  test("the rule version follows the meaning of the file, not its comments or the order of its keys", () => {
    const stage = "- { id: a, rank: 1, enter: { event: deal.won } }";
    expect(journeyOf(`# a remark\n- { rank: 1, enter: { event: deal.won }, id: a }`).version).toBe(
      journeyOf(stage).version,
    );
    expect(journeyOf(stage.replace("deal.won", "deal.lost")).version).not.toBe(journeyOf(stage).version);
  });
});
