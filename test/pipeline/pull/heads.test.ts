import type { OpenStream, SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import type { Store } from "../../../src/store/store.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, pipelineOn, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

/* Deals of a vendor that keeps their past and can be asked for them by id. */

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

const worth = (amount: string) => ({ name: "Fleet", amount, currency: "EUR" });
const deal = (id: string, hour: number, amount: string): SourceRecord => {
  const { payload } = received("deals", id, worth(amount), { version: at(hour) });
  return { id, at: at(hour), deleted: false, payload };
};

const streamOf = (records: SourceRecord[], meanwhile: () => Promise<unknown> = async () => undefined): OpenStream => ({
  object: "deals",
  pages: async () => ({ records, next: null }),
  byId: async (ids) => records.filter(({ id }) => ids.includes(id)),
  async history() {
    await meanwhile();
    return { versions: [] };
  },
});

async function pullOf(stream: OpenStream, store: Store = hub.store): Promise<void> {
  const nowMs = Date.parse(at(10));
  await pullStream({ pipeline: pipelineOn(store), connection: "crm", name: "deals", stream, fields: [], nowMs });
}

const amounts = async () =>
  (await rowsOf(hub.store, "records"))
    .map(({ remote_id, fields }) => `${remote_id} ${JSON.parse(fields).amount.amount}`)
    .sort();

test("what stands of a page's records is read once, for their past, for doubts and for landing", async () => {
  const reads: number[] = [];
  const counting: Store = Object.create(hub.store, {
    byKey: {
      value: ((table, column, keys) => {
        if (table === "heads") reads.push(keys.length);
        return hub.store.byKey(table, column, keys);
      }) satisfies Store["byKey"],
    },
  });
  const many = (hour: number) => Array.from({ length: 250 }, (_, n) => deal(String(n), hour, String(n)));
  await pullOf(streamOf(many(4)), counting);
  expect(reads).toEqual([250]); // landed in three portions
  await pullOf(streamOf(many(5)), counting);
  expect(reads).toEqual([250, 250]);
});

test.each<[what: string, meanwhile: string, page: SourceRecord, becomes: string]>([
  ["a newer version", "200", deal("1", 8, "100"), "200"],
  ["an older version", "200", deal("1", 10, "100"), "100"],
])(
  "%s that lands between that reading and the page's landing counts by its stamp",
  async (_, between, page, becomes) => {
    await pullOf(streamOf([deal("1", 4, "50")]));
    const webhook = received("deals", "1", worth(between), { version: at(9) });
    await pullOf(streamOf([page], () => processBatch(hub.pipeline, { records: [webhook], also: [] })));
    expect(await amounts()).toEqual([`1 ${becomes}`]);
  },
);

test("what is back to what it was, under a newer stamp, is not lost though another version landed between", async () => {
  const touched = (hour: number): SourceRecord => ({ ...deal("1", 4, "50"), at: at(hour) });
  await pullOf(streamOf([touched(4)]));
  const webhook = received("deals", "1", worth("200"), { version: at(6) });
  await pullOf(streamOf([touched(8)], () => processBatch(hub.pipeline, { records: [webhook], also: [] })));
  expect(await amounts()).toEqual(["1 50"]);
});

test("a page that holds a record twice lands both of its versions", async () => {
  await pullOf(streamOf([deal("1", 4, "50"), deal("2", 4, "1"), deal("1", 5, "60")]));
  expect(await amounts()).toEqual(["1 60", "2 1"]);
  expect(await rowsOf(hub.store, "raw_records")).toHaveLength(3);
});

test("ids with a NUL character are found again", async () => {
  const odd = [deal("a\0b", 4, "50")];
  await pullOf(streamOf(odd));
  await pullOf(streamOf(odd));
  expect((await rowsOf(hub.store, "heads")).map(({ record_key, revision }) => [record_key, revision])).toEqual([
    ["crm:deals:a\u2400b", 1],
  ]);
});
