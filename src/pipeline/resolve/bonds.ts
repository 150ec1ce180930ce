import type { Comparable } from "../../identity/comparable.ts";
import type { Bonds, Node, OverrideBond } from "../../identity/group/bonds.ts";
import { partyOf } from "../../identity/group/claims.ts";
import type { Pipeline } from "../context.ts";
import type { Closure } from "./closure.ts";
import { comparableOfRecord } from "./parties.ts";

/** What joins the records of a closure, or keeps them apart, beside their claims. */
export function bondsOf(
  closure: Closure,
  known: ReadonlyMap<string, Comparable>,
  pipeline: Pick<Pipeline, "matching" | "isPublic">,
): Bonds {
  const { overfull, overfullPublic, records } = closure;
  const { matching } = pipeline;
  const overrides = closure.overrides.map((row) => ({ ...row, kind: row.kind as OverrideBond["kind"] }));
  if (!matching) return { overfull, overfullPublic, overrides };
  const kindOf = (key: string) => (records.get(key)?.kind === "company" ? "company" : "person");
  const [matches, likely] = parted([...closure.matches.values()], ({ left_key, probability }) =>
    matching.joins(kindOf(left_key), probability),
  );
  const comparables = new Map<string, Comparable | null>(known);
  const comparableOf = (key: string): Comparable | null => {
    let found = comparables.get(key);
    if (found === undefined) {
      const record = records.get(key);
      found = record ? comparableOfRecord(record, partyOf(record), pipeline) : null;
      comparables.set(key, found);
    }
    return found;
  };
  const asked = (ask: (a: Comparable, b: Comparable) => boolean) => (one: Node, other: Node) => {
    const [a, b] = [comparableOf(one.record_key), comparableOf(other.record_key)];
    return a !== null && b !== null && ask(a, b);
  };
  const comparablesOf = (of: readonly Node[]) => of.flatMap(({ record_key }) => comparableOf(record_key) ?? []);
  return {
    overfull,
    overfullPublic,
    overrides,
    matches,
    likely,
    conflict: asked(matching.conflict),
    contradict: asked(matching.contradict),
    together: (left, right) => matching.together(comparablesOf(left), comparablesOf(right)),
  };
}

/** Those that it holds for, and the others. */
function parted<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}
