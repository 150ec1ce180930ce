import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { PartyKind } from "../../identity/comparable.ts";
import type { FieldWeight, Match } from "../../identity/score/score.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

/** Two records of different customers of which a person can tell whether they are one. */
export interface ReviewView extends Omit<Match, "fields"> {
  kind: PartyKind;
  fields: FieldWeight[];
  /** The score alone would join the two, but something speaks against it: a conflict, a limit, or names that disagree. */
  refused: boolean;
  left: ReviewSide;
  right: ReviewSide;
}

export interface ReviewSide {
  record_key: string;
  customer: { id: string; name: string };
}

/**
 * Pairs of records that could be one customer and are not, the most probable first; without those a person has decided about.
 * @example await listReviews(hub, { limit: 20, kind: "person" })
 */
export async function listReviews(
  hub: Hub,
  { limit, cursor, kind }: PageRequest & { kind?: PartyKind | undefined },
): Promise<Page<ReviewView>> {
  const { matches, links } = hub.store.tables;
  const [weight, left, right] = decodeCursor(cursor, 3) ?? [];
  const after = sql`(${matches.weight} < ${Number(weight)} or (${matches.weight} = ${Number(weight)} and (${matches.left_key}, ${matches.right_key}) > (${left}, ${right})))`;
  const rows = await hub.store.db
    .select({ match: matches, kind: links.kind })
    .from(matches)
    .innerJoin(links, eq(links.record_key, matches.left_key))
    .where(
      and(
        undecided(hub),
        kind === undefined ? undefined : eq(links.kind, kind),
        weight === undefined ? undefined : after,
      ),
    )
    .orderBy(desc(matches.weight), asc(matches.left_key), asc(matches.right_key))
    .limit(limit + 1);
  const sideOf = await sidesOf(hub, rows);
  const { matching } = hub.pipeline;
  const view = (row: Reviewed): ReviewView => {
    const { weight, probability, document, left_key, right_key } = row.match;
    const { prior, fields } = JSON.parse(document) as Pick<ReviewView, "prior" | "fields">;
    const kind = row.kind === "company" ? "company" : "person";
    const refused = matching?.joins(kind, probability) ?? false;
    return { kind, probability, weight, prior, fields, refused, left: sideOf(left_key), right: sideOf(right_key) };
  };
  return pageOf(rows, limit, { view, cursor: ({ match }) => [match.weight, match.left_key, match.right_key] });
}

/** How many pairs wait for a person, counted up to `atMost`. */
export async function countReviews(hub: Hub, { atMost }: { atMost: number }): Promise<number> {
  const { matches } = hub.store.tables;
  const rows = await hub.store.db.select({ left: matches.left_key }).from(matches).where(undecided(hub)).limit(atMost);
  return rows.length;
}

/** True of pairs that are different customers and about which no decision stands. */
function undecided({ store }: Hub): SQL | undefined {
  const { matches, overrides } = store.tables;
  const decided = sql`exists (select 1 from ${overrides} where ${overrides.left_key} = ${matches.left_key}
    and ${overrides.right_key} = ${matches.right_key} and ${overrides.revoked_at} is null)`;
  return and(eq(matches.apart, 1), sql`not ${decided}`);
}

interface Reviewed {
  match: Row<"matches">;
  kind: string;
}

async function sidesOf({ store }: Hub, rows: readonly Reviewed[]): Promise<(recordKey: string) => ReviewSide> {
  const keys = rows.flatMap(({ match }) => [match.left_key, match.right_key]);
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
