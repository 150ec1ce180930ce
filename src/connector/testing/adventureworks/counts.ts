import { groupBy } from "../../../lib/group.ts";
import type { Tally } from "./distort.ts";
import type { Activity } from "./happenings.ts";
import type { Seat } from "./model.ts";
import type { Presence } from "./presence.ts";
import type { World, WorldCounts } from "./world.ts";

type Written = Pick<
  World,
  | "colleagues"
  | "persons"
  | "companies"
  | "personRecords"
  | "companyRecords"
  | "deals"
  | "transactions"
  | "statusNotes"
  | "tickets"
  | "activities"
>;

/** The planted truth: every person and company record, archived and double ones too, to its customer. */
export function truthOf(seats: readonly Seat[]): Map<string, string> {
  return new Map(seats.map(({ system, object, id, customerId }) => [`${system}:${object}:${id}`, customerId]));
}

/** Two different persons on one telephone, or of one name: no mistake of any system, and a trap for all. */
export function noteLookalikes({ persons, dangling }: Pick<World, "persons" | "dangling">, tally: Tally): void {
  for (const group of groupBy(persons, ({ phone }) => phone).values())
    for (const _ of group.slice(1)) tally.note("household phone");
  const byName = groupBy(persons, ({ firstName, lastName }) => `${firstName} ${lastName}`);
  for (const group of byName.values()) for (const _ of group.slice(1)) tally.note("namesake");
  for (const _ of dangling) tally.note("dangling association");
}

/** Counts what the seeds hold. */
export function countRecords(written: Written, presence: Presence): WorldCounts {
  const counts = new Map<string, number>();
  const add = (key: string, amount = 1): void => void counts.set(key, (counts.get(key) ?? 0) + amount);
  for (const { system, object } of presence.seats) add(`${system}:${object}`);
  for (const key of ["hubspot:owners", "salesforce:User", "netsuite:employee"]) add(key, written.colleagues.length);
  // The user the hub itself logs in as.
  add("salesforce:User");
  for (const deal of written.deals) {
    if (deal.ids.hubspot) add("hubspot:deals");
    if (deal.ids.netsuite) add("netsuite:opportunity");
    if (!deal.ids.salesforce) continue;
    add("salesforce:Opportunity");
    add("salesforce:OpportunityHistory", deal.steps.length);
    add(
      "salesforce:OpportunityContactRole",
      deal.people.filter(({ customerId }) => isContact(presence, customerId)).length,
    );
  }
  for (const ticket of written.tickets) {
    if (ticket.ids.hubspot) add("hubspot:tickets");
    if (ticket.ids.salesforce) add("salesforce:Case");
    if (ticket.ids.netsuite) add("netsuite:supportcase");
  }
  add("netsuite:transaction", written.transactions.length);
  add("netsuite:systemnote", written.statusNotes.length);
  for (const activity of written.activities) add(`${activity.system}:${objectOf(activity)}`);
  return {
    ...customerCounts(written, presence),
    byObject: Object.fromEntries([...counts].sort()),
    sourceRecords: [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Which object of its system an activity is. */
function objectOf({ system, kind }: Activity): string {
  if (system === "salesforce") return kind === "meeting" ? "Event" : "Task";
  return `${kind}s`;
}

function customerCounts({ persons, companies }: Written, presence: Presence) {
  const customers = [...persons, ...companies];
  const breadths = customers.map(({ customerId }) => new Set(presence.of(customerId).map(({ system }) => system)).size);
  const among = (systems: number): number => breadths.filter((breadth) => breadth === systems).length;
  return {
    customers: customers.length,
    persons: persons.length,
    companies: companies.length,
    inOneSystem: among(1),
    inTwoSystems: among(2),
    inThreeSystems: among(3),
  };
}

function isContact(presence: Presence, customerId: string): boolean {
  return presence.main(customerId, "salesforce")?.object === "Contact";
}
