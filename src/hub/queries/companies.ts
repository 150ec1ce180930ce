import { and, asc, desc, eq, inArray, ne } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { forEver, type Stretch, stretchesOf } from "../../model/during.ts";
import { parentRole } from "../../model/record.ts";
import { formerMember } from "../../pipeline/resolve/membership.ts";
import type { Hub } from "../hub.ts";

/** A customer by name. */
export interface Named {
  id: string;
  name: string;
}

/** A stay of a person at a company; `from` null: from ever, as far as is known; `to` null: it goes on. */
export interface CompanyStay extends Named {
  from: string | null;
  to: string | null;
}

/** The companies that these records of a person are or were at, the first first. */
export async function companyStays({ store }: Hub, recordKeys: readonly string[]): Promise<CompanyStay[]> {
  const rows = await store.byKey("memberships", "record_key", recordKeys);
  const stretches = new Map<string, Stretch[]>();
  for (const { customer_id, role, during } of rows) {
    if (role !== "member" && role !== formerMember) continue;
    stretches.set(customer_id, [...(stretches.get(customer_id) ?? []), ...stretchesOf(during)]);
  }
  const names = await namesOf(store, [...stretches.keys()]);
  const stays = [...stretches].flatMap(([id, parts]) => staysOf({ id, name: names.get(id) ?? "" }, parts));
  const order = ({ from, to, id }: CompanyStay) => `${from ?? ""} ${to ?? forEver} ${id}`;
  return stays.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** What of a company's people is shown at most: those who are there first. */
const peopleMax = 100;

/** The people who are and were at a company, in the order of their names. */
export async function companyPeople({ store }: Hub, id: string): Promise<CompanyStay[]> {
  const { memberships, links, customers } = store.tables;
  const rows = await store.db
    .select({ id: links.customer_id, name: customers.name, during: memberships.during })
    .from(memberships)
    .innerJoin(links, eq(links.record_key, memberships.record_key))
    .innerJoin(customers, eq(customers.id, links.customer_id))
    .where(
      and(
        eq(memberships.customer_id, id),
        inArray(memberships.role, ["member", formerMember]),
        eq(links.kind, "person"),
      ),
    )
    .orderBy(desc(memberships.role), asc(customers.name), asc(customers.id), asc(links.record_key))
    .limit(peopleMax);
  const people = new Map<string, { name: string; parts: Stretch[] }>();
  for (const { id: person, name, during } of rows) {
    const parts = [...(people.get(person)?.parts ?? []), ...stretchesOf(during)];
    people.set(person, { name, parts });
  }
  return [...people].flatMap(([person, { name, parts }]) => staysOf({ id: person, name }, parts));
}

function staysOf({ id, name }: Named, stretches: readonly Stretch[]): CompanyStay[] {
  return joined(stretches).map(({ valid_from, valid_to }) => ({
    id,
    name,
    from: valid_from || null,
    to: valid_to === forEver ? null : valid_to,
  }));
}

/** Stretches that touch, of several records of one person, are one stay. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const sorted = [...stretches].sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
  const found: Stretch[] = [];
  for (const { valid_from, valid_to } of sorted) {
    const last = found.at(-1);
    if (!last || last.valid_to < valid_from) found.push({ valid_from, valid_to });
    else if (valid_to > last.valid_to) last.valid_to = valid_to;
  }
  return found;
}

export interface CompanyFamily {
  /** The companies that its records name as the one above. */
  parents: Named[];
  subsidiaries: Named[];
  /** There are more above or below than are shown. */
  truncated: boolean;
}

/** What of a family is shown at most, above and below. */
const familyMax = 200;

/** The companies above and below a company, by what its records and theirs say. Of its people and deals nothing is read. */
export async function companyFamily(hub: Hub, id: string, recordKeys: readonly string[]): Promise<CompanyFamily> {
  const { from_key, to_key } = hub.store.tables.associations;
  const parents = await relatives(hub, { id, recordKeys, own: from_key, theirs: to_key });
  const subsidiaries = await relatives(hub, { id, recordKeys, own: to_key, theirs: from_key });
  return {
    parents: parents.slice(0, familyMax),
    subsidiaries: subsidiaries.slice(0, familyMax),
    truncated: Math.max(parents.length, subsidiaries.length) > familyMax,
  };
}

interface Relation {
  id: string;
  recordKeys: readonly string[];
  /** The end of an association where the company's own records stand. */
  own: SQLiteColumn;
  theirs: SQLiteColumn;
}

/** By name, one more than are shown at most. */
async function relatives({ store }: Hub, { id, recordKeys, own, theirs }: Relation): Promise<Named[]> {
  const { associations, links, customers } = store.tables;
  return store.db
    .selectDistinct({ id: customers.id, name: customers.name })
    .from(associations)
    .innerJoin(links, eq(links.record_key, theirs))
    .innerJoin(customers, eq(customers.id, links.customer_id))
    .where(and(inArray(own, [...recordKeys]), eq(associations.role, parentRole), ne(customers.id, id)))
    .orderBy(asc(customers.name), asc(customers.id))
    .limit(familyMax + 1);
}

/** Names of customers by id; those that are no more are left out. */
export async function namesOf(store: Hub["store"], ids: readonly string[]): Promise<Map<string, string>> {
  return new Map((await store.byKey("customers", "id", ids)).map(({ id, name }) => [id, name]));
}
