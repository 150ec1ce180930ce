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
export function createGroups(nodes: readonly Node[], { overrides = [], conflict = noConflict }: Bonds): Groups {
  const state: State = {
    nodes,
    groupOf: new Map(),
    limits: null,
    forbidden: forbiddenBy(overrides),
    conflict,
    known: { conflict: new Map(), named: new Map(), person: new Map() },
  };
  for (const node of nodes) state.groupOf.set(node.record_key, singleton(node));
  return {
    join: (proposal, only) => join(state, proposal, only),
    of: (node) => groupIn(state, node),
    refusal: (proposal) => refusalOf(state, proposal, groupIn(state, proposal.a), groupIn(state, proposal.b)),
    areRivals: (one, other) => disagree(state, "named", one, other) || areApart(state, one, other),
    areApart: (one, other) => areApart(state, one, other),
    all: () => [...new Set(state.groupOf.values())],
  };
}

/** What is known while records are joined. Kept apart from what is done with it: most sets are of two or three records, and there are many. */
interface State {
  nodes: readonly Node[];
  groupOf: Map<string, Group>;
  /** Most values by type; worked out when first asked for. */
  limits: ReadonlyMap<string, number> | null;
  /** What people have forbidden, by either record. */
  forbidden: ReadonlyMap<string, readonly { other: string; id: number }[]> | null;
  conflict: (a: Node, b: Node) => boolean;
  known: Record<"conflict" | "named" | "person", Objections>;
}

/**
 * Groups between which an objection holds. One that has held once holds for good: a group's parts become more, and what people join comes
 * before the first is asked; but for records that anybody may have sent, which change nothing between others. So it is remembered: asked
 * again by every pair of two large groups, it would cost the product of their sizes each time.
 */
type Objections = Map<Group, Set<Group>>;

const noConflict = () => false;

function groupIn({ groupOf }: State, { record_key }: Node): Group {
  const group = groupOf.get(record_key);
  if (!group) throw new Error(`${record_key} is in no group`);
  return group;
}

function join(state: State, proposal: Proposal, only?: "not two own"): boolean {
  const [one, other] = [groupIn(state, proposal.a), groupIn(state, proposal.b)];
  // The smaller goes into the larger: a thousand joins to one group must not move it a thousand times.
  const [left, right] = one.members.length < other.members.length ? [other, one] : [one, other];
  if (left === right) return false;
  if (only && left.isOwn && right.isOwn) return false;
  if (refusalOf(state, proposal, left, right)) return false;
  for (const member of absorb(left, right)) state.groupOf.set(member.record_key, left);
  const { conflict, named, person } = state.known;
  for (const objections of [conflict, named, person]) takeOver(objections, left, right);
  if (proposal.by === "override") left.parts = [left.parts.flat()];
  return true;
}

function refusalOf(state: State, proposal: Proposal, left: Group, right: Group): RefusalReason | null {
  if (isForbidden(state, left, right, proposal.by === "override" ? proposal.override.id : 0)) return "decided";
  if (proposal.by === "override") return null;
  if (proposal.by === "claim" && proposal.claim.rule.type === mergedRule.type) return null;
  const type = limitBroken(left, right, state);
  if (type !== null) return `limit:${type}`;
  // What is put together of several parts names nobody by itself: father and son may share name and telephone.
  const mayConflict =
    proposal.by !== "claim" || proposal.claim.rule.agree === "name" || proposal.claim.rule.of.length > 1;
  // Names first: they are told apart sooner than conflicts are ruled out.
  if (hasOtherNames(state, proposal, left, right)) return "names";
  return mayConflict && areInConflict(state, left, right) ? "conflict" : null;
}

/** Whether the names of two groups disagree, where the proposal asks for names. */
function hasOtherNames(state: State, proposal: Proposal, left: Group, right: Group): boolean {
  if (proposal.by === "override") return false;
  if (proposal.by === "claim") return proposal.claim.rule.agree === "name" && disagree(state, "named", left, right);
  return !isBeyondDoubt(left, right, proposal.match.probability) && disagree(state, "person", left, right);
}

function areApart(state: State, one: Group, other: Group): boolean {
  return isForbidden(state, one, other, 0) || areInConflict(state, one, other);
}

function areInConflict({ known, conflict }: State, left: Group, right: Group): boolean {
  if (isKnown(known.conflict, left, right)) return true;
  const holds = left.parts.some((a) => right.parts.some((b) => everyPair(a, b, conflict)));
  if (holds) note(known.conflict, left, right);
  return holds;
}

function disagree({ known }: State, asked: "named" | "person", left: Group, right: Group): boolean {
  if (isKnown(known[asked], left, right)) return true;
  const isAsked = asked === "named" ? isNamed : isPerson;
  const names = right.parts.map((part) => namesOf(part, isAsked));
  const holds = left.parts.some((part) => {
    const own = namesOf(part, isAsked);
    return own.length > 0 && names.some((others) => everyPair(own, others, areOthers));
  });
  if (holds) note(known[asked], left, right);
  return holds;
}

function namesOf(part: readonly Node[], isAsked: (name: PartyName) => boolean): PartyName[] {
  return part.map(({ name }) => name).filter(isAsked);
}

const areOthers = (a: PartyName, b: PartyName): boolean => !namesAgree(a, b);

function isKnown(known: Objections, left: Group, right: Group): boolean {
  return known.get(left)?.has(right) ?? false;
}

function note(known: Objections, left: Group, right: Group): void {
  known.set(left, (known.get(left) ?? new Set()).add(right));
  known.set(right, (known.get(right) ?? new Set()).add(left));
}

/** What held against one group does against the one it has become part of. */
function takeOver(known: Objections, left: Group, right: Group): void {
  const others = known.get(right);
  if (!others) return;
  for (const other of others) {
    known.get(other)?.delete(right);
    note(known, left, other);
  }
  known.delete(right);
}

function forbiddenBy(overrides: readonly OverrideBond[]): State["forbidden"] {
  const forbidden = overrides.filter(({ kind }) => kind === "cannot_link");
  return forbidden.length === 0 ? null : groupBy(forbidden.flatMap(bothEnds), ({ from }) => from);
}

/** Whether a person has forbidden to join two groups by a decision later than another. */
function isForbidden({ forbidden, groupOf }: State, left: Group, right: Group, unlessBefore: number): boolean {
  if (!forbidden) return false;
  const [few, many] = left.members.length < right.members.length ? [left, right] : [right, left];
  return few.members.some(({ record_key }) =>
    forbidden.get(record_key)?.some(({ other, id }) => id > unlessBefore && groupOf.get(other) === many),
  );
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
function limitBroken(left: Group, right: Group, state: State): string | null {
  for (const [type, values] of right.values) {
    const own = left.values.get(type);
    if (!own) continue;
    state.limits ??= limitsIn(state.nodes);
    // A side that holds more than the limit by a merge is no reason to refuse what adds nothing to it.
    const most = Math.max(state.limits.get(type) ?? Number.POSITIVE_INFINITY, own.size, values.size);
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
