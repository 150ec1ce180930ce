import { mergedRule } from "../rules.ts";
import type { Bonds, MatchBond, Node, Proposal } from "./bonds.ts";
import type { Claim } from "./claims.ts";
import { createGroups, type Groups } from "./groups.ts";
import { isOfNameless, joinNameless } from "./nameless.ts";
import { type Refusal, refusalsOf } from "./refusals.ts";
import { createRivalry, type SharedClaim } from "./rivals.ts";

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
  /** The member that landed first of those that not just anybody may have sent, if there are any: the customer's id comes from it. */
  founder: Node;
  /** The founder first. */
  members: Node[];
  evidence: ReadonlyMap<string, LinkEvidence>;
}

/**
 * Joins records into customers: a function of the set, whatever order the records arrived in. Tried in order: what vendors have merged,
 * what people have linked, shared claims by priority, then scores, the highest first. A join is refused that a person has forbidden, that
 * breaks a limit, or that brings conflicting records or, where they are asked, disagreeing names together, or that could as well be made
 * with somebody else. Records without a name wait until it is known who else there is. Records that anybody may have sent come last: which
 * of the others are one customer does not hang on them. What became of shared claims that joined nobody is looked for when it is asked for.
 */
export function clustering(
  nodes: readonly Node[],
  rulesVersion: string,
  bonds: Bonds = {},
): { clusters: Cluster[]; refusals(): Refusal[] } {
  const [only] = nodes;
  if (only && nodes.length === 1) return { clusters: [finished([only], none, rulesVersion)], refusals: () => [] };
  const sorted = [...nodes].sort((a, b) => (a.record_key < b.record_key ? -1 : 1));
  const own = sorted.filter(({ isPublic }) => !isPublic);
  const groups = createGroups(sorted, bonds);
  const sharedByOwn = sharedClaims(own, bonds.overfull);
  const joins = joinAll({ nodes: own, shared: sharedByOwn }, groups, bonds);
  if (own.length < sorted.length) {
    const shared = sharedClaims(sorted, bonds.overfull, bonds.overfullPublic);
    joins.push(...joinAll({ nodes: sorted, shared }, groups, bonds, "not two own"));
  }
  const joinsByRecord = neighbours(joins);
  return {
    clusters: groups.all().map(({ members }) => finished(members, joinsByRecord, rulesVersion)),
    refusals: () => refusalsOf(sharedByOwn, groups),
  };
}

/** Makes the joins that nothing speaks against, and gives them. */
function joinAll(
  { nodes, shared }: { nodes: readonly Node[]; shared: readonly SharedClaim[] },
  groups: Groups,
  bonds: Bonds,
  only?: "not two own",
): Proposal[] {
  const joins: Proposal[] = [];
  const waiting: Proposal[] = [];
  const byKey = new Map(nodes.map((node) => [node.record_key, node]));
  const rivalry = createRivalry(shared, bonds.matches ?? [], byKey, groups);
  for (const proposal of proposals(byKey, shared, groups, bonds)) {
    if (isOfNameless(proposal, groups) || rivalry.isOfSeveral(proposal)) waiting.push(proposal);
    else if (!rivalry.isEven(proposal) && groups.join(proposal, only)) joins.push(proposal);
  }
  if (waiting.length > 0) joins.push(...joinNameless(waiting, groups, only));
  return joins;
}

function* proposals(
  byKey: ReadonlyMap<string, Node>,
  shared: readonly SharedClaim[],
  groups: Groups,
  { matches = [], overrides = [] }: Bonds,
): Generator<Proposal> {
  const merged = shared.filter(({ claim }) => claim.rule.type === mergedRule.type);
  for (const { claim, holders } of merged)
    for (const pair of pairs(holders, groups)) yield { by: "claim", claim, ...pair };
  const linked = overrides.filter(({ kind }) => kind === "must_link").sort((a, b) => b.id - a.id);
  for (const override of linked) {
    const pair = endsOf(override, byKey);
    if (pair) yield { by: "override", override, ...pair };
  }
  for (const { claim, holders } of shared.slice(merged.length)) {
    for (const pair of pairs(holders, groups)) yield { by: "claim", claim, ...pair };
  }
  for (const match of [...matches].sort(strongestFirst)) {
    const pair = endsOf(match, byKey);
    if (pair) yield { by: "match", match, ...pair };
  }
}

function endsOf(
  { left_key, right_key }: { left_key: string; right_key: string },
  byKey: ReadonlyMap<string, Node>,
): { a: Node; b: Node } | null {
  const [a, b] = [byKey.get(left_key), byKey.get(right_key)];
  return a && b ? { a, b } : null;
}

function strongestFirst(a: MatchBond, b: MatchBond): number {
  return b.weight - a.weight || compare(a.left_key, b.left_key) || compare(a.right_key, b.right_key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Claims with more than one holder, by priority, then text: those of merges are first. */
function sharedClaims(nodes: readonly Node[], ...overfull: (ReadonlySet<string> | undefined)[]): SharedClaim[] {
  const firsts = new Map<string, Node>();
  const shared = new Map<string, { claim: Claim; holders: Node[] }>();
  for (const node of nodes) {
    for (const claim of node.claims) {
      const first = firsts.get(claim.text);
      // Most claims are one record's alone.
      if (!first) firsts.set(claim.text, node);
      else {
        const entry = shared.get(claim.text);
        if (entry) entry.holders.push(node);
        else shared.set(claim.text, { claim, holders: [first, node] });
      }
    }
  }
  return [...shared.values()]
    .filter(
      ({ claim: { rule, text }, holders }) =>
        holders.length <= rule.cutoff && !overfull.some((each) => each?.has(text)),
    )
    .sort((a, b) => a.claim.priority - b.claim.priority || compare(a.claim.text, b.claim.text));
}

/**
 * Pairs of holders that are not of one group yet. One that is of a group with an earlier one has nobody else to be tried with: what has
 * spoken against that one speaks against both, so that a thousand records of one merge are tried a thousand times and not half a million.
 */
function* pairs(holders: readonly Node[], groups: Groups): Generator<{ a: Node; b: Node }> {
  const tried: Node[] = [];
  for (const [n, a] of holders.entries()) {
    if (tried.some((earlier) => groups.of(earlier) === groups.of(a))) continue;
    tried.push(a);
    for (const b of holders.slice(n + 1)) if (groups.of(a) !== groups.of(b)) yield { a, b };
  }
}

interface Neighbour {
  other: string;
  join: Proposal;
}

const none: ReadonlyMap<string, readonly Neighbour[]> = new Map();

function neighbours(joins: readonly Proposal[]): Map<string, Neighbour[]> {
  const found = new Map<string, Neighbour[]>();
  for (const join of joins) {
    const [a, b] = [join.a.record_key, join.b.record_key];
    noteNeighbour(found, a, { other: b, join });
    noteNeighbour(found, b, { other: a, join });
  }
  return found;
}

function noteNeighbour(found: Map<string, Neighbour[]>, key: string, neighbour: Neighbour): void {
  const known = found.get(key);
  if (known) known.push(neighbour);
  else found.set(key, [neighbour]);
}

/** The joins form a tree; walked from the founder, each member's evidence is the join that leads to it. */
function finished(nodes: Node[], joins: ReadonlyMap<string, readonly Neighbour[]>, rules: string): Cluster {
  const members = nodes.sort(
    (a, b) =>
      Number(a.isPublic ?? false) - Number(b.isPublic ?? false) ||
      a.first_seq - b.first_seq ||
      compare(a.record_key, b.record_key),
  );
  const [founder] = members;
  if (!founder) throw new Error("a cluster without members cannot be");
  const evidence = new Map<string, LinkEvidence>([[founder.record_key, { claim: null, with: null, rules }]]);
  const reached = [founder.record_key];
  for (const at of reached) {
    for (const { other, join } of joins.get(at) ?? []) {
      if (evidence.has(other)) continue;
      evidence.set(other, evidenceOf(join, at, rules));
      reached.push(other);
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
