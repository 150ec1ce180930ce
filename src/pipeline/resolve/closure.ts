import { type Claim, claimsOf, mergeWith, partyOf } from "../../identity/group/claims.ts";
import { groupBy } from "../../lib/group.ts";
import type { StoredRecord } from "../../model/record.ts";
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
  /** Claims as stored before, of the records in this batch. */
  storedClaims: ReadonlyMap<string, readonly string[]>;
  links: ReadonlyMap<string, Row<"links">>;
  customers: ReadonlyMap<string, Row<"customers">>;
  /** Values set by hand, by the record they are kept by. */
  pins: ReadonlyMap<string, readonly Row<"pins">[]>;
}

/** Every round goes one step further; customers a chain leads through are decided together, so it must be read to its end. */
const roundsMax = 1_000;

/**
 * Follows shared claims, scores that join and what people have linked, as they stand and as they will, from the batch's parties until no
 * further record is found.
 */
export async function readClosure(pipeline: Pipeline, start: ClosureStart): Promise<Closure> {
  const { store, identity } = pipeline;
  const records = new Map([...start.parties].map(([key, { record }]) => [key, record]));
  const claims = new Map([...start.parties].map(([key, party]) => [key, party.claims]));
  const stored = await store.byKey("identifiers", "record_key", knownOf(start));
  const claimed = followClaims(pipeline, start);
  const matched = followMatches(pipeline, start.matches);
  const decided = followOverrides(pipeline, start.overrides);
  const kindOf = (key: string) => (records.get(key)?.kind === "company" ? "company" : "person");
  const textsOf = (key: string) => [...(claims.get(key) ?? []), mergeWith(key)].map(({ text }) => text);

  let frontier = [...records.keys()];
  let texts = [...frontier.flatMap(textsOf), ...stored.map(({ claim }) => claim)];
  let asked = endsOutside(start);
  for (let round = 0; frontier.length + asked.length > 0; round++) {
    if (round === roundsMax) throw new Error(chainTooLong(frontier));
    asked.push(...(await claimed.next(texts)));
    asked.push(...(await matched.next(frontier, kindOf)));
    asked.push(...(await decided.next(frontier)));
    const unknown = [...new Set(asked)].filter((key) => !records.has(key));
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
  const found = { records, claims, overfull, overfullPublic, matches: matched.matches, overrides: decided.standing() };
  const storedClaims = groupBy(stored, ({ record_key }) => record_key);
  return {
    ...found,
    storedClaims: new Map([...storedClaims].map(([key, rows]) => [key, rows.map(({ claim }) => claim)])),
    ...(await readCustomers(pipeline, [...records.keys()])),
    pins: await readPins(store, [...records.keys()]),
  };
}

/** Of a record that is new nothing is stored. */
function knownOf({ parties }: ClosureStart): string[] {
  return [...parties].filter(([, { isNew }]) => !isNew).map(([key]) => key);
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

function chainTooLong([record]: readonly string[]): string {
  return `More than ${roundsMax} claims, scores or decisions lead from customer to customer, lately to ${record}: the identity file's cut-offs are too high, or a value should be blocked. Correct mappings/identity and run \`journey-hub replay\`.`;
}
