import { blockKeysOf } from "../block/blocking.ts";
import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import { unlabelled } from "./metrics.ts";

/** Of a customer with more records than this only the first are looked at: their pairs grow with the square. */
const recordsMax = 1_000;

/** How many pairs of one customer there are, and how many of them blocking leads together, so that they are compared at all. */
export interface Completeness {
  pairs: number;
  found: number;
}

/** Counts the true pairs that share a key which is not over-full. `truth` has a label for each record, by its place. */
export function blockingCompleteness(
  records: readonly Comparable[],
  truth: Int32Array,
  rules: MatchRules,
  overfull: ReadonlySet<string>,
): Completeness {
  const counts = { pairs: 0, found: 0 };
  for (const members of customersOf(records, truth)) {
    const keys = members.map((record) => blockKeysOf(record, rules).filter((key) => !overfull.has(key)));
    for (const [n, left] of keys.entries()) {
      const looked = new Set(left);
      for (const right of keys.slice(n + 1)) {
        counts.pairs += 1;
        if (right.some((key) => looked.has(key))) counts.found += 1;
      }
    }
  }
  return counts;
}

function customersOf(records: readonly Comparable[], truth: Int32Array): Comparable[][] {
  const customers = new Map<number, Comparable[]>();
  for (const [n, record] of records.entries()) {
    const label = truth[n] ?? unlabelled;
    if (label === unlabelled) continue;
    const members = customers.get(label);
    if (!members) customers.set(label, [record]);
    else if (members.length < recordsMax) members.push(record);
  }
  return [...customers.values()].filter(({ length }) => length > 1);
}
