import { setImmediate as nextTurn } from "node:timers/promises";
import { and, asc, gt, lte, type SQL, sql } from "drizzle-orm";
import { type Store, StoreFullError } from "../../store/store.ts";
import { remove, set, type Write } from "../../store/writes.ts";

/** Customers whose records were joined by other identity rules than those in use. */
export interface Outdated {
  customers: number;
  /** There are more than were counted. */
  more: boolean;
}

/** The version of the identity rules that every link of the store was made by; no row while that is not known. */
const settingName = "identity_rules";

/**
 * Customers that were joined by other rules than these: the identity file, its model or the release has changed since, and only a replay
 * decides about them anew. Null where there are none; that is kept, so that links are not looked through the next time. `keep` false: the
 * store takes no commits.
 * @example await outdatedCustomers(store, rules.identity.version) // { customers: 412, more: false }
 */
export async function outdatedCustomers(
  store: Store,
  version: string,
  { keep = true }: { keep?: boolean } = {},
): Promise<Outdated | null> {
  const [known] = await store.byKey("settings", "name", [settingName]);
  if (known?.value === version) return null;
  const found = await countOutdated(store, version);
  if (found) return found;
  if (keep) await note(store, set("settings", [{ name: settingName, value: version }]));
  return null;
}

/** To be called before a hub works by these rules: what was known of the links made by others holds no more. */
export async function expectRules(store: Store, version: string): Promise<void> {
  const [known] = await store.byKey("settings", "name", [settingName]);
  if (known && known.value !== version) await note(store, remove("settings", ["name"], [[settingName]]));
}

/** A full store can still be read, and joins nobody either. */
async function note(store: Store, write: Write): Promise<void> {
  try {
    await store.commit([write]);
  } catch (cause) {
    if (!(cause instanceof StoreFullError)) throw cause;
  }
}

/** What is to be done about them, in words. */
export function outdatedText({ customers, more }: Outdated): string {
  const amount = `${more ? "more than " : ""}${customers} customer${customers === 1 && !more ? " was" : "s were"}`;
  return `identity rules changed since ${amount} joined: run \`journey-hub replay\``;
}

/** Looked through so many at a time, so that nothing else has to wait for a large table. */
const linksPerStep = 5_000;
const stepsMax = 1_000_000;
const customersMax = 10_000;

async function countOutdated({ db, tables: { links } }: Store, version: string): Promise<Outdated | null> {
  const customers = new Set<string>();
  let last: string | null = "";
  for (let n = 0; last !== null && n < stepsMax && customers.size <= customersMax; n++) {
    const start: SQL = gt(links.record_key, last);
    const ahead = db.select({ at: links.record_key }).from(links).where(start).orderBy(asc(links.record_key));
    const [end]: { at: string }[] = await ahead.limit(1).offset(linksPerStep);
    const rows = await db
      .selectDistinct({ id: links.customer_id })
      .from(links)
      .where(
        and(
          start,
          end ? lte(links.record_key, end.at) : undefined,
          sql`${links.evidence} not like ${`%"rules":"${version}"%`}`,
        ),
      );
    for (const { id } of rows) customers.add(id);
    last = end?.at ?? null;
    await nextTurn();
  }
  if (customers.size === 0) return null;
  return { customers: Math.min(customers.size, customersMax), more: customers.size > customersMax };
}
