import { type CursorState, type OpenStream, SourceError, type SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { liveWithin } from "../../../src/pipeline/pull/rows.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { put, set } from "../../../src/store/writes.ts";
import { at, gone, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

const person = (id: string) => received("people", id, { first: "Ann", emails: [`${id}@a.example`] });
const record = (id: string): SourceRecord => ({ id, at: at(1), deleted: false, payload: person(id).payload });

interface Traits {
  pageSize?: number;
  /** What the vendor finds by id; what is on its pages, if nothing else is said. */
  finds?: (ids: readonly string[]) => SourceRecord[];
}

/** People as a vendor lists them by id; nothing of them counts as changed. */
function listing(ids: readonly string[], { pageSize = 2, finds }: Traits = {}): OpenStream {
  const sorted = ids.toSorted((left, right) => Number(left) - Number(right));
  return {
    object: "people",
    reread: { everyMs: 3_600_000 },
    sweep: { order: "number" },
    async pages({ after }) {
      const rest = sorted.filter((id) => after === null || Number(id) > Number(after));
      const page = rest.slice(0, pageSize);
      return { records: page.map(record), next: rest.length > pageSize ? (page.at(-1) ?? null) : null };
    },
    changes: async () => ({ records: [], next: null }),
    byId: async (wanted) => finds?.(wanted) ?? wanted.filter((id) => ids.includes(id)).map(record),
  };
}

/** The stream was read to ten, and everything of it an hour before: it is due to be read again. */
async function dueWith(...ids: string[]): Promise<void> {
  await processBatch(hub.pipeline, { records: ids.map(person), also: [] });
  await stand({ mode: "changes", at: at(10), reread: { completeFrom: at(9) } });
}

const stand = (state: CursorState) =>
  hub.store.commit([
    put("cursors", [
      {
        connection: "crm",
        stream: "people",
        state: JSON.stringify(state),
        records: 0,
        updated_at: at(10),
        revision: 1,
      },
    ]),
  ]);

const pullOf = (stream: OpenStream, hour = 10) => {
  hub.hour(hour);
  const nowMs = Date.parse(at(hour));
  return pullStream({ pipeline: hub.pipeline, connection: "crm", name: "people", stream, fields: [], nowMs });
};

async function people(): Promise<{ live: string[]; deleted: string[] }> {
  const rows = await rowsOf(hub.store, "records");
  const ids = (deleted: number) =>
    rows
      .filter((row) => row.deleted === deleted)
      .map(({ remote_id }) => remote_id)
      .sort();
  return { live: ids(0), deleted: ids(1) };
}

const doubts = async () =>
  (await rowsOf(hub.store, "errors"))
    .filter(({ fingerprint }) => fingerprint === "swept:people")
    .map(({ status, message }) => `${status}: ${/\((.*) …\)/.exec(message)?.[1]}`);

describe("a complete reading", () => {
  test("finds what was deleted without a word, on any page", async () => {
    await dueWith("1", "2", "3", "10", "20", "30");
    await pullOf(listing(["2", "10", "30"]));
    expect(await people()).toEqual({ live: ["10", "2", "30"], deleted: ["1", "20", "3"] });
    const [tombstone] = (await rowsOf(hub.store, "raw_records")).filter(({ deleted }) => deleted === 1);
    expect(tombstone).toMatchObject({ version: null, payload: "{}" });
  });

  test("leaves alone what it does not show and the vendor has all the same", async () => {
    await dueWith("1", "2", "3");
    await pullOf(listing(["1", "3"], { finds: (ids) => ids.map(record) }));
    expect(await people()).toEqual({ live: ["1", "2", "3"], deleted: [] });
  });

  test("finds what is back after it was deleted, under the stamp it had before", async () => {
    await dueWith("1", "2", "3");
    const deletions = ["2", "3"].map((id) => ({ ...gone("people", id), version: at(5) }));
    await processBatch(hub.pipeline, { records: deletions, also: [] });
    // The list still shows the third, which is gone; the second is there again.
    const finds = (ids: readonly string[]) => ids.filter((id) => id !== "3").map(record);
    await pullOf(listing(["1", "2", "3"], { finds }));
    expect(await people()).toEqual({ live: ["1", "2"], deleted: ["3"] });
    const changed = { ...person("2"), version: at(6), payload: { ...person("2").payload, first: "Bea" } };
    await processBatch(hub.pipeline, { records: [changed, person("2")], also: [] });
    const fields = (await rowsOf(hub.store, "records")).find(({ remote_id }) => remote_id === "2")?.fields;
    expect(fields).toContain("Bea");
  });

  test("leaves alone other objects and other connections", async () => {
    const others = [received("deals", "2", {}), received("people", "2", {}, { connection: "other" })];
    await processBatch(hub.pipeline, { records: others, also: [] });
    await dueWith("1", "2");
    await pullOf(listing(["1"]));
    const deleted = (await rowsOf(hub.store, "records")).filter((row) => row.deleted === 1);
    expect(deleted.map(({ record_key }) => record_key)).toEqual(["crm:people:2"]);
  });

  test("asks once for what is known to be gone, and lands it once", async () => {
    await dueWith("1", "2");
    const asked: string[] = [];
    const finds = (ids: readonly string[]) => {
      asked.push(ids.join());
      return [record("1")];
    };
    const stream = listing(["1"], { finds });
    await pullOf(stream);
    await pullOf(stream, 12);
    expect(asked).toEqual(["2,1"]);
    expect(await rowsOf(hub.store, "raw_records")).toHaveLength(3);
  });

  test("goes on where it was stopped, with the deletions of the page it was at", async () => {
    await dueWith("1", "2", "3", "4", "5");
    const outage = new SourceError("retry", "Acme answered 503");
    let isDown = true;
    const left = listing(["1", "2", "4", "5"]);
    const byId: OpenStream["byId"] = (ids, request) =>
      isDown ? Promise.reject(outage) : (left.byId?.(ids, request) ?? Promise.resolve([]));
    await expect(pullOf({ ...left, byId })).rejects.toBe(outage);
    expect(await people()).toMatchObject({ deleted: [] });
    isDown = false;
    await pullOf({ ...left, byId });
    expect(await people()).toEqual({ live: ["1", "2", "4", "5"], deleted: ["3"] });
  });
});

describe("what the vendor's answers do not prove", () => {
  const blind = listing(["1"], { finds: () => [] });

  test("is left as it is, with an open error that names examples", async () => {
    await dueWith("1", "2", "3", "4", "5");
    await pullOf(blind);
    expect(await people()).toMatchObject({ deleted: [] });
    expect(await doubts()).toEqual(["open: 2, 3, 4"]);
  });

  test("is settled by the next complete reading that has no doubt", async () => {
    await dueWith("1", "2");
    await pullOf(blind);
    await pullOf(listing(["1", "2"]), 12);
    expect(await doubts()).toEqual(["resolved: 2"]);
  });

  test("stays open while it comes up again", async () => {
    await dueWith("1", "2");
    await pullOf(blind);
    await pullOf(blind, 12);
    expect(await doubts()).toEqual(["open: 2"]);
  });

  test("stays set aside while it comes up again, and opens again once it was settled", async () => {
    await dueWith("1", "2");
    await pullOf(blind);
    const rows = await rowsOf(hub.store, "errors");
    await hub.store.commit([
      set(
        "errors",
        rows.map((row) => ({ ...row, status: "dismissed" })),
      ),
    ]);
    await pullOf(blind, 12);
    expect(await doubts()).toEqual(["dismissed: 2"]);
    await pullOf(listing(["1", "2"]), 14);
    expect(await doubts()).toEqual(["resolved: 2"]);
    await pullOf(blind, 16);
    expect(await doubts()).toEqual(["open: 2"]);
  });

  test("is everything, when an account shows nothing any more", async () => {
    const ids = Array.from({ length: 30 }, (_, n) => String(n + 1));
    await dueWith(...ids);
    await pullOf(listing([]));
    expect([(await people()).live.length, await doubts()]).toEqual([30, ["open: 1, 10, 11"]]);
  });

  test("is everything, however many portions that is: a small last one is not believed on its own", async () => {
    const ids = Array.from({ length: 2_010 }, (_, n) => String(n + 1));
    await dueWith(...ids);
    await pullOf(listing([]));
    expect((await people()).deleted).toEqual([]);
  });

  test("is not settled by the very reading that raised it, where the vendor's clock is ahead", async () => {
    await dueWith("1", "2");
    await pullOf({ ...blind, vendorAheadMs: () => 3_600_000 });
    expect(await doubts()).toEqual(["open: 2"]);
  });
});

describe("live records within a stretch of ids", () => {
  const idsOf = async (order: "number" | "text", after: string | null, upTo: string | null, shown: string[] = []) => {
    const found: string[] = [];
    const stretch = { connection: "crm", object: "people", range: { order, after, upTo }, shown: new Set(shown) };
    for await (const ids of liveWithin(hub.store, stretch)) found.push(...ids);
    return found.sort();
  };

  test("are found by number or by text, without those shown and those deleted", async () => {
    const ids = ["1", "2", "9", "10", "11", "99", "100", "1000"];
    await processBatch(hub.pipeline, { records: [...ids.map(person), gone("people", "11")], also: [] });
    expect(await idsOf("number", "2", "99")).toEqual(["10", "9", "99"]);
    expect(await idsOf("number", "10", "99", ["99"])).toEqual([]);
    expect(await idsOf("number", null, "9")).toEqual(["1", "2", "9"]);
    expect(await idsOf("number", "99", null)).toEqual(["100", "1000"]);
    expect(await idsOf("text", "10", "9")).toEqual(["100", "1000", "2", "9"]);
    expect(await idsOf("text", "2", null)).toEqual(["9", "99"]);
  });

  test("are found in portions, however many there are", async () => {
    const ids = Array.from({ length: 4_100 }, (_, n) => String(10_000 + n));
    await processBatch(hub.pipeline, { records: ids.map(person), also: [] });
    expect(await idsOf("number", "10000", null)).toEqual(ids.slice(1));
    expect(await idsOf("number", "12000", "14000")).toHaveLength(2_000);
  });
});
