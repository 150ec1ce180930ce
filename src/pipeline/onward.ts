import { createPause } from "../lib/pause.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { set, type Write } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import type { MapOutput } from "./map/plan.ts";
import { planErrors, readErrors } from "./problems.ts";
import {
  affectedRecords,
  type MembershipChange,
  membershipStarts,
  mentionable,
  planIdentity,
  planMemberships,
} from "./resolve/plan.ts";
import { readClosure, readMemberships, readMentioned, readNeighbourhood } from "./resolve/rows.ts";
import { planEvents, planPlacement } from "./timeline/plan.ts";
import { readStandingEvents } from "./timeline/rows.ts";

/** From mapped versions to the timeline: what landing and replay share. Returns the writes of resolve, timeline, errors and dirty marks. */
export async function onward(
  { store, identity, isParty }: Pipeline,
  map: MapOutput,
  { now, turn }: { now: string; turn: number },
): Promise<{ writes: Write[]; events: number }> {
  const { versions, associations } = map;
  const pause = createPause();
  const closure = await readClosure(store, versions, identity);
  await pause();
  const resolved = planIdentity(closure, versions, identity);
  const { moved, touched, identifiers } = resolved.output;

  await pause();
  const starts = membershipStarts(versions, moved, associations, isParty);
  for (const mention of await readMentioned(store, mentionable(closure, resolved.output))) starts.add(mention);
  const around = await readNeighbourhood(store, starts, { ...associations, links: moved, identifiers, isParty });
  await pause();
  const affected = affectedRecords(starts, moved, around);
  const versionKeys = versions.map(({ landed }) => landed.record_key);
  const memberships = await readMemberships(store, [...new Set([...affected, ...versionKeys])]);
  const belonging = planMemberships({ around, affected, stored: memberships });

  await pause();
  const made = planEvents(versions);
  const stored = new Map([...memberships].map(([key, rows]) => [key, rows.map(({ customer_id }) => customer_id)]));
  const placed = planPlacement({
    events: made.output,
    customersOf: new Map([...stored, ...belonging.output.current]),
    changes: belonging.output.changes,
    standing: await readStandingEvents(
      store,
      belonging.output.changes.map(({ record_key }) => record_key),
    ),
  });

  await pause();
  const known = await readErrors(store, [
    ...new Set([...map.passed, ...map.problems.map((problem) => problem.record_key)]),
  ]);
  const errors = planErrors({ step: "map", problems: map.problems, passed: map.passed, known, now });
  const dirty = new Set([
    ...touched,
    ...placed.output,
    ...belonging.output.changes.map(({ customer_id }) => customer_id),
    ...(await peopleToDerive(
      store,
      resolved.output.renewedCompanies,
      belonging.output.changes.filter(({ record_key }) => isParty(record_key)),
    )),
  ]);
  const writes = [
    ...resolved.writes,
    ...belonging.writes,
    ...made.writes,
    ...placed.writes,
    ...errors,
    ...markDirty(dirty, `${now} ${turn}`),
  ];
  return { writes, events: made.output.length };
}

/** Each commit's mark is its own (`since`), so that a derivation takes off no mark that was renewed while it ran. */
function markDirty(customers: ReadonlySet<string>, since: string): Write[] {
  if (customers.size === 0) return [];
  return [
    set(
      "dirty",
      [...customers].map((customer_id): Row<"dirty"> => ({ customer_id, since })),
    ),
  ];
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
