import { partyOf } from "../identity/group/claims.ts";
import { shortHash } from "../lib/hash.ts";
import type { GoldenValue } from "../model/customer.ts";
import type { StoredRecord } from "../model/record.ts";
import type { Row } from "../store/tables.ts";
import { put, set, type Write } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { markDirty } from "./onward.ts";
import { readRecords } from "./records.ts";
import { takeTurnAfterReplay } from "./replay.ts";
import { goldenName, goldenValues } from "./resolve/golden.ts";
import { readPins } from "./resolve/rows.ts";
import { peopleToDerive } from "./resolve/run.ts";
import { type GoldenJson, isGoldenField, saidBy, sameAs } from "./resolve/said.ts";
import { untilInTurn } from "./turn.ts";

/** Who sets a value by hand or lets it go, and why. */
export interface Pinning {
  customer_id: string;
  field: string;
  /** Null takes the pin of the field off. */
  value: GoldenJson | null;
  by: string;
  reason: string;
}

/** The field as it stands then; null where nothing is left of it. */
export type Pinned = { found: false } | { found: true; golden: GoldenValue | null };

/**
 * Sets a value of a customer by hand, or lets it go, in one commit with the golden values and the marks of what must be derived anew.
 *
 * A pin is kept by a record: by the one of the customer's that says the same, else by its founder. So it goes wherever that record goes,
 * through merges (the newest of two pins holds), unmerges and replay, which know of records and not of customers: an unmerge takes the
 * value away with the record it was right for.
 */
export async function pin(pipeline: Pipeline, pinning: Pinning): Promise<Pinned> {
  return pipeline.alone(() => untilInTurn(() => attempt(pipeline, pinning)));
}

async function attempt(pipeline: Pipeline, pinning: Pinning): Promise<Pinned> {
  const { store, identity } = pipeline;
  const { turn, put: turnTaken } = await takeTurnAfterReplay(pipeline);
  const [customer] = await store.byKey("customers", "id", [pinning.customer_id]);
  if (!customer) return { found: false };
  const members = await readMembers(pipeline, customer.id);
  const standing = [...(await readPins(pipeline, keysOf(members))).values()].flat();
  const now = pipeline.now();
  const { ended, made } = changed(pinning, { standing, members, now });
  if (ended.length + made.length === 0) return { found: false };
  const pins = [...standing.filter(({ id }) => !ended.some((one) => one.id === id)), ...made];
  const golden = goldenValues(members, { survivorship: identity.survivorship, pins });
  const people = customer.kind === "company" ? await peopleToDerive(store, new Set([customer.id]), []) : [];
  await store.commit([
    set("pins", [...ended, ...made]),
    renewed(customer, golden),
    ...markDirty(new Set([customer.id, ...people]), `${now} ${turn}`),
    turnTaken,
  ]);
  pipeline.saidIn.set("pins", true);
  pipeline.committed([]);
  return { found: true, golden: golden[pinning.field] ?? null };
}

/** The customer's records, the one that founded it first. */
async function readMembers({ store, isPublic }: Pipeline, customerId: string): Promise<StoredRecord[]> {
  const links = await store.byKey("links", "customer_id", [customerId]);
  const records = await readRecords(store, keysOf(links));
  const rank = ({ record_key }: StoredRecord) => Number(isPublic(record_key));
  return [...records.values()].sort(
    (a, b) => rank(a) - rank(b) || a.first_seq - b.first_seq || (a.record_key < b.record_key ? -1 : 1),
  );
}

function keysOf(rows: readonly { record_key: string }[]): string[] {
  return rows.map(({ record_key }) => record_key);
}

interface Before {
  standing: readonly Row<"pins">[];
  members: readonly StoredRecord[];
  now: string;
}

/** A new pin takes the place of that of the same record; those of records merged with it stand back, should they be parted again. */
function changed({ field, value, by, reason }: Pinning, { standing, members, now }: Before) {
  const ofField = standing.filter((row) => row.field === field);
  const ending = (rows: readonly Row<"pins">[]) =>
    rows.map((row): Row<"pins"> => ({ ...row, ended: JSON.stringify({ by, at: now, reason }) }));
  if (value === null) return { ended: ending(ofField), made: [] };
  const record_key = keeper(field, value, members);
  if (record_key === undefined) return { ended: [], made: [] };
  const json = JSON.stringify(value);
  const id = `p_${shortHash(record_key, field, json, now)}`;
  const made: Row<"pins"> = { id, record_key, field, value: json, by, at: now, reason, ended: null };
  return { ended: ending(ofField.filter((row) => row.record_key === record_key && row.id !== id)), made: [made] };
}

function keeper(field: string, value: GoldenJson, members: readonly StoredRecord[]): string | undefined {
  if (!isGoldenField(field)) return undefined;
  const same = sameAs(field, value);
  const says = members.find((record) => {
    const party = partyOf(record);
    return party !== null && saidBy(party, field).some((one) => sameAs(field, one) === same);
  });
  return (says ?? members[0])?.record_key;
}

function renewed(customer: Row<"customers">, golden: Record<string, GoldenValue>): Write {
  const row = {
    ...customer,
    name: goldenName(golden),
    golden: JSON.stringify(golden),
    revision: customer.revision + 1,
  };
  return put("customers", [row]);
}
