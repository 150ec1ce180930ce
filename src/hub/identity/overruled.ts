import { bothEnds } from "../../pipeline/resolve/follow.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { pathBetween } from "../queries/explain-link.ts";

/**
 * Which later decision overrules each of these that is not revoked, by id; those that hold are not among it. A decision may be overruled by
 * one about other records: who is one customer with a third is parted from it by what parts that third.
 */
export async function overrulers(hub: Hub, rows: readonly Row<"overrides">[]): Promise<ReadonlyMap<number, number>> {
  const { store } = hub;
  const standing = rows.filter(({ revoked_at }) => revoked_at === null);
  const ends = await store.byKey("links", "record_key", [...new Set(standing.flatMap(bothEnds))]);
  const customers = new Map(ends.map(({ record_key, customer_id }) => [record_key, customer_id]));
  const placed = standing.flatMap((row) => {
    const [left, right] = bothEnds(row).map((key) => customers.get(key));
    return left === undefined || right === undefined ? [] : [{ row, left, right }];
  });
  return new Map([
    ...(await partedLinks(
      hub,
      placed.filter(({ row, left, right }) => row.kind === "must_link" && left !== right),
    )),
    ...(await joinedAcross(
      hub,
      placed.filter(({ row, left, right }) => row.kind === "cannot_link" && left === right),
    )),
  ]);
}

interface Placed {
  row: Row<"overrides">;
  /** The customers of its two records. */
  left: string;
  right: string;
}

/** What a person has joined and a later word parts: one between any records of the two customers. */
async function partedLinks({ store }: Hub, links: readonly Placed[]): Promise<[number, number][]> {
  if (links.length === 0) return [];
  const members = await store.byKey("links", "customer_id", [...new Set(links.flatMap((at) => [at.left, at.right]))]);
  const customerOf = new Map(members.map(({ record_key, customer_id }) => [record_key, customer_id]));
  const rows = await store.byKey("overrides", "left_key", [...customerOf.keys()]);
  const parting = rows.filter(({ kind, revoked_at }) => kind === "cannot_link" && revoked_at === null);
  return links.flatMap(({ row, left, right }): [number, number][] => {
    const later = parting.filter((other) => {
      const [one, two] = bothEnds(other).map((key) => customerOf.get(key));
      return other.id > row.id && ((one === left && two === right) || (one === right && two === left));
    });
    const found = later.find((other) => isOfSame(other, row)) ?? later.sort((a, b) => b.id - a.id)[0];
    return found ? [[row.id, found.id]] : [];
  });
}

/** What a person has parted and a later word joins all the same. The later a word, the earlier it joins: the earliest on the way closed it. */
async function joinedAcross(hub: Hub, separations: readonly Placed[]): Promise<[number, number][]> {
  const found: [number, number][] = [];
  for (const { row, left } of separations) {
    const path = (await pathBetween(hub, left, { from: row.left_key, to: row.right_key })) ?? [];
    const later = path.flatMap(({ evidence: { override } }) => (override && override.id > row.id ? [override.id] : []));
    if (later.length > 0) found.push([row.id, Math.min(...later)]);
  }
  return found;
}

/** Whether two decisions are about the same two records. */
export function isOfSame(one: Row<"overrides">, other: Row<"overrides">): boolean {
  return one.left_key === other.left_key && one.right_key === other.right_key;
}
