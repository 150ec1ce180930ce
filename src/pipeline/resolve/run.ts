import { pause } from "../../lib/pause.ts";
import type { MappedVersion, StatedAssociation } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import {
  affectedRecords,
  type MembershipChange,
  membershipStarts,
  mentionable,
  planIdentity,
  planMemberships,
} from "./plan.ts";
import { readClosure, readMemberships, readMentioned, readNeighbourhood } from "./rows.ts";

interface Mapped {
  versions: readonly MappedVersion[];
  associations: { added: readonly StatedAssociation[]; removed: readonly StatedAssociation[] };
}

/** What the batch changed about who is who. */
export interface Resolved {
  /** Customers of each record of the batch, and of each whose customers changed. */
  customersOf: ReadonlyMap<string, readonly string[]>;
  changes: readonly MembershipChange[];
  /** Customers whose stage or score may be another now. */
  touched: ReadonlySet<string>;
}

/**
 * Finds the customers of mapped records: links first, then which customers each record belongs to, with what hangs on it.
 * The writes are the batch's to commit.
 */
export async function runResolve(
  { store, identity, isParty }: Pipeline,
  { versions, associations }: Mapped,
): Promise<{ writes: Write[]; output: Resolved }> {
  const closure = await readClosure(store, versions, identity);
  await pause();
  const resolved = planIdentity(closure, versions, identity);
  const { moved, identifiers } = resolved.output;
  await pause();
  const starts = membershipStarts(versions, moved, associations, isParty);
  for (const mention of await readMentioned(store, mentionable(closure, resolved.output))) starts.add(mention);
  const around = await readNeighbourhood(store, starts, { ...associations, links: moved, identifiers, isParty });
  await pause();
  const affected = affectedRecords(starts, moved, around);
  const versionKeys = versions.map(({ landed }) => landed.record_key);
  const stored = await readMemberships(store, [...new Set([...affected, ...versionKeys])]);
  const belonging = planMemberships({ around, affected, stored });
  const { changes, current } = belonging.output;
  const people = await peopleToDerive(
    store,
    resolved.output.renewedCompanies,
    changes.filter(({ record_key }) => isParty(record_key)),
  );
  const touched = new Set([...resolved.output.touched, ...changes.map(({ customer_id }) => customer_id), ...people]);
  return {
    writes: [...resolved.writes, ...belonging.writes],
    output: { customersOf: new Map([...customersIn(stored), ...current]), changes, touched },
  };
}

function customersIn(memberships: ReadonlyMap<string, readonly Row<"memberships">[]>) {
  return [...memberships].map(([key, rows]) => [key, rows.map(({ customer_id }) => customer_id)] as const);
}

/** Rules about a person read their company's golden values too: people whose company changed, or who changed company. */
async function peopleToDerive(
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
