import { type Cluster, clustering } from "../../identity/group/cluster.ts";
import type { IdentityRules } from "../../identity/rules.ts";
import { shortHash } from "../../lib/hash.ts";
import type { Placement } from "../../model/during.ts";
import type { Problem } from "../../model/problem.ts";
import { isMention, type MappedVersion, type StatedAssociation } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, remove, set, type Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import { bondsOf } from "./bonds.ts";
import type { Closure } from "./closure.ts";
import { fixedCustomers, newAlone, problemsOf } from "./fixed.ts";
import { goldenName, goldenValues } from "./golden.ts";
import type { MatchChanges } from "./matches.ts";
import { adjacent, dependents, membershipsOf, type Neighbourhood, type PartyLink } from "./membership.ts";
import { nodes } from "./nodes.ts";
import { refusalWrites } from "./refusals.ts";
import type { IdentifierChanges } from "./rows.ts";

/** Id of the customer founded by a record. Every record's id of this form answers for the customer the record belongs to now. */
export function customerIdOf(founderKey: string): string {
  return `c_${shortHash("customer", founderKey)}`;
}

export interface ResolveOutput {
  /** New customer of each record that is new or has moved. */
  moved: Map<string, PartyLink>;
  /** Records that have no customer of their own any more: they are no parties now. */
  left: ReadonlySet<string>;
  /** Customers whose record set or golden values changed, and those that are no more. */
  touched: Set<string>;
  /** Identifiers as they will stand: what this batch adds and removes. */
  identifiers: IdentifierChanges;
  /** Companies whose golden values changed: rules about their people may test those. */
  renewedCompanies: Set<string>;
  /** Records of the batch about which nothing could be decided. */
  problems: Problem[];
}

/** Decides which records are one customer; writes identifiers, scores, links and customers. `changed` are the parties of the batch. */
export function planIdentity(
  closure: Closure,
  { changed: changedRecords, matches }: { changed: ReadonlySet<string>; matches: MatchChanges },
  pipeline: Pick<Pipeline, "identity" | "matching" | "isPublic">,
): { writes: Write[]; output: ResolveOutput } {
  const rules = pipeline.identity;
  const identifiers = identifierChanges(closure, changedRecords);
  const { left } = closure;
  const output: ResolveOutput = {
    moved: new Map(),
    left,
    touched: new Set(),
    identifiers,
    renewedCompanies: new Set(),
    problems: problemsOf(closure, changedRecords),
  };
  const links: Row<"links">[] = [];
  const customers: Row<"customers">[] = [];
  const standing = new Set<string>();
  const bonds = bondsOf(closure, matches.comparables, pipeline);
  const clustered = clustering(nodes(closure, pipeline), rules.version, bonds);
  const clusters = [...clustered.clusters, ...newAlone(closure, pipeline)].map((found) => ({
    found,
    id: customerIdOf(found.founder.record_key),
  }));
  for (const { found, id } of clusters) {
    standing.add(id);
    const moved = linkRows(found, id, closure, output);
    links.push(...moved);
    const isChanged = moved.length > 0 || found.members.some(({ record_key }) => changedRecords.has(record_key));
    if (isChanged) output.touched.add(id);
  }
  const standingFixed = fixedCustomers(closure, pipeline);
  for (const { found, id } of standingFixed) {
    standing.add(id);
    if (found.members.some(({ record_key }) => changedRecords.has(record_key))) output.touched.add(id);
  }
  for (const id of leftCustomers(closure)) output.touched.add(id);
  // Only now is it known which customers a record has left: they are touched though nothing of what stays with them changed.
  for (const { found, id } of [...clusters, ...standingFixed]) {
    if (!output.touched.has(id)) continue;
    const row = customerRow(found, id, closure, rules.survivorship);
    if (row) customers.push(row);
    if (row?.kind === "company") output.renewedCompanies.add(id);
  }
  const gone = [...closure.customers.keys()].filter((id) => !standing.has(id));
  for (const id of gone) output.touched.add(id);
  const writes = [
    ...identifierWrites(identifiers),
    ...matchWrites(closure, matches, clusters),
    ...(left.size > 0 ? [remove("links", ["record_key"], keysOf(left))] : []),
    ...refusalWrites(closure, clustered.refusals(), pipeline),
    ...(links.length > 0 ? [put("links", links)] : []),
    ...(customers.length > 0 ? [put("customers", customers)] : []),
    ...(gone.length > 0 ? [remove("customers", ["id"], keysOf(gone))] : []),
  ];
  return { writes, output };
}

/** Those that what is no party any more belonged to. */
function leftCustomers({ left, links }: Closure): string[] {
  return [...left].flatMap((key) => links.get(key)?.customer_id ?? []);
}

function keysOf(keys: Iterable<string>): [string][] {
  return [...keys].map((key) => [key]);
}

/** Kept scores that are new, another or gone; and those whose records came to be one customer, or two, by it. */
function matchWrites(
  closure: Closure,
  { scored, gone }: MatchChanges,
  clusters: readonly { found: Cluster; id: string }[],
): Write[] {
  const customers = new Map(
    clusters.flatMap(({ found, id }) => found.members.map(({ record_key }) => [record_key, id])),
  );
  const rows: Row<"matches">[] = [];
  for (const [pair, match] of closure.matches) {
    const { left_key, right_key, weight, probability, document } = match;
    const isFixed = closure.fixed.has(left_key) || closure.fixed.has(right_key);
    const isApart = isFixed ? match.apart !== 0 : customers.get(left_key) !== customers.get(right_key);
    const apart = isApart ? 1 : 0;
    if (match.apart === apart && !scored.has(pair)) continue;
    rows.push({ left_key, right_key, weight, probability, apart, document });
  }
  const removed = [...gone.values()].map(({ left_key, right_key }) => [left_key, right_key]);
  return [
    ...(removed.length > 0 ? [remove("matches", ["left_key", "right_key"], removed)] : []),
    ...(rows.length > 0 ? [set("matches", rows)] : []),
  ];
}

function linkRows(found: Cluster, id: string, closure: Closure, output: ResolveOutput): Row<"links">[] {
  const kind = closure.records.get(found.founder.record_key)?.kind === "company" ? "company" : "person";
  const rows: Row<"links">[] = [];
  for (const { record_key } of found.members) {
    const old = closure.links.get(record_key);
    const evidence = JSON.stringify(found.evidence.get(record_key) ?? null);
    if (old?.customer_id === id && old.kind === kind && old.evidence === evidence) continue;
    const founder_id = customerIdOf(record_key);
    rows.push({ record_key, customer_id: id, founder_id, kind, evidence, revision: (old?.revision ?? 0) + 1 });
    if (old?.customer_id === id && old.kind === kind) continue;
    output.moved.set(record_key, { customer_id: id, kind });
    if (old) output.touched.add(old.customer_id);
  }
  return rows;
}

function customerRow(
  found: Cluster,
  id: string,
  closure: Closure,
  survivorship: IdentityRules["survivorship"],
): Row<"customers"> | null {
  const members = found.members.flatMap(({ record_key }) => closure.records.get(record_key) ?? []);
  const founder = closure.records.get(found.founder.record_key);
  const pins = found.members.flatMap(({ record_key }) => closure.pins.get(record_key) ?? []);
  const values = goldenValues(members, { survivorship, pins });
  const golden = JSON.stringify(values);
  const old = closure.customers.get(id);
  const kind = founder?.kind === "company" ? "company" : "person";
  // Not the founder's: somebody whom a website knew was seen before the CRM had him.
  const first_seen_at = members.map((record) => record.first_seen_at).sort()[0];
  if (!founder || first_seen_at === undefined) return null;
  if (old?.golden === golden && old.kind === kind && old.first_seen_at === first_seen_at) return null;
  return {
    id,
    kind,
    name: goldenName(values),
    golden,
    first_seen_at,
    revision: (old?.revision ?? 0) + 1,
  };
}

function identifierChanges({ claims, storedClaims }: Closure, changedRecords: ReadonlySet<string>): IdentifierChanges {
  const added: Row<"identifiers">[] = [];
  const removed: Row<"identifiers">[] = [];
  for (const record_key of changedRecords) {
    const made = claims.get(record_key);
    if (!made) continue;
    const now = new Set(made.map(({ text }) => text));
    const before = new Set(storedClaims.get(record_key) ?? []);
    for (const claim of now) if (!before.has(claim)) added.push({ claim, record_key });
    for (const claim of before) if (!now.has(claim)) removed.push({ claim, record_key });
  }
  return { added, removed };
}

function identifierWrites({ added, removed }: IdentifierChanges): Write[] {
  const gone = removed.map(({ claim, record_key }) => [claim, record_key]);
  return [
    ...(gone.length > 0 ? [remove("identifiers", ["claim", "record_key"], gone)] : []),
    ...(added.length > 0 ? [append("identifiers", added)] : []),
  ];
}

/**
 * A record that came to belong, or no longer belongs, to a customer; one whose role changed counts as added, one that belongs at other
 * times now as removed and added.
 */
export interface MembershipChange {
  record_key: string;
  customer_id: string;
  during: string;
  change: "added" | "removed";
}

/**
 * Identifiers whose holder may have changed: those this batch adds or removes, and those of records that moved. Only identifiers of one
 * part can be named by others.
 */
export function mentionable(closure: Closure, { moved, identifiers }: ResolveOutput): string[] {
  const held = [...moved.keys()].flatMap((key) => closure.claims.get(key) ?? []);
  const simple = held.filter(({ rule }) => rule.of.length === 1).map(({ text }) => text);
  const changed = [...identifiers.added, ...identifiers.removed].map(({ claim }) => claim);
  return [...new Set([...simple, ...changed])].map((claim) => `?${claim}`);
}

/**
 * Where memberships must be looked at again: records that moved or are new, and the end of each changed association whose memberships
 * hang on it. That is the end that states it, but for a party that points at a deal or ticket, where it is the latter: what else hangs
 * on a person is not read again with every new e-mail.
 */
export function membershipStarts(
  versions: readonly MappedVersion[],
  { moved, left }: Pick<ResolveOutput, "moved" | "left">,
  associations: { added: readonly StatedAssociation[]; removed: readonly StatedAssociation[] },
  isParty: (recordKey: string) => boolean,
): Set<string> {
  const starts = new Set([...moved.keys(), ...left]);
  for (const { landed, before } of versions) if (!before) starts.add(landed.record_key);
  for (const { from_key, to_key } of [...associations.added, ...associations.removed]) {
    starts.add(isParty(from_key) && !isParty(to_key) ? to_key : from_key);
    if (left.has(from_key)) starts.add(to_key);
  }
  return starts;
}

/** Recomputes the memberships of everything that hangs on the starts. */
export function planMemberships(input: {
  around: Neighbourhood;
  affected: ReadonlySet<string>;
  stored: ReadonlyMap<string, readonly Row<"memberships">[]>;
}): { writes: Write[]; output: { changes: MembershipChange[]; current: Map<string, Placement[]> } } {
  const added: Row<"memberships">[] = [];
  const removed: Row<"memberships">[] = [];
  const otherTimes: Row<"memberships">[] = [];
  const current = new Map<string, Placement[]>();
  for (const record_key of input.affected) {
    const now = membershipsOf(record_key, input.around);
    const before = new Map((input.stored.get(record_key) ?? []).map((row) => [row.customer_id, row]));
    current.set(
      record_key,
      [...now].map(([customer_id, { during }]) => ({ customer_id, during })),
    );
    for (const [customer_id, { role, during }] of now) {
      const held = before.get(customer_id);
      if (held?.role === role && held.during === during) continue;
      added.push({ customer_id, record_key, role, during });
      if (held && held.during !== during) otherTimes.push(held);
    }
    for (const [customer_id, row] of before) if (!now.has(customer_id)) removed.push(row);
  }
  const changes = [
    ...[...removed, ...otherTimes].map((row) => changeOf(row, "removed")),
    ...added.map((row) => changeOf(row, "added")),
  ];
  const gone = removed.map(({ customer_id, record_key }) => [customer_id, record_key]);
  const writes = [
    ...(gone.length > 0 ? [remove("memberships", ["customer_id", "record_key"], gone)] : []),
    ...(added.length > 0 ? [set("memberships", added)] : []),
  ];
  return { writes, output: { changes, current } };
}

function changeOf(row: Row<"memberships">, change: MembershipChange["change"]): MembershipChange {
  const { record_key, customer_id, during } = row;
  return { record_key, customer_id, during, change };
}

/** Every record whose memberships may have changed. A company merely pointed to by a person is not re-read with all its people. */
export function affectedRecords(
  starts: ReadonlySet<string>,
  { moved, left }: Pick<ResolveOutput, "moved" | "left">,
  around: Neighbourhood,
): Set<string> {
  const affected = new Set<string>();
  // What hung on a party that is none any more is all that is associated with it.
  const beside = [...left].flatMap((key) => adjacent(key, around));
  for (const key of new Set([...starts, ...beside])) {
    if (around.links.get(key)?.kind === "company" && !moved.has(key)) continue;
    for (const dependent of dependents(key, around)) if (!isMention(dependent)) affected.add(dependent);
  }
  return affected;
}
