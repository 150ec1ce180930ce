import fc from "fast-check";
import {
  type Batch,
  type CursorState,
  compareIds,
  confirmGone,
  inRange,
  type OpenStream,
  pull,
  SourceError,
  type SourceRecord,
  suspicionOf,
  sweptBy,
} from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { quietVendor } from "./quiet-vendor.ts";

const noon = Date.parse("2026-03-18T12:00:00.000Z");
const due: CursorState = { mode: "changes", at: "2026-03-18T11:00:00.000Z" };
const record = (id: string): SourceRecord => ({ id, at: null, deleted: false, payload: {} });
const gone = (id: string): SourceRecord => ({ id, at: null, deleted: true, payload: {} });

async function batchesOf(stream: OpenStream, state: CursorState): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of pull(stream, state, { fields: [], now: noon })) batches.push(batch);
  return batches;
}

test.each([
  ["number", "9", "10"],
  ["number", "99999999999999999998", "99999999999999999999"],
  ["text", "10", "9"],
  ["text", "003A", "003a"],
  ["text", "003", "0031"],
] as const)("as %s, %s comes before %s", (order, left, right) => {
  expect([compareIds(order, left, right) < 0, compareIds(order, right, left) > 0]).toEqual([true, true]);
  expect(compareIds(order, left, left)).toBe(0);
});

test.each([
  ["6", false],
  ["7", false],
  ["8", true],
  ["10", true],
  ["12", true],
  ["13", false],
  ["-8", false],
  ["9a", false],
  ["010", false],
])("of the numbers behind 7 up to 12, %s is one: %s", (id, expected) => {
  expect(inRange({ order: "number", after: "7", upTo: "12" }, id)).toBe(expected);
});

describe("a page", () => {
  const page = (ids: string[], behind: string | null, isLast = false) =>
    sweptBy("number", { behind, records: ids.map(record), isLast });
  test.each([
    ["in order shows its stretch", ["3", "10"], "2", false, { after: "2", upTo: "10" }, "10"],
    ["that is the first begins at the first of all", ["3"], null, false, { after: null, upTo: "3" }, "3"],
    ["that is the last shows all behind", ["3"], "2", true, { after: "2", upTo: null }, "3"],
    ["that is the last and empty does so too", [], "2", true, { after: "2", upTo: null }, "2"],
    ["that is empty in the middle shows nothing", [], "2", false, null, "2"],
    ["out of order shows nothing, and the next goes on behind its highest", ["9", "4"], "2", false, null, "9"],
    ["that comes again shows nothing", ["1", "2"], "2", false, null, "2"],
    ["that goes back and beyond shows nothing", ["2", "5"], "2", false, null, "5"],
  ] as const)("%s", (_, ids, behind, isLast, range, highest) => {
    const swept = range && { order: "number", ...range };
    expect(page([...ids], behind, isLast)).toEqual({ swept, behind: highest });
  });
});

describe("a complete reading", () => {
  test("says of each page which ids it shows, and goes on with that in the next run", async () => {
    const { stream } = quietVendor({ ids: ["1", "2", "9", "10", "11"], everyMs: 1, sweeps: true });
    const batches = await batchesOf(stream, due);
    const ranges = [
      undefined, // the changes
      { order: "number", after: null, upTo: "2" },
      { order: "number", after: "2", upTo: "10" },
      { order: "number", after: "10", upTo: null },
    ];
    expect(batches.map(({ swept }) => swept)).toEqual(ranges);
    const resumed = await batchesOf(stream, batches[1]?.cursor ?? due);
    expect(resumed.map(({ swept }) => swept)).toEqual([undefined, ...ranges.slice(2)]);
  });

  test("of a stream without changes does so in each run", async () => {
    const { stream } = quietVendor({ ids: ["1", "2", "3"], sweeps: true });
    const { changes: _, ...whole } = stream;
    const batches = await batchesOf(whole, { mode: "whole", after: null });
    expect(batches.map(({ swept, cursor }) => [swept?.after, swept?.upTo, cursor])).toEqual([
      [null, "2", { mode: "whole", after: "2", behind: "2" }],
      ["2", null, { mode: "whole", after: null }],
    ]);
  });

  test("of a stream that does not declare it says nothing", async () => {
    const { stream } = quietVendor({ ids: ["1", "2", "3"], everyMs: 1 });
    expect((await batchesOf(stream, due)).map(({ swept }) => swept)).toEqual([undefined, undefined, undefined]);
  });
});

describe("suspects", () => {
  const { stream, records, asked } = quietVendor({ ids: ["1", "2", "5", "6", "7", "8"], sweeps: true });
  const suspects = (ids: string[], witness: string | null = "1") =>
    confirmGone(stream, { suspects: ids, witness, fields: [] });

  test("are live records within the stretch that were not shown", () => {
    const batch = { records: ["2", "4"].map(record), swept: { order: "number", after: "1", upTo: "4" } as const };
    expect(suspicionOf(batch, ["1", "2", "3", "4", "5"], ["name"])).toEqual({
      suspects: ["3"],
      witness: "2",
      fields: ["name"],
    });
    expect(suspicionOf(batch, ["1", "2"], [])).toBeNull();
    expect(suspicionOf({ records: [] }, ["1", "2"], [])).toBeNull();
  });

  test("that the vendor does not find are gone; those it finds are as they are", async () => {
    expect(await suspects(["3", "5"])).toEqual({
      records: [gone("3"), { ...record("5"), at: "2026-01-01T00:00:00.000Z", payload: { value: "first" } }],
      doubted: [],
    });
  });

  test("are asked for in the vendor's batches, with a witness each", async () => {
    asked.splice(0);
    await suspects(["3", "4", "9", "5", "6"]);
    expect(asked).toEqual(["byId 3,4,1", "byId 9,5,1", "byId 6,1"]);
  });

  test("are not believed gone when the witness is not found either", async () => {
    records.delete("1");
    expect(await suspects(["2", "5"])).toEqual({ records: [], doubted: ["2", "5"] });
    records.set("1", { at: "2026-01-01T00:00:00.000Z", value: "first" });
  });

  test("without a witness are believed when they are few", async () => {
    expect((await suspects(["3", "4"], null)).records).toEqual([gone("3"), gone("4")]);
    const many = Array.from({ length: 21 }, (_, n) => String(100 + n));
    expect(await suspects(many, null)).toEqual({ records: [], doubted: many });
  });

  test("that answer under another id have gone into another record", async () => {
    const merged: OpenStream = { ...stream, byId: async () => [record("1")] };
    expect(await confirmGone(merged, { suspects: ["2"], witness: "1", fields: [] })).toEqual({
      records: [gone("2")],
      doubted: [],
    });
  });

  test("of which the vendor refuses one are halved until that is alone", async () => {
    const strict: OpenStream = {
      ...stream,
      idsMax: 9,
      byId: async (ids) => {
        if (ids.includes("4")) throw new SourceError("skip", "4 is no id");
        return ids.includes("1") ? [record("1")] : [];
      },
    };
    expect(await confirmGone(strict, { suspects: ["3", "4", "9"], witness: "1", fields: [] })).toEqual({
      records: [gone("3"), gone("9")],
      doubted: ["4"],
    });
  });

  test("are left as they are while the vendor is out of order", async () => {
    const outage = new SourceError("retry", "Acme answered 503");
    const down: OpenStream = { ...stream, byId: () => Promise.reject(outage) };
    await expect(confirmGone(down, { suspects: ["3"], witness: "1", fields: [] })).rejects.toBe(outage);
  });

  test("cannot be asked for where there is no way, unless the stream is to be believed", async () => {
    const { byId: _, ...blind } = stream;
    expect(await confirmGone(blind, { suspects: ["3"], witness: "1", fields: [] })).toEqual({
      records: [],
      doubted: ["3"],
    });
    const trusted: OpenStream = { ...blind, sweep: { order: "number", confirm: "none" } };
    expect(await confirmGone(trusted, { suspects: ["3"], witness: "1", fields: [] })).toMatchObject({
      records: [gone("3")],
    });
  });
});

/** Which ids exist, which of them vanish, and how the vendor's pages go wrong. */
const accounts = fc.record({
  ids: fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }).map(String), { minLength: 1, maxLength: 40 }),
  vanished: fc.array(fc.nat(39)),
  born: fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }).map(String), { maxLength: 5 }),
  pageSize: fc.integer({ min: 1, max: 7 }),
  /** Rows left out of the n-th page, as a list that shifts under its reader leaves them out. */
  skips: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 5 }),
});

test("whatever vanishes without a word is found by one complete reading, and nothing that is there is taken for gone", async () => {
  await fc.assert(
    fc.asyncProperty(accounts, async ({ ids, vanished, born, pageSize, skips }) => {
      const vendor = quietVendor({ ids, pageSize, everyMs: 1, sweeps: true });
      const live = new Set(ids);
      for (const n of vanished) vendor.records.delete(ids[n] ?? "");
      for (const id of born) vendor.records.set(id, { at: "2026-01-01T00:00:00.000Z", value: "new" });
      const stream = skipping(vendor.stream, skips);
      for (const batch of await batchesOf(stream, due)) {
        const suspicion = suspicionOf(batch, live, []);
        const confirmed = suspicion ? await confirmGone(stream, suspicion) : { records: [] };
        for (const { id, deleted } of [...batch.records, ...confirmed.records]) {
          if (deleted) live.delete(id);
          else live.add(id);
        }
      }
      const there = new Set(vendor.records.keys());
      expect([...live].filter((id) => !there.has(id))).toEqual([]);
      expect(ids.filter((id) => there.has(id) && !live.has(id))).toEqual([]);
    }),
    { numRuns: 300, seed: 318 },
  );
});

function skipping(stream: OpenStream, skips: readonly number[]): OpenStream {
  let pages = 0;
  return {
    ...stream,
    async pages(request) {
      const { records, next } = await stream.pages(request);
      return { records: records.slice(0, Math.max(1, records.length - (skips[pages++ % skips.length] ?? 0))), next };
    },
  };
}
