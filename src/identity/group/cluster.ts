import { groupBy } from "../../lib/group.ts";
import { mergedRule } from "../rules.ts";
import type { Bonds, MatchBond, Node, Proposal } from "./bonds.ts";
import type { Claim } from "./claims.ts";
import { createGroups, type Group, type Groups } from "./groups.ts";

/** Why a record is in its cluster: what it shares with another member; both null for the founder. */
export interface LinkEvidence {
  claim: string | null;
  with: string | null;
  rules: string;
  /** Present where the score of the two joined them. */
  match?: { weight: number; probability: number };
  /** Present where a person did. */
  override?: { id: number; by: string; at: string; reason: string };
}

export interface Cluster {
  /** The member that landed first: the customer's id comes from it. */
  founder: Node;
  members: Node[];
  evidence: ReadonlyMap<string, LinkEvidence>;
}

/**
 * Joins records into customers: a function of the set, whatever order the records arrived in. Tried in order: what vendors have merged,
 * what people have linked, shared claims by priority, then scores, the highest first. A join is refused that a person has forbidden, that
 * breaks a limit, or that brings conflicting records or, where they are asked, disagreeing names together. Records that anybody may have
 * sent come last: which of the others are one customer does not hang on them.
 */
export function cluster(nodes: readonly Node[], rulesVersion: string, bonds: Bonds = {}): Cluster[] {
  const sorted = [...nodes].sort((a, b) => (a.record_key < b.record_key ? -1 : 1));
  const own = sorted.filter(({ isPublic }) => !isPublic);
  const groups = createGroups(sorted, bonds);
  const joins: Proposal[] = [];
  for (const proposal of proposals(own, bonds, bonds.overfull)) if (groups.join(proposal)) joins.push(proposal);
  if (own.length < sorted.length) joins.push(...joinPublic(sorted, groups, bonds));
  const joinsByRecord = neighbours(joins);
  return groups.all().map((group) => finished(group, joinsByRecord, rulesVersion));
}

function joinPublic(nodes: readonly Node[], groups: Groups, bonds: Bonds): Proposal[] {
  const overfull = new Set([...(bonds.overfull ?? []), ...(bonds.overfullPublic ?? [])]);
  const joins: Proposal[] = [];
  for (const proposal of proposals(nodes, bonds, overfull)) {
    const { a, b } = proposal;
    if ((a.isPublic || b.isPublic) && groups.join(proposal, "not two own")) joins.push(proposal);
  }
  return joins;
}

function* proposals(
  nodes: readonly Node[],
  { matches = [], overrides = [] }: Bonds,
  overfull: ReadonlySet<string> = new Set(),
): Generator<Proposal> {
  const shared = sharedClaims(nodes, overfull);
  const merged = shared.filter(({ claim }) => claim.rule.type === mergedRule.type);
  const byKey = new Map(nodes.map((node) => [node.record_key, node]));
  const ends = ({ left_key, right_key }: { left_key: string; right_key: string }) => {
    const [a, b] = [byKey.get(left_key), byKey.get(right_key)];
    return a && b ? { a, b } : null;
  };
  for (const { claim, holders } of merged) for (const pair of pairs(holders)) yield { by: "claim", claim, ...pair };
  const linked = overrides.filter(({ kind }) => kind === "must_link").sort((a, b) => b.id - a.id);
  for (const override of linked) {
    const pair = ends(override);
    if (pair) yield { by: "override", override, ...pair };
  }
  for (const { claim, holders } of shared.slice(merged.length)) {
    for (const pair of pairs(holders)) yield { by: "claim", claim, ...pair };
  }
  for (const match of [...matches].sort(strongestFirst)) {
    const pair = ends(match);
    if (pair) yield { by: "match", match, ...pair };
  }
}

function strongestFirst(a: MatchBond, b: MatchBond): number {
  return b.weight - a.weight || compare(a.left_key, b.left_key) || compare(a.right_key, b.right_key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Claims with more than one holder, by priority, then text: those of merges are first. */
function sharedClaims(nodes: readonly Node[], overfull: ReadonlySet<string>): { claim: Claim; holders: Node[] }[] {
  const holders = new Map<string, { claim: Claim; holders: Node[] }>();
  for (const node of nodes) {
    for (const claim of node.claims) {
      const entry = holders.get(claim.text);
      if (entry) entry.holders.push(node);
      else holders.set(claim.text, { claim, holders: [node] });
    }
  }
  return [...holders.values()]
    .filter(({ claim, holders: { length } }) => length > 1 && length <= claim.rule.cutoff && !overfull.has(claim.text))
    .sort((a, b) => a.claim.priority - b.claim.priority || compare(a.claim.text, b.claim.text));
}

function* pairs(holders: readonly Node[]): Generator<{ a: Node; b: Node }> {
  for (const [n, a] of holders.entries()) for (const b of holders.slice(n + 1)) yield { a, b };
}

type Neighbour = { other: string; join: Proposal };

function neighbours(joins: readonly Proposal[]): Map<string, Neighbour[]> {
  const both = joins.flatMap((join) => [
    { from: join.a.record_key, other: join.b.record_key, join },
    { from: join.b.record_key, other: join.a.record_key, join },
  ]);
  return groupBy(both, ({ from }) => from);
}

/** The joins form a tree; walked from the founder, each member's evidence is the join that leads to it. */
function finished(group: Group, joins: Map<string, Neighbour[]>, rules: string): Cluster {
  const members = group.members.sort((a, b) => a.first_seq - b.first_seq || compare(a.record_key, b.record_key));
  const [founder] = members;
  if (!founder) throw new Error("a cluster without members cannot be");
  const evidence = new Map<string, LinkEvidence>([[founder.record_key, { claim: null, with: null, rules }]]);
  const queue = [founder.record_key];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { other, join } of joins.get(at) ?? []) {
      if (evidence.has(other)) continue;
      evidence.set(other, evidenceOf(join, at, rules));
      queue.push(other);
    }
  }
  return { founder, members, evidence };
}

function evidenceOf(join: Proposal, other: string, rules: string): LinkEvidence {
  if (join.by === "claim") return { claim: join.claim.text, with: other, rules };
  if (join.by === "match") {
    const { weight, probability } = join.match;
    return { claim: null, with: other, rules, match: { weight, probability } };
  }
  const { id, by, at, reason } = join.override;
  return { claim: null, with: other, rules, override: { id, by, at, reason } };
}
