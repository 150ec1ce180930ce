import { mergedRule } from "../rules.ts";
import type { Node } from "./bonds.ts";
import type { Claim } from "./claims.ts";
import type { Group, Groups, RefusalReason } from "./groups.ts";
import type { SharedClaim } from "./rivals.ts";

/** Two records of different customers that share a claim, and why it did not join them. */
export interface Refusal {
  /** Sorts before the right one. */
  left_key: string;
  right_key: string;
  claim: string;
  /** `rivals`: one of the two is nobody's for sure, as it could be that of several who are not one. */
  because: Exclude<RefusalReason, "decided"> | "rivals";
}

/**
 * Shared claims that joined nobody, for people to look at: of any two groups the strongest. A person's own word is nothing to ask about
 * again; nor are other names, where more than two use one thing, or where it is a company's.
 */
export function refusalsOf(shared: readonly SharedClaim[], groups: Groups): Refusal[] {
  const found: Refusal[] = [];
  const asked = new Map<Group, Set<Group>>();
  for (const { claim, holders } of shared) {
    if (claim.rule.type === mergedRule.type) continue;
    const firsts = firstOfEach(holders, groups);
    for (const [n, a] of firsts.entries()) {
      for (const b of firsts.slice(n + 1)) {
        const [one, other] = [groups.of(a), groups.of(b)];
        if (asked.get(one)?.has(other)) continue;
        const because = groups.refusal({ by: "claim", claim, a, b }) ?? "rivals";
        if (because === "decided" || (because === "names" && !isAskedOf(claim, firsts))) continue;
        asked.set(one, (asked.get(one) ?? new Set()).add(other));
        asked.set(other, (asked.get(other) ?? new Set()).add(one));
        found.push({ ...inOrder(a.record_key, b.record_key), claim: claim.text, because });
      }
    }
  }
  return found;
}

function firstOfEach(holders: readonly Node[], groups: Groups): Node[] {
  const firsts = new Map<Group, Node>();
  for (const holder of holders) if (!firsts.has(groups.of(holder))) firsts.set(groups.of(holder), holder);
  return [...firsts.values()];
}

function isAskedOf({ rule }: Claim, firsts: readonly Node[]): boolean {
  return firsts.length === 2 && rule.of.length === 1 && firsts.every(({ name }) => name.first !== "");
}

function inOrder(a: string, b: string): Pick<Refusal, "left_key" | "right_key"> {
  return a < b ? { left_key: a, right_key: b } : { left_key: b, right_key: a };
}
