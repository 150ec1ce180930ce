import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import { createPipeline, type Pipeline } from "../../src/pipeline/context.ts";
import { decide } from "../../src/pipeline/decide.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { dump } from "../../src/pipeline/verify.ts";
import type { Store } from "../../src/store/store.ts";
import type { Row } from "../../src/store/tables.ts";
import { clustered, matchesOf, refusalsOf } from "../fixtures/pipeline/clustered.ts";
import { at, crmMappings, gone, received } from "../fixtures/pipeline/crm.ts";
import { clustersOf, emptied, openSmallHub, type SmallHub } from "../fixtures/pipeline/hub.ts";
import { inBatches, otherOrder, tightIdentity } from "../fixtures/pipeline/worlds.ts";

/*
 * Small worlds in which everything that decides on identity meets: claims over their cut-offs, keys over their caps, scores, decisions
 * by hand, vendors' merges, and a connection (erp) to which anybody may send. Whatever order the records come in, and however the
 * decisions fall between them, the customers are those of the final set. (properties.test.ts runs such worlds on Postgres.)
 */

const isPublic = (recordKey: string) => recordKey.startsWith("erp:");
const seeds = [1414, 27_182];
const ordersPerSeed = 50;

interface Case {
  records: RawRecord[];
  decisions: Row<"overrides">[];
}

const some = (values: readonly string[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength });
const maybe = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 5 });
const person = fc.record({
  first: maybe("Ann", "Ann", "Bob", "Robert"),
  last: maybe("Lee", "Marsh"),
  emails: some(["ann@a.example", "lee@b.example", "bob@b.example", "am@c.example", "x@d.example"], 2),
  into: fc.oneof(
    { weight: 14, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("1", "2") },
  ),
});
const firm = fc.record({ name: maybe("Acme", "Acme Inc.", "Bolt"), domain: maybe("acme.example", "bolt.example") });
const connection = fc.constantFrom("crm", "crm", "shop", "erp");
const messageOf = (object: string, values: fc.Arbitrary<Record<string, unknown>>, ids: string[]) =>
  fc.record({ connection, object: fc.constant(object), id: fc.constantFrom(...ids), values });
const message = fc.oneof(
  { weight: 4, arbitrary: messageOf("people", person, ["1", "2", "3", "4", "5"]) },
  { weight: 1, arbitrary: messageOf("firms", firm, ["1", "2", "3"]) },
);
const party = fc.constantFrom(
  "crm:people:1",
  "crm:people:2",
  "shop:people:1",
  "crm:people:3",
  "erp:people:1",
  "erp:people:2",
);
const decision = fc.record({
  kind: fc.constantFrom("must_link", "cannot_link"),
  ends: fc.uniqueArray(party, { minLength: 2, maxLength: 2 }),
  revoked: fc.boolean(),
});
const cases = fc
  .record({
    messages: fc.array(message, { minLength: 24, maxLength: 30 }),
    decisions: fc.array(decision, { minLength: 1, maxLength: 4 }),
  })
  .map(
    ({ messages, decisions }): Case => ({
      records: messages.map(({ connection, object, id, values }, n) =>
        n % 11 === 10
          ? gone(object, id, { connection, version: at(n) })
          : received(object, id, values, { connection, version: at(n) }),
      ),
      decisions: decisions.map(({ kind, ends, revoked }, n) => {
        const [left_key = "", right_key = ""] = [...ends].sort();
        const decided = { id: n + 1, kind, left_key, right_key, by: "Olga", at: at(n), reason: "she knows them" };
        const word = revoked ? { revoked_at: at(90), revoked_by: "Olga", revoked_reason: "she was wrong" } : notRevoked;
        return { ...decided, ...word };
      }),
    }),
  );
const notRevoked = { revoked_at: null, revoked_by: null, revoked_reason: null };
interface Order {
  ranks: number[];
  /** Of the batches, over and over. */
  sizes: number[];
  /** How many batches come before the first decisions. */
  gaps: number[];
}
const order: fc.Arbitrary<Order> = fc.record({
  ranks: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 }),
  sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
  gaps: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }),
});

function pipelineOf(store: Store): Pipeline {
  return createPipeline({
    store,
    identity: tightIdentity,
    now: () => at(100),
    mapping: (_, object) => crmMappings.find("crm", object),
    isPublic: (connection) => connection === "erp",
    settings: () => ({ baseCurrency: "USD", timeZone: "UTC" }),
  });
}

/** Feeds a case in one order, decisions between the batches: each is made, and one that does not stand in the end revoked later. */
async function feed(store: Store, { records, decisions }: Case, { ranks, sizes, gaps }: Order) {
  await emptied(store);
  const pipeline = pipelineOf(store);
  const made = decisions.map((row): Row<"overrides"> => ({ ...row, ...notRevoked }));
  const waiting = [...made, ...decisions.filter(({ revoked_at }) => revoked_at !== null)];
  const next = async () => {
    const row = waiting.shift();
    if (row) await decide(pipeline, async () => ({ rows: [row], output: null }));
  };
  for (const [n, batch] of inBatches(otherOrder(records, ranks), sizes).entries()) {
    await processBatch(pipeline, { records: batch, also: [] });
    if (n >= (gaps[n % gaps.length] ?? 0)) await next();
  }
  while (waiting.length > 0) await next();
}

async function found(store: Store) {
  return { clusters: await clustersOf(store), matches: await matchesOf(store), refusals: await refusalsOf(store) };
}

async function expected(store: Store) {
  const { clusters, matches, refusals } = await clustered(store, tightIdentity, isPublic);
  return {
    clusters: clusters
      .map(({ members }) =>
        members
          .map((m) => m.record_key)
          .sort()
          .join(" + "),
      )
      .sort(),
    matches,
    refusals,
  };
}

/** What identity keeps, row by row. */
async function kept(store: Store) {
  const tables = [
    "identifiers",
    "comparables",
    "block_keys",
    "matches",
    "refusals",
    "links",
    "customers",
    "memberships",
  ] as const;
  const rows = await Promise.all(tables.map(async (table) => [table, [...(await dump(store, table))].sort()] as const));
  return Object.fromEntries(rows);
}

async function followOrders(store: Store, seed: number, orders: number): Promise<void> {
  const [one] = fc.sample(cases, { seed, numRuns: 1 });
  if (!one) throw new Error("no case was made");
  for (const each of fc.sample(order, { seed, numRuns: orders })) {
    await feed(store, one, each);
    expect(await found(store)).toEqual(await expected(store));
  }
}

describe("the customers of a world are those of its final records, whatever the order", () => {
  let hub: SmallHub;
  beforeAll(async () => {
    hub = await openSmallHub();
  });
  afterAll(() => hub.close());

  test.each(seeds)("in 50 orders of the world of seed %i; and replay gives every row again", async (seed) => {
    await followOrders(hub.store, seed, ordersPerSeed);
    const before = await kept(hub.store);
    await replay(pipelineOf(hub.store));
    expect(await kept(hub.store)).toEqual(before);
  });
});
