import type { Comparable } from "../../identity/comparable.ts";
import type { Matching } from "../../identity/matching.ts";
import type { Match } from "../../identity/score/score.ts";
import { pause } from "../../lib/pause.ts";
import type { Row } from "../../store/tables.ts";
import { append, remove, set, type Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import {
  type Holding,
  pairOf,
  type Recompared,
  readComparables,
  readHoldings,
  readMatches,
  readRecompared,
} from "./candidates.ts";
import type { BatchParty } from "./parties.ts";

/** A kept score; whether its records are apart is decided when it is known who is one customer. */
export type ScoredPair = Omit<Row<"matches">, "apart">;

/** How kept scores change with a batch. */
export interface MatchChanges {
  /** New ones, and those that are another now, by pair. */
  scored: ReadonlyMap<string, ScoredPair>;
  gone: ReadonlyMap<string, Row<"matches">>;
  /** What is compared of the records that were looked at. */
  comparables: ReadonlyMap<string, Comparable>;
}

export const noMatchChanges: MatchChanges = { scored: new Map(), gone: new Map(), comparables: new Map() };

/**
 * Scores what the batch's records could be one customer with. A pair is scored exactly if the two share a key that is not on too many
 * records: so what is kept is a function of the set of records, whatever order they came in.
 */
export async function runMatching(
  pipeline: Pipeline,
  parties: ReadonlyMap<string, BatchParty>,
): Promise<{ writes: Write[]; output: MatchChanges }> {
  const { store, matching } = pipeline;
  const recompared = matching ? await readRecompared(pipeline, parties, matching) : [];
  if (!matching || recompared.length === 0) return { writes: [], output: noMatchChanges };
  const holdings = await readHoldings(pipeline, recompared, matching);
  const own = new Map(recompared.map((each) => [each.record_key, each]));
  const closed = closedFor(holdings, own);
  const known = recompared.filter(({ isNew }) => !isNew).map(({ record_key }) => record_key);
  const stored = await readMatches(store, [...new Set([...known, ...closed])]);
  const candidates = candidatePairs(recompared, holdings);
  const comparables = await readEnds(pipeline, { own, candidates, stored }, matching);
  const scored = await scorePairs(candidates, comparables, matching);
  const suspects = stored.filter(
    ({ left_key, right_key }) =>
      closed.has(left_key) && closed.has(right_key) && !scored.has(pairOf({ left_key, right_key })),
  );
  const parted = await readParted(pipeline, { suspects, holdings, comparables }, matching);
  const gone = stored.filter((row) => {
    if (scored.has(pairOf(row))) return false;
    return own.has(row.left_key) || own.has(row.right_key) || parted.has(pairOf(row));
  });
  for (const row of stored) if (isSameScore(row, scored.get(pairOf(row)))) scored.delete(pairOf(row));
  return {
    writes: comparableWrites(recompared, matching),
    output: { scored, gone: new Map(gone.map((row) => [pairOf(row), row])), comparables },
  };
}

function isSameScore(row: Row<"matches">, scored: ScoredPair | undefined): boolean {
  return scored?.document === row.document && scored.weight === row.weight;
}

/** Whether a conflict holds a kept score down. */
export function isHeld(document: string): boolean {
  const { fields } = JSON.parse(document) as Pick<Match, "fields">;
  return fields.some(({ field }) => field === "conflict");
}

/** Records outside of the batch that hold a key which finds nobody any more: some of their pairs may have had no other. */
function closedFor(holdings: ReadonlyMap<string, Holding>, own: ReadonlyMap<string, Recompared>): Set<string> {
  const found = new Set<string>();
  for (const { before, after } of holdings.values()) {
    if (before && !after) for (const key of before) if (!own.has(key)) found.add(key);
  }
  return found;
}

/** Every pair with a recompared record in it, and all pairs of a key that finds records again. */
export function candidatePairs(
  recompared: readonly Recompared[],
  holdings: ReadonlyMap<string, Holding>,
): Map<string, readonly [string, string]> {
  const pairs = new Map<string, readonly [string, string]>();
  const add = (a: string, b: string) => {
    if (a === b) return;
    const [left_key, right_key] = a < b ? [a, b] : [b, a];
    pairs.set(pairOf({ left_key, right_key }), [left_key, right_key]);
  };
  for (const { record_key, keys } of recompared) {
    // Most of a record's keys lead to the same few others.
    const others = new Set<string>();
    for (const key of keys) for (const holder of holdings.get(key)?.after ?? []) others.add(holder);
    for (const other of others) add(record_key, other);
  }
  for (const { before, after } of holdings.values()) {
    if (before || !after) continue;
    for (const [n, a] of after.entries()) for (const b of after.slice(n + 1)) add(a, b);
  }
  return pairs;
}

/** What is compared of both ends of every pair that is looked at. */
async function readEnds(
  pipeline: Pipeline,
  {
    own,
    candidates,
    stored,
  }: {
    own: ReadonlyMap<string, Recompared>;
    candidates: ReadonlyMap<string, readonly [string, string]>;
    stored: readonly Row<"matches">[];
  },
  matching: Matching,
): Promise<Map<string, Comparable>> {
  const ends = new Set([...candidates.values()].flat());
  for (const { left_key, right_key } of stored) for (const key of [left_key, right_key]) ends.add(key);
  const comparables = await readComparables(
    pipeline,
    [...ends].filter((key) => !own.has(key)),
    matching,
  );
  for (const { record_key, comparable } of own.values()) if (comparable) comparables.set(record_key, comparable);
  return comparables;
}

async function scorePairs(
  candidates: ReadonlyMap<string, readonly [string, string]>,
  comparables: ReadonlyMap<string, Comparable>,
  matching: Matching,
): Promise<Map<string, ScoredPair>> {
  const kept = new Map<string, ScoredPair>();
  let n = 0;
  for (const [pair, [left_key, right_key]] of candidates) {
    const [left, right] = [comparables.get(left_key), comparables.get(right_key)];
    if (!left || !right || left.kind !== right.kind) continue;
    const match = matching.keptScore(left, right);
    if (match) {
      const { probability, weight, prior, fields } = match;
      kept.set(pair, { left_key, right_key, weight, probability, document: JSON.stringify({ prior, fields }) });
    }
    if (++n % 100 === 0) await pause();
  }
  return kept;
}

/** Of pairs that shared a key which is closed now, those that share no other open one. */
async function readParted(
  pipeline: Pipeline,
  {
    suspects,
    holdings,
    comparables,
  }: {
    suspects: readonly Row<"matches">[];
    holdings: ReadonlyMap<string, Holding>;
    comparables: ReadonlyMap<string, Comparable>;
  },
  matching: Matching,
): Promise<Set<string>> {
  const keysOf = (recordKey: string) => {
    const comparable = comparables.get(recordKey);
    return comparable ? matching.keysOf(comparable) : [];
  };
  const shared = new Map(
    suspects.map((row) => {
      const right = new Set(keysOf(row.right_key));
      return [pairOf(row), keysOf(row.left_key).filter((key) => right.has(key))];
    }),
  );
  const unknown = [...new Set([...shared.values()].flat())].filter((key) => !holdings.has(key));
  const others = await readHoldings(pipeline, [], matching, unknown);
  const isOpen = (key: string) => Boolean((holdings.get(key) ?? others.get(key))?.after);
  return new Set([...shared].filter(([, keys]) => !keys.some(isOpen)).map(([pair]) => pair));
}

function comparableWrites(recompared: readonly Recompared[], { version }: Matching): Write[] {
  const rows: Row<"comparables">[] = [];
  const emptied: [string][] = [];
  const added: Row<"block_keys">[] = [];
  const removed: [string, string][] = [];
  for (const { record_key, comparable, keys, formerKeys, isNew } of recompared) {
    if (comparable) {
      const { kind, fields } = comparable;
      rows.push({ record_key, kind, version, document: JSON.stringify(fields) });
    } else if (!isNew) emptied.push([record_key]);
    for (const key of keys) if (!formerKeys.includes(key)) added.push({ key, record_key });
    for (const key of formerKeys) if (!keys.includes(key)) removed.push([key, record_key]);
  }
  return [
    ...(emptied.length > 0 ? [remove("comparables", ["record_key"], emptied)] : []),
    ...(rows.length > 0 ? [set("comparables", rows)] : []),
    ...(removed.length > 0 ? [remove("block_keys", ["key", "record_key"], removed)] : []),
    ...(added.length > 0 ? [append("block_keys", added)] : []),
  ];
}
