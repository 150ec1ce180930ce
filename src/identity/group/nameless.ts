import { groupBy } from "../../lib/group.ts";
import type { Node, Proposal } from "./bonds.ts";
import type { Group, Groups } from "./groups.ts";

/*
 * A record with nothing but an address may be anybody's who uses it: a family's mailbox is. It is not known whose before it is known who
 * there is, and while that is two people the record is neither's.
 */

/** True where records would be joined by something that several people may share, and one side does not say what it is called. */
export function isOfNameless(proposal: Proposal, groups: Groups): boolean {
  if (proposal.by === "override" || (proposal.by === "claim" && proposal.claim.rule.agree !== "name")) return false;
  return !groups.of(proposal.a).isNamed || !groups.of(proposal.b).isNamed;
}

/**
 * Joins nameless records once the others are: with each other, then each such group with whom it shares a claim that no two rivals share,
 * then by score; with nobody where it could be one of two rivals. Gives the joins that were made.
 */
export function joinNameless(waiting: readonly Proposal[], groups: Groups, only?: "not two own"): Proposal[] {
  const joins: Proposal[] = [];
  const tryAll = (proposals: readonly Proposal[]) => {
    for (const proposal of proposals) if (groups.join(proposal, only)) joins.push(proposal);
  };
  const byClaim = groupBy(waiting, (proposal) => (proposal.by === "claim" ? proposal.claim.text : ""));
  const scores = byClaim.get("") ?? [];
  byClaim.delete("");
  const claims = [...byClaim.values()].filter((proposals) => !hasRivals(endsOf(proposals), groups)).flat();
  for (const proposals of [claims, scores]) {
    tryAll(proposals.filter(({ a, b }) => !groups.of(a).isNamed && !groups.of(b).isNamed));
    const candidates = new Map<Group, Proposal[]>();
    for (const proposal of proposals) {
      const nameless = endsOf([proposal]).find((node) => !groups.of(node).isNamed);
      if (!nameless) {
        tryAll([proposal]);
        continue;
      }
      const group = groups.of(nameless);
      const known = candidates.get(group);
      if (known) known.push(proposal);
      else candidates.set(group, [proposal]);
    }
    for (const found of candidates.values()) if (!hasRivals(endsOf(found), groups)) tryAll(found);
  }
  return joins;
}

function endsOf(proposals: readonly Proposal[]): Node[] {
  return proposals.flatMap(({ a, b }) => [a, b]);
}

/** Whether two of these records' groups are rivals. Beside those of our own, what anybody may have sent makes nobody a rival. */
function hasRivals(nodes: readonly Node[], groups: Groups): boolean {
  const named = [...new Set(nodes.map(groups.of))].filter(({ isNamed }) => isNamed);
  const own = named.filter(({ isOwn }) => isOwn);
  const counted = own.length > 0 ? own : named;
  return counted.some((one, n) => counted.slice(n + 1).some((other) => groups.areRivals(one, other)));
}
