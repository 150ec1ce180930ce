import type { KeyRule } from "../../identity/block/stored-keys.ts";
import type { Comparable } from "../../identity/comparable.ts";
import type { Matching } from "../../identity/matching.ts";
import { pause } from "../../lib/pause.ts";
import type { Row } from "../../store/tables.ts";
import { append, remove, set, type Write } from "../../store/writes.ts";
import type { Compared, Pipeline } from "../context.ts";
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
  const holdings = await readHoldings(pipeline, recompared);
  const own = new Map(recompared.map((each) => [each.first_seq, each]));
  const candidates = candidatePairs(recompared, holdings);
  const closedSeqs = closedFor(holdings, own);
  const compared = await readEnds(pipeline, { own, ends: [...candidates.flat(), ...closedSeqs] }, matching);
  const comparables = new Map([...compared.values()].map(({ record_key, comparable }) => [record_key, comparable]));
  const closed = new Set([...closedSeqs].flatMap((first_seq) => compared.get(first_seq)?.record_key ?? []));
  const changed = new Set(recompared.map(({ record_key }) => record_key));
  const known = recompared.filter(({ isNew }) => !isNew).map(({ record_key }) => record_key);
  const stored = await readMatches(store, [...new Set([...known, ...closed])]);
  const scored = await scorePairs(candidates, compared, matching);
  const suspects = stored.filter(
    ({ left_key, right_key }) =>
      closed.has(left_key) && closed.has(right_key) && !scored.has(pairOf({ left_key, right_key })),
  );
  const parted = await readParted(pipeline, { suspects, holdings, comparables }, matching);
  const gone = stored.filter((row) => {
    if (scored.has(pairOf(row))) return false;
    return changed.has(row.left_key) || changed.has(row.right_key) || parted.has(pairOf(row));
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

/** Records outside of the batch that hold a key which finds nobody any more: some of their pairs may have had no other. */
function closedFor(holdings: ReadonlyMap<number, Holding>, own: ReadonlyMap<number, Recompared>): Set<number> {
  const found = new Set<number>();
  for (const { before, after } of holdings.values()) {
    if (before && !after) for (const holder of before) if (!own.has(holder)) found.add(holder);
  }
  return found;
}

/** Every pair with a recompared record in it, and all pairs of a key that finds records again; each once. */
export function candidatePairs(
  recompared: readonly Recompared[],
  holdings: ReadonlyMap<number, Holding>,
): (readonly [number, number])[] {
  const others = new Map<number, Set<number>>();
  const othersOf = (first_seq: number) => {
    const found = others.get(first_seq) ?? new Set<number>();
    others.set(first_seq, found);
    return found;
  };
  for (const { first_seq, keys } of recompared) {
    const found = othersOf(first_seq);
    for (const key of keys.keys()) for (const holder of holdings.get(key)?.after ?? []) found.add(holder);
  }
  for (const { before, after } of holdings.values()) {
    if (before || !after) continue;
    for (const [n, a] of after.entries()) for (const b of after.slice(n + 1)) othersOf(a).add(b);
  }
  const isSecond = (a: number, b: number) => a > b && others.get(b)?.has(a);
  return [...others].flatMap(([a, found]) =>
    [...found].filter((b) => a !== b && !isSecond(a, b)).map((b) => [a, b] as const),
  );
}

/** What is compared of these records, as the batch leaves it. */
async function readEnds(
  pipeline: Pipeline,
  { own, ends }: { own: ReadonlyMap<number, Recompared>; ends: readonly number[] },
  matching: Matching,
): Promise<Map<number, Compared>> {
  const others = new Set(ends.filter((first_seq) => !own.has(first_seq)));
  const compared = await readComparables(pipeline, others, matching);
  for (const { first_seq, record_key, comparable } of own.values()) {
    if (comparable) compared.set(first_seq, { record_key, comparable });
  }
  return compared;
}

async function scorePairs(
  candidates: readonly (readonly [number, number])[],
  compared: ReadonlyMap<number, Compared>,
  matching: Matching,
): Promise<Map<string, ScoredPair>> {
  const kept = new Map<string, ScoredPair>();
  let n = 0;
  for (const [a, b] of candidates) {
    const [one, other] = [compared.get(a), compared.get(b)];
    if (!one || !other || one.comparable.kind !== other.comparable.kind) continue;
    const [left, right] = one.record_key < other.record_key ? [one, other] : [other, one];
    const match = matching.keptScore(left.comparable, right.comparable);
    if (match) {
      const { probability, weight, prior, fields } = match;
      const pair = { left_key: left.record_key, right_key: right.record_key };
      kept.set(pairOf(pair), { ...pair, weight, probability, document: JSON.stringify({ prior, fields }) });
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
    holdings: ReadonlyMap<number, Holding>;
    comparables: ReadonlyMap<string, Comparable>;
  },
  matching: Matching,
): Promise<Set<string>> {
  const keysOf = (recordKey: string) => {
    const comparable = comparables.get(recordKey);
    return comparable ? [...matching.keysOf(comparable)] : [];
  };
  const unknown = new Map<number, KeyRule>();
  const shared = new Map<string, number[]>();
  for (const row of suspects) {
    const right = new Map(keysOf(row.right_key));
    const both = keysOf(row.left_key).filter(([key]) => right.has(key));
    for (const [key, rule] of both) if (!holdings.has(key)) unknown.set(key, rule);
    shared.set(
      pairOf(row),
      both.map(([key]) => key),
    );
  }
  const others = await readHoldings(pipeline, [], unknown);
  const isOpen = (key: number) => Boolean((holdings.get(key) ?? others.get(key))?.after);
  return new Set([...shared].filter(([, keys]) => !keys.some(isOpen)).map(([pair]) => pair));
}

function comparableWrites(recompared: readonly Recompared[], { version }: Matching): Write[] {
  const rows: Row<"comparables">[] = [];
  const emptied: [number][] = [];
  const added: Row<"block_keys">[] = [];
  const removed: [number, number][] = [];
  for (const { record_key, first_seq, comparable, keys, formerKeys, isNew } of recompared) {
    if (comparable) {
      const { kind, fields } = comparable;
      rows.push({ first_seq, record_key, kind, version, document: JSON.stringify(fields) });
    } else if (!isNew) emptied.push([first_seq]);
    for (const key of keys.keys()) if (!formerKeys.has(key)) added.push({ key, first_seq });
    for (const key of formerKeys.keys()) if (!keys.has(key)) removed.push([key, first_seq]);
  }
  // In the order of the table: rows of neighbouring keys lie on one page.
  added.sort((a, b) => a.key - b.key);
  return [
    ...(emptied.length > 0 ? [remove("comparables", ["first_seq"], emptied)] : []),
    ...(rows.length > 0 ? [set("comparables", rows)] : []),
    ...(removed.length > 0 ? [remove("block_keys", ["key", "first_seq"], removed)] : []),
    ...(added.length > 0 ? [append("block_keys", added)] : []),
  ];
}
