import { and, asc, desc, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { z } from "zod";
import type { PartyKind } from "../../identity/comparable.ts";
import type { Refusal } from "../../identity/group/refusals.ts";
import type { FieldWeight, Match } from "../../identity/score/score.ts";
import { isApart } from "../../store/tables/matching.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";
import { type ComparedValues, valuesOf } from "./review-values.ts";

/** Two records of different customers of which a person can tell whether they are one. */
export interface ReviewView extends Omit<Match, "fields"> {
  kind: PartyKind;
  fields: FieldWeight[];
  /** The score alone would join the two, but something speaks against it: a conflict, a limit, or names that disagree. */
  refused: boolean;
  /** The claim the two share, and why it did not join them; null where the score alone speaks for them. */
  shared: Pick<Refusal, "claim" | "because"> | null;
  left: ReviewSide;
  right: ReviewSide;
  /** What the two records say. */
  values: ComparedValues[];
}

export interface ReviewSide {
  record_key: string;
  customer: { id: string; name: string };
}

/**
 * Pairs of records that could be one customer and are not, the most probable first: by their score, or by something they share that did
 * not join them. Without those a person has decided about.
 * @example await listReviews(hub, { limit: 20, kind: "person" })
 */
export async function listReviews(
  hub: Hub,
  { limit, cursor, kind }: PageRequest & { kind?: PartyKind | undefined },
): Promise<Page<ReviewView>> {
  const after = decodeCursor(cursor, z.tuple([cursorPart.number, cursorPart.text, cursorPart.text]));
  const asked = { kind, after, atMost: limit + 1 };
  const rows = [...(await scoredPairs(hub, asked)), ...(await refusedPairs(hub, asked))];
  const first = rows.sort(mostProbableFirst).slice(0, limit + 1);
  const shown = await viewOf(hub, first);
  return pageOf(first, limit, {
    view: shown,
    cursor: ({ weight, left_key, right_key }) => [weight, left_key, right_key],
  });
}

/** How many pairs wait for a person, counted up to `atMost`. */
export async function countReviews(hub: Hub, { atMost }: { atMost: number }): Promise<number> {
  const { matches, refusals } = hub.store.tables;
  const scored = await hub.store.db
    .select({ left: matches.left_key })
    .from(matches)
    .where(onlyScored(hub))
    .limit(atMost);
  const refused = await hub.store.db
    .select({ left: refusals.left_key })
    .from(refusals)
    .where(undecided(hub, refusals))
    .limit(atMost);
  return Math.min(scored.length + refused.length, atMost);
}

interface Pair {
  left_key: string;
  right_key: string;
  weight: number;
  kind: PartyKind;
  /** What the score is made of, where it is kept. */
  match: Pick<Row<"matches">, "probability" | "document"> | null;
  shared: ReviewView["shared"];
}

interface Asked {
  kind: PartyKind | undefined;
  after: readonly [weight: number, left: string, right: string] | null;
  atMost: number;
}

async function scoredPairs(hub: Hub, { kind, after, atMost }: Asked): Promise<Pair[]> {
  const { matches, links } = hub.store.tables;
  const rows = await hub.store.db
    .select({ match: matches, kind: links.kind })
    .from(matches)
    .innerJoin(links, eq(links.record_key, matches.left_key))
    .where(and(onlyScored(hub), kind === undefined ? undefined : eq(links.kind, kind), behind(matches, after)))
    .orderBy(desc(matches.weight), asc(matches.left_key), asc(matches.right_key))
    .limit(atMost);
  return rows.map(({ match, kind }) => ({ ...match, kind: partyKind(kind), match, shared: null }));
}

async function refusedPairs(hub: Hub, { kind, after, atMost }: Asked): Promise<Pair[]> {
  const { refusals, links } = hub.store.tables;
  const rows = await hub.store.db
    .select({ refusal: refusals, kind: links.kind })
    .from(refusals)
    .innerJoin(links, eq(links.record_key, refusals.left_key))
    .where(
      and(undecided(hub, refusals), kind === undefined ? undefined : eq(links.kind, kind), behind(refusals, after)),
    )
    .orderBy(desc(refusals.weight), asc(refusals.left_key), asc(refusals.right_key))
    .limit(atMost);
  return rows.map(({ refusal: { claim, because, ...pair }, kind }) => ({
    ...pair,
    kind: partyKind(kind),
    match: null,
    shared: { claim, because: because as Refusal["because"] },
  }));
}

/** True of scores of different customers about which no decision stands, and which are not asked about for what the two share. */
function onlyScored(hub: Hub): SQL | undefined {
  const { matches, refusals } = hub.store.tables;
  const refused = sql`exists (select 1 from ${refusals} where ${refusals.left_key} = ${matches.left_key}
    and ${refusals.right_key} = ${matches.right_key})`;
  return and(isApart(matches), undecided(hub, matches), sql`not ${refused}`);
}

interface PairColumns {
  weight: SQLWrapper;
  left_key: SQLWrapper;
  right_key: SQLWrapper;
}

/** True of pairs about which no decision stands. */
function undecided({ store }: Hub, { left_key, right_key }: PairColumns): SQL {
  const { overrides } = store.tables;
  return sql`not exists (select 1 from ${overrides} where ${overrides.left_key} = ${left_key}
    and ${overrides.right_key} = ${right_key} and ${overrides.revoked_at} is null)`;
}

function behind({ weight, left_key, right_key }: PairColumns, after: Asked["after"]): SQL | undefined {
  if (after === null) return undefined;
  const [last, left, right] = after;
  return sql`(${weight} < ${last} or (${weight} = ${last} and (${left_key}, ${right_key}) > (${left}, ${right})))`;
}

function mostProbableFirst(a: Pair, b: Pair): number {
  return b.weight - a.weight || texts(a.left_key, b.left_key) || texts(a.right_key, b.right_key);
}

function texts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function partyKind(kind: string): PartyKind {
  return kind === "company" ? "company" : "person";
}

async function viewOf(hub: Hub, pairs: readonly Pair[]): Promise<(pair: Pair) => ReviewView> {
  const { matching } = hub.pipeline;
  const sideOf = await sidesOf(hub, pairs);
  const scoreOf = await scoresOf(hub, pairs);
  const saidBy = await valuesOf(hub, pairs);
  return (pair) => {
    const { kind, shared, left_key, right_key } = pair;
    const { probability, weight, prior, fields } = scoreOf(pair);
    const refused = matching?.joins(kind, probability) ?? false;
    const sides = { left: sideOf(left_key), right: sideOf(right_key) };
    return { kind, probability, weight, prior, fields: [...fields], refused, shared, ...sides, values: saidBy(pair) };
  };
}

/** What is not scored, as nothing of it may be compared, is as probable as not. */
const unscored: Match = { probability: 0.5, weight: 0, prior: 0, fields: [] };

/** The scores of pairs: as they are kept, else made anew. */
async function scoresOf({ store, pipeline }: Hub, pairs: readonly Pair[]): Promise<(pair: Pair) => Match> {
  const { matching } = pipeline;
  const keys = pairs.flatMap(({ match, left_key, right_key }) => (match ? [] : [left_key, right_key]));
  const records = await store.byKey("records", "record_key", [...new Set(keys)]);
  const firstSeqs = records.map(({ first_seq }) => first_seq);
  const rows = await store.byKey("comparables", "first_seq", firstSeqs);
  const comparables = new Map(
    rows.map(({ record_key, kind, document }) => [record_key, matching?.restored(partyKind(kind), document)]),
  );
  return ({ match, weight, left_key, right_key }) => {
    if (match) {
      const { prior, fields } = JSON.parse(match.document) as Pick<ReviewView, "prior" | "fields">;
      return { probability: match.probability, weight, prior, fields };
    }
    const [left, right] = [comparables.get(left_key), comparables.get(right_key)];
    return (left && right && matching?.score(left, right)) ?? unscored;
  };
}

async function sidesOf({ store }: Hub, pairs: readonly Pair[]): Promise<(recordKey: string) => ReviewSide> {
  const keys = pairs.flatMap(({ left_key, right_key }) => [left_key, right_key]);
  const links = new Map(
    (await store.byKey("links", "record_key", keys)).map((row) => [row.record_key, row.customer_id]),
  );
  const customers = await store.byKey("customers", "id", [...new Set(links.values())]);
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  return (record_key) => {
    const id = links.get(record_key) ?? "";
    return { record_key, customer: { id, name: names.get(id) ?? "" } };
  };
}
