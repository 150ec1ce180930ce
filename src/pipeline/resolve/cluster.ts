import { groupBy } from "../../lib/group.ts";
import type { Claim } from "./claims.ts";
import { namesAgree, type PartyName } from "./names.ts";
import { mergedRule } from "./rules.ts";

/** A party record as clustering sees it. */
export interface Node {
  record_key: string;
  first_seq: number;
  claims: readonly Claim[];
  name: PartyName;
}

/** Why a record is in its cluster: the claim it shares with another member; null for the founder. */
export interface LinkEvidence {
  claim: string | null;
  with: string | null;
  rules: string;
}

export interface Cluster {
  /** The member that landed first: the customer's id comes from it. */
  founder: Node;
  members: Node[];
  evidence: ReadonlyMap<string, LinkEvidence>;
}

interface Group {
  members: Node[];
  names: PartyName[];
  /** Distinct claim texts by type, for the limits. */
  values: Map<string, Set<string>>;
}

/**
 * Joins records into customers by their shared claims: a function of the set, whatever order the records arrived in. Claims are tried
 * by priority, then text; a join that breaks a limit or brings disagreeing names together is refused, unless a vendor has made it.
 * `overfull` are claims on too many records, of which not all are among the nodes: they join nobody, but count for the limits.
 */
export function cluster(
  nodes: readonly Node[],
  rulesVersion: string,
  overfull: ReadonlySet<string> = new Set(),
): Cluster[] {
  const sorted = [...nodes].sort((a, b) => (a.record_key < b.record_key ? -1 : 1));
  const groupOf = new Map(sorted.map((node) => [node.record_key, singleton(node)]));
  const joins: { claim: string; a: string; b: string }[] = [];
  for (const { claim, holders } of sharedClaims(sorted, overfull)) {
    for (const [a, b] of pairs(holders)) {
      const left = groupOf.get(a.record_key);
      const right = groupOf.get(b.record_key);
      if (!left || !right || left === right || !mayJoin(left, right, claim)) continue;
      for (const member of absorb(left, right)) groupOf.set(member.record_key, left);
      joins.push({ claim: claim.text, a: a.record_key, b: b.record_key });
    }
  }
  const groups = [...new Set(groupOf.values())];
  const joinsByRecord = neighbours(joins);
  return groups.map((group) => finished(group, joinsByRecord, rulesVersion));
}

function singleton(node: Node): Group {
  const values = groupBy(node.claims, ({ rule }) => rule.type);
  return {
    members: [node],
    names: node.name.first || node.name.last ? [node.name] : [],
    values: new Map([...values].map(([type, claims]) => [type, new Set(claims.map(({ text }) => text))])),
  };
}

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
    .sort((a, b) => a.claim.priority - b.claim.priority || (a.claim.text < b.claim.text ? -1 : 1));
}

function* pairs(holders: readonly Node[]): Generator<[Node, Node]> {
  for (const [n, a] of holders.entries()) for (const b of holders.slice(n + 1)) yield [a, b];
}

function mayJoin(left: Group, right: Group, { rule }: Claim): boolean {
  if (rule.type === mergedRule.type) return true;
  for (const [type, values] of right.values) {
    const own = left.values.get(type);
    const limit = limitOf(type, right) ?? limitOf(type, left);
    if (!own || limit === undefined) continue;
    // A side that holds more than the limit by a merge is no reason to refuse what adds nothing to it.
    if (new Set([...own, ...values]).size > Math.max(limit, own.size, values.size)) return false;
  }
  if (rule.agree !== "name") return true;
  return left.names.every((a) => right.names.every((b) => namesAgree(a, b)));
}

function limitOf(type: string, group: Group): number | undefined {
  for (const { claims } of group.members) {
    const found = claims.find(({ rule }) => rule.type === type);
    if (found) return found.rule.limit;
  }
  return undefined;
}

function absorb(left: Group, right: Group): Node[] {
  left.members.push(...right.members);
  left.names.push(...right.names);
  for (const [type, values] of right.values) {
    const own = left.values.get(type);
    if (own) for (const value of values) own.add(value);
    else left.values.set(type, values);
  }
  return right.members;
}

function neighbours(
  joins: readonly { claim: string; a: string; b: string }[],
): Map<string, { claim: string; other: string }[]> {
  const both = joins.flatMap(({ claim, a, b }) => [
    { claim, from: a, other: b },
    { claim, from: b, other: a },
  ]);
  return groupBy(both, ({ from }) => from);
}

/** The joins form a tree; walked from the founder, each member's evidence is the join that leads to it. */
function finished(group: Group, joins: Map<string, { claim: string; other: string }[]>, rules: string): Cluster {
  const members = group.members.sort((a, b) => a.first_seq - b.first_seq || (a.record_key < b.record_key ? -1 : 1));
  const [founder] = members;
  if (!founder) throw new Error("a cluster without members cannot be");
  const evidence = new Map<string, LinkEvidence>([[founder.record_key, { claim: null, with: null, rules }]]);
  const queue = [founder.record_key];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { claim, other } of joins.get(at) ?? []) {
      if (evidence.has(other)) continue;
      evidence.set(other, { claim, with: at, rules });
      queue.push(other);
    }
  }
  return { founder, members, evidence };
}
