import { and, eq, gte, inArray, lt } from "drizzle-orm";
import { readEmail, readPhone } from "../../mapping/transforms/contact-points.ts";
import type { Hub } from "../hub.ts";

const customersMax = 50;

/**
 * Ids of the customers an identifier leads to: `email:…`, `phone:…`, any other identifier type of the identity rules, or a record
 * (`<connection>:<object>:<remote id>`) of any kind. Several when people share it; none when it is blocked or unknown. At most 50.
 * @example await customersOf(hub, "email:Ann@Example.com")
 */
export async function customersOf(hub: Hub, written: string): Promise<string[]> {
  const identifier = written.trim();
  const colon = identifier.indexOf(":");
  const type = identifier.slice(0, colon);
  const value = identifier.slice(colon + 1);
  if (colon <= 0 || value === "") return [];
  const found = isRecordKey(hub, type, value)
    ? await customersOfRecord(hub, identifier)
    : await customersOfClaim(hub, type, normalised(type, value));
  return [...new Set(found)].slice(0, customersMax);
}

/** The types of identifiers that customers are known by: what claims of the identity rules begin with. */
export function identifierTypes({ rules: { identity } }: Pick<Hub, "rules">): string[] {
  return [...new Set([...identity.person.claims, ...identity.company.claims].flatMap(({ of }) => of.slice(0, 1)))];
}

/** Whether what follows a first colon makes it a record of a connection that there is. */
export function isRecordKey(hub: Hub, connection: string, rest: string): boolean {
  return hub.connectionIds().includes(connection) && rest.includes(":");
}

/** A party's own customer; of anything else the customers it belongs to. */
async function customersOfRecord({ store }: Hub, recordKey: string): Promise<string[]> {
  const own = await store.byKey("links", "record_key", [recordKey]);
  const rows = own.length > 0 ? own : await store.byKey("memberships", "record_key", [recordKey]);
  return rows.map(({ customer_id }) => customer_id);
}

function normalised(type: string, value: string): string {
  if (type === "email") return readEmail(value) ?? value.trim().toLowerCase();
  // A plus that was not encoded arrives as a blank.
  if (type === "phone") return readPhone(value.replace(/^ /, "+"), undefined) ?? value.trim();
  return value.trim();
}

/**
 * Claims begin with the value of their first part: `email:ann@…`, `phone_name:+4930…:ann:smith`. So the claims of every rule that
 * begins with this type are found by one walk along the index.
 */
async function customersOfClaim({ store, rules }: Hub, type: string, value: string): Promise<string[]> {
  const { identifiers } = store.tables;
  const claims = [...rules.identity.person.claims, ...rules.identity.company.claims];
  const recordKeys: string[] = [];
  for (const rule of claims.filter(({ of }) => of[0] === type)) {
    const start = `${rule.type}:${value}`;
    const isWhole = rule.of.length === 1;
    const begins = and(gte(identifiers.claim, `${start}:`), lt(identifiers.claim, `${start};`)); // ";" follows ":"
    const rows = await store.db
      .select({ record_key: identifiers.record_key })
      .from(identifiers)
      .where(isWhole ? eq(identifiers.claim, start) : begins)
      .limit(customersMax * 4);
    recordKeys.push(...rows.map(({ record_key }) => record_key));
  }
  if (recordKeys.length === 0) return [];
  const { links } = store.tables;
  const rows = await store.db
    .select({ customer_id: links.customer_id })
    .from(links)
    .where(inArray(links.record_key, recordKeys));
  return rows.map(({ customer_id }) => customer_id);
}
