import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Columns } from "../columns.sqlite.ts";

/** What makes records one customer, or keeps them apart. */
export function matchingTables(c: Columns) {
  return {
    identifiers: identifiers(c),
    comparables: comparables(c),
    block_keys: blockKeys(c),
    matches: matches(c),
    refusals: refusals(c),
    overrides: overrides(c),
  };
}

function identifiers({ table, text, primaryKey, index }: Columns) {
  return table(
    "identifiers",
    {
      claim: text("claim").notNull(), // "<type>:<value>"
      record_key: text("record_key").notNull(),
    },
    (t) => [primaryKey({ columns: [t.claim, t.record_key] }), index("identifiers_record").on(t.record_key)],
  );
}

/** What scoring compares of a party record, normalised once. */
function comparables({ table, text, integer }: Columns) {
  return table("comparables", {
    first_seq: integer("first_seq").primaryKey(), // of its record
    record_key: text("record_key").notNull(),
    kind: text("kind").notNull(), // person | company
    version: text("version").notNull(), // of the rules that made it
    document: text("document").notNull(),
  });
}

/** Under what a party record is looked for by those that could be the same party. */
function blockKeys({ table, integer, primaryKey }: Columns) {
  return table(
    "block_keys",
    {
      key: integer("key").notNull(), // see identity/block/stored-keys.ts
      first_seq: integer("first_seq").notNull(), // of the record: a short number, as each record has many keys
    },
    (t) => [primaryKey({ columns: [t.key, t.first_seq] })],
  );
}

/** True of pairs of different customers, in the words of the index that finds them: it knows of no others, which are many more. */
export function isApart({ apart }: { apart: SQLWrapper }): SQL {
  return sql`${apart} = 1`;
}

/** Pairs of records whose score reaches the review threshold. */
function matches({ table, text, integer, real, primaryKey, index }: Columns) {
  return table(
    "matches",
    {
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      weight: real("weight").notNull(), // log2 of the odds
      probability: real("probability").notNull(),
      apart: integer("apart").notNull(), // 1 while the two are different customers
      document: text("document").notNull(), // the prior and the weight of each field
    },
    (t) => [
      primaryKey({ columns: [t.left_key, t.right_key] }),
      index("matches_right").on(t.right_key),
      index("matches_apart").on(t.weight).where(sql`apart = 1`),
    ],
  );
}

/** Pairs of records that share a claim and are different customers, as something speaks against it. */
function refusals({ table, text, real, primaryKey, index }: Columns) {
  return table(
    "refusals",
    {
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      claim: text("claim").notNull(),
      because: text("because").notNull(), // names | conflict | rivals | limit:<type>
      weight: real("weight").notNull(), // of their score, as in matches
    },
    (t) => [
      primaryKey({ columns: [t.left_key, t.right_key] }),
      index("refusals_right").on(t.right_key),
      index("refusals_weight").on(t.weight),
    ],
  );
}

/** What people have decided about who is one customer; never changed but for being revoked, or standing again. A later one (higher id) overrules. */
function overrides({ table, text, integer, index }: Columns) {
  return table(
    "overrides",
    {
      id: integer("id").primaryKey(),
      kind: text("kind").notNull(), // must_link | cannot_link
      left_key: text("left_key").notNull(), // sorts before the right one
      right_key: text("right_key").notNull(),
      by: text("by").notNull(),
      at: text("at").notNull(),
      reason: text("reason").notNull(),
      revoked_at: text("revoked_at"),
      revoked_by: text("revoked_by"),
      revoked_reason: text("revoked_reason"),
    },
    (t) => [index("overrides_left").on(t.left_key), index("overrides_right").on(t.right_key)],
  );
}
