import { namesAgree, type PartyName } from "../compare/names.ts";
import { jaroWinkler } from "../compare/similarity.ts";
import type { Bonds, MatchBond, Node, Proposal } from "./bonds.ts";
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
  /**
   * By a score that is not beyond doubt, while the record's score with a rival is high enough too: John of the father and of the son. Where
   * groups are to be joined by what they say together, a rival is whom any of their records is likely to be one with.
   */
  isEven(proposal: Proposal): boolean;
}

/** What could join the records of a set with more than one party. */
export function createRivalry(
  shared: readonly SharedClaim[],
  { matches = [], likely = [], contradict = () => false }: Bonds,
  byKey: ReadonlyMap<string, Node>,
  groups: Groups,
): Rivalry {
  const several = new Set(shared.flatMap(ofSeveral));
  const joining = byEnd(matches);
  const likelyToo = byEnd(likely);
  const isTorn = (record: Node, to: Node, isLikelyToo = false): boolean => {
    const [own, offered] = [groups.of(record), groups.of(to)];
    const isRival = (node: Node | undefined): node is Node => {
      const group = node && groups.of(node);
      if (!group || group === own || group === offered) return false;
      return groups.areApart(group, offered) && !groups.areApart(group, own);
    };
    const isOther = (other: string) => isRival(byKey.get(other));
    if (joining.get(record.record_key)?.some(isOther)) return true;
    if (!isLikelyToo) return false;
    return (likelyToo.get(record.record_key) ?? []).some((other) => {
      const node = byKey.get(other);
      return isRival(node) && !contradict(record, node);
    });
  };
  const isAnyTorn = (records: readonly Node[], to: Node) => records.some((record) => isTorn(record, to, true));
  return {
    isOfSeveral: (proposal) =>
      proposal.by === "claim" &&
      [proposal.a, proposal.b].some(({ record_key }) => several.has(`${record_key} ${proposal.claim.text}`)),
    isEven(proposal) {
      const { a, b } = proposal;
      if (proposal.by === "together") {
        return isAnyTorn(groups.of(a).members, b) || isAnyTorn(groups.of(b).members, a);
      }
      const isDoubtful = proposal.by === "match" && proposal.match.probability < bridgeProbabilityMin;
      return isDoubtful && (isTorn(a, b) || isTorn(b, a));
    },
  };
}

/** The other ends of each record's pairs. */
function byEnd(pairs: readonly MatchBond[]): Map<string, string[]> {
  const others = new Map<string, string[]>();
  const add = (from: string, other: string) => {
    const known = others.get(from);
    if (known) known.push(other);
    else others.set(from, [other]);
  };
  for (const { left_key, right_key } of pairs) {
    add(left_key, right_key);
    add(right_key, left_key);
  }
  return others;
}

/** Holders of a claim that asks for names who agree with two others of one surname and two first names; each with the claim. */
function ofSeveral({ claim, holders }: SharedClaim): string[] {
  if (claim.rule.agree !== "name" || holders.length < 3) return [];
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
