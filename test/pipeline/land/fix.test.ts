import { describe, expect, test } from "vitest";
import type { LandedRecord } from "../../../src/model/record.ts";
import { planFix, planTakeBack } from "../../../src/pipeline/land/fix.ts";
import { planLand } from "../../../src/pipeline/land/plan.ts";
import type { Row } from "../../../src/store/tables.ts";
import type { Write } from "../../../src/store/writes.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";

/* Ann's record lands as 1, is corrected as 2 and taken back as 3. */

const sent = received("people", "1", { title: "" }, { version: at(1) });
const landedAs = (record: LandedRecord, origin: string): Row<"raw_records"> => {
  const { payload: _, raw: payload, deleted, correction: __, ...rest } = record;
  return { ...rest, origin, deleted: deleted ? 1 : 0, payload };
};
const first = planLand({ records: [sent], heads: new Map(), corrections: new Map(), firstSeq: 1, knownAt: at(10) })
  .output.landed[0];
if (!first) throw new Error("nothing landed");
const vendor = landedAs(first, "vendor");
const head = { record_key: "crm:people:1", seq: 1, version: at(1), content_hash: vendor.content_hash, revision: 1 };
const correction = { by: "Olga", at: at(11), reason: "as her card says" };
const payload = { ...sent.payload, title: "Buyer" };
const fixed = planFix({ head, newest: vendor, payload, correction, seq: 2, knownAt: at(11) });

function headIn(writes: readonly Write[]): Row<"heads"> {
  const [record_key, seq, version, content_hash, revision] =
    writes.find(({ table }) => table === "heads")?.rows[0] ?? [];
  return { record_key, seq, version, content_hash, revision } as Row<"heads">;
}

describe("a correction lands", () => {
  test("as a raw version of its own under the vendor's stamp, with who made it, when and why", () => {
    expect(fixed.output).toMatchObject({
      seq: 2,
      version: at(1),
      known_at: at(11),
      payload,
      raw: JSON.stringify(payload),
    });
    expect(fixed.output.content_hash).not.toBe(vendor.content_hash);
    expect(fixed.writes.map(({ op, table }) => `${op} ${table}`)).toEqual([
      "append raw_records",
      "put heads",
      "set settings",
    ]);
    expect(fixed.writes[0]?.rows[0]).toContain("fix");
    expect(fixed.writes[2]?.rows).toEqual([["correction 2", JSON.stringify(correction)]]);
  });

  test("and the head keeps the vendor's stamp and hash: the same again is known, anything newer is news", () => {
    const after = headIn(fixed.writes);
    expect(after).toEqual({ ...head, seq: 2, revision: 2 });
    const heads = new Map([[head.record_key, after]]);
    const again = (record = sent) =>
      planLand({ records: [record], heads, corrections: new Map(), firstSeq: 3, knownAt: at(12) }).output.counts;
    expect(again()).toEqual({ in: 1, stored: 0, duplicate: 1 });
    expect(again({ ...sent, payload: { ...sent.payload, title: "CTO" } })).toMatchObject({ stored: 1 });
    expect(again({ ...sent, version: at(2), payload })).toMatchObject({ stored: 1 });
  });
});

test("taken back, the vendor's version lands once more as it was, and the correction says by whom, when and why", () => {
  const taken_back = { by: "Otto", at: at(12), reason: "it was her brother's" };
  const { writes, output } = planTakeBack({
    head: headIn(fixed.writes),
    vendor,
    taken: { seq: 2, correction: { ...correction, taken_back } },
    seq: 3,
    knownAt: at(12),
  });
  expect(output).toEqual({ ...first, seq: 3, known_at: at(12) });
  expect(headIn(writes)).toEqual({ ...head, seq: 3, revision: 3 });
  expect(writes.at(-1)?.rows).toEqual([["correction 2", JSON.stringify({ ...correction, taken_back })]]);
});
