import { keysOfRuleMax } from "../../identity/block/blocking.ts";
import type { Comparable, PartyKind } from "../../identity/comparable.ts";
import { partyOf } from "../../identity/group/claims.ts";
import type { Matching } from "../../identity/matching.ts";
import { groupBy } from "../../lib/group.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline } from "../context.ts";
import { readRecords } from "../records.ts";
import { type BatchParty, comparableOfRecord } from "./parties.ts";

/** A record of which something else is compared from this batch on; null: nothing. */
export interface Recompared {
  record_key: string;
  comparable: Comparable | null;
  keys: readonly string[];
  formerKeys: readonly string[];
  isNew: boolean;
}

/** Who holds a key before the batch and after it; null: more records than the key may have, so that it finds nobody. */
export interface Holding {
  before: readonly string[] | null;
  after: readonly string[] | null;
}

/** Those of the batch of which something else is compared than before. */
export async function readRecompared(
  { store, cutKeys, comparables, planned }: Pipeline,
  parties: ReadonlyMap<string, BatchParty>,
  matching: Matching,
): Promise<Recompared[]> {
  const known = [...parties].filter(([, { isNew }]) => !isNew).map(([key]) => key);
  const stored = new Map((await store.byKey("comparables", "record_key", known)).map((row) => [row.record_key, row]));
  const changed: Recompared[] = [];
  for (const [record_key, { comparable, isNew }] of parties) {
    const row = stored.get(record_key);
    if (isSame(row, comparable, matching)) continue;
    comparables.delete(record_key);
    if (comparable) planned.set(record_key, comparable);
    const keys = comparable ? matching.keysOf(comparable) : [];
    countCut(keys, cutKeys);
    const formerKeys = row ? formerKeysOf(row, keys, matching) : [];
    changed.push({ record_key, comparable, keys, formerKeys, isNew: isNew || !row });
  }
  return changed;
}

/** Counts by `<kind>|<rule>` where a record has as many keys of a rule as it may: further ones were left out, if there were any. */
function countCut(keys: readonly string[], cutKeys: Map<string, number>): void {
  if (keys.length < keysOfRuleMax) return;
  const byRule = groupBy(keys, (key) => key.slice(0, key.indexOf("|", key.indexOf("|") + 1)));
  for (const [rule, { length }] of byRule) {
    if (length === keysOfRuleMax) cutKeys.set(rule, (cutKeys.get(rule) ?? 0) + 1);
  }
}

/**
 * The keys that a record was found by. What other rules stored it under is not known, nor cheap to read: such a record is put under every
 * key it has now, whatever it had by these rules, and what is left of the former ones ends with the next replay.
 */
function formerKeysOf(row: Row<"comparables">, keys: readonly string[], matching: Matching): readonly string[] {
  const former = matching.keysOf(restored(row, matching));
  return row.version === matching.version ? former : former.filter((key) => !keys.includes(key));
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
  matching: Matching,
  others: readonly string[] = [],
): Promise<Map<string, Holding>> {
  const [added, removed] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { record_key, keys, formerKeys } of recompared) {
    for (const key of keys) append(added, key, record_key);
    for (const key of formerKeys) append(removed, key, record_key);
  }
  for (const key of removed.keys()) fullKeys.delete(key);
  if (fullKeys.size > fullKeysMax) fullKeys.clear();
  const holdings = new Map<string, Holding>();
  const unknown: string[] = [];
  for (const key of new Set([...added.keys(), ...removed.keys(), ...others])) {
    if (fullKeys.has(key)) holdings.set(key, { before: null, after: null });
    else unknown.push(key);
  }
  const limitOf = (key: string) => matching.capOf(key) + (removed.get(key)?.length ?? 0) + 1;
  const stored = new Map<string, string[]>();
  for (const [limit, some] of groupBy(unknown, limitOf)) {
    for (const { key, record_key } of await store.firstByKey("block_keys", "key", some, limit)) {
      append(stored, key, record_key);
    }
  }
  for (const key of unknown) {
    const cap = matching.capOf(key);
    const before = stored.get(key) ?? [];
    const now = added.get(key) ?? [];
    const own = [...(removed.get(key) ?? []), ...now];
    const after = [...before.filter((holder) => !own.includes(holder)), ...now];
    const holding = { before: before.length > cap ? null : before, after: after.length > cap ? null : after };
    if (!holding.before && !holding.after) fullKeys.add(key);
    holdings.set(key, holding);
  }
  return holdings;
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Comparables kept in mind at most. */
const comparablesMax = 20_000;

/**
 * What is compared of these records, of which the batch changes none; of those that were normalised by other rules it is made anew. What
 * was read before is not read again while it cannot have changed.
 */
export async function readComparables(
  { store, comparables, ...pipeline }: Pipeline,
  recordKeys: readonly string[],
  matching: Matching,
): Promise<Map<string, Comparable>> {
  const found = new Map<string, Comparable>();
  const unknown: string[] = [];
  for (const key of recordKeys) {
    const known = comparables.get(key);
    if (known) found.set(key, known);
    else unknown.push(key);
  }
  if (comparables.size > comparablesMax) comparables.clear();
  const outdated: string[] = [];
  for (const row of await store.byKey("comparables", "record_key", unknown)) {
    if (row.version !== matching.version) outdated.push(row.record_key);
    else {
      const comparable = restored(row, matching);
      found.set(row.record_key, comparable);
      comparables.set(row.record_key, comparable);
    }
  }
  for (const [key, record] of await readRecords(store, outdated)) {
    const comparable = comparableOfRecord(record, partyOf(record), pipeline);
    if (comparable) found.set(key, comparable);
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
