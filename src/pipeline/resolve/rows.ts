import { groupBy } from "../../lib/group.ts";
import { always } from "../../model/during.ts";
import { isMention, parentRole, type StatedAssociation } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline, SaidByPeople } from "../context.ts";
import type { Neighbourhood, PartyLink } from "./membership.ts";

/** Identifiers that a batch adds and removes. */
export interface IdentifierChanges {
  added: Row<"identifiers">[];
  removed: Row<"identifiers">[];
}

/** True where anybody has said anything in this table; it is asked once while that cannot have changed. */
export async function hasSaid({ store, saidIn }: Pick<Pipeline, "store" | "saidIn">, table: SaidByPeople) {
  const known = saidIn.get(table);
  if (known !== undefined) return known;
  const of = store.tables[table];
  const isSaid = (await store.db.select({ id: of.id }).from(of).limit(1)).length > 0;
  saidIn.set(table, isSaid);
  return isSaid;
}

/** The values that are set by hand, by the record they are kept by; those that were taken off again are not among them. */
export async function readPins(
  pipeline: Pick<Pipeline, "store" | "saidIn">,
  recordKeys: readonly string[],
): Promise<Map<string, Row<"pins">[]>> {
  if (!(await hasSaid(pipeline, "pins"))) return new Map();
  const rows = await pipeline.store.byKey("pins", "record_key", recordKeys);
  return groupBy(
    rows.filter(({ ended }) => ended === null),
    ({ record_key }) => record_key,
  );
}

const levelsMax = 5;

/**
 * The associations and links around some records, as they will stand after this batch: `added` and `removed` associations and `links`
 * are its own, `left` have no link any more. Walks down (company → people → their deals → what points to those), up only one step.
 */
export async function readNeighbourhood(
  store: Store,
  start: ReadonlySet<string>,
  batch: {
    added: readonly StatedAssociation[];
    removed: readonly StatedAssociation[];
    links: ReadonlyMap<string, PartyLink>;
    left: ReadonlySet<string>;
    identifiers: IdentifierChanges;
    isParty(recordKey: string): boolean;
    isPublic(recordKey: string): boolean;
  },
): Promise<Neighbourhood> {
  const from = new Map<string, StatedAssociation[]>();
  const to = new Map<string, StatedAssociation[]>();
  const links = new Map<string, PartyLink>(batch.links);
  const checked = new Set<string>([...batch.links.keys(), ...batch.left]);
  const isParty = (key: string) => links.has(key) || batch.isParty(key);
  const readFrom = (keys: string[]) => readEdges(store, "from_key", keys, from, batch);
  const readTo = (keys: string[]) => readEdges(store, "to_key", keys, to, batch);
  let frontier = [...start];
  let downward = new Set(start);
  for (let level = 0; frontier.length > 0 && level < levelsMax; level++) {
    await readLinks(store, frontier, links, checked);
    const outward = frontier.filter(
      (key) => !from.has(key) && (links.get(key)?.kind !== "company" || downward.has(key)),
    );
    const inward = frontier.filter((key) => !to.has(key) && (!isParty(key) || downward.has(key)));
    await readFrom(outward.filter((key) => !isMention(key)));
    await readHolders(store, outward.filter(isMention), { from, links, checked }, batch);
    await readTo(inward.filter((key) => !isMention(key) || downward.has(key)));
    const below = inward
      .filter((key) => downward.has(key))
      .flatMap((key) => (to.get(key) ?? []).map((edge) => edge.from_key));
    const beside = [
      ...outward.flatMap((key) => (from.get(key) ?? []).map((edge) => edge.to_key)),
      ...inward.flatMap((key) => (to.get(key) ?? []).map((edge) => edge.from_key)),
    ];
    downward = new Set(below);
    frontier = [...new Set(beside)].filter((key) => !from.has(key) || !to.has(key));
  }
  await readLinks(store, frontier, links, checked);
  return { from, to, links, isParty };
}

async function readLinks(
  store: Store,
  keys: readonly string[],
  links: Map<string, PartyLink>,
  checked: Set<string>,
): Promise<void> {
  const unknown = keys.filter((key) => !checked.has(key));
  for (const key of unknown) checked.add(key);
  for (const row of await store.byKey("links", "record_key", unknown)) {
    links.set(row.record_key, { customer_id: row.customer_id, kind: row.kind as PartyLink["kind"] });
  }
}

async function readEdges(
  store: Store,
  side: "from_key" | "to_key",
  keys: readonly string[],
  edges: Map<string, StatedAssociation[]>,
  batch: { added: readonly StatedAssociation[]; removed: readonly StatedAssociation[] },
): Promise<void> {
  if (keys.length === 0) return;
  const wanted = new Set(keys);
  const text = (edge: StatedAssociation) =>
    `${edge.from_key}\n${edge.to_key}\n${edge.role}\n${edge.source_key}\n${edge.valid_to}`;
  const gone = new Set(batch.removed.map(text));
  // Nothing belongs to a company by its being a subsidiary: a holding's others need not be read.
  const counts = ({ role }: StatedAssociation) => role !== parentRole;
  const standing = (await store.byKey("associations", side, keys)).filter(
    (edge) => counts(edge) && !gone.has(text(edge)),
  );
  const all = new Map(
    [...standing, ...batch.added.filter((edge) => counts(edge) && wanted.has(edge[side]))].map((edge) => [
      text(edge),
      edge,
    ]),
  );
  // Sorted, so that the role a record gets does not depend on the order of rows.
  const sorted = [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
  const grouped = groupBy(sorted, (edge) => edge[side]);
  for (const key of keys) edges.set(key, grouped.get(key) ?? []);
}

/**
 * Draws an edge from each mentioned identifier to the records that hold it, if they are all one customer's: an address that several
 * customers share says nothing about whose event it was.
 */
async function readHolders(
  store: Store,
  mentions: readonly string[],
  around: { from: Map<string, StatedAssociation[]>; links: Map<string, PartyLink>; checked: Set<string> },
  {
    identifiers: { added, removed },
    isPublic,
  }: { identifiers: IdentifierChanges; isPublic(recordKey: string): boolean },
): Promise<void> {
  if (mentions.length === 0) return;
  const claims = mentions.map((mention) => mention.slice(1));
  const gone = new Set(removed.map(({ claim, record_key }) => `${claim}\n${record_key}`));
  const standing = await store.byKey("identifiers", "claim", claims);
  const rows = [...standing.filter(({ claim, record_key }) => !gone.has(`${claim}\n${record_key}`)), ...added];
  const holders = groupBy(rows, ({ claim }) => claim);
  await readLinks(
    store,
    claims.flatMap((claim) => (holders.get(claim) ?? []).map(({ record_key }) => record_key)),
    around.links,
    around.checked,
  );
  for (const [n, mention] of mentions.entries()) {
    const all = [...new Set((holders.get(claims[n] ?? "") ?? []).map(({ record_key }) => record_key))].sort();
    // What anybody may have sent says whose an identifier is only while nobody else does.
    const own = all.filter((key) => !isPublic(key));
    const keys = own.length > 0 ? own : all;
    const customers = new Set(keys.map((key) => around.links.get(key)?.customer_id));
    const edges = keys.map((to_key) => ({
      from_key: mention,
      to_key,
      role: "identified",
      source_key: mention,
      ...always,
    }));
    around.from.set(mention, customers.size === 1 ? edges : []);
  }
}

/** Those of these mentions that some record makes. */
export async function readMentioned(store: Store, mentions: readonly string[]): Promise<string[]> {
  return [...new Set((await store.byKey("associations", "to_key", mentions)).map(({ to_key }) => to_key))];
}

/** Memberships of these records as stored. */
export async function readMemberships(
  store: Store,
  recordKeys: readonly string[],
): Promise<Map<string, Row<"memberships">[]>> {
  return groupBy(await store.byKey("memberships", "record_key", recordKeys), (row) => row.record_key);
}
