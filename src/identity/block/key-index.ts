import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import { keysByRule } from "./blocking.ts";

/** Which records share which block keys, in arrays: records and keys are numbers. */
export interface KeyIndex {
  records: number;
  /** Keys of record n: `keys` from `starts[n]` up to `starts[n + 1]`. */
  starts: Int32Array;
  keys: Int32Array;
  /** Records of key k, ascending: `members` from `memberStarts[k]` up to `memberStarts[k + 1]`. */
  memberStarts: Int32Array;
  members: Int32Array;
  /** Place of the rule by key. */
  rules: Uint8Array;
  /** By key: 1 where it is on more records than its rule allows. */
  overfull: Uint8Array;
}

/**
 * Indexes records by their block keys. Keys are known by 64 bits of a hash, not by their text: among ten million the chance that any two are
 * taken for one is three in a million, and then two records are compared for nothing.
 */
export function indexKeys(records: readonly Comparable[], rules: Pick<MatchRules, "blocking">): KeyIndex {
  const hashed = hashKeys(records, rules);
  const { keys, count, rulesOf } = numberKeys(hashed);
  const memberStarts = new Int32Array(count + 1);
  for (const key of keys) memberStarts[key + 1] = (memberStarts[key + 1] ?? 0) + 1;
  for (let key = 0; key < count; key++) memberStarts[key + 1] = (memberStarts[key + 1] ?? 0) + (memberStarts[key] ?? 0);
  const members = new Int32Array(keys.length);
  const filled = memberStarts.slice();
  for (let n = 0; n < records.length; n++) {
    for (let at = hashed.starts[n] ?? 0; at < (hashed.starts[n + 1] ?? 0); at++) {
      const key = keys[at] ?? 0;
      const place = filled[key] ?? 0;
      members[place] = n;
      filled[key] = place + 1;
    }
  }
  const overfull = rulesOf.map((rule, key) => {
    const size = (memberStarts[key + 1] ?? 0) - (memberStarts[key] ?? 0);
    return size > (rules.blocking[rule]?.cap ?? 0) ? 1 : 0;
  });
  return { records: records.length, starts: hashed.starts, keys, memberStarts, members, rules: rulesOf, overfull };
}

/** The records that share keys with one record and come after it. */
export interface Candidates {
  /** Only the first `count` places are filled. */
  others: Int32Array;
  count: number;
  /** By record: one bit for each rule of which it shares a key with the record visited. */
  sharedRules: Int32Array;
}

/** Visits each record with those after it with which it shares a key that is not over-full: every pair once. */
export function eachCandidates(index: KeyIndex, visit: (record: number, candidates: Candidates) => void): void {
  const { records, starts, keys, memberStarts, members, rules, overfull } = index;
  const next = memberStarts.slice();
  const seen = new Int32Array(records).fill(-1);
  const candidates: Candidates = { others: new Int32Array(records), count: 0, sharedRules: new Int32Array(records) };
  for (let n = 0; n < records; n++) {
    candidates.count = 0;
    for (let at = starts[n] ?? 0; at < (starts[n + 1] ?? 0); at++) {
      const key = keys[at] ?? 0;
      if (overfull[key] === 1) continue;
      // Records come in order, so this one is the first of the key's members not yet passed.
      const after = (next[key] ?? 0) + 1;
      next[key] = after;
      const bit = 1 << (rules[key] ?? 0);
      for (let place = after; place < (memberStarts[key + 1] ?? 0); place++) {
        const other = members[place] ?? 0;
        if (seen[other] === n) {
          candidates.sharedRules[other] = (candidates.sharedRules[other] ?? 0) | bit;
          continue;
        }
        seen[other] = n;
        candidates.sharedRules[other] = bit;
        candidates.others[candidates.count++] = other;
      }
    }
    if (candidates.count > 0) visit(n, candidates);
  }
}

/** The texts of the over-full keys, sorted. */
export function overfullKeys(index: KeyIndex, records: readonly Comparable[], rules: MatchRules): string[] {
  const holders = new Set<number>();
  for (const [key, isOverfull] of index.overfull.entries()) {
    if (isOverfull === 1) holders.add(index.members[index.memberStarts[key] ?? 0] ?? 0);
  }
  const found = new Set<string>();
  for (const holder of holders) {
    const record = records[holder];
    const texts = record ? keysByRule(record, rules).flat() : [];
    // They stand in the order in which they were numbered.
    for (const [at, text] of texts.entries()) {
      if (index.overfull[index.keys[(index.starts[holder] ?? 0) + at] ?? 0] === 1) found.add(text);
    }
  }
  return [...found].sort();
}

interface HashedKeys {
  starts: Int32Array;
  low: Int32Array;
  high: Int32Array;
  rules: Uint8Array;
  count: number;
}

function hashKeys(records: readonly Comparable[], rules: Pick<MatchRules, "blocking">): HashedKeys {
  const starts = new Int32Array(records.length + 1);
  let room = records.length * 12 + 16;
  let hashed = { low: new Int32Array(room), high: new Int32Array(room), rules: new Uint8Array(room) };
  let count = 0;
  records.forEach((record, n) => {
    keysByRule(record, rules).forEach((keys, place) => {
      for (const key of keys) {
        if (count === room) {
          room *= 2;
          hashed = { low: grown(hashed.low), high: grown(hashed.high), rules: grownBytes(hashed.rules) };
        }
        hashed.low[count] = hashOf(key, 0x811c9dc5, 0x01000193);
        hashed.high[count] = hashOf(key, 0x2545f491, 0x5bd1e995);
        hashed.rules[count] = place;
        count++;
      }
    });
    starts[n + 1] = count;
  });
  return { starts, count, ...hashed };
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function grownBytes(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** 32 bits out of a text (as FNV-1a, the bits stirred at the end). */
function hashOf(text: string, seed: number, factor: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), factor);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) | 0;
}

/** Gives each distinct hash the next number, by a table with open addressing. */
function numberKeys({ low, high, rules, count }: HashedKeys): { keys: Int32Array; count: number; rulesOf: Uint8Array } {
  const size = 2 ** Math.ceil(Math.log2(count * 2 + 16));
  const slots = new Int32Array(size).fill(-1);
  const keys = new Int32Array(count);
  const firstAt = new Int32Array(count);
  const isSame = (a: number, b: number) => low[a] === low[b] && high[a] === high[b];
  let numbered = 0;
  for (let at = 0; at < count; at++) {
    let slot = ((low[at] ?? 0) ^ ((high[at] ?? 0) >>> 7)) & (size - 1);
    // At least half the slots stay empty, so the search ends.
    while ((slots[slot] ?? -1) >= 0 && !isSame(firstAt[slots[slot] ?? 0] ?? 0, at)) slot = (slot + 1) & (size - 1);
    const known = slots[slot] ?? -1;
    if (known < 0) {
      slots[slot] = numbered;
      firstAt[numbered] = at;
      numbered++;
    }
    keys[at] = slots[slot] ?? 0;
  }
  const rulesOf = new Uint8Array(numbered);
  for (let key = 0; key < numbered; key++) rulesOf[key] = rules[firstAt[key] ?? 0] ?? 0;
  return { keys, count: numbered, rulesOf };
}
