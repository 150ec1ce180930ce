import { earlierStates, type PastValue } from "journey-hub/connector";
import { describe, expect, test } from "vitest";

const day = (n: number) => `2026-05-0${n}T09:00:00.000Z`;
const stage = (value: string | null, at: string): PastValue => ({ field: "stage", value, at });
const amount = (value: number, at: string): PastValue => ({ field: "amount", value, at });

describe("what a record was before", () => {
  test("each step begins at its own instant, in order of time whatever the order told", () => {
    const values = [stage("won", day(3)), stage("new", day(1)), amount(5, day(2)), amount(4, day(1))];
    expect(earlierStates({ present: { stage: "won", amount: 5 }, before: day(9), values })).toEqual([
      { at: day(1), fields: { stage: "new", amount: 4 } },
      { at: day(2), fields: { stage: "new", amount: 5 } },
      { at: day(3), fields: { stage: "won", amount: 5 } },
    ]);
  });

  test("a record whose values never changed has no past", () => {
    expect(earlierStates({ present: { stage: "new" }, before: day(9), values: [stage("new", day(1))] })).toEqual([]);
  });

  test("the change that made the present version is not past; what came after it is left for later", () => {
    const values = [stage("new", day(1)), stage("open", day(2)), stage("won", day(3)), stage("lost", day(4))];
    expect(earlierStates({ present: { stage: "won" }, before: day(3), values })).toEqual([
      { at: day(1), fields: { stage: "new" } },
      { at: day(2), fields: { stage: "open" } },
    ]);
  });

  test("a value told twice is one step, and a value not known yet was none", () => {
    const values = [amount(4, day(1)), stage("new", day(2)), stage("new", day(3)), stage("won", day(4))];
    expect(earlierStates({ present: { stage: "won", amount: 4 }, before: day(9), values })).toEqual([
      { at: day(1), fields: { stage: null, amount: 4 } },
      { at: day(2), fields: { stage: "new", amount: 4 } },
      { at: day(4), fields: { stage: "won", amount: 4 } },
    ]);
  });

  test("the parts of one change are one step, where the vendor stamps them one after another", () => {
    const values = [
      { field: "close", value: "june", at: day(1) },
      stage("new", day(1)),
      stage("won", "2026-05-03T09:00:00.000Z"),
      { field: "close", value: "may", at: "2026-05-03T09:00:00.140Z" },
    ];
    const present = { stage: "won", close: "may" };
    expect(earlierStates({ present, before: day(9), values, togetherMs: 2_000 })).toEqual([
      { at: day(1), fields: { stage: "new", close: "june" } },
      { at: day(3), fields: { stage: "won", close: "may" } },
    ]);
  });

  test("what follows from a field is known for its present run alone, not for an earlier time at the same value", () => {
    const values = [stage("new", day(1)), stage("closed", day(2)), stage("new", day(3)), stage("closed", day(4))];
    const present = { stage: "closed", closed_at: day(4) };
    const following = { stage: ["closed_at", "reason"] };
    expect(earlierStates({ present, before: day(9), values, following })).toEqual([
      { at: day(1), fields: { stage: "new", closed_at: null } },
      { at: day(2), fields: { stage: "closed", closed_at: null } },
      { at: day(3), fields: { stage: "new", closed_at: null } },
      { at: day(4), fields: { stage: "closed" } },
    ]);
  });
});

test("a past that does not end in what the field is today is not believed; that of other fields is", () => {
  const states = earlierStates({
    present: { stage: "lead", priority: "high" },
    before: "2026-05-02T09:00:00.000Z",
    values: [
      { field: "stage", value: "customer", at: "2026-05-01T09:00:00.000Z" },
      { field: "priority", value: "low", at: "2026-04-01T09:00:00.000Z" },
      { field: "priority", value: "high", at: "2026-05-01T09:00:00.000Z" },
    ],
  });
  expect(states).toEqual([
    { at: "2026-04-01T09:00:00.000Z", fields: { priority: "low" } },
    { at: "2026-05-01T09:00:00.000Z", fields: { priority: "high" } },
  ]);
});
