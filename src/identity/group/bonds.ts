import type { PartyName } from "../compare/names.ts";
import type { Match } from "../score/score.ts";
import type { Claim } from "./claims.ts";

/** A party record as clustering sees it. */
export interface Node {
  record_key: string;
  first_seq: number;
  claims: readonly Claim[];
  name: PartyName;
  /** Anybody may have sent it: it says nothing about which of the other records are one customer. */
  isPublic?: boolean;
}

/** Two records whose score is high enough to join them by itself; `left_key` sorts first. */
export interface MatchBond {
  left_key: string;
  right_key: string;
  weight: number;
  probability: number;
}

/** What a person has decided about two records; the one with the higher id is the later word. */
export interface OverrideBond {
  id: number;
  kind: "must_link" | "cannot_link";
  left_key: string;
  right_key: string;
  by: string;
  at: string;
  reason: string;
}

/** What the records of two groups say together, where it joins them: some of each, as weak evidence adds up to strong. */
export interface Together {
  match: Match;
  /** Keys of the records of each side, sorted. */
  left: readonly string[];
  right: readonly string[];
}

/** What joins records, or keeps them apart, beside their claims. */
export interface Bonds {
  /** Claims on too many records, of which not all are among the nodes: they join nobody, but count for the limits. */
  overfull?: ReadonlySet<string>;
  /** Claims on too many records only when those that anybody may have sent are counted: they join none of the latter. */
  overfullPublic?: ReadonlySet<string>;
  matches?: readonly MatchBond[];
  /** Pairs whose score is too low to join them by itself, and high enough for people to look at. */
  likely?: readonly MatchBond[];
  /** Whether the records of two groups say enough together to join them; null where they do not, or where any two contradict each other. */
  together?: (left: readonly Node[], right: readonly Node[]) => Match | null;
  /** Whether two records say of themselves what hardly ever one party says, so that they are joined only where it is known better. */
  contradict?: (a: Node, b: Node) => boolean;
  overrides?: readonly OverrideBond[];
  /** Whether two records cannot be one party whatever else they share: other national ids, other birth dates. */
  conflict?: (a: Node, b: Node) => boolean;
}

/** Two records that something would join. */
export type Proposal = { a: Node; b: Node } & (
  | { by: "claim"; claim: Claim }
  | { by: "match"; match: MatchBond }
  | { by: "together"; together: Together }
  | { by: "override"; override: OverrideBond }
);

/** The order in which scores are tried. */
export function strongestFirst(a: MatchBond, b: MatchBond): number {
  return b.weight - a.weight || compareKeys(a.left_key, b.left_key) || compareKeys(a.right_key, b.right_key);
}

/** By code unit, whatever the language of the machine. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
