import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import type { Pipeline } from "../../src/pipeline/context.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import type { Store } from "../../src/store/store.ts";
import { clear } from "../../src/store/writes.ts";
import { openSmallHub, pipelineOn, type SmallHub } from "../fixtures/pipeline/hub.ts";
import { recomputed, standing } from "../fixtures/pipeline/standing.ts";
import { inBatches, otherOrder, tightIdentity, world } from "../fixtures/pipeline/worlds.ts";

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const ranks = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
const seed = Number(process.env.JOURNEY_HUB_SEED ?? 2_026);
const runs = Number(process.env.JOURNEY_HUB_RUNS ?? 40);
const options = { numRuns: runs, seed };

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub({ identity: tightIdentity });
});
afterAll(() => hub.close());

describe(`worlds of seed ${seed}`, () => {
  test("what is made step by step is what the records as a whole give", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, async (records, batchSizes) => {
        await emptied(hub.store);
        await feed(pipelineOn(hub.store, { identity: tightIdentity }), inBatches(records, batchSizes));
        expect(await standing(hub.store)).toEqual(await recomputed(hub.store, tightIdentity));
      }),
      options,
    );
  });

  test("how records are cut into batches changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(world({ withStages: true }), sizes, sizes, async (records, some, others) => {
        const first = await made(inBatches(records, some));
        expect(await made(inBatches(records, others))).toEqual(first);
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
});

async function made(batches: readonly RawRecord[][]) {
  await emptied(hub.store);
  await feed(pipelineOn(hub.store, { identity: tightIdentity }), batches);
  return standing(hub.store);
}

async function feed(pipeline: Pipeline, batches: readonly RawRecord[][]): Promise<void> {
  for (const records of batches) await processBatch(pipeline, { records, also: [] });
}

async function emptied(store: Store): Promise<void> {
  const names = Object.keys(store.tables) as (keyof Store["tables"])[];
  await store.commit(names.map(clear));
}
