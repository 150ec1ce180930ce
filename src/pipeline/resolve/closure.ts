import { type Claim, claimsOf, mergeWith, partyOf } from "../../identity/group/claims.ts";
import { groupBy } from "../../lib/group.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline } from "../context.ts";
import { readRecords } from "../records.ts";
import {
  bothEnds,
  type ClosureMatch,
  type ClosureStart,
  followClaims,
  followMatches,
  followOverrides,
} from "./follow.ts";
import { type BatchParty, knownAmong } from "./parties.ts";
import { componentsOf, type Ties } from "./reach.ts";
import { readRefusals } from "./refusals.ts";
import { readPins } from "./rows.ts";

/** Every party that those of a batch could be, or could have been, one customer with; and what joins them or keeps them apart. */
export interface Closure {
  records: ReadonlyMap<string, StoredRecord>;
  claims: ReadonlyMap<string, readonly Claim[]>;
  /** Claims on too many records to count. */
  overfull: ReadonlySet<string>;
  /** Claims on too many records only with those that anybody may have sent. */
  overfullPublic: ReadonlySet<string>;
  /** Kept scores of these records as they will stand, by pair. */
  matches: ReadonlyMap<string, ClosureMatch>;
  /** Decisions about these records that will stand. */
  overrides: readonly Row<"overrides">[];
  /** Records of components that lead further than was read: what stands of them stays, see `reach.ts`. */
  fixed: ReadonlySet<string>;
  /** Records of the batch that were parties and are none any more. */
  left: ReadonlySet<string>;
  /** Claims as stored before, of the records in this batch. */
  storedClaims: ReadonlyMap<string, readonly string[]>;
  links: ReadonlyMap<string, Row<"links">>;
  customers: ReadonlyMap<string, Row<"customers">>;
  /** Shared claims that joined nobody, as stored before, with these records at one end. */
  refusals: readonly Row<"refusals">[];
  /** Values set by hand, by the record they are kept by. */
  pins: ReadonlyMap<string, readonly Row<"pins">[]>;
}

/**
 * Follows shared claims, scores that join and what people have linked, as they stand and as they will, from the batch's parties until no
 * further record is found, or too many are.
 */
export async function readClosure(pipeline: Pipeline, start: ClosureStart): Promise<Closure> {
  const { store, identity, reach } = pipeline;
  const left = new Set([...start.parties].filter(([, { isParty }]) => !isParty).map(([key]) => key));
  const ofParties = [...start.parties].filter(([key]) => !left.has(key));
  const records = new Map(ofParties.map(([key, { record }]) => [key, record]));
  const claims = new Map([...start.parties].map(([key, party]) => [key, party.claims]));
  const stored = await store.byKey("identifiers", "record_key", knownAmong([...start.parties.keys()], start.parties));
  const claimed = followClaims(pipeline, start);
  const matched = followMatches(pipeline, start);
  const decided = followOverrides(pipeline, start.overrides);
  const kindOf = (key: string) => (records.get(key)?.kind === "company" ? "company" : "person");
  const textsOf = (key: string) => [...(claims.get(key) ?? []), mergeWith(key)].map(({ text }) => text);

  let frontier = [...start.parties.keys()];
  let texts = [...frontier.flatMap(textsOf), ...stored.map(({ claim }) => claim)];
  let asked = endsOutside(start);
  const recordsMax = reach.recordsMax + reach.recordsPerPartyMax * start.parties.size;
  const mayRead = (round: number) => round < reach.roundsMax && records.size <= recordsMax;
  for (let round = 0; frontier.length + asked.length > 0 && mayRead(round); round++) {
    // Not by push, which is a call: of many records' scores it would be given more than a call may be.
    asked = asked.concat(await claimed.next(texts), await matched.next(frontier, kindOf));
    asked = asked.concat(await decided.next(frontier));
    const unknown = [...new Set(asked)].filter((key) => !records.has(key) && !left.has(key));
    frontier = [];
    asked = [];
    for (const [key, record] of await readRecords(store, unknown)) {
      const party = partyOf(record);
      if (!party) continue;
      records.set(key, record);
      claims.set(key, claimsOf(party, identity));
      frontier.push(key);
    }
    texts = frontier.flatMap(textsOf);
  }
  const { overfull, overfullPublic } = claimed;
  const linked = decided.standing().filter(({ kind }) => kind === "must_link");
  const pairs: Ties["pairs"][number][] = [...matched.joining(kindOf), ...start.matches.gone.values(), ...linked];
  const fixed = new Set<string>();
  if (frontier.length > 0) {
    // What is left as it is, is so by whole customers.
    pairs.push(...(await fellowPairs(store, [...records.keys()])));
    const ties = { records, claims, overfull, identifiers: stored, pairs };
    for (const key of componentsOf(frontier, ties)) fixed.add(key);
    await addFellows(pipeline, { parties: start.parties, left }, { records, fixed });
  }
  const found = { records, claims, overfull, overfullPublic, matches: matched.matches, overrides: decided.standing() };
  const storedClaims = groupBy(stored, ({ record_key }) => record_key);
  const known = knownAmong([...records.keys(), ...left], start.parties);
  return {
    ...found,
    fixed,
    left,
    storedClaims: new Map([...storedClaims].map(([key, rows]) => [key, rows.map(({ claim }) => claim)])),
    ...(await readCustomers(pipeline, known)),
    refusals: (await readRefusals(store, known)).filter((row) => !bothEnds(row).some((key) => fixed.has(key))),
    // Replay makes all records anew, and keeps what was set by hand.
    pins: await readPins(pipeline, [...records.keys()]),
  };
}

/** Of each customer's records among these, one with the next. */
async function fellowPairs(store: Store, recordKeys: readonly string[]) {
  const links = groupBy(await store.byKey("links", "record_key", recordKeys), ({ customer_id }) => customer_id);
  return [...links.values()].flatMap((of) =>
    of.slice(1).map(({ record_key }, n) => ({ left_key: of[n]?.record_key ?? record_key, right_key: record_key })),
  );
}

/**
 * The records of customers that the batch changes, or takes records from, though not all that they hang together with was read: what those
 * show is made anew, and whether they still are is known by them.
 */
async function addFellows(
  pipeline: Pipeline,
  { parties, left }: { parties: ReadonlyMap<string, BatchParty>; left: ReadonlySet<string> },
  { records, fixed }: { records: Map<string, StoredRecord>; fixed: Set<string> },
): Promise<void> {
  const changed = [...fixed].filter((key) => parties.has(key));
  const ofLeft = await readFellows(pipeline, [...left]);
  const unknown = [...ofLeft].filter(([key]) => !records.has(key));
  for (const [key, record] of [...(await readFellows(pipeline, changed)), ...unknown]) {
    if (left.has(key)) continue;
    if (!records.has(key)) records.set(key, record);
    fixed.add(key);
  }
}

async function readFellows({ store, reach }: Pipeline, recordKeys: readonly string[]) {
  const links = await store.byKey("links", "record_key", recordKeys);
  const ids = [...new Set(links.map(({ customer_id }) => customer_id))];
  const fellows = await store.firstByKey("links", "customer_id", ids, reach.recordsMax);
  return readRecords(
    store,
    fellows.map(({ record_key }) => record_key),
  );
}

/** Records outside of the batch that it parts, joins or decides about. */
function endsOutside({ parties, matches: { scored, gone }, overrides }: ClosureStart): string[] {
  const pairs = [...scored.values(), ...gone.values()].map(bothEnds);
  const apart = pairs.filter((ends) => !ends.some((key) => parties.has(key)));
  return [...new Set([...apart.flat(), ...overrides.flatMap(bothEnds)])];
}

async function readCustomers(
  { store }: Pipeline,
  recordKeys: readonly string[],
): Promise<Pick<Closure, "links" | "customers">> {
  const links = new Map((await store.byKey("links", "record_key", recordKeys)).map((row) => [row.record_key, row]));
  const ids = new Set([...links.values()].map(({ customer_id }) => customer_id));
  const customers = new Map((await store.byKey("customers", "id", [...ids])).map((row) => [row.id, row]));
  return { links, customers };
}
