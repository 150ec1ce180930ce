import type { StatedAssociation } from "../../model/record.ts";

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

/**
 * The customers a record belongs to, with its role there: a party to its own customer (`self`) and a person also to the companies it is
 * associated with (`member`); everything else to the parties it is associated with, directly or through a deal, ticket or document it
 * points to, and to those persons' companies.
 */
export function membershipsOf(recordKey: string, around: Neighbourhood): Map<string, string> {
  const found = new Map<string, string>();
  const own = around.links.get(recordKey);
  if (own) {
    found.set(own.customer_id, "self");
    if (own.kind === "person") addCompanies(recordKey, around, found);
    return found;
  }
  if (around.isParty(recordKey)) return found;
  addParties(recordKey, around, found);
  for (const { to_key, role } of around.from.get(recordKey) ?? []) {
    if (!around.isParty(to_key)) addParties(to_key, around, found, role);
  }
  return found;
}

function addParties(recordKey: string, around: Neighbourhood, found: Map<string, string>, via?: string): void {
  const edges = [
    ...(around.from.get(recordKey) ?? []).map(({ to_key, role }) => ({ party: to_key, role })),
    ...(around.to.get(recordKey) ?? []).map(({ from_key, role }) => ({ party: from_key, role })),
  ];
  for (const { party, role } of edges) {
    const link = around.links.get(party);
    if (!link) continue;
    if (!found.has(link.customer_id)) found.set(link.customer_id, via ?? role);
    if (link.kind === "person") addCompanies(party, around, found);
  }
}

function addCompanies(personKey: string, around: Neighbourhood, found: Map<string, string>): void {
  for (const { to_key } of around.from.get(personKey) ?? []) {
    const link = around.links.get(to_key);
    if (link?.kind === "company" && !found.has(link.customer_id)) found.set(link.customer_id, "member");
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

function adjacent(recordKey: string, around: Neighbourhood): string[] {
  const out = (around.from.get(recordKey) ?? []).map(({ to_key }) => to_key);
  const back = (around.to.get(recordKey) ?? []).map(({ from_key }) => from_key);
  return [...out, ...back];
}

function addPointing(recordKey: string, around: Neighbourhood, found: Set<string>): Set<string> {
  for (const { from_key } of around.to.get(recordKey) ?? []) if (!around.isParty(from_key)) found.add(from_key);
  return found;
}
