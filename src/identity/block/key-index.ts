import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import { keysByRule } from "./blocking.ts";
import { createKeyHashes, type KeyVisit } from "./key-hashes.ts";

/** Which records share which block keys, in arrays: records and keys are numbers. Keys that only one record has, or too many, are not in it. */
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
  /** Keys on more records than their rules allow: a record that has it, and which of the record's keys by the rule it is. */
  overfull: readonly { record: number; rule: number; at: number }[];
}

/** Indexes records by their block keys. */
export function indexKeys(records: readonly Comparable[], rules: Pick<MatchRules, "blocking">): KeyIndex {
  const hashed = hashKeys(records, rules);
  const numbered = numberKeys(hashed);
  const { starts, keys, sizes, rulesOf, overfull } = sharedKeys(hashed, numbered, rules);
  const memberStarts = new Int32Array(sizes.length + 1);
  for (let key = 0; key < sizes.length; key++) memberStarts[key + 1] = (memberStarts[key] ?? 0) + (sizes[key] ?? 0);
  const members = new Int32Array(keys.length);
  const filled = memberStarts.slice();
  for (let n = 0; n < records.length; n++) {
    for (let at = starts[n] ?? 0; at < (starts[n + 1] ?? 0); at++) {
      const key = keys[at] ?? 0;
      const place = filled[key] ?? 0;
      members[place] = n;
      filled[key] = place + 1;
    }
  }
  return { records: records.length, starts, keys, memberStarts, members, rules: rulesOf, overfull };
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
  const { records, starts, keys, memberStarts, members, rules } = index;
  const next = memberStarts.slice();
  const seen = new Int32Array(records).fill(-1);
  const candidates: Candidates = { others: new Int32Array(records), count: 0, sharedRules: new Int32Array(records) };
  for (let n = 0; n < records; n++) {
    candidates.count = 0;
    for (let at = starts[n] ?? 0; at < (starts[n + 1] ?? 0); at++) {
      const key = keys[at] ?? 0;
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
export function overfullKeys({ overfull }: KeyIndex, records: readonly Comparable[], rules: MatchRules): string[] {
  const found = overfull.flatMap(({ record, rule, at }) => {
    const holder = records[record];
    return (holder && keysByRule(holder, { blocking: rules.blocking.slice(rule, rule + 1) })[0]?.[at]) ?? [];
  });
  return found.sort();
}

interface HashedKeys {
  starts: Int32Array;
  low: Int32Array;
  high: Int32Array;
  rules: Uint8Array;
  count: number;
}

function hashKeys(records: readonly Comparable[], rules: Pick<MatchRules, "blocking">): HashedKeys {
  const eachKey = createKeyHashes(rules);
  const starts = new Int32Array(records.length + 1);
  let room = records.length * 12 + 16;
  let [low, high, rulesOf] = [new Int32Array(room), new Int32Array(room), new Uint8Array(room)];
  let count = 0;
  const note: KeyVisit = (lowHalf, highHalf, rule) => {
    if (count === room) {
      room *= 2;
      [low, high, rulesOf] = [grown(low), grown(high), grownBytes(rulesOf)];
    }
    low[count] = lowHalf;
    high[count] = highHalf;
    rulesOf[count] = rule;
    count++;
  };
  for (const [n, record] of records.entries()) {
    eachKey(record, note);
    starts[n + 1] = count;
  }
  return { starts, low, high, rules: rulesOf, count };
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

interface NumberedKeys {
  /** By place: number of the key. */
  keys: Int32Array;
  /** By key: where it stands first. */
  firstAt: Int32Array;
  /** By key: on how many records it is. */
  sizes: Int32Array;
}

/** Gives each distinct hash the next number, by a table with open addressing. */
function numberKeys({ low, high, count }: HashedKeys): NumberedKeys {
  const size = 2 ** Math.ceil(Math.log2(count * 1.5 + 16));
  const slots = new Int32Array(size).fill(-1);
  const keys = new Int32Array(count);
  const firstAt = new Int32Array(count);
  const sizes = new Int32Array(count);
  let numbered = 0;
  for (let at = 0; at < count; at++) {
    let slot = ((low[at] ?? 0) ^ ((high[at] ?? 0) >>> 7)) & (size - 1);
    let known = slots[slot] ?? -1;
    // A third of the slots stays empty, so the search ends.
    while (known >= 0 && (low[firstAt[known] ?? 0] !== low[at] || high[firstAt[known] ?? 0] !== high[at])) {
      slot = (slot + 1) & (size - 1);
      known = slots[slot] ?? -1;
    }
    if (known < 0) {
      known = numbered++;
      slots[slot] = known;
      firstAt[known] = at;
    }
    keys[at] = known;
    sizes[known] = (sizes[known] ?? 0) + 1;
  }
  return { keys, firstAt: firstAt.subarray(0, numbered), sizes: sizes.subarray(0, numbered) };
}

/** The keys that lead records together, numbered anew, and those that would, were they not on too many. */
function sharedKeys(
  { starts, rules }: HashedKeys,
  { keys, firstAt, sizes }: NumberedKeys,
  { blocking }: Pick<MatchRules, "blocking">,
): Pick<KeyIndex, "starts" | "keys" | "overfull"> & { sizes: Int32Array; rulesOf: Uint8Array } {
  const numbers = new Int32Array(sizes.length).fill(-1);
  const rulesOf = new Uint8Array(sizes.length);
  const overfull: { record: number; rule: number; at: number }[] = [];
  const caps = blocking.map(({ cap }) => cap);
  let [shared, places, record] = [0, 0, 0];
  for (let key = 0; key < sizes.length; key++) {
    const [at, size] = [firstAt[key] ?? 0, sizes[key] ?? 0];
    const rule = rules[at] ?? 0;
    if (size > (caps[rule] ?? 0)) {
      // Keys are numbered as they stand first, so their records ascend.
      while ((starts[record + 1] ?? 0) <= at) record++;
      let first = at;
      while (first > (starts[record] ?? 0) && rules[first - 1] === rule) first--;
      overfull.push({ record, rule, at: at - first });
    } else if (size > 1) {
      rulesOf[shared] = rule;
      sizes[shared] = size;
      numbers[key] = shared++;
      places += size;
    }
  }
  const kept = new Int32Array(places);
  const keptStarts = new Int32Array(starts.length);
  let filled = 0;
  for (let n = 0; n + 1 < starts.length; n++) {
    for (let at = starts[n] ?? 0; at < (starts[n + 1] ?? 0); at++) {
      const number = numbers[keys[at] ?? 0] ?? -1;
      if (number >= 0) kept[filled++] = number;
    }
    keptStarts[n + 1] = filled;
  }
  return {
    starts: keptStarts,
    keys: kept,
    sizes: sizes.subarray(0, shared),
    rulesOf: rulesOf.slice(0, shared),
    overfull,
  };
}
