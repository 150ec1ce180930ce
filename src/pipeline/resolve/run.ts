import { pause } from "../../lib/pause.ts";
import type { Placement } from "../../model/during.ts";
import type { Problem } from "../../model/problem.ts";
import type { MappedVersion, StatedAssociation } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import { readClosure } from "./closure.ts";
import { problemsOf } from "./fixed.ts";
import { bothEnds } from "./follow.ts";
import { runMatching } from "./matches.ts";
import type { PartyLink } from "./membership.ts";
import { batchParties, droppedClaims } from "./parties.ts";
import {
  affectedRecords,
  type MembershipChange,
  membershipStarts,
  mentionable,
  planIdentity,
  planMemberships,
} from "./plan.ts";
import { readMemberships, readMentioned, readNeighbourhood } from "./rows.ts";

interface Mapped {
  versions: readonly MappedVersion[];
  associations: { added: readonly StatedAssociation[]; removed: readonly StatedAssociation[] };
  /** Decisions about who is one customer that are made or revoked with this; absent: none. */
  overrides?: readonly Row<"overrides">[];
}

/** What the batch changed about who is who. */
export interface Resolved {
  /** Customers of each record of the batch, and of each whose customers changed. */
  customersOf: ReadonlyMap<string, readonly Placement[]>;
  changes: readonly MembershipChange[];
  /** Customers whose stage or score may be another now. */
  touched: ReadonlySet<string>;
  /** New customer of each party record that is new or has moved. */
  moved: ReadonlyMap<string, PartyLink>;
  /** Of the batch's records, and of those decided about: about which it could not be decided whose they are; and of which not all values count. */
  problems: readonly Problem[];
}

/**
 * Finds the customers of mapped records: links first, then which customers each record belongs to, with what hangs on it.
 * The writes are the batch's to commit.
 */
export async function runResolve(
  pipeline: Pipeline,
  { versions, associations, overrides = [] }: Mapped,
): Promise<{ writes: Write[]; output: Resolved }> {
  const { store, isParty, isPublic } = pipeline;
  const parties = batchParties(versions, pipeline);
  const { writes: compared, output: matches } = await runMatching(pipeline, parties);
  await pause();
  const closure = await readClosure(pipeline, { parties, matches, overrides });
  await pause();
  const resolved = planIdentity(closure, { changed: new Set(parties.keys()), matches }, pipeline);
  const { moved, left, identifiers } = resolved.output;
  const undecided = problemsOf(closure, new Set(overrides.flatMap(bothEnds)));
  const problems = [...resolved.output.problems, ...undecided, ...droppedClaims(parties, pipeline)];
  await pause();
  const starts = membershipStarts(versions, resolved.output, associations, isParty);
  for (const mention of await readMentioned(store, mentionable(closure, resolved.output))) starts.add(mention);
  const batch = { ...associations, links: moved, left, identifiers, isParty, isPublic };
  const around = await readNeighbourhood(store, starts, batch);
  await pause();
  const affected = affectedRecords(starts, resolved.output, around);
  const versionKeys = versions.map(({ landed }) => landed.record_key);
  const stored = await readMemberships(store, [...new Set([...affected, ...versionKeys])]);
  const belonging = planMemberships({ around, affected, stored });
  const { changes, current } = belonging.output;
  const people = await peopleToDerive(
    store,
    resolved.output.renewedCompanies,
    changes.filter(({ record_key }) => isParty(record_key) && !parties.get(record_key)?.isNew),
  );
  const touched = new Set([...resolved.output.touched, ...changes.map(({ customer_id }) => customer_id), ...people]);
  return {
    writes: [...compared, ...resolved.writes, ...belonging.writes],
    output: { customersOf: new Map([...customersIn(stored), ...current]), changes, touched, moved, problems },
  };
}

function customersIn(memberships: ReadonlyMap<string, readonly Row<"memberships">[]>) {
  return [...memberships].map(
    ([key, rows]) => [key, rows.map(({ customer_id, during }) => ({ customer_id, during }))] as const,
  );
}

/** Rules about a person read their company's golden values too: people whose company changed, or who changed company. */
export async function peopleToDerive(
  store: Store,
  renewedCompanies: ReadonlySet<string>,
  changes: readonly MembershipChange[],
): Promise<string[]> {
  const members = await store.byKey("memberships", "customer_id", [...renewedCompanies]);
  const people = members.filter(({ role }) => role === "member").map(({ record_key }) => record_key);
  const moved = changes.map(({ record_key }) => record_key);
  const links = await store.byKey("links", "record_key", [...new Set([...people, ...moved])]);
  return links.map(({ customer_id }) => customer_id);
}
