import { describe, expect, test } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { planErrors, planStanding } from "../../src/pipeline/problems.ts";
import { shapes } from "../../src/store/shape.ts";
import type { Row } from "../../src/store/tables.ts";
import { at } from "../fixtures/pipeline/crm.ts";

const problem = (record_key: string, fingerprint = "people email value"): Problem => ({
  connection: "crm",
  record_key,
  step: "map",
  class: "value",
  fingerprint,
  message: "no e-mail",
  remedy: "correct it",
  raw_seq: 4,
});

/** The rows that stand after these plans, one after the other, an hour each. */
function standingAfter(...plans: { problems?: Problem[]; passed?: string[]; step?: Problem["step"] }[]) {
  const { columns } = shapes.errors;
  const known = new Map<string, Row<"errors">>();
  plans.forEach(({ problems = [], passed = [], step = "map" }, n) => {
    const writes = planErrors({ step, problems, passed: new Set(passed), known: [...known.values()], now: at(n) });
    for (const cells of writes.flatMap(({ rows }) => rows)) {
      const row = Object.fromEntries(columns.map((column, c) => [column, cells[c]])) as Row<"errors">;
      known.set(row.id, row);
    }
  });
  return [...known.values()].map(
    ({ record_key, fingerprint, status, first_seen_at, last_seen_at }) =>
      `${record_key} ${fingerprint} ${status} ${first_seen_at.slice(11, 13)}–${last_seen_at.slice(11, 13)}`,
  );
}

describe("errors of records", () => {
  test("open with a problem, last as long as it comes again, and keep when it was first seen", () => {
    expect(standingAfter({ problems: [problem("a")] }, {}, { problems: [problem("a")] })).toEqual([
      "a people email value open 00–02",
    ]);
  });

  test("are resolved when the record passes, and open again when it fails again", () => {
    const fails = { problems: [problem("a")] };
    expect(standingAfter(fails, { passed: ["a"] })).toEqual(["a people email value resolved 00–01"]);
    expect(standingAfter(fails, { passed: ["a"] }, fails)).toEqual(["a people email value open 00–02"]);
  });

  test("are resolved when the record fails for another reason", () => {
    expect(standingAfter({ problems: [problem("a")] }, { problems: [problem("a", "other")] })).toEqual([
      "a people email value resolved 00–01",
      "a other open 01–01",
    ]);
  });

  test("stay open while another record passes, or the record passes another step", () => {
    expect(standingAfter({ problems: [problem("a")] }, { passed: ["b"] })).toEqual(["a people email value open 00–00"]);
    expect(standingAfter({ problems: [problem("a")] }, { step: "writeback", passed: ["a"] })).toEqual([
      "a people email value open 00–00",
    ]);
  });

  test("of a version that was followed by a good one in the same batch are kept, resolved", () => {
    expect(standingAfter({ problems: [problem("a")], passed: ["a"] })).toEqual(["a people email value resolved 00–00"]);
  });

  test("of no one record do not close because some record passes", () => {
    expect(standingAfter({ problems: [problem("", "drift")] }, { passed: ["", "a"] })).toEqual([" drift open 00–00"]);
  });

  test("that were set aside stay so where they are of no one record, and open again where they are of one", () => {
    const row = (record_key: string): Row<"errors"> => {
      const [write] = planErrors({
        step: "map",
        problems: [problem(record_key)],
        passed: new Set(),
        known: [],
        now: at(0),
      });
      const cells = write?.rows[0] ?? [];
      const opened = Object.fromEntries(shapes.errors.columns.map((column, c) => [column, cells[c]])) as Row<"errors">;
      return { ...opened, status: "dismissed" };
    };
    const known = [row(""), row("a")];
    const [write] = planErrors({
      step: "map",
      problems: [problem(""), problem("a")],
      passed: new Set(),
      known,
      now: at(1),
    });
    const status = shapes.errors.columns.indexOf("status");
    expect(write?.rows.map((cells) => cells[status])).toEqual(["dismissed", "open"]);
  });

  test("nothing to say makes no write", () => {
    expect(planErrors({ step: "map", problems: [], passed: new Set(["a"]), known: [], now: at(0) })).toEqual([]);
  });
});

describe("errors of a connection as such, seen as a whole", () => {
  const row = (fingerprint: string, status: string): Row<"errors"> => {
    return { ...problem("", fingerprint), id: fingerprint, first_seen_at: at(0), last_seen_at: at(0), status };
  };
  /** What is written of these rows when these problems are found among those whose names begin with "a". */
  function written(known: Row<"errors">[], ...found: string[]): string[] {
    const problems = found.map((fingerprint) => problem("", fingerprint));
    const concerns = ({ fingerprint }: Row<"errors">) => fingerprint.startsWith("a");
    const { columns } = shapes.errors;
    const writes = planStanding({ problems, known, concerns, now: at(1) });
    const cell = (cells: readonly unknown[], name: string) => cells[columns.indexOf(name)];
    return writes.flatMap(({ rows }) => rows.map((cells) => `${cell(cells, "status")} ${cell(cells, "fingerprint")}`));
  }

  test.each<[name: string, known: Row<"errors">[], found: string[], written: string[]]>([
    ["opens what is found", [], ["a1"], ["open a1"]],
    ["leaves alone what is open already", [row("a1", "open")], ["a1"], []],
    ["leaves alone what a person has set aside", [row("a1", "dismissed")], ["a1"], []],
    ["resolves what is found no more", [row("a1", "open"), row("a2", "open")], ["a2"], ["resolved a1"]],
    ["also where it was set aside", [row("a1", "dismissed")], [], ["resolved a1"]],
    ["opens again what comes back", [row("a1", "resolved")], ["a1"], ["open a1"]],
    ["leaves alone what it does not concern", [row("b1", "open"), row("b2", "dismissed")], [], []],
  ])("%s", (_, known, found, expected) => {
    expect(written(known, ...found)).toEqual(expected);
  });
});
