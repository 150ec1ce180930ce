import { describe, expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { planLand } from "../../../src/pipeline/land/plan.ts";
import type { Row } from "../../../src/store/tables.ts";
import { at, gone, mergedWord, received } from "../../fixtures/pipeline/crm.ts";

/** What the vendor says when it is asked by id over a version of this sequence number. */
const asked = (newer_than: number, record: RawRecord): RawRecord => ({ ...record, newer_than });

const knownAt = at(10);

/** Lands batches one after the other, heads kept between them as the store keeps them. */
function land(...batches: RawRecord[][]) {
  const heads = new Map<string, Row<"heads">>();
  let firstSeq = 1;
  return batches.map((records) => {
    const { writes, output } = planLand({ records, heads, corrections: new Map(), firstSeq, knownAt });
    firstSeq += records.length;
    const put = writes.find(({ table }) => table === "heads");
    for (const [key, seq, version, content_hash, revision] of put?.rows ?? []) {
      const row = { record_key: key, seq, version, content_hash, revision } as Row<"heads">;
      expect(row.revision).toBe((heads.get(row.record_key)?.revision ?? 0) + 1);
      heads.set(row.record_key, row);
    }
    return { landed: output.landed.map(({ seq, remote_id }) => `${seq} ${remote_id}`), counts: output.counts };
  });
}

const ann = (hour: number, title = "Buyer") => received("people", "1", { title }, { version: at(hour) });
const into = (winner: string, hour: number) => mergedWord("people", "1", { version: at(hour), into: winner });
const unstamped = (title: string) => received("people", "1", { title }, { version: null });

describe("landing", () => {
  test("keeps what is new, under the next sequence numbers", () => {
    expect(land([ann(1), received("people", "2", {})])).toEqual([
      { landed: ["1 1", "2 2"], counts: { in: 2, stored: 2, duplicate: 0 } },
    ]);
  });

  test("keeps a raw record as it was received, with the time it became known", () => {
    const { writes } = planLand({
      records: [ann(1)],
      heads: new Map(),
      corrections: new Map(),
      firstSeq: 7,
      knownAt: at(10),
    });
    const raw = writes.find(({ table }) => table === "raw_records")?.rows[0] ?? [];
    expect([...raw.slice(0, 6), ...raw.slice(7)]).toEqual([
      7,
      "crm:people:1",
      "crm",
      "people",
      "1",
      at(1),
      0,
      at(10),
      "vendor",
      `{"id":"1","created":"${at(0)}","updated":"${at(1)}","title":"Buyer"}`,
    ]);
  });

  test("takes what the vendor was asked for by id as the later word than the version it was asked over, whatever its stamp", () => {
    const [, answer, late, next] = land([ann(4)], [asked(1, ann(2, "CTO"))], [ann(3, "Clerk")], [ann(5, "Chief")]);
    expect(answer?.landed).toEqual(["2 1"]);
    expect(late?.landed).toEqual([]); // the newest stamp known still keeps out what is older
    expect(next?.landed).toEqual(["4 1"]);
  });

  test("leaves out what the vendor's answer took the place of, however often it comes again", () => {
    const chief = ann(4, "Chief");
    const counted = { landed: [], counts: { in: 1, stored: 0, duplicate: 1 } };
    expect(land([chief], [asked(1, ann(2, "CTO"))], [chief], [ann(2, "CTO")], [chief]).slice(2)).toEqual([
      counted,
      counted,
      counted,
    ]);
    expect(land([chief], [asked(1, ann(4, "CTO"))], [chief])[2]).toEqual(counted);
    // Asked for again it is the later word once more.
    expect(land([chief], [asked(1, ann(2, "CTO"))], [asked(2, chief)], [ann(2, "CTO")])[2]?.landed).toEqual(["3 1"]);
  });

  test("goes by stamps again once another version stands than the one that was asked over", () => {
    const [, , answer] = land([ann(4)], [ann(5, "Chief")], [asked(1, ann(2, "CTO"))]);
    expect(answer?.counts).toEqual({ in: 1, stored: 0, duplicate: 1 });
  });

  const duplicates: [string, RawRecord, RawRecord][] = [
    ["the same again", ann(1), ann(1)],
    ["an older version", ann(2, "CTO"), ann(1)],
    ["the same without a stamp", unstamped("Buyer"), unstamped("Buyer")],
    ["word that it is gone, twice", gone("people", "1"), gone("people", "1")],
    ["older word that it is gone", ann(3), gone("people", "1", { version: at(2) })],
    ["the last version, read before word of a merge came", into("2", 2), ann(2)],
    ["word that it is gone, behind word of what it went into", into("2", 2), gone("people", "1", { version: at(3) })],
    ["the last version, behind that it was deleted then", { ...ann(2), deleted: true }, ann(2)],
    ["another of that stamp, behind that it was deleted then", { ...ann(2), deleted: true }, ann(2, "CTO")],
  ];
  test.each(duplicates)("counts %s as a duplicate, in one batch or two", (_, first, second) => {
    const counted = { in: 2, stored: 1, duplicate: 1 };
    expect(land([first, second])).toEqual([{ landed: ["1 1"], counts: counted }]);
    expect(land([first], [second])[1]).toEqual({ landed: [], counts: { in: 1, stored: 0, duplicate: 1 } });
  });

  const news: [string, RawRecord, RawRecord][] = [
    ["a newer version", ann(1), ann(2, "CTO")],
    ["other content under the same stamp", ann(1), ann(1, "CTO")],
    ["other content without a stamp", unstamped("Buyer"), unstamped("CTO")],
    ["word that it is gone", ann(1), gone("people", "1")],
    ["the same content, now deleted", ann(1), { ...ann(1), deleted: true }],
    ["a newer version of what was deleted", { ...ann(1), deleted: true }, ann(2)],
    ["other values of what was deleted", { ...ann(1), deleted: true }, { ...ann(1, "CTO"), deleted: true }],
    ["what a record went into, behind word that it is gone", gone("people", "1", { version: at(2) }), into("2", 2)],
    ["what it went into then, under the same stamp", into("2", 2), into("3", 2)],
  ];
  test.each(news)("keeps %s, in one batch or two", (_, first, second) => {
    expect(land([first, second])).toEqual([{ landed: ["1 1", "2 1"], counts: { in: 2, stored: 2, duplicate: 0 } }]);
    expect(land([first], [second])[1]?.landed).toEqual(["2 1"]);
  });

  test("a value that goes back to what it was is news", () => {
    expect(land([unstamped("Buyer")], [unstamped("CTO")], [unstamped("Buyer")])[2]?.landed).toEqual(["3 1"]);
  });

  test("the same under a newer stamp is known, and keeps out what is older than that", () => {
    const touched = { ...ann(1), version: at(5) };
    const known = { landed: [], counts: { in: 1, stored: 0, duplicate: 1 } };
    expect(land([ann(1)], [touched], [ann(3, "CTO")]).slice(1)).toEqual([known, known]);
    expect(land([ann(1), touched, ann(3, "CTO")])).toEqual([
      { landed: ["1 1"], counts: { in: 3, stored: 1, duplicate: 2 } },
    ]);
    expect(land([ann(1)], [touched], [ann(6, "CTO")])[2]?.landed).toEqual(["3 1"]);
  });

  test("a page read before word came that the record is gone does not bring it back", () => {
    expect(land([ann(2)], [gone("people", "1")], [ann(2)], [ann(1)]).slice(2)).toEqual([
      { landed: [], counts: { in: 1, stored: 0, duplicate: 1 } },
      { landed: [], counts: { in: 1, stored: 0, duplicate: 1 } },
    ]);
  });

  test("a record that was restored at its source comes back", () => {
    expect(land([ann(2)], [gone("people", "1")], [ann(3)])[2]?.landed).toEqual(["3 1"]);
  });

  describe("a version that does not tell all, between others", () => {
    const told = (hour: number, values: RawRecord["payload"], missing: string[] = []): RawRecord => {
      return { ...received("people", "1", values, { version: at(hour) }), ...(missing.length > 0 ? { missing } : {}) };
    };
    const standing = told(5, { title: "CTO", size: 1 });
    const lacking = told(6, { size: 2 }, ["title"]);

    test.each<[name: string, between: RawRecord, title: string]>([
      ["an older one that is left out", told(3, { title: "Clerk", size: 0 }), "CTO"],
      ["older word that it was gone", gone("people", "1", { version: at(3) }), "CTO"],
      ["a newer one", told(5, { title: "CEO", size: 1 }), "CEO"],
      ["one that does not tell all either", told(5, { size: 7 }, ["title"]), "CTO"],
    ])("keeps what was known last, in one batch or two: %s", (_, between, title) => {
      expect(titleAfter([standing], [between], [lacking])).toBe(title);
      expect(titleAfter([standing], [between, lacking])).toBe(title);
      expect(titleAfter([standing, between, lacking])).toBe(title);
    });
  });
});

/** What the newest version says once all of these batches have landed. */
function titleAfter(...batches: RawRecord[][]): unknown {
  const heads = new Map<string, Row<"heads">>();
  const last = new Map<string, Pick<RawRecord, "payload" | "version">>();
  for (const [n, records] of batches.entries()) {
    const before = new Map(last);
    const { output } = planLand({
      records,
      heads,
      corrections: new Map(),
      last: before,
      firstSeq: n * 10 + 1,
      knownAt,
    });
    for (const { record_key, seq, version, content_hash, payload } of output.landed) {
      heads.set(record_key, { record_key, seq, version, content_hash, revision: 1 });
      last.set(record_key, { payload, version });
    }
  }
  return last.get("crm:people:1")?.payload.title;
}
