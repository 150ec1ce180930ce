import { type OpenStream, SourceError, type SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
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
  const nowMs = Date.parse(at(10));
  await pullStream({ pipeline: hub.pipeline, connection: "crm", name: "deals", stream, fields: [], nowMs });
}

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

test("what was overtaken while everything is read for the first time is not asked for", async () => {
  await emptied(hub.store);
  await processBatch(hub.pipeline, { records: [received("deals", "1", worth("200"), { version: at(7) })], also: [] });
  await reading(deal(4, "100"));
  expect([asked, await amount()]).toEqual([[], "200"]);
});
