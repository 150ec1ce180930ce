import type { PartyKind } from "../../identity/comparable.ts";
import { namedIn } from "../../identity/group/claims.ts";
import { mergedRule } from "../../identity/rules.ts";
import { groupBy } from "../../lib/group.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline } from "../context.ts";
import { pairOf, readMatches } from "./candidates.ts";
import type { MatchChanges } from "./matches.ts";
import { type BatchParty, knownAmong } from "./parties.ts";
import { hasSaid } from "./rows.ts";

/** What a closure is read from: what a batch brings and changes. */
export interface ClosureStart {
  parties: ReadonlyMap<string, BatchParty>;
  matches: MatchChanges;
  /** Decisions that the batch adds or revokes. */
  overrides: readonly Row<"overrides">[];
}

/** A kept score as it will stand; `apart` as it stands, null of a new one. */
export type ClosureMatch = Omit<Row<"matches">, "apart"> & { apart: number | null };

/** From claims to the records that hold them, and those that a vendor has merged. */
export function followClaims({ store, identity, isPublic }: Pipeline, { parties }: ClosureStart) {
  const seen = new Set<string>();
  const overfull = new Set<string>();
  const overfullPublic = new Set<string>();
  const allRules = [mergedRule, ...identity.person.claims, ...identity.company.claims];
  const cutoffs = new Map(allRules.map(({ type, cutoff }) => [type, cutoff]));
  const after = holdersAfter(parties);
  const isOwn = (key: string) => !isPublic(key);
  return {
    overfull,
    overfullPublic,
    async next(texts: readonly string[]): Promise<string[]> {
      const ask = [...new Set(texts)].filter((text) => !seen.has(text));
      for (const text of ask) seen.add(text);
      const found = namedIn(ask);
      for (const [text, rows] of groupBy(await store.byKey("identifiers", "claim", ask), ({ claim }) => claim)) {
        const cutoff = cutoffs.get(text.slice(0, text.indexOf(":"))) ?? 0;
        const before = rows.map(({ record_key }) => record_key);
        const then = after(text, before);
        const isOver = (keys: readonly string[]) => keys.length > cutoff;
        // A claim that is over its cut-off before this batch and after it joins nobody: its holders need not be read.
        if (isOver(before.filter(isOwn)) && isOver(then.filter(isOwn))) overfull.add(text);
        else if (isOver(before) && isOver(then)) {
          overfullPublic.add(text);
          found.push(...before.filter(isOwn));
        } else found.push(...before);
      }
      return found;
    },
  };
}

/** Who holds a claim once the batch's own records hold what they hold now. */
function holdersAfter(parties: ReadonlyMap<string, BatchParty>) {
  const held = groupBy(
    [...parties].flatMap(([record_key, { claims }]) =>
      [...new Set(claims.map(({ text }) => text))].map((text) => ({ text, record_key })),
    ),
    ({ text }) => text,
  );
  return (text: string, before: readonly string[]): string[] => [
    ...before.filter((key) => !parties.has(key)),
    ...(held.get(text) ?? []).map(({ record_key }) => record_key),
  ];
}

/** From records to those that their scores join them with, as kept and as they will be. */
export function followMatches(
  { store, matching }: Pipeline,
  { parties, matches: { scored, gone } }: Pick<ClosureStart, "parties" | "matches">,
) {
  const matches = new Map<string, ClosureMatch>();
  const changed = groupBy(
    [...scored.values()].flatMap((pair) => [
      { end: pair.left_key, pair },
      { end: pair.right_key, pair },
    ]),
    ({ end }) => end,
  );
  return {
    /** As they will stand, by pair, of all records asked for. */
    matches,
    /** Those of them that join by themselves. */
    joining: (kindOf: (recordKey: string) => PartyKind): ClosureMatch[] =>
      [...matches.values()].filter(({ left_key, probability }) => matching?.joins(kindOf(left_key), probability)),
    async next(recordKeys: readonly string[], kindOf: (recordKey: string) => PartyKind): Promise<string[]> {
      if (!matching) return [];
      const found: string[] = [];
      const asked = new Set(recordKeys);
      const follow = (pair: ClosureMatch) => {
        const own = asked.has(pair.left_key) ? pair.left_key : pair.right_key;
        if (matching.joins(kindOf(own), pair.probability)) found.push(pair.left_key, pair.right_key);
      };
      const stored = await readMatches(store, knownAmong(recordKeys, parties));
      for (const row of stored) {
        follow(row);
        const isGone = gone.has(pairOf(row));
        if (!isGone) matches.set(pairOf(row), { ...row, ...scored.get(pairOf(row)) });
      }
      for (const key of recordKeys) {
        for (const { pair } of changed.get(key) ?? []) {
          const held = matches.get(pairOf(pair)) ?? { ...pair, apart: null };
          matches.set(pairOf(pair), held);
          follow(held);
        }
      }
      return found;
    },
  };
}

/** From records to those that people have linked them with, and what people have decided about them. */
export function followOverrides(pipeline: Pipeline, changes: readonly Row<"overrides">[]) {
  const known = new Map<number, Row<"overrides">>();
  return {
    /** As they will stand; revoked ones are left out. */
    standing() {
      for (const row of changes) known.set(row.id, row);
      return [...known.values()].filter(({ revoked_at }) => revoked_at === null);
    },
    async next(recordKeys: readonly string[]): Promise<string[]> {
      if (!(await hasSaid(pipeline, "overrides"))) return [];
      const { store } = pipeline;
      const rows = [
        ...(await store.byKey("overrides", "left_key", recordKeys)),
        ...(await store.byKey("overrides", "right_key", recordKeys)),
      ];
      for (const row of rows) known.set(row.id, row);
      const linked = rows.filter(({ kind, revoked_at }) => kind === "must_link" && revoked_at === null);
      return linked.flatMap(bothEnds);
    },
  };
}

/** The two records of a pair. */
export function bothEnds({ left_key, right_key }: { left_key: string; right_key: string }): [string, string] {
  return [left_key, right_key];
}
