import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bCubedQuality,
  clusteredQuality,
  labelsOf,
  pairAgreement,
  pairCount,
  qualityOf,
  unlabelled,
} from "../../../src/identity/evaluate/metrics.ts";

const labels = (text: string) => labelsOf([...text].map((letter) => (letter === "." ? "" : letter)));

describe("quality", () => {
  test("is how much of what was said is right, and how much of what is right was said", () => {
    expect(qualityOf({ right: 3, said: 4, wanted: 6 })).toEqual({ precision: 0.75, recall: 0.5, f1: 0.6 });
  });

  test("of who says nothing has no fault but what is missing", () => {
    expect(qualityOf({ right: 0, said: 0, wanted: 6 })).toEqual({ precision: 1, recall: 0, f1: 0 });
  });
});

describe("clusters against the truth", () => {
  // Found and true customers, a letter a record; a dot for a record whose customer is not known.
  const cases: [string, found: string, truth: string, pairs: [number, number], bCubed: [number, number]][] = [
    ["the same", "aabbc", "xxyyz", [1, 1], [1, 1]],
    ["all in one", "aaaa", "xxyy", [2 / 6, 1], [0.5, 1]],
    ["each alone", "abcd", "xxyy", [1, 0], [1, 0.5]],
    ["one record too many", "aaab", "xxyy", [1 / 3, 0.5], [(2 * 2) / 3 / 4 + 1 / 3 / 4 + 1 / 4, 0.75]],
    ["what is not labelled does not count", "aaab", "xx.y", [1, 1], [1, 1]],
  ];
  test.each(cases)("%s", (_, found, truth, [precision, recall], [bPrecision, bRecall]) => {
    expect(clusteredQuality(labels(found), labels(truth))).toMatchObject({ precision, recall });
    const cubed = bCubedQuality(labels(found), labels(truth));
    expect(cubed.precision).toBeCloseTo(bPrecision, 12);
    expect(cubed.recall).toBeCloseTo(bRecall, 12);
  });

  test("are counted as if every pair and every record were looked at", () => {
    const sets = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 4 })), { maxLength: 30 });
    const property = fc.property(sets, (records) => {
      const found = Int32Array.from(records, ([label]) => label);
      const truth = Int32Array.from(records, ([, label]) => label);
      expect(pairAgreement(found, truth)).toEqual(everyPair(found, truth));
      expect(bCubedQuality(found, truth).precision).toBeCloseTo(everyRecord(found, truth, found), 9);
      expect(bCubedQuality(found, truth).recall).toBeCloseTo(everyRecord(found, truth, truth), 9);
      expect(pairCount(truth)).toBe(everyPair(found, truth).wanted);
    });
    fc.assert(property, { seed: 20_261, numRuns: 200 });
  });
});

function everyPair(found: Int32Array, truth: Int32Array) {
  const counts = { right: 0, said: 0, wanted: 0 };
  for (let a = 0; a < truth.length; a++) {
    for (let b = a + 1; b < truth.length; b++) {
      if (truth[a] === unlabelled || truth[b] === unlabelled) continue;
      const [isSaid, isWanted] = [found[a] === found[b], truth[a] === truth[b]];
      counts.said += Number(isSaid);
      counts.wanted += Number(isWanted);
      counts.right += Number(isSaid && isWanted);
    }
  }
  return counts;
}

/** Over all records: of those it shares a label of `among` with, the share that it shares both labels with. */
function everyRecord(found: Int32Array, truth: Int32Array, among: Int32Array): number {
  const places = [...truth.keys()].filter((n) => truth[n] !== unlabelled);
  const shares = places.map((n) => {
    const others = places.filter((m) => among[m] === among[n]);
    return others.filter((m) => found[m] === found[n] && truth[m] === truth[n]).length / others.length;
  });
  return places.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / places.length;
}
