import { groupBy } from "../../lib/group.ts";
import { isMention, type MappedVersion, type StatedAssociation, type StoredRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { readRecords, storedVersion } from "../records.ts";
import { type Claim, claimsOf, mergeWith, namedIn, partyOf } from "./claims.ts";
import type { Neighbourhood, PartyLink } from "./membership.ts";
import { type IdentityRules, mergedRule } from "./rules.ts";

/** Every party that these versions could be, or could have been, one customer with; and the claims that are on too many records to count. */
export interface Closure {
  records: ReadonlyMap<string, StoredRecord>;
  claims: ReadonlyMap<string, readonly Claim[]>;
  overfull: ReadonlySet<string>;
  /** Claims as stored before, of the records in this batch. */
  storedClaims: ReadonlyMap<string, readonly string[]>;
  links: ReadonlyMap<string, Row<"links">>;
  customers: ReadonlyMap<string, Row<"customers">>;
}

/** Identifiers that a batch adds and removes. */
export interface IdentifierChanges {
  added: Row<"identifiers">[];
  removed: Row<"identifiers">[];
}

/** Every round goes one shared claim further; customers a chain leads through are decided together, so it must be read to its end. */
const roundsMax = 1_000;

/** Follows shared claims from the batch's parties, and what was merged with them, until no further record is found. */
export async function readClosure(
  store: Store,
  versions: readonly MappedVersion[],
  rules: IdentityRules,
): Promise<Closure> {
  const records = new Map<string, StoredRecord>();
  const claims = new Map<string, Claim[]>();
  const take = (record: StoredRecord) => {
    const party = partyOf(record);
    if (!party) return [];
    const made = claimsOf(party, rules);
    records.set(record.record_key, record);
    claims.set(record.record_key, made);
    return [...made, mergeWith(record.record_key)].map(({ text }) => text);
  };
  const ownTexts = versions.flatMap((version) => take(storedVersion(version)));
  const countAfter = countsAfter([...claims].map(([record_key, made]) => ({ record_key, made })));
  const stored = await store.byKey("identifiers", "record_key", [...records.keys()]);
  const storedClaims = new Map(
    [...groupBy(stored, (row) => row.record_key)].map(([key, rows]) => [key, rows.map(({ claim }) => claim)]),
  );
  const allRules = [mergedRule, ...rules.person.claims, ...rules.company.claims];
  const cutoffs = new Map(allRules.map(({ type, cutoff }) => [type, cutoff]));
  const overfull = new Set<string>();
  const seen = new Set<string>();
  let ask = [...new Set([...ownTexts, ...stored.map(({ claim }) => claim)])];
  for (let round = 0; ask.length > 0 && round < roundsMax; round++) {
    for (const text of ask) seen.add(text);
    const holders = groupBy(await store.byKey("identifiers", "claim", ask), (row) => row.claim);
    const unknown = new Set(namedIn(ask).filter((key) => !records.has(key)));
    for (const [text, rows] of holders) {
      // A claim that is over its cut-off before this batch and after it joins nobody: its holders need not be read.
      const cutoff = cutoffs.get(text.slice(0, text.indexOf(":"))) ?? 0;
      if (rows.length > cutoff && countAfter(text, rows) > cutoff) overfull.add(text);
      else for (const { record_key } of rows) if (!records.has(record_key)) unknown.add(record_key);
    }
    const found = await readRecords(store, [...unknown]);
    ask = [...new Set([...found.values()].flatMap(take))].filter((text) => !seen.has(text));
  }
  if (ask.length > 0) throw new Error(chainTooLong(ask));
  const links = new Map(
    (await store.byKey("links", "record_key", [...records.keys()])).map((row) => [row.record_key, row]),
  );
  const ids = new Set([...links.values()].map(({ customer_id }) => customer_id));
  const customers = new Map((await store.byKey("customers", "id", [...ids])).map((row) => [row.id, row]));
  return { records, claims, overfull, storedClaims, links, customers };
}

/** How many records hold a claim once the batch's own records hold what they hold now. */
function countsAfter(batch: readonly { record_key: string; made: readonly Claim[] }[]) {
  const own = new Set(batch.map(({ record_key }) => record_key));
  const held = groupBy(
    batch.flatMap(({ made }) => [...new Set(made.map(({ text }) => text))]),
    (text) => text,
  );
  return (text: string, stored: readonly Row<"identifiers">[]) =>
    stored.filter(({ record_key }) => !own.has(record_key)).length + (held.get(text)?.length ?? 0);
}

function chainTooLong([claim]: readonly string[]): string {
  return `More than ${roundsMax} claims lead from customer to customer, lately ${claim}: the identity file's cut-offs are too high, or a value should be blocked. Correct mappings/identity and run \`journey-hub replay\`.`;
}

const levelsMax = 5;

/**
 * The associations and links around some records, as they will stand after this batch: `added` and `removed` associations and `links`
 * are its own. Walks down (company → people → their deals → what points to those), up only one step.
 */
export async function readNeighbourhood(
  store: Store,
  start: ReadonlySet<string>,
  batch: {
    added: readonly StatedAssociation[];
    removed: readonly StatedAssociation[];
    links: ReadonlyMap<string, PartyLink>;
    identifiers: IdentifierChanges;
    isParty(recordKey: string): boolean;
  },
): Promise<Neighbourhood> {
  const from = new Map<string, StatedAssociation[]>();
  const to = new Map<string, StatedAssociation[]>();
  const links = new Map<string, PartyLink>(batch.links);
  const checked = new Set<string>(batch.links.keys());
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
    await readHolders(store, outward.filter(isMention), { from, links, checked }, batch.identifiers);
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
  const text = (edge: StatedAssociation) => `${edge.from_key}\n${edge.to_key}\n${edge.role}\n${edge.source_key}`;
  const gone = new Set(batch.removed.map(text));
  const standing = (await store.byKey("associations", side, keys)).filter((edge) => !gone.has(text(edge)));
  const all = new Map(
    [...standing, ...batch.added.filter((edge) => wanted.has(edge[side]))].map((edge) => [text(edge), edge]),
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
  { added, removed }: IdentifierChanges,
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
    const keys = [...new Set((holders.get(claims[n] ?? "") ?? []).map(({ record_key }) => record_key))].sort();
    const customers = new Set(keys.map((key) => around.links.get(key)?.customer_id));
    const edges = keys.map((to_key) => ({ from_key: mention, to_key, role: "identified", source_key: mention }));
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
