import type { PartyName } from "../compare/names.ts";
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

/** What joins records, or keeps them apart, beside their claims. */
export interface Bonds {
  /** Claims on too many records, of which not all are among the nodes: they join nobody, but count for the limits. */
  overfull?: ReadonlySet<string>;
  /** Claims on too many records only when those that anybody may have sent are counted: they join none of the latter. */
  overfullPublic?: ReadonlySet<string>;
  matches?: readonly MatchBond[];
  overrides?: readonly OverrideBond[];
  /** Whether two records cannot be one party whatever else they share: other national ids, other birth dates. */
  conflict?: (a: Node, b: Node) => boolean;
}

/** Two records that something would join. */
export type Proposal = { a: Node; b: Node } & (
  | { by: "claim"; claim: Claim }
  | { by: "match"; match: MatchBond }
  | { by: "override"; override: OverrideBond }
);
