import { type MatchWeights, weighAll } from "../batch.ts";
import { type Comparable, comparableOf, type PartyKind } from "../comparable.ts";
import type { PartyName } from "../compare/names.ts";
import type { Node, OverrideBond } from "../group/bonds.ts";
import { type Claim, claimsOf, mergeWith, namedIn, type Party } from "../group/claims.ts";
import type { Cluster } from "../group/cluster.ts";
import { clusterAll } from "../group/cluster-all.ts";
import { nameless, partyNameOf } from "../group/party-name.ts";
import type { Matching } from "../matching.ts";
import { noPairs, pairsWhere } from "../pairs.ts";
import { type IdentityRules, mergedRule } from "../rules.ts";

/** All party records of one kind with what identity looks at, by place. */
export interface PartySet {
  kind: PartyKind;
  records: { key: string; comparable: Comparable }[];
  claims: (readonly Claim[])[];
  names: PartyName[];
  /** What several records hold, once: by the one value of a field, the list of it. */
  shared: Map<string, readonly string[]>;
}

/** A set with the pairs found in it. */
export interface MatchedSet extends MatchWeights {
  set: PartySet;
}

export function emptySet(kind: PartyKind): PartySet {
  return { kind, records: [], claims: [], names: [], shared: new Map() };
}

/**
 * Puts a party into its set; the party itself is not kept, so that a million fit into memory. One that its vendor has merged into another
 * (`isMergedAway`) is found by its claims alone: it says no more what its customer is called.
 */
export function addParty(
  set: PartySet,
  { key, party, isMergedAway = false }: { key: string; party: Party; isMergedAway?: boolean },
  rules: IdentityRules,
): void {
  set.records.push({ key, comparable: isMergedAway ? { kind: party.kind, fields: {} } : kept(set, party) });
  // A copy has no room for more: what was pushed to keeps some for a dozen.
  set.claims.push(claimsOf(party, rules).slice());
  set.names.push(isMergedAway ? nameless : partyNameOf(party));
}

/** Fields of which many records hold the same values. */
const recurring: ReadonlySet<string> = new Set(["first_name", "last_name", "birth_date", "place", "employer"]);

function kept({ shared }: PartySet, party: Party): Comparable {
  return comparableOf(party, (field, values) => {
    const [only] = values;
    if (only === undefined || values.length > 1 || !recurring.has(field)) return values;
    const known = shared.get(only);
    if (!known) shared.set(only, values);
    return known ?? values;
  });
}

/** Scores every pair of the set that blocking leads together; those from `probabilityMin` on, or from where people are asked, are given. */
export function matchSet(set: PartySet, { model, ...rules }: IdentityRules, probabilityMin = 1): MatchedSet {
  const { match } = rules[set.kind];
  if (!match || !model) return { set, pairs: noPairs, overfull: [], candidates: 0 };
  const wanted = { ...match, review: Math.min(probabilityMin, match.review) };
  return { set, ...weighAll(set.records, wanted, model[set.kind]) };
}

/** The customers of a set as the hub would find them: by claims, overrides and scores together. */
export function clusterSet(
  { set, pairs }: MatchedSet,
  rules: IdentityRules,
  matching: Matching | null,
  overrides: readonly OverrideBond[] = [],
): Cluster[] {
  const merged = mergedIn(set);
  const nodes = set.records.map(({ key }, n): Node => {
    const own = set.claims[n] ?? [];
    const claims = merged.has(key) ? [mergeWith(key), ...own] : own;
    return { record_key: key, first_seq: n, claims, name: set.names[n] ?? nameless };
  });
  const joining = pairsWhere(pairs, (probability) => matching?.joins(set.kind, probability) ?? false);
  // A node's place in the set is its sequence number here.
  const comparableAt = ({ first_seq }: Node) => set.records[first_seq]?.comparable;
  const conflict = (one: Node, other: Node) => {
    const [a, b] = [comparableAt(one), comparableAt(other)];
    return Boolean(matching && a && b && matching.conflict(a, b));
  };
  return clusterAll(nodes, rules.version, { pairs: joining, conflict, overrides });
}

/** The records with which others say they were merged. */
function mergedIn({ claims }: PartySet): Set<string> {
  const found = new Set<string>();
  for (const own of claims)
    for (const { text, rule } of own) if (rule === mergedRule) found.add(namedIn([text])[0] ?? "");
  return found;
}

/** Two records that were joined directly, by a claim or by their score: their places in the set. */
export interface Join {
  left: number;
  right: number;
  claim: string | null;
}

/** The joins that customers are made of: each record but the founder is joined to one other. */
export function joinsOf(clusters: readonly Cluster[]): Join[] {
  return clusters.flatMap(({ members, evidence }) => {
    if (members.length < 2) return [];
    const placeOf = new Map(members.map(({ record_key, first_seq }) => [record_key, first_seq]));
    return [...evidence].flatMap(([key, { with: other, claim }]) => {
      const [left, right] = [placeOf.get(key), placeOf.get(other ?? "")];
      return left === undefined || right === undefined ? [] : [{ left, right, claim }];
    });
  });
}

/** By the place of each record that of the founder of its customer. */
export function foundersOf(clusters: readonly Cluster[], { records }: PartySet): Int32Array {
  const founders = new Int32Array(records.length);
  for (const { founder, members } of clusters) {
    for (const { first_seq } of members) founders[first_seq] = founder.first_seq;
  }
  return founders;
}
