import { keysOfRuleMax } from "../../identity/block/blocking.ts";
import type { KeyRule, StoredKeys } from "../../identity/block/stored-keys.ts";
import type { Comparable, PartyKind } from "../../identity/comparable.ts";
import { partyOf } from "../../identity/group/claims.ts";
import type { Matching } from "../../identity/matching.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Compared, Pipeline } from "../context.ts";
import { readRecords } from "../records.ts";
import { type BatchParty, comparableOfRecord } from "./parties.ts";

/** A record of which something else is compared from this batch on; null: nothing. */
export interface Recompared {
  record_key: string;
  first_seq: number;
  comparable: Comparable | null;
  keys: StoredKeys;
  formerKeys: StoredKeys;
  isNew: boolean;
}

/** Who holds a key before the batch and after it, by `first_seq`; null: more records than the key may have, so that it finds nobody. */
export interface Holding {
  before: readonly number[] | null;
  after: readonly number[] | null;
}

/** Those of the batch of which something else is compared than before. */
export async function readRecompared(
  { store, cutKeys, comparables, planned }: Pipeline,
  parties: ReadonlyMap<string, BatchParty>,
  matching: Matching,
): Promise<Recompared[]> {
  const known = [...parties.values()].filter(({ isNew }) => !isNew).map(({ record }) => record.first_seq);
  const stored = new Map((await store.byKey("comparables", "first_seq", known)).map((row) => [row.first_seq, row]));
  const changed: Recompared[] = [];
  for (const [record_key, { record, comparable, isNew }] of parties) {
    const { first_seq } = record;
    const row = stored.get(first_seq);
    if (isSame(row, comparable, matching)) continue;
    comparables.delete(first_seq);
    if (comparable) planned.set(first_seq, { record_key, comparable });
    const keys = comparable ? matching.keysOf(comparable) : noKeys;
    countCut(keys, cutKeys);
    const formerKeys = row ? formerKeysOf(row, keys, matching) : noKeys;
    changed.push({ record_key, first_seq, comparable, keys, formerKeys, isNew: isNew || !row });
  }
  return changed;
}

const noKeys: StoredKeys = new Map();

/** Counts by rule where a record has as many keys of it as it may: further ones were left out, if there were any. */
function countCut(keys: StoredKeys, cutKeys: Map<string, number>): void {
  if (keys.size < keysOfRuleMax) return;
  const counts = new Map<string, number>();
  for (const { name } of keys.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) if (count === keysOfRuleMax) cutKeys.set(name, (cutKeys.get(name) ?? 0) + 1);
}

/**
 * The keys that a record was found by. What other rules stored it under is not known, nor cheap to read: such a record is put under every
 * key it has now, whatever it had by these rules, and what is left of the former ones ends with the next replay.
 */
function formerKeysOf(row: Row<"comparables">, keys: StoredKeys, matching: Matching): StoredKeys {
  const former = matching.keysOf(restored(row, matching));
  return row.version === matching.version ? former : new Map([...former].filter(([key]) => !keys.has(key)));
}

function isSame(row: Row<"comparables"> | undefined, comparable: Comparable | null, { version }: Matching): boolean {
  if (!row || !comparable) return !row && !comparable;
  return row.version === version && row.kind === comparable.kind && row.document === JSON.stringify(comparable.fields);
}

function restored({ kind, document }: Row<"comparables">, matching: Matching): Comparable {
  return matching.restored(kind as PartyKind, document);
}

/** Keys kept in mind as full at most. */
const fullKeysMax = 200_000;

/**
 * Who holds these keys, and the recompared records' own, before the batch and after it. A key on too many records both times is not read
 * further than it takes to know that, and not again while it cannot have changed.
 */
export async function readHoldings(
  { store, fullKeys }: Pick<Pipeline, "store" | "fullKeys">,
  recompared: readonly Recompared[],
  others: StoredKeys = noKeys,
): Promise<Map<number, Holding>> {
  const rules = new Map<number, KeyRule>(others);
  const [added, removed] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const note = (lists: Map<number, number[]>, keys: StoredKeys, first_seq: number) => {
    for (const [key, rule] of keys) {
      append(lists, key, first_seq);
      rules.set(key, rule);
    }
  };
  for (const { first_seq, keys, formerKeys } of recompared) {
    note(added, keys, first_seq);
    note(removed, formerKeys, first_seq);
  }
  for (const key of removed.keys()) fullKeys.delete(key);
  if (fullKeys.size > fullKeysMax) fullKeys.clear();
  const holdings = new Map<number, Holding>();
  const limits = new Map<number, number>();
  for (const [key, { cap }] of rules) {
    if (fullKeys.has(key)) holdings.set(key, full);
    else limits.set(key, cap + (removed.get(key)?.length ?? 0) + 1);
  }
  const stored = await store.holders(limits);
  for (const [key, rule] of rules) {
    if (!limits.has(key)) continue;
    const before = stored.get(key) ?? [];
    const now = added.get(key) ?? [];
    const own = [...(removed.get(key) ?? []), ...now];
    const after = [...before.filter((holder) => !own.includes(holder)), ...now];
    const holding = { before: before.length > rule.cap ? null : before, after: after.length > rule.cap ? null : after };
    if (!holding.before && !holding.after) fullKeys.set(key, rule);
    holdings.set(key, holding);
  }
  return holdings;
}

const full: Holding = { before: null, after: null };

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Comparables kept in mind at most. */
const comparablesMax = 20_000;

/**
 * What is compared of these records (by `first_seq`), of which the batch changes none; of those that were normalised by other rules it is
 * made anew. What was read before is not read again while it cannot have changed.
 */
export async function readComparables(
  { store, comparables, ...pipeline }: Pipeline,
  firstSeqs: Iterable<number>,
  matching: Matching,
): Promise<Map<number, Compared>> {
  const found = new Map<number, Compared>();
  const unknown: number[] = [];
  for (const first_seq of firstSeqs) {
    const known = comparables.get(first_seq);
    if (known) found.set(first_seq, known);
    else unknown.push(first_seq);
  }
  if (comparables.size > comparablesMax) comparables.clear();
  const outdated: string[] = [];
  for (const row of await store.byKey("comparables", "first_seq", unknown)) {
    if (row.version !== matching.version) outdated.push(row.record_key);
    else {
      const compared = { record_key: row.record_key, comparable: restored(row, matching) };
      found.set(row.first_seq, compared);
      comparables.set(row.first_seq, compared);
    }
  }
  for (const [record_key, record] of await readRecords(store, outdated)) {
    const comparable = comparableOfRecord(record, partyOf(record), pipeline);
    if (comparable) found.set(record.first_seq, { record_key, comparable });
  }
  return found;
}

/** Scores kept of these records. */
export async function readMatches(store: Store, recordKeys: readonly string[]): Promise<Row<"matches">[]> {
  const [left, right] = [
    await store.byKey("matches", "left_key", recordKeys),
    await store.byKey("matches", "right_key", recordKeys),
  ];
  const seen = new Set(left.map(pairOf));
  return [...left, ...right.filter((row) => !seen.has(pairOf(row)))];
}

/** A pair of records as one text. */
export function pairOf({ left_key, right_key }: { left_key: string; right_key: string }): string {
  return `${left_key}\n${right_key}`;
}
