import { describe, expect, test } from "vitest";
import type { ObservedWriteback } from "../../../src/model/record.ts";
import { planWritebacks } from "../../../src/pipeline/writeback/plan.ts";
import type { Candidate } from "../../../src/pipeline/writeback/rows.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

const desired = { stage: "decision", stage_date: at(1), score: 71, grade: "A1", reason: "Asked for a quote" };
type Desired = typeof desired;

interface Standing {
  wanted?: Desired | null;
  observed?: ObservedWriteback;
  last?: { status: "sent" | "refused"; desired: Desired; raw_seq?: number } | null;
}

/** What would be sent, as field: from → to. */
function planned({ wanted = desired, observed = {}, last = null }: Standing) {
  const candidate: Candidate = {
    record_key: "crm:people:1",
    object: "people",
    remote_id: "1",
    customer_id: "c",
    raw_seq: 5,
    desired: wanted,
    because: "",
    observed,
    remote_updated_at: null,
    contested: [],
    last: last && {
      record_key: "crm:people:1",
      connection: "crm",
      desired: JSON.stringify(last.desired),
      observed: "{}",
      status: last.status,
      raw_seq: last.raw_seq ?? 5,
      attempts: 1,
      sent_at: at(2),
    },
  };
  return planWritebacks([candidate]).map(({ values, observed: from }) =>
    Object.fromEntries(
      Object.entries(values).map(([field, to]) => [field, [from[field as keyof ObservedWriteback], to]]),
    ),
  );
}

const everything = {
  stage: [null, "decision"],
  stage_date: [null, at(1)],
  score: [null, 71],
  grade: [null, "A1"],
  reason: [null, "Asked for a quote"],
};

describe("what is written back", () => {
  test("is every field that differs, with what stands there", () => {
    expect(planned({})).toEqual([everything]);
    expect(planned({ observed: { ...desired, score: 12, grade: null } })).toEqual([
      { score: [12, 71], grade: [null, "A1"] },
    ]);
  });

  const inAccord: [string, ObservedWriteback][] = [
    ["the same values", desired],
    ["a date written another way", { ...desired, stage_date: "2026-01-01T01:00:00Z" }],
    ["a date in another zone", { ...desired, stage_date: "2026-01-01T03:00:00.000+02:00" }],
    ["a text whose ends the CRM trimmed", { ...desired, reason: " Asked for a quote" }],
  ];
  test.each(inAccord)("is nothing where the CRM has %s", (_, observed) => {
    expect(planned({ observed })).toEqual([]);
  });

  test("is an emptied field too: a stage that no longer holds is taken away", () => {
    const wanted = { ...desired, stage: null as unknown as string, stage_date: null as unknown as string };
    expect(planned({ wanted, observed: desired })).toEqual([{ stage: ["decision", null], stage_date: [at(1), null] }]);
  });

  test("is nothing for a customer that has not been derived", () => {
    expect(planned({ wanted: null })).toEqual([]);
  });
});

describe("what was sent", () => {
  test("counts as standing until the record is read again", () => {
    expect(planned({ last: { status: "sent", desired } })).toEqual([]);
    expect(planned({ last: { status: "sent", desired, raw_seq: 4 } })).toEqual([everything]);
  });

  test("is followed by the newest wish only", () => {
    expect(planned({ last: { status: "sent", desired: { ...desired, score: 70 } } })).toEqual([{ score: [70, 71] }]);
  });
});

describe("what the CRM refused", () => {
  test("is not sent again", () => {
    expect(planned({ last: { status: "refused", desired } })).toEqual([]);
  });

  test("is sent again when the wish changes", () => {
    expect(planned({ last: { status: "refused", desired: { ...desired, score: 70 } } })).toEqual([everything]);
  });

  test("is sent again when the record has changed", () => {
    expect(planned({ last: { status: "refused", desired, raw_seq: 4 } })).toEqual([everything]);
  });
});
