import { dayMs } from "./calendar.ts";
import { asciiWord } from "./colleagues.ts";
import { type Registers, registerDomain } from "./companies.ts";
import { elementAt } from "./lists.ts";
import type { Company, Person } from "./model.ts";
import type { Random } from "./random.ts";
import type { SourceCustomer, SourceOrder, SourceProspect, SourceReseller, TerritoryCountry } from "./sources.ts";

const householdShare = 0.03;
const namesakeShare = 0.012;
const jobTitles = [
  "Owner",
  "Purchasing Manager",
  "Store Manager",
  "Accounting Manager",
  "Buyer",
  "Marketing Assistant",
] as const;
const mailboxProviders: Record<TerritoryCountry, readonly string[]> = {
  US: ["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "hotmail.com"],
  CA: ["gmail.com", "outlook.com", "yahoo.ca"],
  FR: ["gmail.com", "orange.fr", "laposte.net"],
  DE: ["gmail.com", "gmx.de", "web.de"],
  AU: ["gmail.com", "bigpond.com", "outlook.com"],
  GB: ["gmail.com", "btinternet.com", "hotmail.co.uk"],
};

/** A name before it has a life: what the sample says of a person. */
type Name = Pick<SourceCustomer, "key" | "firstName" | "lastName" | "birthDate" | "gender">;

/** Every sample customer's first order, to know since when and from where they buy. */
export function firstOrders(orders: readonly SourceOrder[]): Map<string, SourceOrder> {
  const first = new Map<string, SourceOrder>();
  for (const order of orders) if (!first.has(order.customerKey)) first.set(order.customerKey, order);
  return first;
}

/**
 * Buyers of the sample as persons. A few are one household (surname, address and telephone shared), a few are
 * namesakes of somebody else.
 */
export function findConsumers(
  chosen: readonly SourceCustomer[],
  first: ReadonlyMap<string, SourceOrder>,
  registers: Registers,
  random: Random,
): Person[] {
  const persons: Person[] = [];
  for (const [at, source] of chosen.entries()) {
    const order = first.get(source.key);
    if (!order) throw new Error(`Customer ${source.key} has no order in the sample.`);
    const kin = at % 2 === 1 && random.chance(householdShare * 2) ? persons.at(-1) : undefined;
    const namesake = !kin && at > 10 && random.chance(namesakeShare) ? elementAt(persons, at - 7) : undefined;
    const name = { ...source, ...(kin && { lastName: kin.lastName }), ...(namesake && nameOf(namesake)) };
    const country = kin?.address.country ?? order.country;
    persons.push({
      ...lifeOf(name, "consumer", at),
      title: null,
      email: privateMailbox(name, country, random),
      phone: kin?.phone ?? registers.phones.next(country),
      address: kin?.address ?? registers.addresses.inCountry(country),
      companyId: null,
      employer: null,
      knownSince: registers.calendar.duringDay(order.day - random.int(1, 40), random),
      sourceKey: source.key,
    });
  }
  return persons;
}

/** One to six people for each company; `names` must hold at least six a company. The first one of the first company is the protagonist. */
export function findMembers(
  companies: readonly Company[],
  names: readonly SourceCustomer[],
  registers: Registers,
  random: Random,
): Person[] {
  const heroine = names.findIndex((name) => name.firstName === "Katherine" && name.gender === "F");
  const queue = heroine < 0 ? [...names] : [elementAt(names, heroine), ...names.toSpliced(heroine, 1)];
  const persons: Person[] = [];
  for (const [number, company] of companies.entries()) {
    const mailboxes = new Set<string>();
    const size = number === 0 ? 4 : random.pick([1, 2, 2, 3, 3, 4, 4, 5, 6]);
    for (let seat = 0; seat < size; seat++) {
      const name = elementAt(queue, persons.length);
      persons.push({
        ...lifeOf(name, "member", persons.length),
        title: elementAt(jobTitles, seat),
        email: workMailbox(name, company.domain, mailboxes),
        phone: registers.phones.next(company.address.country),
        address: company.address,
        companyId: company.customerId,
        employer: company.name,
        knownSince: registers.calendar.after(company.knownSince, seat === 0 ? 0 : random.int(1, 300)),
        sourceKey: null,
      });
    }
  }
  return persons;
}

/** People who have asked or been asked, and have not bought; four in ten write from a firm that is no customer yet. */
export function findProspects(
  chosen: readonly SourceProspect[],
  employers: readonly SourceReseller[],
  registers: Registers,
  random: Random,
): Person[] {
  const domains = new Map<string, string>();
  const mailboxes = new Set<string>();
  return chosen.map((source, at) => {
    const employer = employers.length > 0 && random.chance(0.4) ? random.pick(employers).name : null;
    const domain = employer && (domains.get(employer) ?? registerDomain(employer, registers.domains));
    if (employer && domain) domains.set(employer, domain);
    const { street, city, state, postalCode } = source;
    return {
      ...lifeOf(source, "prospect", at),
      title: employer ? random.pick(jobTitles) : null,
      email: domain
        ? workMailbox(source, domain, mailboxes)
        : privateMailbox({ ...source, key: `p${source.key}` }, "US", random),
      phone: registers.phones.next("US"),
      address: { street, city, state, postalCode, country: "US" },
      companyId: null,
      employer,
      knownSince: registers.calendar.after(registers.calendar.epochMs, -random.int(3, 500)) - random.int(1, dayMs / 2),
      sourceKey: null,
    };
  });
}

function lifeOf({ firstName, lastName, gender, birthDate }: Name, kind: Person["kind"], at: number) {
  return { customerId: `${kind}-${String(at + 1).padStart(5, "0")}`, kind, firstName, lastName, gender, birthDate };
}

function nameOf({ firstName, lastName, gender }: Person): Pick<Person, "firstName" | "lastName" | "gender"> {
  return { firstName, lastName, gender };
}

/** The sample's key in the local part keeps mailboxes unique, and very probably nobody's. */
function privateMailbox(name: Name, country: TerritoryCountry, random: Random): string {
  const first = asciiWord(name.firstName);
  const last = asciiWord(name.lastName);
  if (random.chance(0.12)) return `${first}.${name.key}@${last}-family.example`;
  return `${first}.${last}.${name.key}@${random.pick(mailboxProviders[country])}`;
}

function workMailbox(name: Name, domain: string, taken: Set<string>): string {
  const local = `${asciiWord(name.firstName)}.${asciiWord(name.lastName)}`;
  for (let number = 1; ; number++) {
    const email = `${local}${number === 1 ? "" : number}@${domain}`;
    if (taken.has(email)) continue;
    taken.add(email);
    return email;
  }
}
