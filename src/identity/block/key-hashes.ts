import { groupBy } from "../../lib/group.ts";
import type { Comparable } from "../comparable.ts";
import type { FieldValues } from "../compare/levels.ts";
import type { MatchRules } from "../match-rules.ts";
import { type BlockPart, fieldsOfPart, partValues } from "./block-parts.ts";
import { keysOfRuleMax } from "./blocking.ts";

/** Told of each key of a record: two halves of its hash, the place of its rule, and a hash of the value of the rule's leading part. */
export type KeyVisit = (low: number, high: number, rule: number, lead: number) => void;

/**
 * Gives block keys, in the order of `keysByRule`, as 64 bits of a hash: each value is hashed once, and no text is put together. Among ten
 * million keys the chance that any two are taken for one is three in a million, and then two records are compared for nothing. Whoever is
 * told of a key must not ask for another record's meanwhile.
 */
export function createKeyHashes({
  blocking,
}: Pick<MatchRules, "blocking">): (record: Comparable, visit: KeyVisit) => void {
  const parts = [...new Set(blocking.flatMap(({ of }) => of))];
  const sources = [...groupBy(parts, (part) => fieldsOfPart(part).join()).values()].map((own) => ({
    places: own.map((part) => parts.indexOf(part)),
    hashesOf: createHashes(own),
  }));
  const found: (readonly number[])[] = parts.map(() => none);
  const leads = leadingParts(blocking);
  const rules = blocking.map(({ name, of }, n) => {
    return { name, of, places: of.map((part) => parts.indexOf(part)), leadAt: leads[n] ?? 0 };
  });
  const starts = rules.map(({ name }) => ({
    person: halvesOf(`person|${name}`),
    company: halvesOf(`company|${name}`),
  }));
  // Of the record that is looked at: who is told of its keys, and what leads the one that is put together. To hand them on costs each key.
  let told: KeyVisit | null = null;
  let lead = 0;
  /** Visits the combinations of the values of a rule's parts, from one of them on. */
  const eachKey = (n: number, at: number, low: number, high: number): void => {
    const { places = none, leadAt } = rules[n] ?? {};
    const halves = found[places[at] ?? 0] ?? none;
    for (let value = 0; value < halves.length; value += 2) {
      const nextLow = joined(low, halves[value] ?? 0, 0x01000193);
      const nextHigh = joined(high, halves[value + 1] ?? 0, 0x5bd1e995);
      if (at === leadAt) lead = halves[value + 1] ?? 0;
      if (at + 1 === places.length) told?.(nextLow, nextHigh, n, lead);
      else eachKey(n, at + 1, nextLow, nextHigh);
    }
  };
  return (record, visit) => {
    told = visit;
    for (const { places, hashesOf } of sources) {
      const hashes = hashesOf(record.fields);
      for (let n = 0; n < places.length; n++) found[places[n] ?? 0] = hashes[n] ?? none;
    }
    for (let n = 0; n < rules.length; n++) {
      const rule = rules[n];
      const start = starts[n]?.[record.kind];
      if (!rule || !start) continue;
      let count = 1;
      for (let at = 0; at < rule.places.length && count > 0; at++)
        count *= (found[rule.places[at] ?? 0]?.length ?? 0) / 2;
      if (count > keysOfRuleMax) {
        for (const { low, high, lead } of firstKeys(record.fields, rule, start)) visit(low, high, n, lead);
      } else if (count > 0) eachKey(n, 0, start[0] ?? 0, start[1] ?? 0);
    }
  };
}

interface HashedRule {
  of: readonly BlockPart[];
  /** Which of its parts leads. */
  leadAt: number;
}

/**
 * By rule which of its parts leads: that which it has in common with the most rules that none leads yet. So many of a record's keys have
 * the same leading value.
 */
function leadingParts(blocking: readonly { of: readonly BlockPart[] }[]): number[] {
  const leads: number[] = [];
  const isLed = (_: unknown, n: number) => leads[n] !== undefined;
  // Each round leads one rule at least.
  for (const _ of blocking) {
    const counts = new Map<BlockPart, number>();
    const open = blocking.filter((rule, n) => !isLed(rule, n));
    if (open.length === 0) break;
    for (const part of open.flatMap(({ of }) => of)) counts.set(part, (counts.get(part) ?? 0) + 1);
    const [[most] = []] = [...counts].sort(([, a], [, b]) => b - a);
    for (const [n, { of }] of blocking.entries()) if (most && of.includes(most)) leads[n] ??= of.indexOf(most);
  }
  return leads;
}

/** Of too many keys the first in alphabetical order: for these few the texts are made. */
function firstKeys(fields: FieldValues, { of, leadAt }: HashedRule, [startLow = 0, startHigh = 0]: readonly number[]) {
  let keys = [{ text: "", low: startLow, high: startHigh, lead: 0 }];
  for (const [at, part] of of.entries()) {
    const values = partValues(fields, part).map((value) => ({ value, halves: halvesOf(value) }));
    keys = keys.flatMap(({ text, low, high, lead }) =>
      values.map(({ value, halves: [valueLow = 0, valueHigh = 0] }) => ({
        text: `${text}|${value}`,
        low: joined(low, valueLow, 0x01000193),
        high: joined(high, valueHigh, 0x5bd1e995),
        lead: at === leadAt ? valueHigh : lead,
      })),
    );
  }
  return keys.sort((a, b) => (a.text < b.text ? -1 : 1)).slice(0, keysOfRuleMax);
}

/** Fields of which the same values come again and again. */
const recurring: ReadonlySet<string> = new Set([
  "first_name",
  "last_name",
  "birth_date",
  "street",
  "place",
  "employer",
]);
/** How many values of a field are kept in mind before they are forgotten. */
const rememberedMax = 20_000;
/** Longer ones hardly come again, and would take all the memory there is. */
const rememberedLetters = 200;

const none: readonly number[] = [];

type Hashes = readonly (readonly number[])[];

/** Two halves of a hash for each value of each of some parts, which all read the same fields: they are looked up together. */
function createHashes(parts: readonly BlockPart[]): (fields: FieldValues) => Hashes {
  const [field = "", ...others] = parts.slice(0, 1).flatMap(fieldsOfPart);
  const made = (fields: FieldValues): Hashes => parts.map((part) => partHashes(fields, part));
  const nothing: Hashes = parts.map(() => none);
  if (others.length > 0) return made;
  const known = recurring.has(field) ? new Map<string, Hashes>() : null;
  return (fields) => {
    const values = fields[field];
    if (!values) return nothing;
    const only = values.length === 1 ? values[0] : undefined;
    if (!known || only === undefined || only.length > rememberedLetters) return made(fields);
    const found = known.get(only);
    if (found) return found;
    if (known.size >= rememberedMax) known.clear();
    const hashes = made(fields);
    known.set(only, hashes);
    return hashes;
  };
}

function partHashes(fields: FieldValues, part: BlockPart): readonly number[] {
  const values = partValues(fields, part);
  if (values.length === 0) return none;
  return values.length === 1 ? halvesOf(values[0] ?? "") : values.flatMap(halvesOf);
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
