import { groupBy } from "../../../lib/group.ts";
import type { Ids } from "./ids.ts";
import type { Company, CompanyObject, Person, PersonObject, Seat, System } from "./model.ts";
import type { Random } from "./random.ts";

/** Who sits where: the one place that knows which system has which customer under which id. */
export interface Presence {
  readonly seats: readonly Seat[];
  /** All seats of a customer, duplicates and archived ones included. */
  of(customerId: string): readonly Seat[];
  /** The seat other records refer to in that system; undefined when the system does not know the customer. */
  main(customerId: string, system: System): Seat | undefined;
}

interface Habit {
  /** Chances to be in exactly two and in all three systems. */
  readonly two: number;
  readonly three: number;
  readonly singles: readonly System[];
  readonly pairs: readonly (readonly System[])[];
}

const everywhere: readonly System[] = ["hubspot", "salesforce", "netsuite"];

/** Repeated entries are weights. */
const habits: Record<"company" | "consumer" | "prospect", Habit> = {
  company: {
    two: 0.38,
    three: 0.47,
    singles: everywhere,
    pairs: [
      ["salesforce", "netsuite"],
      ["salesforce", "netsuite"],
      ["hubspot", "salesforce"],
      ["hubspot", "netsuite"],
    ],
  },
  consumer: {
    two: 0.46,
    three: 0.21,
    singles: ["netsuite", "netsuite", "hubspot", "hubspot", "salesforce"],
    pairs: [
      ["hubspot", "netsuite"],
      ["hubspot", "netsuite"],
      ["hubspot", "netsuite"],
      ["salesforce", "netsuite"],
      ["hubspot", "salesforce"],
    ],
  },
  prospect: { two: 0.45, three: 0.02, singles: ["hubspot", "salesforce"], pairs: [["hubspot", "salesforce"]] },
};

/** The first letters of Salesforce ids tell the object. */
const salesforcePrefixes: Partial<Record<Seat["object"], string>> = { Account: "001", Contact: "003", Lead: "00Q" };

/**
 * Spreads the customers over the three systems: about 45 % are in two, 20 % in three. Members sit only where their company
 * sits. `inAll` names customers who must be in all three and have neither duplicates nor archived records.
 */
export function seatCustomers(
  companies: readonly Company[],
  persons: readonly Person[],
  inAll: ReadonlySet<string>,
  tools: SeatTools,
): Presence {
  const systemsOf = new Map<string, readonly System[]>();
  const companySeats = companies.flatMap(({ customerId }) => {
    const isSpared = inAll.has(customerId);
    const systems = isSpared ? everywhere : systemsFor(habits.company, tools.random);
    systemsOf.set(customerId, systems);
    const chances = isSpared ? spared : { ...usual, archived: 0 };
    return systems.flatMap((system) => seatsAt({ customerId, system, object: companyObject(system) }, chances, tools));
  });
  const personSeats = persons.flatMap((person) => {
    const { customerId } = person;
    const isSpared = inAll.has(customerId);
    const systems = isSpared ? everywhere : personSystems(person, systemsOf, tools.random);
    const chances = isSpared ? spared : usual;
    const seats = systems.flatMap((system) =>
      seatsAt({ customerId, system, object: personObject(person, system) }, chances, tools),
    );
    return isSpared || !systems.includes("salesforce") ? seats : [...seats, ...formerLead(person, tools)];
  });
  return presenceOf([...companySeats, ...personSeats]);
}

function presenceOf(seats: readonly Seat[]): Presence {
  const byCustomer = groupBy(seats, (seat) => seat.customerId);
  const of = (customerId: string): readonly Seat[] => byCustomer.get(customerId) ?? [];
  return {
    seats,
    of,
    main: (customerId, system) =>
      of(customerId).find((seat) => seat.system === system && !seat.isDuplicate && !seat.isArchived),
  };
}

function systemsFor(habit: Habit, random: Random): readonly System[] {
  const throwAt = random.next();
  if (throwAt < habit.three) return everywhere;
  return throwAt < habit.three + habit.two ? random.pick(habit.pairs) : [random.pick(habit.singles)];
}

function personSystems(
  person: Person,
  systemsOf: ReadonlyMap<string, readonly System[]>,
  random: Random,
): readonly System[] {
  if (person.kind !== "member") return systemsFor(habits[person.kind], random);
  const possible = systemsOf.get(person.companyId ?? "") ?? everywhere;
  // The owner is known wherever the firm is; of the others each system knows some.
  if (person.title === "Owner") return possible;
  return random.shuffled(possible).slice(0, random.chance(0.45) ? possible.length : Math.max(1, possible.length - 1));
}

function personObject(person: Person, system: System): PersonObject {
  if (system === "hubspot") return "contacts";
  if (system === "salesforce") return person.kind === "prospect" ? "Lead" : "Contact";
  return person.kind === "member" ? "contact" : "customer";
}

function companyObject(system: System): CompanyObject {
  return system === "hubspot" ? "companies" : system === "salesforce" ? "Account" : "customer";
}

/** How often a record is there twice, or in the bin. Companies are never in it: their people would lose them. */
interface Mishaps {
  readonly duplicate: number;
  readonly archived: number;
}
const usual: Mishaps = { duplicate: 0.025, archived: 0.01 };
const spared: Mishaps = { duplicate: 0, archived: 0 };

type Place = Pick<Seat, "customerId" | "system" | "object">;
interface SeatTools {
  readonly ids: Ids;
  readonly random: Random;
}

/** The customer's record in one system, now and then with a second one, now and then in the bin. */
function seatsAt(place: Place, mishaps: Mishaps, { ids, random }: SeatTools): Seat[] {
  const isArchived = random.chance(mishaps.archived);
  const main = { ...place, id: nextId(place, ids), isDuplicate: false, isArchived };
  // NetSuite refuses a second customer of the same name, so doubles are made in the two CRMs.
  if (isArchived || place.system === "netsuite" || !random.chance(mishaps.duplicate)) return [main];
  return [main, { ...place, id: nextId(place, ids), isDuplicate: true, isArchived: random.chance(0.4) }];
}

/** Some contacts began as leads, and the converted lead is still there. */
function formerLead({ customerId, kind }: Person, { ids, random }: SeatTools): Seat[] {
  if (kind === "prospect" || !random.chance(kind === "member" ? 0.3 : 0.08)) return [];
  const place = { customerId, system: "salesforce", object: "Lead" } as const;
  return [{ ...place, id: nextId(place, ids), isDuplicate: true, isArchived: false }];
}

function nextId({ system, object }: Place, ids: Ids): string {
  if (system === "hubspot") return ids.hubspot(object);
  return system === "salesforce" ? ids.salesforce(salesforcePrefixes[object] ?? "000") : ids.netsuite("entity");
}
