import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadRules } from "../../src/hub/rules/rules.ts";
import type { RawRecord } from "../../src/model/record.ts";
import type { Pipeline } from "../../src/pipeline/context.ts";
import type { Rules } from "../../src/pipeline/derive/plan.ts";
import { deriveDue } from "../../src/pipeline/derive/run.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { derivedTables, replay } from "../../src/pipeline/replay.ts";
import { dump, verify } from "../../src/pipeline/verify.ts";
import type { Store } from "../../src/store/store.ts";
import { at } from "../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, pipelineOn, type SmallHub } from "../fixtures/pipeline/hub.ts";
import { recomputed, standing } from "../fixtures/pipeline/standing.ts";
import { inBatches, keyOf, otherOrder, tightIdentity, world } from "../fixtures/pipeline/worlds.ts";
import { startPostgres } from "../fixtures/postgres.ts";

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const ranks = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
const seed = Number(process.env.JOURNEY_HUB_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.JOURNEY_HUB_RUNS ?? 25);
const options = { numRuns: runs, seed };

let folder: string;
let hub: SmallHub;
let scratch: SmallHub;
let rules: Rules;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-worlds-"));
  [hub, scratch] = await Promise.all([openSmallHub({ folder }), openSmallHub()]);
  rules = (await loadRules(folder, new Set())).derive;
});
afterAll(async () => {
  await Promise.all([hub.close(), scratch.close()]);
  rmSync(folder, { recursive: true });
});

// A failure is repeated with JOURNEY_HUB_SEED, looked for longer with JOURNEY_HUB_RUNS.
describe(`worlds of seed ${seed}`, () => {
  test("what is made step by step is what the records as a whole give", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, async (records, batchSizes) => {
        await made(inBatches(records, batchSizes));
        expect(await standing(hub.store)).toEqual(await recomputed(hub.store, tightIdentity));
      }),
      options,
    );
  });

  test("how records are cut into batches, sent twice or late, changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, sizes, fc.gen(), async (records, some, others, gen) => {
        const first = await made(inBatches(records, some));
        const again = repeated(records, (max) => gen(fc.nat, { max }));
        expect(await made(inBatches(again, others))).toEqual(first);
      }),
      options,
    );
  });

  test("in which order different records arrive changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(world(), ranks, sizes, async (records, order, batchSizes) => {
        const first = await made(inBatches(records, batchSizes));
        expect(await made(inBatches(otherOrder(records, order), batchSizes))).toEqual(first);
      }),
      options,
    );
  });

  test("replay gives every derived row again, and verification agrees", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, fc.nat({ max: 10 }), async (records, batchSizes, part) => {
        const batches = inBatches(records, batchSizes);
        await made(batches.slice(0, part));
        // What was derived in the meantime must be derived anew by what comes after it, whoever's company it came to.
        await deriveDue({ store: hub.store, rules, asOf: at(200) });
        await feed(pipelineOn(hub.store, { identity: tightIdentity }), batches.slice(part));
        await deriveDue({ store: hub.store, rules, asOf: at(200) });
        await emptied(scratch.store);
        const compared = await verify(hub.store, pipelineOn(scratch.store, { identity: tightIdentity }), rules);
        expect(compared.flatMap(({ examples }) => examples)).toEqual([]);
        const before = await dumps(hub.store);
        await replay(pipelineOn(hub.store, { identity: tightIdentity }));
        await deriveDue({ store: hub.store, rules, asOf: at(200) });
        expect(await dumps(hub.store)).toEqual(before);
      }),
      options,
    );
  });

  test("a hub that is closed and opened again between batches goes on as if it had not been", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, fc.nat({ max: 5 }), async (records, batchSizes, part) => {
        const batches = inBatches(records, batchSizes);
        const first = await made(batches);
        await emptied(hub.store);
        await feed(pipelineOn(hub.store, { identity: tightIdentity }), batches.slice(0, part));
        await hub.close();
        hub = await openSmallHub({ folder });
        await feed(pipelineOn(hub.store, { identity: tightIdentity }), batches.slice(part));
        expect(await standing(hub.store)).toEqual(first);
      }),
      { ...options, numRuns: Math.ceil(runs / 10) },
    );
  });

  test("two pipelines at once on one SQLite store lose nothing", async () => {
    await fc.assert(
      fc.asyncProperty(world(), sizes, async (records, batchSizes) => {
        const first = await made(inBatches(records, batchSizes));
        await emptied(hub.store);
        await atOnce([hub.store, hub.store], records, batchSizes);
        expect(await standing(hub.store)).toEqual(first);
      }),
      options,
    );
  });
});

describe(`on Postgres, worlds of seed ${seed}`, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let hubs: SmallHub[];
  beforeAll(async () => {
    server = await startPostgres();
    const databaseUrl = await server.database();
    hubs = [await openSmallHub({ databaseUrl }), await openSmallHub({ databaseUrl })];
  });
  afterAll(async () => {
    await Promise.all(hubs.map((one) => one.close()));
    await server.stop();
  });

  test("two processes at once lose nothing", async () => {
    const [one, two] = hubs;
    if (!one || !two) throw new Error("Postgres did not start");
    await fc.assert(
      fc.asyncProperty(world(), sizes, async (records, batchSizes) => {
        const first = await made(inBatches(records, batchSizes));
        await emptied(one.store);
        await atOnce([one.store, two.store], records, batchSizes);
        expect(await standing(one.store)).toEqual(first);
      }),
      { ...options, numRuns: Math.ceil(runs / 3) },
    );
  });
});

async function made(batches: readonly RawRecord[][]) {
  await emptied(hub.store);
  await feed(pipelineOn(hub.store, { identity: tightIdentity }), batches);
  return standing(hub.store);
}

async function feed(pipeline: Pipeline, batches: readonly RawRecord[][]): Promise<void> {
  for (const records of batches) await processBatch(pipeline, { records, also: [] });
}

/** Two pipelines of their own work at the same time, each on the records of its streams. */
async function atOnce(stores: readonly Store[], records: readonly RawRecord[], batchSizes: readonly number[]) {
  const mine = (record: RawRecord) => keyOf(record).length + Number(record.remote_id);
  await Promise.all(
    stores.map((store, n) =>
      feed(
        pipelineOn(store, { identity: tightIdentity }),
        inBatches(
          records.filter((record) => mine(record) % 2 === n),
          batchSizes,
        ),
      ),
    ),
  );
}

/** The same records with some sent again later, as look-backs and retried webhooks do; word without a stamp cannot be told from new word. */
function repeated(records: readonly RawRecord[], upTo: (max: number) => number): RawRecord[] {
  const again = [...records];
  for (let n = 0; n < 5; n++) {
    const from = upTo(again.length - 1);
    const record = again[from];
    if (record && record.version !== null) again.splice(from + 1 + upTo(again.length - from - 1), 0, record);
  }
  return again;
}

async function dumps(store: Store) {
  const tables = derivedTables.filter((table) => table !== "dirty");
  return Object.fromEntries(
    await Promise.all(tables.map(async (table) => [table, [...(await dump(store, table))].sort()])),
  );
}
