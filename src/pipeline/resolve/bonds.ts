import type { Comparable } from "../../identity/comparable.ts";
import type { Bonds, OverrideBond } from "../../identity/group/bonds.ts";
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
  const matches = [...closure.matches.values()].filter(({ left_key, probability }) =>
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
  return {
    overfull,
    overfullPublic,
    overrides,
    matches,
    conflict(one, other) {
      const [a, b] = [comparableOf(one.record_key), comparableOf(other.record_key)];
      return a !== null && b !== null && matching.conflict(a, b);
    },
  };
}
