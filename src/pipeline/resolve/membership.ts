import { duringOf, forEver, type Stretch } from "../../model/during.ts";
import type { StatedAssociation } from "../../model/record.ts";

/** Role of what belongs to a company by a person who was there once. */
export const formerMember = "former_member";

/** A party record's customer. */
export interface PartyLink {
  customer_id: string;
  kind: "person" | "company";
}

/** The associations around some records, and the links of every party among them. */
export interface Neighbourhood {
  from: ReadonlyMap<string, readonly StatedAssociation[]>;
  to: ReadonlyMap<string, readonly StatedAssociation[]>;
  links: ReadonlyMap<string, PartyLink>;
  /** True for records that are persons or companies, also while they have not landed and have no link. */
  isParty(recordKey: string): boolean;
}

/** As what a record belongs to a customer, and when (see `model/during.ts`): its events of other times are not the customer's. */
export interface Belonging {
  role: string;
  during: string;
}

/**
 * The customers a record belongs to: a party to its own customer (`self`) and a person also to the companies it is associated with
 * (`member`) or was (`former_member`), each for the time it was there; everything else to the parties it is associated with, directly or
 * through a deal, ticket or document it points to, and to those persons' companies for their time there.
 */
export function membershipsOf(recordKey: string, around: Neighbourhood): Map<string, Belonging> {
  const found = new Map<string, Found>();
  const own = around.links.get(recordKey);
  if (own) {
    found.set(own.customer_id, { role: "self", stretches: null });
    if (own.kind === "person") addCompanies(recordKey, around, found);
  } else if (!around.isParty(recordKey)) {
    addParties(recordKey, around, found);
    for (const { to_key, role } of around.from.get(recordKey) ?? []) {
      if (!around.isParty(to_key)) addParties(to_key, around, found, role);
    }
  }
  return new Map([...found].map(([customer_id, belonging]) => [customer_id, belongingOf(belonging)]));
}

/** `stretches` null: always, whoever was where. */
interface Found {
  role: string;
  stretches: Stretch[] | null;
}

function belongingOf({ role, stretches }: Found): Belonging {
  if (stretches === null) return { role, during: "" };
  const goesOn = stretches.some(({ valid_to }) => valid_to === forEver);
  return { role: goesOn ? "member" : formerMember, during: duringOf(stretches) };
}

function addParties(recordKey: string, around: Neighbourhood, found: Map<string, Found>, via?: string): void {
  const edges = [
    ...(around.from.get(recordKey) ?? []).map(({ to_key, role }) => ({ party: to_key, role })),
    ...(around.to.get(recordKey) ?? []).map(({ from_key, role }) => ({ party: from_key, role })),
  ];
  for (const { party, role } of edges) {
    const link = around.links.get(party);
    if (!link) continue;
    // What names a company itself is that company's, whoever of it was where.
    if (!found.has(link.customer_id) || found.get(link.customer_id)?.stretches)
      found.set(link.customer_id, { role: via ?? role, stretches: null });
    if (link.kind === "person") addCompanies(party, around, found);
  }
}

function addCompanies(personKey: string, around: Neighbourhood, found: Map<string, Found>): void {
  for (const { to_key, valid_from, valid_to } of around.from.get(personKey) ?? []) {
    const link = around.links.get(to_key);
    if (link?.kind !== "company") continue;
    const held = found.get(link.customer_id);
    if (held) held.stretches?.push({ valid_from, valid_to });
    else found.set(link.customer_id, { role: "member", stretches: [{ valid_from, valid_to }] });
  }
}

/**
 * The records whose memberships may change when these have: for a company its people, for a person what is associated with it, for a
 * deal, ticket or document what points to it. Never from a person up to its company: the company's other people are not touched.
 */
export function dependents(recordKey: string, around: Neighbourhood): Set<string> {
  const found = new Set([recordKey]);
  const kind = around.links.get(recordKey)?.kind;
  if (kind === undefined) return around.isParty(recordKey) ? found : addPointing(recordKey, around, found);
  const people = kind === "company" ? peopleOf(recordKey, around) : [recordKey];
  for (const person of people) found.add(person);
  for (const party of [recordKey, ...people]) {
    for (const other of adjacent(party, around)) {
      if (around.isParty(other)) continue;
      found.add(other);
      addPointing(other, around, found);
    }
  }
  return found;
}

function peopleOf(companyKey: string, around: Neighbourhood): string[] {
  const edges = around.to.get(companyKey) ?? [];
  return edges.map(({ from_key }) => from_key).filter((key) => around.links.get(key)?.kind === "person");
}

/** Records that are associated with a record, whichever of the two says so. */
export function adjacent(recordKey: string, around: Neighbourhood): string[] {
  const out = (around.from.get(recordKey) ?? []).map(({ to_key }) => to_key);
  const back = (around.to.get(recordKey) ?? []).map(({ from_key }) => from_key);
  return [...out, ...back];
}

function addPointing(recordKey: string, around: Neighbourhood, found: Set<string>): Set<string> {
  for (const { from_key } of around.to.get(recordKey) ?? []) if (!around.isParty(from_key)) found.add(from_key);
  return found;
}
