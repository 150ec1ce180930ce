/** Which of a number of things, known by their places, belong together. */
export interface Partition {
  /** Two of one part: so are all that belong to either. */
  join(a: number, b: number): void;
  /** The first place of the part that a place belongs to. */
  firstOf(place: number): number;
}

/** Every place a part of its own, to be joined. @example after join(0, 2) of 3 places: firstOf(2) // 0 */
export function createPartition(size: number): Partition {
  const above = new Int32Array(size);
  for (let place = 0; place < size; place++) above[place] = place;
  const firstOf = (place: number): number => {
    let at = place;
    for (let next = above[at] ?? at; next !== at; next = above[at] ?? at) {
      above[at] = above[next] ?? next;
      at = next;
    }
    return at;
  };
  return {
    join(a, b) {
      const [one, other] = [firstOf(a), firstOf(b)];
      above[Math.max(one, other)] = Math.min(one, other);
    },
    firstOf,
  };
}

/** The numbers below `count` by the part they belong to, which is told by its first place; each part's in their order. */
export function numbersByPart(
  count: number,
  { size, firstOf }: { size: number; firstOf: (n: number) => number },
): (first: number) => Int32Array {
  const starts = new Int32Array(size + 1);
  for (let n = 0; n < count; n++) starts[firstOf(n) + 1] = (starts[firstOf(n) + 1] ?? 0) + 1;
  for (let part = 0; part < size; part++) starts[part + 1] = (starts[part + 1] ?? 0) + (starts[part] ?? 0);
  const numbers = new Int32Array(count);
  const filled = starts.slice();
  for (let n = 0; n < count; n++) {
    const part = firstOf(n);
    const at = filled[part] ?? 0;
    numbers[at] = n;
    filled[part] = at + 1;
  }
  return (first) => numbers.subarray(starts[first], starts[first + 1]);
}
