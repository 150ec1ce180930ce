import { blockKeysOf } from "../block/blocking.ts";
import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import type { WeighedPairs } from "../pairs.ts";
import { unlabelled } from "./metrics.ts";

/** Of a customer with more records than this only the first are looked at: their pairs grow with the square. */
const recordsMax = 1_000;

/** How many pairs of one customer there are, and how many of them blocking leads together, so that they are compared at all. */
export interface Completeness {
  pairs: number;
  found: number;
}

/** What blocking has done with records. */
export interface Blocked {
  rules: MatchRules;
  /** Keys that found nobody. */
  overfull: ReadonlySet<string>;
  /** Pairs that were compared, some of them: of these no keys need be made. */
  pairs: WeighedPairs;
}

/** Counts the true pairs that share a key which is not over-full. `truth` has a label for each record, by its place. */
export function blockingCompleteness(
  records: readonly Comparable[],
  truth: Int32Array,
  { rules, overfull, pairs }: Blocked,
): Completeness {
  const numberOf = (a: number, b: number) => Math.min(a, b) * records.length + Math.max(a, b);
  const compared = new Set<number>();
  for (const [at, a] of pairs.a.entries()) {
    const b = pairs.b[at] ?? 0;
    if (truth[a] !== unlabelled && truth[a] === truth[b]) compared.add(numberOf(a, b));
  }
  const counts = { pairs: 0, found: 0 };
  for (const places of customersOf(truth)) {
    const keysOf = keysOfEach(records, rules, overfull);
    for (const [n, left] of places.entries()) {
      for (const right of places.slice(n + 1)) {
        counts.pairs += 1;
        if (compared.has(numberOf(left, right)) || shares(keysOf(left), keysOf(right))) counts.found += 1;
      }
    }
  }
  return counts;
}

function shares(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  for (const key of right) if (left.has(key)) return true;
  return false;
}

/** Keys that lead to others, by the place of a record: made when they are first asked for. */
function keysOfEach(records: readonly Comparable[], rules: MatchRules, overfull: ReadonlySet<string>) {
  const made = new Map<number, ReadonlySet<string>>();
  return (place: number): ReadonlySet<string> => {
    const record = records[place];
    const known = made.get(place);
    if (known || !record) return known ?? new Set();
    const keys = new Set(blockKeysOf(record, rules).filter((key) => !overfull.has(key)));
    made.set(place, keys);
    return keys;
  };
}

/** Places of the records of each customer of more than one. */
function customersOf(truth: Int32Array): number[][] {
  const customers = new Map<number, number[]>();
  for (const [place, label] of truth.entries()) {
    if (label === unlabelled) continue;
    const places = customers.get(label);
    if (!places) customers.set(label, [place]);
    else if (places.length < recordsMax) places.push(place);
  }
  return [...customers.values()].filter(({ length }) => length > 1);
}
