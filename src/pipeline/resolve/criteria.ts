import type { SurvivorshipRule } from "../../identity/survivorship.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { GoldenJson } from "./said.ts";

/** A value that a record gives. */
export interface Said {
  value: GoldenJson;
  /** Which of its record's values of the field it is, from 0. */
  place: number;
  record: StoredRecord;
}

/** One way of putting values in order; below zero where the first is the better. */
export interface Criterion {
  rule: string;
  compare(a: Said, b: Said): number;
  /** How the winner was told from the other, in words. */
  why(winner: Said, other: Said): string;
}

/**
 * What values of a field are told apart by: a field's rules, between what holds for every field: records that are deleted come last, and
 * where the rules leave a tie the newest counts, then the record whose key sorts first, then the order on the record.
 */
export function criteriaFor(
  rules: readonly SurvivorshipRule[],
  candidates: readonly Said[],
  same: (said: Said) => string,
): Criterion[] {
  const own = rules.map((rule) => criterionOf(rule, candidates, same));
  return [living, ...own, mostRecent, smallestKey, firstListed];
}

/** The order in which records count where nothing else is asked for: values taken in it need not be sorted. */
export function newestFirst(a: StoredRecord, b: StoredRecord): number {
  return (
    Number(a.deleted) - Number(b.deleted) || texts(b.changed_at, a.changed_at) || texts(a.record_key, b.record_key)
  );
}

function criterionOf(rule: SurvivorshipRule, candidates: readonly Said[], same: (said: Said) => string): Criterion {
  if (typeof rule === "object") return sourcePriority(rule.source_priority);
  if (rule === "most_recent") return mostRecent;
  return rule === "most_complete" ? mostComplete : mostFrequent(candidates, same);
}

const living: Criterion = {
  rule: "not_deleted",
  compare: (a, b) => Number(a.record.deleted) - Number(b.record.deleted),
  why: (_, other) => `${other.record.record_key} is deleted at its source`,
};

const mostRecent: Criterion = {
  rule: "most_recent",
  compare: (a, b) => texts(b.record.changed_at, a.record.changed_at),
  why: (winner, other) => {
    const [at, otherAt] = [winner.record.changed_at, other.record.changed_at];
    const isSameDay = at.slice(0, 10) === otherAt.slice(0, 10);
    const shown = (instant: string) => (isSameDay ? instant : instant.slice(0, 10));
    return `changed ${shown(at)}, ${other.record.record_key} ${shown(otherAt)}`;
  },
};

const mostComplete: Criterion = {
  rule: "most_complete",
  compare: (a, b) => extent(b.value) - extent(a.value),
  why: (_, other) => `says more than ${other.record.record_key}`,
};

const smallestKey: Criterion = {
  rule: "record_key",
  compare: (a, b) => texts(a.record.record_key, b.record.record_key),
  why: (winner, other) =>
    `nothing else tells it from ${other.record.record_key}: the key ${winner.record.record_key} sorts first`,
};

const firstListed: Criterion = {
  rule: "first_listed",
  compare: (a, b) => a.place - b.place,
  why: () => "its record lists it first",
};

function sourcePriority(ranks: readonly (string | readonly string[])[]): Criterion {
  const rankOf = new Map<string, number>();
  for (const [rank, names] of ranks.entries()) {
    for (const name of [names].flat()) if (!rankOf.has(name)) rankOf.set(name, rank);
  }
  const rank = ({ record }: Said) => rankOf.get(record.connection) ?? ranks.length;
  return {
    rule: "source_priority",
    compare: (a, b) => rank(a) - rank(b),
    why: (winner, other) => `${winner.record.connection} before ${other.record.connection}`,
  };
}

/** A record says a value once, however often it lists it; what is deleted has no voice beside what is not. */
function mostFrequent(candidates: readonly Said[], same: (said: Said) => string): Criterion {
  const living = candidates.filter(({ record }) => !record.deleted);
  const voices = new Map<string, Set<string>>();
  for (const said of living.length > 0 ? living : candidates) {
    voices.set(same(said), (voices.get(same(said)) ?? new Set()).add(said.record.record_key));
  }
  const all = new Set([...voices.values()].flatMap((keys) => [...keys])).size;
  const votes = (said: Said) => voices.get(same(said))?.size ?? 0;
  return {
    rule: "most_frequent",
    compare: (a, b) => votes(b) - votes(a),
    why: (winner) => `${votes(winner)} of ${all} records say so`,
  };
}

/** How much a value says: the letters of a text, the parts of an address. */
function extent(value: GoldenJson): number {
  if (typeof value === "object") return Object.entries(value).filter(([part, text]) => part !== "type" && text).length;
  return typeof value === "string" ? value.trim().length : 1;
}

function texts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
