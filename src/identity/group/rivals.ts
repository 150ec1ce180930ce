import { namesAgree, type PartyName } from "../compare/names.ts";
import { jaroWinkler } from "../compare/similarity.ts";
import type { MatchBond, Node, Proposal } from "./bonds.ts";
import type { Claim } from "./claims.ts";
import { bridgeProbabilityMin, type Groups } from "./groups.ts";

/** A claim with the records that make it. */
export interface SharedClaim {
  claim: Claim;
  holders: readonly Node[];
}

/** Tells of joins by which a record would be put to one of two who could as well be the other: they wait, or are not made. */
export interface Rivalry {
  /** By a mailbox of several people, of whom two are called as the record may be called, and differently: J. Lee of Jim and of Jane. */
  isOfSeveral(proposal: Proposal): boolean;
  /** By a score that is not beyond doubt, while the record's score with a rival is high enough too: John of the father and of the son. */
  isEven(proposal: Proposal): boolean;
}

/** What could join the records of a set with more than one party. */
export function createRivalry(
  shared: readonly SharedClaim[],
  matches: readonly MatchBond[],
  byKey: ReadonlyMap<string, Node>,
  groups: Groups,
): Rivalry {
  const several = new Set(shared.flatMap(ofSeveral));
  let scored: Map<string, Node[]> | null = null;
  const isTorn = (record: Node, to: Node): boolean => {
    scored ??= scoredWith(matches, byKey);
    const [own, offered] = [groups.of(record), groups.of(to)];
    return (scored.get(record.record_key) ?? []).some((other) => {
      const group = groups.of(other);
      if (group === own || group === offered) return false;
      return groups.areApart(group, offered) && !groups.areApart(group, own);
    });
  };
  return {
    isOfSeveral: (proposal) =>
      several.size > 0 &&
      proposal.by === "claim" &&
      [proposal.a, proposal.b].some(({ record_key }) => several.has(`${record_key} ${proposal.claim.text}`)),
    isEven: (proposal) =>
      proposal.by === "match" &&
      proposal.match.probability < bridgeProbabilityMin &&
      (isTorn(proposal.a, proposal.b) || isTorn(proposal.b, proposal.a)),
  };
}

/** Whom each record's score is high enough with. */
function scoredWith(matches: readonly MatchBond[], byKey: ReadonlyMap<string, Node>): Map<string, Node[]> {
  const scored = new Map<string, Node[]>();
  for (const { left_key, right_key } of matches) {
    for (const [key, other] of [
      [left_key, byKey.get(right_key)],
      [right_key, byKey.get(left_key)],
    ] as const) {
      const known = scored.get(key);
      if (known && other) known.push(other);
      else if (other) scored.set(key, [other]);
    }
  }
  return scored;
}

/** Holders of a claim that asks for names who agree with two others of one surname and two first names; each with the claim. */
function ofSeveral({ claim, holders }: SharedClaim): string[] {
  if (claim.rule.agree !== "name" || holders.length < 3) return [];
  if (holders.every(({ name }) => name.first === holders[0]?.name.first)) return [];
  return holders.flatMap((one) => {
    const alike = holders.filter((other) => other !== one && namesAgree(one.name, other.name));
    const isTorn = alike.some((a, n) => alike.slice(n + 1).some((b) => areRelatives(a.name, b.name)));
    return isTorn ? [`${one.record_key} ${claim.text}`] : [];
  });
}

/** Two first names that are no slips of each other, and no two surnames. */
function areRelatives(a: PartyName, b: PartyName): boolean {
  if (Math.min(a.first.length, b.first.length) < 2 || namesAgree({ ...a, last: "" }, { ...b, last: "" })) return false;
  return jaroWinkler(a.first, b.first) < 0.8 && namesAgree({ ...a, first: "" }, { ...b, first: "" });
}
