import { type Calendar, dayMs } from "./calendar.ts";
import type { Ticket } from "./happenings.ts";
import type { Ids } from "./ids.ts";
import type { Colleague, Person, System } from "./model.ts";
import type { Presence } from "./presence.ts";
import type { Random } from "./random.ts";

interface Tools {
  readonly presence: Presence;
  readonly ids: Ids;
  readonly calendar: Calendar;
  readonly random: Random;
}

/** What a ticket is about: who asks, who answers, after which purchase. */
export interface Concern {
  readonly person: Person;
  readonly owner: Colleague;
  readonly product: string;
  readonly boughtAt: number;
}

const subjects: readonly (readonly [Ticket["category"], string, string])[] = [
  ["delivery", "Parcel has not arrived", "The tracking page has shown no movement for days. When will it come?"],
  ["delivery", "Wrong size delivered", "I ordered another size. Please send the right one."],
  ["product", "Gear shifting slips", "Under load the chain jumps on the third ring. What can I do?"],
  ["product", "Broken spoke after first ride", "Two spokes broke on the first tour. Is that covered?"],
  ["billing", "Invoice shows the wrong address", "Please issue the invoice to our new address."],
  ["billing", "Charged twice", "My statement shows the amount twice."],
  ["question", "Which spare tube fits?", "I am looking for the matching tubes."],
  ["question", "Is there a service manual?", "Where do I find the torque settings?"],
];

/** One ticket some weeks after a purchase, in one of the systems that know the asker, now and then in two. Null when none does. */
export function ticketAbout(concern: Concern, tools: Tools): Ticket | null {
  const { calendar, random } = tools;
  const ids = homesOf(concern.person, tools);
  if (!ids) return null;
  const createdAt = calendar.after(concern.boughtAt, random.int(2, 45)) + random.int(0, 50_000);
  const answeredAt = createdAt + random.int(20, 2880) * 60_000;
  const closedAt = createdAt + random.int(1, 16) * dayMs + random.int(30, 500) * 60_000;
  const isClosed = !calendar.isAhead(closedAt) && !random.chance(0.04);
  const [category, subject, question] = random.pick(subjects);
  return {
    customerId: concern.person.companyId ?? concern.person.customerId,
    personId: concern.person.customerId,
    subject: `${subject}: ${concern.product}`,
    body: question,
    priority: random.pick(["low", "low", "medium", "medium", "high"] as const),
    status: isClosed ? "closed" : random.pick(["new", "waiting on us", "waiting on contact", "escalated"] as const),
    category,
    owner: concern.owner,
    ids,
    createdAt: Math.min(createdAt, calendar.epochMs - 60_000),
    firstAnswerAt: calendar.isAhead(answeredAt) ? null : answeredAt,
    closedAt: isClosed ? closedAt : null,
    updatedAt: isClosed ? closedAt : Math.min(createdAt, calendar.epochMs - 60_000),
  };
}

/** The protagonist's trouble: reported in HubSpot two days ago, of high priority, waiting on the seller. */
export function openTicket(concern: Concern, { ids, calendar }: Pick<Tools, "ids" | "calendar">): Ticket {
  const createdAt = calendar.after(calendar.epochMs, -2.2);
  return {
    customerId: concern.person.companyId ?? concern.person.customerId,
    personId: concern.person.customerId,
    subject: `Brakes squeal on delivered bikes: ${concern.product}`,
    body: "Four of the bikes of the last delivery squeal. Our customers come back with them.",
    priority: "high",
    status: "waiting on us",
    category: "product",
    owner: concern.owner,
    ids: { hubspot: ids.hubspot("tickets") },
    createdAt,
    firstAnswerAt: null,
    closedAt: null,
    updatedAt: createdAt,
  };
}

function homesOf(person: Person, { presence, ids, random }: Tools): Ticket["ids"] | null {
  const known = (["hubspot", "salesforce", "netsuite"] as const).filter((system) => canHold(person, system, presence));
  if (known.length === 0) return null;
  const first = random.pick(known);
  const chosen = new Set<System>(random.chance(0.06) ? known.slice(0, 2) : [first]);
  return {
    ...(chosen.has("hubspot") && { hubspot: ids.hubspot("tickets") }),
    ...(chosen.has("salesforce") && { salesforce: ids.salesforce("500") }),
    ...(chosen.has("netsuite") && { netsuite: ids.netsuite("supportcase") }),
  };
}

/** A Salesforce lead can have no case; a NetSuite case needs the customer, which for members is the company. */
function canHold(person: Person, system: System, presence: Presence): boolean {
  const seat = presence.main(person.customerId, system);
  if (!seat || seat.object === "Lead") return false;
  return seat.object !== "contact" || presence.main(person.companyId ?? "", "netsuite") !== undefined;
}
