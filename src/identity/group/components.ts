import { groupBy } from "../../lib/group.ts";
import { createPartition, numbersByPart, type Partition } from "../../lib/partition.ts";
import { noPairs, type WeighedPairs } from "../pairs.ts";
import type { Bonds, MatchBond, Node, OverrideBond } from "./bonds.ts";
import type { Claim } from "./claims.ts";

/** What is between the records of a large set: the pairs whose score is high enough to join them are told by the places of the records. */
export interface SetBonds extends Omit<Bonds, "matches"> {
  pairs?: WeighedPairs;
}

/** Records that nothing could join with others of their set, not even over further ones: what becomes of them hangs on them alone. */
export interface Component {
  nodes: readonly Node[];
  /** What is between them. Claims on too many records of the set are named, as too few of those may be here to tell. */
  bonds: Bonds;
}

/** Splits a set into its components, in the order of their first records. */
export function* componentsOf(nodes: readonly Node[], bonds: SetBonds): Generator<Component> {
  const { conflict, pairs = noPairs, overrides = [] } = bonds;
  const partition = createPartition(nodes.length);
  const crowded = joinByClaims(nodes, bonds, partition);
  for (let at = 0; at < pairs.a.length; at++) partition.join(pairs.a[at] ?? 0, pairs.b[at] ?? 0);
  const placeOf = placesOf(nodes, overrides);
  for (const { kind, left_key, right_key } of overrides) {
    const [left, right] = [placeOf.get(left_key), placeOf.get(right_key)];
    if (kind === "must_link" && left !== undefined && right !== undefined) partition.join(left, right);
  }
  const size = nodes.length;
  const { firstOf } = partition;
  const placesIn = numbersByPart(size, { size, firstOf });
  const pairsIn = numbersByPart(pairs.a.length, { size, firstOf: (at) => firstOf(pairs.a[at] ?? 0) });
  const overridesIn = groupBy(overrides, ({ left_key }) => {
    const place = placeOf.get(left_key);
    return place === undefined ? null : firstOf(place);
  });
  for (let first = 0; first < size; first++) {
    if (firstOf(first) !== first) continue;
    yield {
      nodes: eachOf(placesIn(first), (place) => nodes[place]),
      bonds: {
        ...crowded,
        matches: eachOf(pairsIn(first), (at) => matchAt(at, pairs, nodes)),
        overrides: overridesIn.get(first) ?? [],
        ...(conflict && { conflict }),
      },
    };
  }
}

type Crowded = Required<Pick<Bonds, "overfull" | "overfullPublic">>;

/** Joins those that share a claim which is not on too many records, and gives the claims that are. */
function joinByClaims(nodes: readonly Node[], bonds: Partial<Crowded>, partition: Partition): Crowded {
  const overfull = new Set(bonds.overfull);
  const overfullPublic = new Set(bonds.overfullPublic);
  const joinAll = (holders: readonly number[]) => {
    for (const holder of holders) partition.join(holders[0] ?? holder, holder);
  };
  for (const type of typesIn(nodes)) {
    for (const { claim, holders } of sharedOf(type, nodes)) {
      const { text, rule } = claim;
      const own = holders.filter((place) => !nodes[place]?.isPublic);
      if (own.length > rule.cutoff) overfull.add(text);
      if (overfull.has(text)) continue;
      joinAll(own);
      if (holders.length > rule.cutoff) overfullPublic.add(text);
      if (!overfullPublic.has(text)) joinAll(holders);
    }
  }
  return { overfull, overfullPublic };
}

function typesIn(nodes: readonly Node[]): Set<string> {
  const types = new Set<string>();
  for (const { claims } of nodes) for (const { rule } of claims) types.add(rule.type);
  return types;
}

interface Held {
  claim: Claim;
  /** Their places. */
  holders: number[];
}

/** Claims of one type with more than one holder. A type at a time: the texts of all would fill memory. */
function sharedOf(type: string, nodes: readonly Node[]): Held[] {
  // Most claims are one record's alone: of those its place is all that is kept.
  const known = new Map<string, number | Held>();
  const shared: Held[] = [];
  for (let place = 0; place < nodes.length; place++) {
    for (const claim of nodes[place]?.claims ?? []) {
      if (claim.rule.type !== type) continue;
      const before = known.get(claim.text);
      if (before === undefined) known.set(claim.text, place);
      else if (typeof before !== "number") before.holders.push(place);
      else {
        const held = { claim, holders: [before, place] };
        known.set(claim.text, held);
        shared.push(held);
      }
    }
  }
  return shared;
}

/** Of the records that are decided about. */
function placesOf(nodes: readonly Node[], overrides: readonly OverrideBond[]): Map<string, number> {
  const decided = new Set(overrides.flatMap(({ left_key, right_key }) => [left_key, right_key]));
  const places = new Map<string, number>();
  if (decided.size === 0) return places;
  for (const [place, { record_key }] of nodes.entries()) if (decided.has(record_key)) places.set(record_key, place);
  return places;
}

function matchAt(at: number, { a, b, weight, probability }: WeighedPairs, nodes: readonly Node[]): MatchBond | null {
  const [left, right] = [nodes[a[at] ?? -1], nodes[b[at] ?? -1]];
  if (!left || !right) return null;
  return {
    left_key: left.record_key,
    right_key: right.record_key,
    weight: weight[at] ?? 0,
    probability: probability[at] ?? 0,
  };
}

function eachOf<T>(numbers: Int32Array, of: (n: number) => T | null | undefined): T[] {
  const found: T[] = [];
  for (const n of numbers) {
    const each = of(n);
    if (each) found.push(each);
  }
  return found;
}
