import { type Calendar, dayMs } from "./calendar.ts";
import type { Activity, Deal } from "./happenings.ts";
import type { Ids } from "./ids.ts";
import type { Colleague, Person } from "./model.ts";
import type { Presence } from "./presence.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

type Place = Activity["system"];

interface Tools {
  readonly presence: Presence;
  readonly ids: Ids;
  readonly calendar: Calendar;
  readonly random: Random;
}

const kinds: Record<Place, readonly Activity["kind"][]> = {
  hubspot: ["email", "email", "call", "call", "note", "meeting"],
  salesforce: ["call", "email", "task", "meeting"],
};
const topics: Record<Activity["kind"], readonly string[]> = {
  call: ["Follow-up call", "Introductory call", "Call about delivery dates", "Price call"],
  email: ["Quote attached", "New season's range", "Re: your question", "Thank you for your order"],
  meeting: ["Showroom visit", "Annual review", "Product demonstration"],
  note: ["Prefers deliveries on Tuesdays", "Has a second store opening soon", "Compares us with a competitor"],
  task: ["Send catalogue", "Prepare offer", "Check stock for spring"],
};

/** What was said and written about a deal while it ran. */
export function dealActivities(deal: Deal, tools: Tools): Activity[] {
  return (["hubspot", "salesforce"] as const).flatMap((system) => {
    const dealRecordId = deal.ids[system];
    if (dealRecordId === undefined) return [];
    return Array.from({ length: tools.random.int(1, 2) }, () => {
      const span = Math.max(0.1, (deal.updatedAt - deal.createdAt) / dayMs);
      const at = tools.calendar.after(deal.createdAt, tools.random.next() * span);
      const [person] = deal.people;
      const subject = { customerId: person?.customerId ?? deal.customerId, companyId: deal.customerId };
      return activityOf(system, { ...subject, dealRecordId, owner: deal.owner, at }, tools);
    });
  });
}

/** What else happened with a person between the first day and now: up to three things in each system that knows them. */
export function personActivities(person: Person, owner: Colleague, tools: Tools): Activity[] {
  return (["hubspot", "salesforce"] as const).flatMap((system) => {
    if (!tools.presence.main(person.customerId, system)) return [];
    const span = (tools.calendar.epochMs - person.knownSince) / dayMs;
    return Array.from({ length: tools.random.int(0, 3) }, () => {
      const at = tools.calendar.after(person.knownSince, tools.random.next() * span);
      return activityOf(
        system,
        { customerId: person.customerId, companyId: person.companyId, dealRecordId: null, owner, at },
        tools,
      );
    });
  });
}

/**
 * Three HubSpot notes of no one in particular are tied to contacts that were purged: the only ties in the world that lead
 * nowhere, put there on purpose.
 */
export function danglingNotes(activities: readonly Activity[]): World["dangling"] {
  const notes = activities.filter(({ kind, system }) => kind === "note" && system === "hubspot").slice(0, 3);
  return notes.map(({ id }, at) => ({ noteId: id, contactId: String(100_000_001 + at) }));
}

interface Happening {
  readonly customerId: string;
  readonly companyId: string | null;
  readonly dealRecordId: string | null;
  readonly owner: Colleague;
  readonly at: number;
}

function activityOf(system: Place, happening: Happening, { presence, ids, random }: Tools): Activity {
  const { customerId, companyId, dealRecordId, owner, at } = happening;
  const kind = random.pick(kinds[system]);
  const subject = random.pick(topics[kind]);
  const company = presence.main(companyId ?? "", system);
  const person = presence.main(customerId, system);
  return {
    kind,
    system,
    id: system === "hubspot" ? ids.hubspot(hubspotObjects[kind]) : ids.salesforce(kind === "meeting" ? "00U" : "00T"),
    subject,
    body: `${subject}. Written down by ${owner.firstName}.`,
    direction: random.chance(0.35) ? "inbound" : "outbound",
    isDone: kind !== "task" || random.chance(0.7),
    durationMs: kind === "call" ? random.int(1, 40) * 60_000 : kind === "meeting" ? random.int(2, 8) * 900_000 : 0,
    personRecordId: person && person.object !== "Account" && person.object !== "companies" ? person.id : null,
    companyRecordId: company && (company.object === "Account" || company.object === "companies") ? company.id : null,
    dealRecordId,
    owner,
    at,
    updatedAt: at,
  };
}

/** HubSpot keeps each kind as an object of its own; tasks do not occur there in this world. */
const hubspotObjects: Record<Activity["kind"], string> = {
  call: "calls",
  email: "emails",
  meeting: "meetings",
  note: "notes",
  task: "tasks",
};
