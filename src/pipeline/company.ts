import { groupBy } from "../lib/group.ts";
import type { Store } from "../store/store.ts";

/** The company customer each person belongs to, where there is one: of several, the one whose id sorts first. */
export async function companyOf(store: Store, customerIds: readonly string[]): Promise<Map<string, string>> {
  const links = (await store.byKey("links", "customer_id", customerIds)).filter(({ kind }) => kind === "person");
  const memberships = await store.byKey(
    "memberships",
    "record_key",
    links.map(({ record_key }) => record_key),
  );
  const companies = groupBy(
    memberships.filter(({ role }) => role === "member"),
    ({ record_key }) => record_key,
  );
  const found = new Map<string, string>();
  for (const { record_key, customer_id } of links) {
    for (const { customer_id: company } of companies.get(record_key) ?? []) {
      const held = found.get(customer_id);
      if (held === undefined || company < held) found.set(customer_id, company);
    }
  }
  return found;
}
