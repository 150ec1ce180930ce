import { type OpenStream, SourceError, type SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { at, gone, mergedWord, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";
import { standing } from "../../fixtures/pipeline/standing.ts";

/* A deal of which a version stamped 7 has landed, as by a webhook, and a list that shows it with an older stamp. */

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());

let asked: string[];
beforeEach(async () => {
  await emptied(hub.store);
  asked = [];
  await reading(deal(4, "100"));
  await processBatch(hub.pipeline, { records: [received("deals", "1", worth("200"), { version: at(7) })], also: [] });
});

const worth = (amount: string) => ({ name: "Fleet", amount, currency: "EUR" });
const deal = (hour: number, amount: string): SourceRecord => {
  const { payload } = received("deals", "1", worth(amount), { version: at(hour) });
  return { id: "1", at: at(hour), deleted: false, payload };
};

/** Reads the list, which shows this; `byId` is what the vendor says when asked. */
async function reading(shown: SourceRecord, byId: () => SourceRecord[] = () => [shown]): Promise<void> {
  const stream: OpenStream = {
    object: "deals",
    pages: async () => ({ records: [shown], next: null }),
    async byId(ids) {
      asked.push(...ids);
      return byId();
    },
  };
  await pullOf(stream);
}

async function pullOf(stream: OpenStream): Promise<void> {
  const nowMs = Date.parse(at(10));
  await pullStream({ pipeline: hub.pipeline, connection: "crm", name: "deals", stream, fields: [], nowMs });
}

/** A version of a deal that is stamped later than all that the list shows. */
const newer = (id: string) => received("deals", id, worth("300"), { version: at(9) });

const amounts = async () =>
  (await rowsOf(hub.store, "records"))
    .map(({ remote_id, fields }) => `${remote_id} ${JSON.parse(fields).amount.amount}`)
    .sort();

const isLive = async () => (await rowsOf(hub.store, "records")).some(({ deleted }) => deleted === 0);

async function amount(): Promise<string> {
  const [record] = await rowsOf(hub.store, "records");
  return JSON.parse(record?.fields ?? "").amount.amount;
}

describe("a record that a list shows under an older stamp than the version held", () => {
  test("is asked for by id, and counts where the vendor says the same: it was restored, or its stamp is behind", async () => {
    await reading(deal(5, "100"));
    expect([asked, await amount()]).toEqual([["1"], "100"]);
    await reading(deal(5, "100"));
    expect(asked).toEqual(["1"]); // known by now
  });

  test("changed after what it takes the place of, so that a replay comes to the same", async () => {
    await reading(deal(5, "100"));
    await reading(deal(8, "300"));
    const events = (await rowsOf(hub.store, "events")).sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1));
    expect(events.map(({ occurred_at, changes }) => [occurred_at, JSON.parse(changes)[0]?.to?.amount])).toEqual([
      [at(0), undefined],
      [at(7), "200"],
      [at(7).replace(".000Z", ".001Z"), "100"],
      [at(8), "300"],
    ]);
    const before = await standing(hub.store);
    await replay(hub.pipeline);
    expect(await standing(hub.store)).toEqual(before);
  });

  test("is left out where the vendor knows the newer version: the list was behind", async () => {
    await reading(deal(5, "100"), () => [deal(7, "200")]);
    expect([asked, await amount()]).toEqual([["1"], "200"]);
  });

  test("is told of though the id of another is refused", async () => {
    const { payload } = deal(5, "100");
    const shown = ["0", "1", "2"].map((id): SourceRecord => ({ ...deal(5, "100"), id, payload: { ...payload, id } }));
    await processBatch(hub.pipeline, { records: shown.map(({ id }) => newer(id)), also: [] });
    const stream: OpenStream = {
      object: "deals",
      pages: async () => ({ records: shown, next: null }),
      async byId(ids) {
        asked.push(ids.join("+"));
        if (ids.includes("2")) throw new SourceError("skip", "No such id");
        return shown.filter(({ id }) => ids.includes(id));
      },
    };
    await pullOf(stream);
    expect(asked).toEqual(["0+1+2", "0+1", "2"]);
    expect(await amounts()).toEqual(["0 100", "1 100", "2 300"]);
  });

  test("is left out where its id is refused, and read again where the vendor does not answer", async () => {
    const refused = new SourceError("skip", "No such id");
    await reading(deal(5, "100"), () => {
      throw refused;
    });
    expect(await amount()).toBe("200");
    const cursor = await rowsOf(hub.store, "cursors");
    const away = new SourceError("retry", "The vendor is down");
    const failed = reading(deal(5, "100"), () => {
      throw away;
    });
    await expect(failed).rejects.toBe(away);
    expect(await rowsOf(hub.store, "cursors")).toEqual(cursor);
  });
});

describe("a record that a list shows live behind word without a stamp that it is gone", () => {
  const words = [
    ["is deleted", gone("deals", "1")],
    ["went into another", mergedWord("deals", "1", { version: null, into: "2" })],
  ] as const;

  test.each(words)("and never landed before: it %s until the vendor, asked by id, has it", async (_, word) => {
    await emptied(hub.store);
    await processBatch(hub.pipeline, { records: [word], also: [] });
    await reading(deal(4, "100"), () => []);
    expect([asked, await isLive()]).toEqual([["1"], false]);
    await reading(deal(4, "100"), () => []);
    expect([asked, await isLive()]).toEqual([["1", "1"], false]);
    await reading(deal(4, "100"));
    expect([asked, await isLive()]).toEqual([["1", "1", "1"], true]);
    await reading(deal(4, "100"));
    expect(asked).toHaveLength(3); // known by now
  });

  test.each(words)("and has changed since: it %s until the vendor, asked by id, has it", async (_, word) => {
    await processBatch(hub.pipeline, { records: [word], also: [] });
    await reading(deal(8, "300"), () => []);
    expect([asked, await isLive()]).toEqual([["1"], false]);
    await reading(deal(9, "400"));
    expect([asked, await isLive(), await amount()]).toEqual([["1", "1"], true, "400"]);
  });

  test("is believed where its id is refused", async () => {
    await processBatch(hub.pipeline, { records: [gone("deals", "1")], also: [] });
    await reading(deal(8, "300"), () => {
      throw new SourceError("skip", "No such id");
    });
    expect([await isLive(), await amount()]).toEqual([true, "300"]);
  });

  test("is said to have gone into another where the vendor says so by its id", async () => {
    await processBatch(hub.pipeline, { records: [gone("deals", "1")], also: [] });
    await reading(deal(8, "300"), () => [{ id: "1", at: at(7), deleted: true, payload: { _merged_into: "2" } }]);
    const [record] = await rowsOf(hub.store, "records");
    expect([record?.deleted, record?.merged_into]).toEqual([1, "2"]);
  });
});

test("what was overtaken while everything is read for the first time is not asked for", async () => {
  await emptied(hub.store);
  await processBatch(hub.pipeline, { records: [received("deals", "1", worth("200"), { version: at(7) })], also: [] });
  await reading(deal(4, "100"));
  expect([asked, await amount()]).toEqual([[], "200"]);
});
