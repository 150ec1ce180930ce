import type { Comparable } from "../comparable.ts";
import type { FieldValues } from "../compare/levels.ts";
import type { MatchRules } from "../match-rules.ts";
import { type BlockPart, fieldsOfPart, partValues } from "./block-parts.ts";
import { keysOfRuleMax } from "./blocking.ts";

/** Told of each key of a record: two halves of its hash, and the place of its rule. */
export type KeyVisit = (low: number, high: number, rule: number) => void;

/**
 * Gives block keys, in the order of `keysByRule`, as 64 bits of a hash: each value is hashed once, and no text is put together. Among ten
 * million keys the chance that any two are taken for one is three in a million, and then two records are compared for nothing.
 */
export function createKeyHashes({
  blocking,
}: Pick<MatchRules, "blocking">): (record: Comparable, visit: KeyVisit) => void {
  const parts = [...new Set(blocking.flatMap(({ of }) => of))];
  const hashesOf = parts.map(createPartHashes);
  const found: (readonly number[])[] = parts.map(() => []);
  const rules = blocking.map(({ name, of }) => ({ name, of, places: of.map((part) => parts.indexOf(part)) }));
  const starts = rules.map(({ name }) => ({
    person: halvesOf(`person|${name}`),
    company: halvesOf(`company|${name}`),
  }));
  return (record, visit) => {
    for (let n = 0; n < parts.length; n++) found[n] = hashesOf[n]?.(record.fields) ?? [];
    for (let n = 0; n < rules.length; n++) {
      const rule = rules[n];
      const start = starts[n]?.[record.kind];
      if (!rule || !start) continue;
      let count = 1;
      for (const place of rule.places) count *= (found[place]?.length ?? 0) / 2;
      if (count > keysOfRuleMax) {
        for (const [low = 0, high = 0] of firstKeys(record.fields, rule.of, start)) visit(low, high, n);
      } else if (count > 0) eachKey(found, rule.places, { n, visit, at: 0, low: start[0] ?? 0, high: start[1] ?? 0 });
    }
  };
}

/** Visits the combinations of the values of a rule's parts. */
function eachKey(
  found: readonly (readonly number[])[],
  places: readonly number[],
  { n, visit, at, low, high }: { n: number; visit: KeyVisit; at: number; low: number; high: number },
): void {
  const halves = found[places[at] ?? 0] ?? [];
  for (let value = 0; value < halves.length; value += 2) {
    const nextLow = joined(low, halves[value] ?? 0, 0x01000193);
    const nextHigh = joined(high, halves[value + 1] ?? 0, 0x5bd1e995);
    if (at + 1 === places.length) visit(nextLow, nextHigh, n);
    else eachKey(found, places, { n, visit, at: at + 1, low: nextLow, high: nextHigh });
  }
}

/** Of too many keys the first in alphabetical order: for these few the texts are made. */
function firstKeys(fields: FieldValues, of: readonly BlockPart[], start: readonly number[]): (readonly number[])[] {
  let keys = [{ text: "", halves: start }];
  for (const part of of) {
    const values = partValues(fields, part).map((value) => ({ value, halves: halvesOf(value) }));
    keys = keys.flatMap(({ text, halves: [low = 0, high = 0] }) =>
      values.map(({ value, halves: [valueLow = 0, valueHigh = 0] }) => ({
        text: `${text}|${value}`,
        halves: [joined(low, valueLow, 0x01000193), joined(high, valueHigh, 0x5bd1e995)],
      })),
    );
  }
  return keys
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ halves }) => halves)
    .slice(0, keysOfRuleMax);
}

/** Fields of which the same values come again and again. */
const recurring: ReadonlySet<string> = new Set(["first_name", "last_name", "place", "employer"]);
/** How many values of a part are kept in mind before they are forgotten. */
const rememberedMax = 20_000;

const none: readonly number[] = [];

/** Two halves of a hash for each value of a part. */
function createPartHashes(part: BlockPart): (fields: FieldValues) => readonly number[] {
  const [field = "", ...others] = fieldsOfPart(part);
  const made = (fields: FieldValues): readonly number[] => {
    const values = partValues(fields, part);
    if (values.length === 0) return none;
    if (values.length === 1) return halvesOf(values[0] ?? "");
    return values.flatMap(halvesOf);
  };
  if (!recurring.has(field) || others.length > 0) return made;
  const known = new Map<string, readonly number[]>();
  return (fields) => {
    const [only, ...more] = fields[field] ?? [];
    if (only === undefined || more.length > 0) return made(fields);
    const found = known.get(only);
    if (found) return found;
    if (known.size >= rememberedMax) known.clear();
    const hashes = made(fields);
    known.set(only, hashes);
    return hashes;
  };
}

/** Twice 32 bits out of a text (as FNV-1a, the bits stirred at the end). */
function halvesOf(text: string): readonly number[] {
  let low = 0x811c9dc5;
  let high = 0x2545f491;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    low = Math.imul(low ^ letter, 0x01000193);
    high = Math.imul(high ^ letter, 0x5bd1e995);
  }
  return [stirred(low), stirred(high)];
}

function joined(hash: number, other: number, factor: number): number {
  return stirred(Math.imul(hash ^ 0x9e3779b9, factor) + other);
}

function stirred(bits: number): number {
  let hash = bits ^ (bits >>> 15);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) | 0;
}
