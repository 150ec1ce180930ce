import { expect, test } from "vitest";
import type { TimelineEvent } from "../../../src/model/event.ts";
import { type PlacementInput, planPlacement } from "../../../src/pipeline/timeline/plan.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

const event = (id: string, record_key: string, hour: number): TimelineEvent => ({
  id,
  kind: "call.logged",
  record_key,
  occurred_at: at(hour),
  known_at: at(9),
  direction: "none",
  channel: "phone",
  title: "Call",
  changes: [],
  facts: {},
});

function placed(input: Partial<PlacementInput>) {
  const { writes, output } = planPlacement({ events: [], customersOf: new Map(), changes: [], standing: [], ...input });
  return { writes: writes.map(({ op, rows }) => [op, ...rows]), customers: [...output] };
}

test("a new event stands on the timeline of every customer its record belongs to at the time", () => {
  const customersOf = new Map([
    [
      "call",
      [
        { customer_id: "ann", during: "" },
        { customer_id: "acme", during: `/${at(1)}` },
        { customer_id: "bolt", during: `${at(2)}/` },
      ],
    ],
  ]);
  expect(placed({ events: [event("e1", "call", 1), event("e2", "stray", 2)], customersOf })).toEqual({
    writes: [["append", ["ann", at(1), "e1", "call"], ["acme", at(1), "e1", "call"]]],
    customers: ["ann", "acme"],
  });
});

test("a record that moves takes its earlier events with it, those of the time it belongs there", () => {
  expect(
    placed({
      changes: [
        { record_key: "call", customer_id: "ann", during: "", change: "removed" },
        { record_key: "call", customer_id: "bob", during: `${at(2)}/${at(3)}`, change: "added" },
      ],
      standing: [event("e1", "call", 1), event("e2", "call", 2), event("e3", "other", 3)],
    }),
  ).toEqual({
    writes: [
      ["remove", ["ann", at(1), "e1"], ["ann", at(2), "e2"]],
      ["append", ["bob", at(2), "e2", "call"]],
    ],
    customers: ["bob", "ann"],
  });
});

test("nothing new and nothing moved is no write", () => {
  expect(placed({ standing: [event("e1", "call", 1)] })).toEqual({ writes: [], customers: [] });
});
