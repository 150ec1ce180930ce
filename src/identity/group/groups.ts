import { groupBy } from "../../lib/group.ts";
import { namesAgree, type PartyName } from "../compare/names.ts";
import { mergedRule } from "../rules.ts";
import type { Bonds, Node, OverrideBond, Proposal } from "./bonds.ts";

/** Records joined so far. */
export interface Group {
  members: Node[];
  /** Members by whom people said they are: what speaks against one of them counts only where it does against all that are the same. */
  parts: Node[][];
  /** Distinct claim texts by type, for the limits. */
  values: Map<string, Set<string>>;
  /** Holds a record that not just anybody may have sent. */
  isOwn: boolean;
  /** Holds a record that says what its party is called. */
  isNamed: boolean;
}

/** The groups that records form while they are joined. */
export interface Groups {
  /** Joins the groups of two records unless something speaks against it; says whether it did. `not two own`: a group without own records must be among them. */
  join(proposal: Proposal, only?: "not two own"): boolean;
  /** The group a record is in so far. */
  of(node: Node): Group;
  /** What speaks against joining the groups of two records as they are now; null where nothing does. */
  refusal(proposal: Proposal): RefusalReason | null;
  /** Whether two groups are different parties for sure: in conflict, of other names, or parted by a person. */
  areRivals(one: Group, other: Group): boolean;
  /** Whether two groups are known to be different parties by more than their names: in conflict, or parted by a person. */
  areApart(one: Group, other: Group): boolean;
  all(): Group[];
}

/** Why a join is refused: a person said so, too many values of a type, disagreeing names, or records in conflict. */
export type RefusalReason = "decided" | `limit:${string}` | "names" | "conflict";

/** Below this probability a single score does not join two groups of several records each whose names disagree. */
export const bridgeProbabilityMin = 0.999;

/** Every record a group of its own, to be joined by proposals in the order they are given. */
export function createGroups(nodes: readonly Node[], { overrides = [], conflict = () => false }: Bonds): Groups {
  const groupOf = new Map(nodes.map((node) => [node.record_key, singleton(node)]));
  const limits = limitsIn(nodes);
  const isForbidden = forbiddenBy(overrides, groupOf);
  const inConflict = remembered((left, right) =>
    left.parts.some((a) => right.parts.some((b) => everyPair(a, b, conflict))),
  );
  const disagreeing = { named: remembered(disagreeBy(isNamed)), person: remembered(disagreeBy(isPerson)) };

  function refusal(left: Group, right: Group, proposal: Proposal): RefusalReason | null {
    if (isForbidden(left, right, proposal.by === "override" ? proposal.override.id : 0)) return "decided";
    if (proposal.by === "override") return null;
    if (proposal.by === "claim" && proposal.claim.rule.type === mergedRule.type) return null;
    const type = limitBroken(left, right, limits);
    if (type !== null) return `limit:${type}`;
    const conflict = () => (inConflict.holds(left, right) ? "conflict" : null);
    if (proposal.by === "claim" && proposal.claim.rule.agree !== "name") {
      // What is put together of several parts names nobody by itself: father and son may share name and telephone.
      return proposal.claim.rule.of.length === 1 ? null : conflict();
    }
    // Names first: they are told apart sooner than conflicts are ruled out.
    if (proposal.by === "claim") return disagreeing.named.holds(left, right) ? "names" : conflict();
    const isLikely = isBeyondDoubt(left, right, proposal.match.probability) || !disagreeing.person.holds(left, right);
    return isLikely ? conflict() : "names";
  }

  const of = ({ record_key }: Node): Group => {
    const group = groupOf.get(record_key);
    if (!group) throw new Error(`${record_key} is in no group`);
    return group;
  };

  const areApart = (one: Group, other: Group) => isForbidden(one, other, 0) || inConflict.holds(one, other);

  return {
    join(proposal, only) {
      const [one, other] = [of(proposal.a), of(proposal.b)];
      // The smaller goes into the larger: a thousand joins to one group must not move it a thousand times.
      const [left, right] = one.members.length < other.members.length ? [other, one] : [one, other];
      if (left === right) return false;
      if (only && left.isOwn && right.isOwn) return false;
      if (refusal(left, right, proposal)) return false;
      for (const member of absorb(left, right)) groupOf.set(member.record_key, left);
      for (const objection of [inConflict, disagreeing.named, disagreeing.person]) objection.absorbed(left, right);
      if (proposal.by === "override") left.parts = [left.parts.flat()];
      return true;
    },
    of,
    refusal: (proposal) => refusal(of(proposal.a), of(proposal.b), proposal),
    areRivals: (one, other) => disagreeing.named.holds(one, other) || areApart(one, other),
    areApart,
    all: () => [...new Set(groupOf.values())],
  };
}

/** Whether a person has forbidden to join two groups by a decision later than another. */
function forbiddenBy(overrides: readonly OverrideBond[], groupOf: ReadonlyMap<string, Group>) {
  const forbidden = groupBy(
    overrides.filter(({ kind }) => kind === "cannot_link").flatMap(bothEnds),
    ({ from }) => from,
  );
  return (left: Group, right: Group, unlessBefore: number): boolean => {
    if (forbidden.size === 0) return false;
    const [few, many] = left.members.length < right.members.length ? [left, right] : [right, left];
    return few.members.some(({ record_key }) =>
      forbidden.get(record_key)?.some(({ other, id }) => id > unlessBefore && groupOf.get(other) === many),
    );
  };
}

function limitsIn(nodes: readonly Node[]): Map<string, number> {
  const limits = new Map<string, number>();
  for (const { claims } of nodes) for (const { rule } of claims) limits.set(rule.type, rule.limit);
  return limits;
}

function singleton(node: Node): Group {
  const values = new Map<string, Set<string>>();
  for (const { rule, text } of node.claims) {
    const known = values.get(rule.type);
    if (known) known.add(text);
    else values.set(rule.type, new Set([text]));
  }
  return {
    members: [node],
    parts: [[node]],
    values,
    isOwn: !node.isPublic,
    isNamed: isNamed(node.name),
  };
}

function bothEnds({ left_key, right_key, id }: OverrideBond) {
  return [
    { from: left_key, other: right_key, id },
    { from: right_key, other: left_key, id },
  ];
}

/** The type of which the two together would have more values than one party may. */
function limitBroken(left: Group, right: Group, limits: ReadonlyMap<string, number>): string | null {
  for (const [type, values] of right.values) {
    const own = left.values.get(type);
    if (!own) continue;
    // A side that holds more than the limit by a merge is no reason to refuse what adds nothing to it.
    const most = Math.max(limits.get(type) ?? Number.POSITIVE_INFINITY, own.size, values.size);
    if (own.size + values.size > most && new Set([...own, ...values]).size > most) return type;
  }
  return null;
}

/** A score speaks for two records; for the others of their groups only where it is very high, or one side has no others. */
function isBeyondDoubt(left: Group, right: Group, probability: number): boolean {
  return probability >= bridgeProbabilityMin || Math.min(left.members.length, right.members.length) < 2;
}

const isNamed = ({ first, last }: PartyName): boolean => first !== "" || last !== "";
/** How companies are written differs more than people's names do, and is in their score already. */
const isPerson = ({ first }: PartyName): boolean => first !== "";

function disagreeBy(isAsked: (name: PartyName) => boolean): Objection {
  const namesOf = (part: readonly Node[]) => part.map(({ name }) => name).filter(isAsked);
  return (left, right) => {
    const names = right.parts.map(namesOf);
    return left.parts.some((part) => {
      const own = namesOf(part);
      return names.some((others) => own.length > 0 && everyPair(own, others, (a, b) => !namesAgree(a, b)));
    });
  };
}

type Objection = (left: Group, right: Group) => boolean;

/**
 * An objection that has held once holds for good: a group's parts become more, and what people join comes before the first is asked. So it
 * is remembered: asked again by every pair of two large groups, it would cost the product of their sizes each time.
 */
function remembered(objects: Objection): { holds: Objection; absorbed(left: Group, right: Group): void } {
  const known = new Map<Group, Set<Group>>();
  const note = (one: Group, other: Group) => {
    const others = known.get(one);
    if (others) others.add(other);
    else known.set(one, new Set([other]));
  };
  return {
    holds(left, right) {
      if (known.get(left)?.has(right)) return true;
      if (!objects(left, right)) return false;
      note(left, right);
      note(right, left);
      return true;
    },
    absorbed(left, right) {
      for (const other of known.get(right) ?? []) {
        known.get(other)?.delete(right);
        note(other, left);
        note(left, other);
      }
      known.delete(right);
    },
  };
}

/** False where there is none. */
function everyPair<T>(left: readonly T[], right: readonly T[], holds: (a: T, b: T) => boolean): boolean {
  return right.length > 0 && left.every((a) => right.every((b) => holds(a, b)));
}

function absorb(left: Group, right: Group): Node[] {
  for (const member of right.members) left.members.push(member);
  for (const part of right.parts) left.parts.push(part);
  left.isOwn ||= right.isOwn;
  left.isNamed ||= right.isNamed;
  for (const [type, values] of right.values) {
    const own = left.values.get(type);
    if (own) for (const value of values) own.add(value);
    else left.values.set(type, values);
  }
  return right.members;
}
