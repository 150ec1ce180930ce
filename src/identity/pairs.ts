/** Scored pairs as columns, in no order: `a` and `b` are the places of their records in a set; the key of `a` sorts first. */
export interface WeighedPairs {
  a: Int32Array;
  b: Int32Array;
  weight: Float64Array;
  probability: Float64Array;
}

export const noPairs: WeighedPairs = {
  a: new Int32Array(),
  b: new Int32Array(),
  weight: new Float64Array(),
  probability: new Float64Array(),
};

/** Those of which it holds. */
export function pairsWhere(pairs: WeighedPairs, holds: (probability: number) => boolean): WeighedPairs {
  const kept: number[] = [];
  for (const [at, probability] of pairs.probability.entries()) if (holds(probability)) kept.push(at);
  return {
    a: Int32Array.from(kept, (at) => pairs.a[at] ?? 0),
    b: Int32Array.from(kept, (at) => pairs.b[at] ?? 0),
    weight: Float64Array.from(kept, (at) => pairs.weight[at] ?? 0),
    probability: Float64Array.from(kept, (at) => pairs.probability[at] ?? 0),
  };
}
