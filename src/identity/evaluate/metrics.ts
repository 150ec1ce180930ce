/** How well what was said agrees with the truth. */
export interface Quality {
  /** Of what was said to be one, how much is. */
  precision: number;
  /** Of what is one, how much was said. */
  recall: number;
  f1: number;
}

/** A record that bears no label: it is left out of every count. */
export const unlabelled = -1;

/**
 * Quality of statements: `said` of them, `right` ones among them, `wanted` that there were to make. Who says nothing says nothing wrong.
 * @example qualityOf({ right: 3, said: 4, wanted: 6 }) // { precision: 0.75, recall: 0.5, f1: 0.6 }
 */
export function qualityOf({ right, said, wanted }: { right: number; said: number; wanted: number }): Quality {
  const precision = said === 0 ? 1 : right / said;
  const recall = wanted === 0 ? 1 : right / wanted;
  return { precision, recall, f1: harmonic(precision, recall) };
}

/**
 * Names as numbers, equal ones alike; an empty name is no label.
 * @example labelsOf(["ann", "bob", "ann", ""]) // Int32Array [0, 1, 0, -1]
 */
export function labelsOf(names: Iterable<string>): Int32Array {
  const known = new Map<string, number>();
  const labels: number[] = [];
  for (const name of names) {
    const label = name === "" ? unlabelled : (known.get(name) ?? known.size);
    if (label !== unlabelled) known.set(name, label);
    labels.push(label);
  }
  return Int32Array.from(labels);
}

/** How many pairs of records bear the same label. */
export function pairCount(labels: Int32Array): number {
  return sum(sizes(labels).values(), pairsAmong);
}

/** Pairwise quality of clusters: a pair counts when both records are in one cluster, however they came there. */
export function clusteredQuality(found: Int32Array, truth: Int32Array): Quality {
  return qualityOf(pairAgreement(found, truth));
}

/** How many pairs are together in `found` (`said`), in `truth` (`wanted`), and in both (`right`). */
export function pairAgreement(found: Int32Array, truth: Int32Array): { right: number; said: number; wanted: number } {
  const { both, ofFound, ofTruth } = contingency(found, truth);
  return {
    right: sum(both.values(), ({ count }) => pairsAmong(count)),
    said: sum(ofFound.values(), pairsAmong),
    wanted: sum(ofTruth.values(), pairsAmong),
  };
}

/**
 * B-cubed quality of clusters: how much of its cluster is a record's own, and how much of its own is in its cluster, over all records
 * (Bagga and Baldwin 1998). Large customers do not outweigh small ones as they do in pairs.
 */
export function bCubedQuality(found: Int32Array, truth: Int32Array): Quality {
  const { both, ofFound, ofTruth, records } = contingency(found, truth);
  if (records === 0) return { precision: 1, recall: 1, f1: 1 };
  // Whole numbers first, so that the order of the records changes not even the last digit.
  const share = (sizeOf: (cell: Cell) => number) => {
    const squares = new Map<number, number>();
    for (const cell of both.values()) {
      squares.set(sizeOf(cell), (squares.get(sizeOf(cell)) ?? 0) + cell.count * cell.count);
    }
    const bySize = [...squares].sort(([a], [b]) => a - b);
    return sum(bySize, ([size, square]) => square / size) / records;
  };
  const precision = share(({ inFound }) => ofFound.get(inFound) ?? 1);
  const recall = share(({ inTruth }) => ofTruth.get(inTruth) ?? 1);
  return { precision, recall, f1: harmonic(precision, recall) };
}

interface Cell {
  inFound: number;
  inTruth: number;
  count: number;
}

/** How many records each found cluster shares with each true one; records without a true label are left out. */
function contingency(found: Int32Array, truth: Int32Array) {
  const both = new Map<number, Cell>();
  const ofFound = new Map<number, number>();
  const ofTruth = new Map<number, number>();
  // So that two labels together are one number, and each pair of labels another.
  const span = truth.reduce((highest, label) => Math.max(highest, label), 0) + 1;
  let records = 0;
  for (const [n, inTruth] of truth.entries()) {
    const inFound = found[n];
    if (inTruth === unlabelled || inFound === undefined) continue;
    records += 1;
    ofFound.set(inFound, (ofFound.get(inFound) ?? 0) + 1);
    ofTruth.set(inTruth, (ofTruth.get(inTruth) ?? 0) + 1);
    const place = inFound * span + inTruth;
    const cell = both.get(place);
    if (cell) cell.count += 1;
    else both.set(place, { inFound, inTruth, count: 1 });
  }
  return { both, ofFound, ofTruth, records };
}

function sizes(labels: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) if (label !== unlabelled) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function pairsAmong(count: number): number {
  return (count * (count - 1)) / 2;
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

function harmonic(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
